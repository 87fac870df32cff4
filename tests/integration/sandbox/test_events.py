"""What an app hears of what happens, and what it does not."""

import asyncio

import pytest
from slack_sdk.errors import SlackApiError

from tests.integration.sandbox.test_bolt_app import until
from tests.support.boltapp import EVENTS, running_bolt
from tests.support.local_workspace import SCOPES, Local
from tests.support.slack import BotFailed
from tests.support.slack_rules import proves


@proves("event.own")
async def test_messages_and_what_becomes_of_them():
    async with running_bolt() as bolt:
        ben = bolt.slack.as_("ben")
        await ben.says("<hello> @toy")
        posted = await bolt.web.chat_postMessage(channel="CGEN", text="mine")
        await bolt.web.chat_update(channel="CGEN", ts=posted["ts"], text="changed")
        await bolt.web.chat_delete(channel="CGEN", ts=posted["ts"])
        await bolt.web.chat_postEphemeral(channel="CGEN", user="UBEN", text="secret")
        await until(lambda: len(bolt.bolt.events) == 5)
        heard = {event.get("subtype") or event["type"] + event.get("bot_id", ""): event for event in bolt.bolt.events}
        assert set(heard) == {"message", "app_mention", "messageBTOY", "message_changed", "message_deleted"}
        assert heard["message"]["text"] == "&lt;hello&gt; <@UTOY>"
        assert (heard["message"]["channel"], heard["message"]["channel_type"]) == ("CGEN", "channel")
        assert "channel_type" not in heard["app_mention"]
        changed, deleted = heard["message_changed"], heard["message_deleted"]
        assert (changed["message"]["text"], changed["previous_message"]["text"]) == ("changed", "mine")
        assert (deleted["deleted_ts"], deleted["hidden"]) == (posted["ts"], True)


@proves("event.subscribed", "event.scope", "event.member")
@pytest.mark.parametrize("missing", ["subscription", "scope", "membership", None])
async def test_an_event_needs_a_subscription_a_scope_and_membership(missing: str | None):
    events = tuple(e for e in EVENTS if missing != "subscription" or e != "message.channels")
    scopes = tuple(s for s in SCOPES if missing != "scope" or s != "channels:history")
    async with running_bolt(bot_events=events, bot_scopes=scopes) as bolt:
        await bolt.slack.as_("mona").says("hello", channel="random" if missing == "membership" else "general")
        await bolt.slack.as_("mona").says("private", channel="deal-desk")
        await until(lambda: any(event["channel_type"] == "group" for event in bolt.bolt.events))
        await asyncio.sleep(0.05)
        heard = [event["channel_type"] for event in bolt.bolt.events]
        assert sorted(heard) == (["group"] if missing else ["channel", "group"])


@proves("invite.event")
async def test_who_comes_and_goes():
    async with running_bolt() as bolt:
        mona = bolt.slack.as_("mona")
        await mona.says("/invite @toy", channel="random")
        await mona.joins("random", guest="ben")
        await bolt.slack.as_("ben").leaves("random")
        await until(lambda: len(bolt.bolt.events) == 6)
        heard = [(e["type"], e["user"], e.get("inviter")) for e in bolt.bolt.events if e["type"] != "message"]
        assert sorted(heard) == [
            ("member_joined_channel", "UBEN", "UMONA"),
            ("member_joined_channel", "UTOY", "UMONA"),
            ("member_left_channel", "UBEN", None),
        ]
        assert sorted(kind for kind in bolt.bolt.kinds() if kind.startswith("channel_")) == [
            "channel_join",
            "channel_join",
            "channel_leave",
        ]
        with pytest.raises(AssertionError, match="is private"):
            await bolt.slack.as_("ben").joins("deal-desk")
        left = await bolt.web.conversations_leave(channel="CRND")
        assert left["ok"]
        joined = await bolt.web.conversations_join(channel="CRND")
        assert joined["channel"]["is_member"]


@proves("archive.event", "remove.event")
async def test_channels_that_end_and_the_app_taken_out_of_one():
    async with running_bolt() as bolt:
        mona = bolt.slack.as_("mona")
        await mona.says("/archive", channel="random")
        await mona.says("/remove @toy", channel="deal-desk")
        await bolt.slack.post("/_test/delete", {"channel": "deal-desk"})
        await bolt.slack.post("/_test/delete", {"channel": "random"})
        await until(lambda: len(bolt.bolt.events) == 4)
        told = {e["type"]: {name: e.get(name) for name in ("channel", "user", "actor_id")} for e in bolt.bolt.events}
        assert told == {
            "channel_archive": {"channel": "CRND", "user": "UMONA", "actor_id": None},
            "group_left": {"channel": "GDEAL", "user": None, "actor_id": "UMONA"},
            "message": {"channel": "DSLACKBOT", "user": "USLACKBOT", "actor_id": None},
            "channel_deleted": {"channel": "CRND", "user": None, "actor_id": None},
        }


async def test_people_join_the_workspace_and_change():
    async with running_bolt() as bolt:
        await bolt.slack.post("/_test/person", {"id": "UNEW", "name": "nia", "real_name": "Nia New"})
        await bolt.slack.post("/_test/person", {"id": "UNEW", "deleted": True})
        await until(lambda: len(bolt.bolt.events) == 2)
        heard = {event["type"]: event["user"] for event in bolt.bolt.events}
        assert (heard["team_join"]["name"], heard["user_change"]["deleted"]) == ("nia", True)
        with pytest.raises(AssertionError, match="nickname"):
            await bolt.slack.post("/_test/person", {"id": "UNEW", "nickname": "n"})


async def test_an_app_is_taken_out():
    async with running_bolt() as bolt:
        await bolt.web.auth_test()
        await bolt.slack.post("/_test/uninstall", {})
        await until(lambda: len(bolt.bolt.events) == 2)
        assert sorted(bolt.bolt.kinds()) == ["app_uninstalled", "tokens_revoked"]
        with pytest.raises(SlackApiError, match="account_inactive"):
            await bolt.web.auth_test()
        with pytest.raises(BotFailed, match="not a valid command"):
            await bolt.slack.as_("mona").types("/toy")


@proves("command.thread")
async def test_a_command_in_a_thread_is_not_supported(local: Local):
    mona = local.slack.as_("mona")
    await mona.says("a thread")
    said = (await mona.messages())[0]
    body = {"channel": "general", "text": "/toy", "thread_ts": said.ts}
    assert (await local.slack.post("/_client/mona/command", body))["error"] == "command_in_thread"
    await said.reply("a reply")
    assert [card.text for card in await said.replies()] == ["a reply"]
    assert (await mona.messages())[0].data["reply_count"] == 1
