"""The commands that the client has of itself: whom one brings into a channel, whom one takes out of it, and its end.

Slack documents the codes of what is refused for its methods; what its client says is not documented.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sandbox.errors import ApiError, ClientError
from sandbox.membership import archive, join, leave
from sandbox.model import Channel
from sandbox.seed import CommandSeed, UserSeed
from sandbox.workspace import Workspace

INVITE, REMOVE, ARCHIVE = "/invite", "/remove", "/archive"
COMMANDS: Final = (
    CommandSeed(command=INVITE, description="Bring people or the app into a channel", usage_hint="@name [#channel]"),
    CommandSeed(command=REMOVE, description="Take someone out of this channel", usage_hint="@name"),
    CommandSeed(command=ARCHIVE, description="Archive this channel"),
)
NAMES: Final = frozenset(known.command for known in COMMANDS)


@dataclass(frozen=True, slots=True)
class Request:
    """Who asks for whom, and for which channel."""

    ws: Workspace
    by: UserSeed
    channel: Channel
    people: tuple[UserSeed, ...]


def run(ws: Workspace, by: UserSeed, channel: Channel, name: str, text: str) -> None:
    """Do what a command of `NAMES` asks for. Raises ApiError with Slack's code, and as `words` what the client says."""
    if channel.is_im:
        raise _refused("method_not_supported_for_channel_type", f"{name} works in channels only.")
    if name == ARCHIVE:
        _archive(ws, by, channel)
        return
    asked = _asked(ws, by, channel, name, text)
    act = _invite if name == INVITE else _remove
    act(asked)


def _archive(ws: Workspace, by: UserSeed, channel: Channel) -> None:
    if channel.name == "general":
        raise _refused("cant_archive_general", "Nobody can archive #general.")
    archive(ws, channel, by)


def _refused(code: str, words: str) -> ApiError:
    return ApiError(code, words=words)


def _asked(ws: Workspace, by: UserSeed, here: Channel, name: str, text: str) -> Request:
    words = text.split()
    elsewhere = words.pop() if name == INVITE and words and words[-1].startswith("#") else None
    channel = _channel(ws, by, elsewhere) if elsewhere else here
    if not words:
        raise _refused("no_user", f"Say whom, with an @ before the name: {name} @{_example(ws)}")
    return Request(ws, by, channel, tuple(_person(ws, word) for word in words))


def _example(ws: Workspace) -> str:
    return ws.users[ws.app.bot_user_id].name


def _channel(ws: Workspace, by: UserSeed, wanted: str) -> Channel:
    try:
        channel = ws.channel(wanted)
    except ClientError:
        channel = None
    if channel is None or not ws.sees(by.id, channel):
        raise _refused("channel_not_found", f"There is no channel {wanted} that you could invite someone to.")
    if by.id not in channel.members:
        raise _refused("not_in_channel", f"You are not in #{channel.name} yourself.")
    if channel.is_archived:
        raise _refused("is_archived", f"#{channel.name} is archived.")
    return channel


def _person(ws: Workspace, word: str) -> UserSeed:
    wanted = word.removeprefix("@").casefold()
    for user in ws.users.values():
        if user.name.casefold() == wanted and not user.deleted:
            return user
    raise _refused("user_not_found", f"There is nobody called @{word.removeprefix('@')} in this workspace.")


def _invite(asked: Request) -> None:
    for person in asked.people:
        if person.id in asked.channel.members:
            code = "cant_invite_self" if person.id == asked.by.id else "already_in_channel"
            raise _refused(code, f"{_called(asked, person)} already in #{asked.channel.name}.")
    for person in asked.people:
        join(asked.ws, asked.channel, person, inviter=asked.by.id)


def _remove(asked: Request) -> None:
    if asked.channel.name == "general":
        raise _refused("cant_kick_from_general", "Nobody can be removed from #general.")
    for person in asked.people:
        if person.id == asked.by.id:
            raise _refused("cant_kick_self", "You can't remove yourself. Leave the channel instead.")
        if person.id not in asked.channel.members:
            raise _refused("not_in_channel", f"{_called(asked, person)} not in #{asked.channel.name}.")
    for person in asked.people:
        leave(asked.ws, asked.channel, person, remover=asked.by.id)


def _called(asked: Request, person: UserSeed) -> str:
    return "You are" if person.id == asked.by.id else f"{person.real_name} is"
