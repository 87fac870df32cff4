"""/invite, /remove and /archive: what the client does of itself, and what Slackbot says where it does not."""

from typing import Any

import pytest

from sandbox import builtin
from sandbox.client import Clients
from sandbox.errors import ClientError
from sandbox.messages import message_json
from sandbox.render.html import Renderer
from sandbox.state import client_state
from sandbox.workspace import Workspace
from tests.support.local_workspace import ManualClock, seed
from tests.support.slack_rules import proves


@pytest.fixture
def ws() -> Workspace:
    return Workspace(seed(), ManualClock())


async def types(ws: Workspace, who: str, channel: str, text: str, thread_ts: str | None = None) -> str | None:
    """Slack's code for what was refused; Slackbot has said why then, to whoever typed and nobody else."""
    here: Any = None
    outcome = await Clients(ws, here).say(ws.person(who), ws.channel(channel), text, thread_ts)
    if outcome.error:
        said = ws.channel(channel).messages[-1]
        assert (said.visible_to, said.system, said.text) == (ws.person(who).id, True, outcome.detail)
    return outcome.error


async def test_who_is_invited_joins_and_the_channel_says_by_whom(ws: Workspace) -> None:
    assert await types(ws, "mona", "random", "/invite @Toy @ben") is None
    toy, ben = ws.channel("random").messages
    assert ws.channel("random").members == ["UMONA", "UTOY", "UBEN"]
    shown = message_json(ws, toy)
    assert (shown["subtype"], shown["inviter"], shown["text"]) == (
        "channel_join", "UMONA", "<@UTOY> has joined the channel",
    )  # fmt: skip
    assert "was added to #random by Mona Weber" in Renderer(ws).message(ws.person("mona"), ben)


async def test_who_is_removed_leaves_and_the_channel_says_by_whom(ws: Workspace) -> None:
    await types(ws, "mona", "random", "/invite ben")
    assert await types(ws, "mona", "random", "/remove @ben") is None
    assert ws.channel("random").members == ["UMONA"]
    last = ws.channel("random").messages[-1]
    assert "inviter" not in message_json(ws, last)
    assert "was removed from #random by Mona Weber" in Renderer(ws).message(ws.person("mona"), last)


async def test_somebody_is_invited_into_another_channel(ws: Workspace) -> None:
    assert await types(ws, "mona", "general", "/invite @ben #deal-desk") is None
    assert ws.channel("deal-desk").members == ["UMONA", "UTOY", "UBEN"]
    assert ws.channel("general").messages == []


async def test_an_archived_channel_is_read_and_no_more(ws: Workspace) -> None:
    assert await types(ws, "mona", "random", "/archive") is None
    last = ws.channel("random").messages[-1]
    assert (last.subtype, last.text) == ("channel_archive", "<@UMONA> archived the channel")
    with pytest.raises(ClientError, match="archived"):
        await types(ws, "mona", "random", "hello")
    shown = {one["id"]: one["is_archived"] for one in client_state(ws, ws.person("mona"))["channels"]}
    assert [where for where, over in shown.items() if over] == ["CRND"]


@proves(
    "archive.general",
    "invite.channel",
    "invite.people",
    "invite.new",
    "invite.self",
    "remove.member",
    "remove.self",
    "remove.general",
)
@pytest.mark.parametrize(
    ("channel", "text", "code", "words"),
    [
        ("random", "/invite", "no_user", "Say whom, with an @ before the name: /invite @toy"),
        ("random", "/invite #general", "no_user", "Say whom"),
        ("random", "/invite @nobody", "user_not_found", "There is nobody called @nobody in this workspace."),
        ("random", "/invite @gone", "user_not_found", "There is nobody called @gone"),
        ("random", "/invite @mona", "cant_invite_self", "You are already in #random."),
        ("general", "/invite @ben", "already_in_channel", "Ben Okoro is already in #general."),
        ("general", "/invite @ben #nowhere", "channel_not_found", "There is no channel #nowhere"),
        ("DMONA", "/invite @ben", "method_not_supported_for_channel_type", "/invite works in channels only."),
        ("DMONA", "/remove @ben", "method_not_supported_for_channel_type", "/remove works in channels only."),
        ("random", "/remove", "no_user", "Say whom, with an @ before the name: /remove @toy"),
        ("random", "/remove @ben", "not_in_channel", "Ben Okoro is not in #random."),
        ("random", "/remove @mona", "cant_kick_self", "You can't remove yourself. Leave the channel instead."),
        ("DMONA", "/archive", "method_not_supported_for_channel_type", "/archive works in channels only."),
        ("general", "/archive", "cant_archive_general", "Nobody can archive #general."),
        ("general", "/remove @ben", "cant_kick_from_general", "Nobody can be removed from #general."),
    ],
)
async def test_what_is_refused_is_said(ws: Workspace, channel: str, text: str, code: str, words: str) -> None:
    before = {one.id: list(one.members) for one in ws.channels.values()}
    assert await types(ws, "mona", channel, text) == code
    assert words in ws.channel(channel).messages[-1].text
    assert {one.id: one.members for one in ws.channels.values()} == before


async def test_one_invites_only_into_channels_where_one_is(ws: Workspace) -> None:
    assert await types(ws, "ben", "general", "/invite @gil #random") == "not_in_channel"
    assert await types(ws, "ben", "general", "/invite @gil #deal-desk") == "channel_not_found"


@proves("invite.archived")
async def test_nobody_is_invited_into_an_archived_channel(ws: Workspace) -> None:
    ws.channel("random").is_archived = True
    assert await types(ws, "mona", "general", "/invite @ben #random") == "is_archived"


async def test_none_works_in_a_thread(ws: Workspace) -> None:
    await types(ws, "mona", "general", "hello")
    parent = ws.channel("general").messages[0].ts
    refused = {await types(ws, "mona", "general", f"{name} @gil", parent) for name in builtin.NAMES}
    assert refused == {"command_in_thread"}
    assert "UGUEST" not in ws.channel("general").members
