"""A person and an app over signed HTTP: commands, cards, modals, events."""

import pytest

from tests.support.local_workspace import Local, local_workspace
from tests.support.slack import BotFailed
from tests.support.slack_rules import proves


async def test_a_command_is_answered_with_an_ephemeral_card(local: Local):
    card = await local.slack.as_("mona").types("/toy")
    assert card.text == "Central: $1.46M of $3.20M"
    assert card.ephemeral
    assert card.rows[0] == ["Person", "Credited", "Of target"]
    assert card.table[0] == ["Ana Silva", "$412,000", "88 %"]
    assert local.bot.unsigned == 0
    assert await local.slack.as_("ben").messages() == []


async def test_the_form_of_a_command_is_slack_s(local: Local):
    await local.slack.as_("mona").types("/toy  late  ")
    form = local.bot.got[0]
    assert {
        name: form[name] for name in ("team_id", "team_domain", "channel_id", "channel_name", "user_id", "user_name")
    } == {
        "team_id": "TACME",
        "team_domain": "acme",
        "channel_id": "CGEN",
        "channel_name": "general",
        "user_id": "UMONA",
        "user_name": "mona",
    }
    assert (form["command"], form["text"], form["api_app_id"], form["is_enterprise_install"]) == (
        "/toy",
        "late",
        "ATOY",
        "false",
    )
    assert form["response_url"].startswith(local.url)


@proves("command.escape")
async def test_people_and_channels_are_named_by_their_ids_if_the_app_asks_for_it():
    commands = ({"command": "/toy", "should_escape": True}, {"command": "/tool"})
    async with local_workspace(commands=commands) as local:
        for command in ("/toy", "/tool"):
            await local.slack.as_("mona").types(f"{command} @ben <b> in #general not @nobody")
        escaped, plain = (form["text"] for form in local.bot.got)
        assert escaped == "<@UBEN|ben> &lt;b&gt; in <#CGEN|general> not @nobody"
        assert plain == "@ben <b> in #general not @nobody"


async def test_pressing_opens_a_window_that_first_loads(local: Local):
    card = await local.slack.as_("mona").types("/toy")
    why = await card.press("Why?")
    assert why.title == "Why $1.46M?"
    assert "Page 1 of 3" in why.text
    assert "Page 2 of 3" in (await why.press("Next")).text


async def test_choosing_a_period_replaces_the_card(local: Local):
    card = await local.slack.as_("mona").types("/toy")
    later = await card.select("period", "Last quarter")
    assert (later.ts, later.text) == (card.ts, "Last quarter")
    assert "message" not in local.bot.got[-1]
    assert local.bot.got[-1]["container"]["is_ephemeral"]
    assert local.bot.got[-1]["state"]["values"]["buttons"]["period"]["selected_option"]["value"] == "last-quarter"


async def test_a_public_card_is_sent_along_with_a_click(local: Local):
    card = await local.slack.as_("mona").types("/toy late")
    await (await local.slack.as_("ben").messages())[0].press("Why?")
    assert local.bot.got[-1]["message"]["ts"] == card.ts
    assert local.bot.got[-1]["user"]["id"] == "UBEN"


async def test_deleting_the_original(local: Local):
    card = await local.slack.as_("mona").types("/toy")
    assert await card.press("Delete") is None
    assert await local.slack.as_("mona").messages() == []


async def test_a_form_shows_the_app_s_errors_and_closes_when_it_is_right(local: Local):
    form = await local.slack.as_("mona").opens("/toy form")
    empty = await form.submit()
    assert set(empty.errors) == {"amount", "who"}
    form.fill("Amount", "a lot")
    form.fill("For", "Ana Silva")
    wrong = await form.submit()
    assert wrong.errors == {"amount": "I cannot read 'a lot' as an amount."}
    form.fill("Amount", "250,000")
    assert await form.submit() is None
    values = local.bot.got[-1]["view"]["state"]["values"]
    assert values["from"]["value"]["selected_date"] == "2026-10-01"
    assert values["who"]["value"]["selected_option"]["text"]["text"] == "Ana Silva"
    assert local.bot.got[-1]["view"]["hash"]


async def test_windows_stack_and_close_one_by_one(local: Local):
    mona = local.slack.as_("mona")
    why = await (await mona.types("/toy")).press("Why?")
    form = await why.press("Open a deal")
    assert form.data["previous_view_id"] == why.data["id"]
    assert form.data["root_view_id"] == why.data["id"]
    await form.close()
    assert [view.title for view in await mona.views()] == ["Why $1.46M?"]


async def test_what_an_app_does_wrong_is_said(local: Local):
    mona = local.slack.as_("mona")
    with pytest.raises(BotFailed, match=r"dispatch_failed.*500"):
        await mona.types("/toy fail")
    with pytest.raises(BotFailed, match=r"invalid_blocks.*must define either"):
        await mona.types("/toy broken")
    shown = [card.text for card in await mona.messages()]
    assert shown == ['/toy failed with the error "dispatch_failed"', '/toy failed with the error "invalid_blocks"']


async def test_an_app_that_is_not_there(local: Local):
    async with local_workspace(request_url="http://127.0.0.1:1/slack/events") as lonely:
        with pytest.raises(BotFailed, match="dispatch_failed"):
            await lonely.slack.as_("mona").types("/toy")


async def test_commands_that_nobody_has_and_commands_in_threads(local: Local):
    with pytest.raises(BotFailed, match="/nope is not a valid command"):
        await local.slack.as_("mona").types("/nope")
    body = {"channel": "general", "text": "/toy", "thread_ts": "1.000001"}
    assert (await local.slack.post("/_client/mona/command", body))["error"] == "command_in_thread"
    assert local.bot.got == []


async def test_messages_reach_the_app_where_it_is_meant(local: Local):
    mona = local.slack.as_("mona")
    answer = await mona.types("hello", channel="app")
    assert answer.text == "You said: hello"
    await mona.says("not for the app", channel="random")
    answer = await mona.types("@toy hi <b>", channel="general")
    assert answer.text == "You said: <@UTOY> hi &lt;b&gt;"
    kinds = [payload["event"]["type"] for payload in local.bot.got if "bot_id" not in payload["event"]]
    assert kinds == ["message", "app_mention"]


async def test_home_is_published_when_it_is_opened(local: Local):
    home = await local.slack.as_("mona").home()
    assert home.text.startswith("What needs you")


async def test_guests_and_strangers_see_only_where_they_are_members(local: Local):
    assert [c["name"] for c in (await local.slack.as_("gil").state())["channels"]] == ["directmessage"]
    names = [c["name"] for c in (await local.slack.as_("ben").state())["channels"] if not c["is_im"]]
    assert names == ["general", "random"]
    with pytest.raises(AssertionError, match="not a member"):
        await local.slack.as_("ben").says("hi", channel="random")


async def test_nobody_acts_in_someone_else_s_window_or_card(local: Local):
    card = await local.slack.as_("mona").types("/toy")
    why = await card.press("Why?")
    steal = {"view_id": why.data["id"], "block_id": "pager", "action_id": "next", "value": "2"}
    with pytest.raises(AssertionError, match="someone else"):
        await local.slack.post("/_client/ben/action", steal)
    press = {"channel": "general", "message_ts": card.ts, "block_id": "buttons", "action_id": "why"}
    with pytest.raises(AssertionError, match="no longer there"):
        await local.slack.post("/_client/ben/action", press)
