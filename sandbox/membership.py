"""Who comes into a channel and who leaves it: the message that says so, and the event for the app."""

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
    """Take someone out, or let them go. The app hears of it as long as it was there itself."""
    if user.id not in channel.members:
        return
    subtype = "channel_leave" if not channel.is_private else "group_leave"
    _say(ws, channel, user, subtype, "has left the channel", remover)
    _event(ws, channel, user, "member_left_channel", {})
    channel.members.remove(user.id)
    _tell_pages(ws, channel, user)


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
