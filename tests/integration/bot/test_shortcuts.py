"""A shortcut beside the composer and one in the menu of a message: a modal at once, filled once the answer is there."""

from typing import Any

import pytest

from bot.app import Application
from bot.manifest import manifest
from commands.kit import Call, Modal, Reply, Turf, shortcut
from commands.kit.blocks import section
from commands.kit.registry import Registry, Shortcut
from tests.support.fake_slack import TEAM, FakeSlack, Sender

USER = {"id": "U1", "team_id": TEAM}
COMMON = {"team": {"id": TEAM}, "user": USER, "trigger_id": "1.2.3", "action_ts": "1.5"}


async def repeats(call: Call, turf: Turf) -> Reply:
    said = call.said
    words = f"{call.via} {said.channel} {said.ts} {said.author}: {said.text}" if said else call.via
    return Modal("Note", [section(words, id="said")])


@pytest.fixture
def registry(registry: Registry) -> Registry:
    registry.add(Shortcut("note.new", repeats, "Write a note", "A note", on_message=False, opens="Note"))
    registry.add(Shortcut("note.this", repeats, "Note this", "This message as a note", on_message=True, opens="Note"))
    return registry


async def shown(slack: FakeSlack, sender: Sender, payload: dict[str, Any]) -> str:
    assert (await sender.interaction(payload)).text == ""
    await slack.until(lambda: slack.called("views.update"))
    [opened] = slack.called("views.open")
    assert opened["trigger_id"] == "1.2.3"
    text: str = slack.called("views.update")[0]["view"]["blocks"][0]["text"]["text"]
    return text


async def test_one_beside_the_composer(slack: FakeSlack, sender: Sender, bot: Application) -> None:
    assert await shown(slack, sender, {"type": "shortcut", "callback_id": "note.new", **COMMON}) == "shortcut"


async def test_one_of_a_message_brings_it_along(slack: FakeSlack, sender: Sender, bot: Application) -> None:
    message = {"type": "message", "ts": "7.5", "user": "U2", "text": "Tell &lt;Acme&gt; first"}
    payload = {"type": "message_action", "callback_id": "note.this", "channel": {"id": "C1"}, "message": message}
    assert await shown(slack, sender, payload | COMMON) == "shortcut C1 7.5 U2: Tell <Acme> first"


def test_the_manifest_has_them(registry: Registry) -> None:
    assert manifest(registry, None)["features"]["shortcuts"] == [
        {"name": "Write a note", "type": "global", "callback_id": "note.new", "description": "A note"},
        {"name": "Note this", "type": "message", "callback_id": "note.this", "description": "This message as a note"},
    ]


def test_a_name_that_slack_would_refuse() -> None:
    with pytest.raises(ValueError, match="24 characters"):
        shortcut("note.long", name="A name of far too many characters", help="", opens="Note")
