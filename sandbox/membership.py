"""Who comes into a channel and who leaves it, and channels that end: the message that says so, and the event for the app."""

from __future__ import annotations

from sandbox.messages import tell_app
from sandbox.model import Channel
from sandbox.seed import UserSeed
from sandbox.workspace import Workspace


def join(ws: Workspace, channel: Channel, user: UserSeed, inviter: str | None = None) -> None:
    """Add someone; nothing happens if they are there already."""
    if user.id in channel.members:
        return
    channel.members.append(user.id)
    subtype = "channel_join" if not channel.is_private else "group_join"
    _say(ws, channel, user, subtype, "has joined the channel", inviter)
    _tell_pages(ws, channel, user)
    _event(ws, channel, user, "member_joined_channel", {"inviter": inviter} if inviter else {})


def leave(ws: Workspace, channel: Channel, user: UserSeed, remover: str | None = None) -> None:
    """Take someone out, or let them go. The app hears of others while it is there itself, and of its own leaving."""
    if user.id not in channel.members:
        return
    subtype = "channel_leave" if not channel.is_private else "group_leave"
    if user.id == ws.app.bot_user_id:
        channel.members.remove(user.id)
        _say(ws, channel, user, subtype, "has left the channel", remover)
        _app_left(ws, channel, remover)
    else:
        _say(ws, channel, user, subtype, "has left the channel", remover)
        _event(ws, channel, user, "member_left_channel", {})
        channel.members.remove(user.id)
    _tell_pages(ws, channel, user)


def _app_left(ws: Workspace, channel: Channel, remover: str | None) -> None:
    """Of itself the app is told as a client is; Slackbot writes to it, too, if somebody took it out."""
    _ended(ws, channel, "left", {"actor_id": remover or ws.app.bot_user_id})
    if remover:
        ts = ws.ids.ts(ws.clock.now())
        said = {
            "type": "message",
            "user": "USLACKBOT",
            "text": f"You have been removed from #{channel.name} by <@{remover}>",
        }
        ws.emit("message.im", said | {"channel": "DSLACKBOT", "channel_type": "im", "ts": ts, "event_ts": ts})


def archive(ws: Workspace, channel: Channel, by: UserSeed) -> None:
    """End a channel, and keep what stands there."""
    subtype = "channel_archive" if not channel.is_private else "group_archive"
    _say(ws, channel, by, subtype, "archived the channel", None)
    channel.is_archived = True
    ws.feed.publish(ws.users, "channel", {"channel": channel.id})
    if _is_heard_of(ws, channel):
        _ended(ws, channel, "archive", {"user": by.id})


def delete(ws: Workspace, channel: Channel) -> None:
    """Take a channel away with all that stands there."""
    del ws.channels[channel.id]
    ws.response_urls = {key: url for key, url in ws.response_urls.items() if url.channel != channel.id}
    ws.feed.publish(ws.users, "channel", {"channel": channel.id})
    if _is_heard_of(ws, channel):
        _ended(ws, channel, "deleted", {})


def _is_heard_of(ws: Workspace, channel: Channel) -> bool:
    """An app is told what becomes of all public channels, and of the private ones where it is."""
    return not channel.is_private or ws.app.bot_user_id in channel.members


def _ended(ws: Workspace, channel: Channel, what: str, more: dict[str, str]) -> None:
    name = f"{'group' if channel.is_private else 'channel'}_{what}"
    ws.emit(name, {"type": name, "channel": channel.id, "event_ts": f"{ws.clock.now():.6f}", **more})


def _say(ws: Workspace, channel: Channel, user: UserSeed, subtype: str, words: str, by: str | None) -> None:
    tell_app(ws, ws.post(channel, user=user.id, text=f"<@{user.id}> {words}", subtype=subtype, by=by))


def _tell_pages(ws: Workspace, channel: Channel, user: UserSeed) -> None:
    """Who came or went sees more or less than before; all others another number of members."""
    ws.feed.publish(ws.users, "members", {"channel": channel.id, "user": user.id, "count": len(channel.members)})


def _event(ws: Workspace, channel: Channel, user: UserSeed, name: str, more: dict[str, str]) -> None:
    if ws.app.bot_user_id not in channel.members:
        return
    ws.emit(
        name,
        {
            "type": name,
            "user": user.id,
            "channel": channel.id,
            "channel_type": "G" if channel.is_private else "C",
            "team": ws.seed.team.id,
            "event_ts": f"{ws.clock.now():.6f}",
            **more,
        },
    )
