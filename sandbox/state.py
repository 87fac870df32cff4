"""What a person sees, as JSON: for tests, and for the page's first look."""

from __future__ import annotations

from typing import Any

from sandbox.messages import message_json
from sandbox.model import Channel, Json, Message, View
from sandbox.seed import UserSeed
from sandbox.stack import view_json
from sandbox.workspace import Workspace


def shown_message(ws: Workspace, message: Message) -> Json:
    """A message as a client shows it: ephemeral ones are marked."""
    return message_json(ws, message) | {"ephemeral": message.ephemeral, "system": message.system}


def shown_view(ws: Workspace, view: View) -> Json:
    return view_json(ws, view) | {"errors": view.errors, "cause": view.cause}


def client_state(ws: Workspace, user: UserSeed) -> dict[str, Any]:
    """Channels with their messages, the open modals (lowest first), the Home tab and the number of the last event."""
    channels = [channel for channel in ws.channels.values() if ws.sees(user.id, channel)]
    home = ws.homes.get(user.id)
    return {
        "seq": ws.feed.seq,
        "user": user.id,
        "channels": [_channel(ws, user, channel) for channel in channels],
        "views": [shown_view(ws, view) for view in ws.stacks.get(user.id, [])],
        "home": shown_view(ws, home) if home else None,
    }


def _channel(ws: Workspace, user: UserSeed, channel: Channel) -> Json:
    return {
        "id": channel.id,
        "name": channel.name,
        "is_private": channel.is_private,
        "is_im": channel.is_im,
        "is_archived": channel.is_archived,
        "is_member": user.id in channel.members,
        "topic": channel.topic,
        "messages": [shown_message(ws, message) for message in ws.visible(user.id, channel)],
    }
