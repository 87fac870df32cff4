"""What no feature handles: acknowledged at once and silently; an old button or window says what to type instead."""

import json
from collections.abc import MutableMapping
from typing import Any

import pytest

from bot.app import Application
from commands.kit import Call, Message, Reply, Turf
from commands.kit.identity import FOR_MEMBERS
from commands.kit.registry import Command, Registry
from tests.support.fake_slack import TEAM, FakeSlack, Sender, click

SECRET = "what-someone-wrote"
USER = {"id": "U1", "team_id": TEAM}
COMMON = {"team": {"id": TEAM}, "user": USER, "trigger_id": "1.2.3", "callback_id": "gone"}
BUTTON = "This button is from an older version of Turf and does nothing any more."


async def never(call: Call, turf: Turf) -> Reply:
    return Message("")


def event(kind: str, **more: Any) -> dict[str, Any]:
    inner = {"type": kind, "user": "U1", "text": SECRET, "event_ts": "1.2", **more}
    return {"type": "event_callback", "team_id": TEAM, "event_id": f"Ev{kind}", "event": inner}


UNHANDLED: list[dict[str, Any]] = [
    {"type": "shortcut", **COMMON},
    {"type": "message_action", **COMMON, "channel": {"id": "C1"}, "message": {"text": SECRET}},
    {"type": "view_closed", **COMMON, "view": {"id": "V1", "callback_id": "gone"}},
    {"type": "interactive_message", **COMMON, "actions": [{"name": SECRET}]},
    {"type": "dialog_submission", **COMMON, "submission": {"x": SECRET}},
    {"type": "workflow_step_edit", **COMMON},
    {"type": "something_new", **COMMON, "secret": SECRET},
    {**click("gone.menu"), "actions": [{"action_id": "gone.link", "type": "button", "url": "https://example.com"}]},
]
EVENTS = ("app_home_opened", "app_mention", "message", "team_join", "tokens_revoked", "something_new")


@pytest.mark.parametrize("payload", UNHANDLED, ids=lambda payload: payload["type"])
async def test_an_interaction_that_nobody_handles_is_acknowledged_in_silence(
    slack: FakeSlack, sender: Sender, bot: Application, logged: list[MutableMapping[str, Any]], payload: dict[str, Any]
) -> None:
    logged.clear()
    response = await sender.interaction(payload)
    await said_nothing(response, slack, bot, logged)


@pytest.mark.parametrize("kind", EVENTS)
async def test_so_is_an_event(
    slack: FakeSlack, sender: Sender, bot: Application, logged: list[MutableMapping[str, Any]], kind: str
) -> None:
    logged.clear()
    await said_nothing(await sender.event(event(kind)), slack, bot, logged)


async def said_nothing(response: Any, slack: FakeSlack, bot: Application, logged: list[Any]) -> None:
    assert (response.status_code, response.text) == (200, "")
    await bot.tasks.drain(5)
    assert (slack.responses, slack.called("views.open")) == ([], [])
    assert {entry["log_level"] for entry in logged} == {"debug"}
    assert SECRET not in json.dumps(logged)


async def test_what_a_menu_that_is_gone_offers_is_nothing(sender: Sender) -> None:
    payload = {**click("x"), "type": "block_suggestion", "action_id": "gone", "block_id": "b", "value": SECRET}
    assert (await sender.interaction(payload)).json() == {"options": []}


@pytest.mark.parametrize(
    ("action", "command"),
    [("targets.gone:3", "/targets"), ("gone.share", "/turf help"), ("kit.rerun:0", "/turf help")],
)
async def test_an_old_button_says_what_to_type_instead(
    slack: FakeSlack, sender: Sender, registry: Registry, action: str, command: str
) -> None:
    registry.add(Command("/targets", never, help="Where you stand"))
    response = await sender.interaction(click(action, SECRET, slack=slack))
    assert (response.status_code, response.text) == (200, "")
    await slack.until(lambda: slack.responses)
    [said] = slack.responses
    assert said["text"] == f"{BUTTON} Type `{command}` for what there is now."
    assert (said["response_type"], said["replace_original"]) == ("ephemeral", False)


async def test_in_a_window_it_is_said_in_another_one(slack: FakeSlack, sender: Sender) -> None:
    await sender.interaction({**click("gone.page"), "view": {"id": "V1", "hash": "h"}})
    await slack.until(lambda: slack.called("views.push"))
    [pushed] = slack.called("views.push")
    assert BUTTON in json.dumps(pushed)


async def test_on_the_home_tab_a_window_opens_for_it(slack: FakeSlack, sender: Sender) -> None:
    await sender.interaction({**click("gone.page"), "view": {"id": "V1", "hash": "h", "type": "home"}})
    await slack.until(lambda: slack.called("views.open"))
    [opened] = slack.called("views.open")
    assert BUTTON in json.dumps(opened)


async def test_an_old_window_does_not_close_as_if_it_had_been_saved(sender: Sender) -> None:
    view = {"id": "V1", "hash": "h", "callback_id": "targets.gone", "state": {"values": {"a": {"b": {"value": "1"}}}}}
    answer = (await sender.interaction({**click("x"), "type": "view_submission", "view": view, "actions": None})).json()
    assert answer["response_action"] == "update"
    assert "from an older version of Turf, so nothing was saved" in json.dumps(answer["view"])


async def test_outsiders_are_told_no_more_here(slack: FakeSlack, sender: Sender, bot: Application) -> None:
    slack.add_user("U9", "guest@example.com", is_restricted=True)
    await sender.interaction(click("gone.share", slack=slack, user="U9"))
    await bot.tasks.drain(5)
    assert [answer["text"] for answer in slack.responses] == [FOR_MEMBERS]
