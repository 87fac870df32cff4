"""Messages as Slack gives them out, and as an app hands them in."""

from __future__ import annotations

import json
from typing import Any

from sandbox.blocks import check_message
from sandbox.errors import ApiError
from sandbox.files import check_pictures, file_json
from sandbox.inputs import initial_values
from sandbox.limits import most
from sandbox.model import Channel, Json, Message, with_ids
from sandbox.workspace import Workspace


def message_json(ws: Workspace, message: Message) -> Json:
    """A message as history and payloads show it."""
    out: Json = {"type": "message", "user": message.user, "ts": message.ts, "text": message.text}
    out["team"] = ws.seed.team.id
    if message.subtype:
        out["subtype"] = message.subtype
    if message.by and message.subtype in ("channel_join", "group_join"):
        out["inviter"] = message.by
    if message.bot_id:
        out |= {"bot_id": message.bot_id, "app_id": ws.app.id}
    if message.blocks:
        out["blocks"] = message.blocks
    if message.files:
        out |= {"files": [file_json(ws, ws.files[name]) for name in message.files], "upload": True}
    if message.edited_ts:
        out["edited"] = {"user": message.user, "ts": message.edited_ts}
    if message.metadata:
        out["metadata"] = message.metadata
    return out | _thread_json(ws, message)


def _thread_json(ws: Workspace, message: Message) -> Json:
    """What a message says of its thread: a reply names its parent, a parent counts its replies."""
    if message.thread_ts and message.is_reply:
        parent = ws.channels[message.channel].message(message.thread_ts)
        return {"thread_ts": message.thread_ts} | ({"parent_user_id": parent.user} if parent else {})
    replies = [reply for reply in ws.channels[message.channel].replies(message.ts) if not reply.ephemeral]
    if not replies:
        return {}
    people = list(dict.fromkeys(reply.user for reply in replies))
    return {
        "thread_ts": message.ts,
        "reply_count": len(replies),
        "reply_users_count": len(people),
        "reply_users": people,
        "latest_reply": replies[-1].ts,
        "is_locked": False,
        "subscribed": False,
    }


def check_content(ws: Workspace, content: Json) -> None:
    """Raise ApiError unless a message may have this text, these blocks and this metadata."""
    text, blocks = content.get("text"), content.get("blocks")
    if not text and not blocks and not content.get("files"):
        raise ApiError("no_text")
    if text is not None and not isinstance(text, str):
        raise ApiError("invalid_arguments", response_metadata={"messages": ["[ERROR] text must be a string"]})
    if text and len(text) > most("message.text"):
        raise ApiError("msg_too_long")
    if blocks is not None:
        check_message(blocks, newer=ws.faults.newer_blocks)
        check_pictures(ws, blocks, "/blocks", "invalid_blocks")
    _check_metadata(content.get("metadata"))


def _check_metadata(metadata: Any) -> None:
    if metadata is None:
        return
    if not isinstance(metadata, dict):
        raise ApiError("invalid_metadata_format")
    is_whole = isinstance(metadata.get("event_type"), str) and isinstance(metadata.get("event_payload"), dict)
    if not is_whole or set(metadata) - {"event_type", "event_payload"}:
        raise ApiError("invalid_metadata_schema")
    if len(json.dumps(metadata).encode()) > most("message.metadata"):
        raise ApiError("metadata_too_large")


def check_thread(channel: Channel, thread_ts: str | None) -> None:
    """Raise ApiError unless one can reply there: to a message that is there, and not a reply itself."""
    if not thread_ts:
        return
    parent = channel.message(thread_ts)
    if parent is None:
        raise ApiError("thread_not_found")
    if parent.is_reply or parent.ephemeral:
        raise ApiError("cannot_reply_to_message")


def post_as_app(ws: Workspace, channel: Channel, content: Json, *, cause: str | None = None, **more: Any) -> Message:
    """Check and post a message of the app; raises ApiError."""
    check_content(ws, content)
    message = ws.post(
        channel,
        user=ws.app.bot_user_id,
        bot_id=ws.bot_id,
        text=content.get("text") or "",
        blocks=content.get("blocks"),
        metadata=content.get("metadata"),
        files=content.get("files") or [],
        cause=cause,
        **more,
    )
    tell_app(ws, message)
    return message


def rewrite(ws: Workspace, message: Message, content: Json, cause: str | None = None, *, retain: bool = False) -> None:
    """Check and replace a message's content; raises ApiError.

    With `retain` (chat.update) the text stays if none is given, the blocks if neither they nor a text are.
    """
    check_content(ws, content | {"files": message.files})
    before = message_json(ws, message)
    text, blocks = content.get("text"), content.get("blocks")
    if blocks is not None or text is not None or not retain:
        message.blocks = with_ids(blocks or [])
        message.values = initial_values(message.blocks)
    if text is not None or not retain:
        message.text = text or ""
    if content.get("metadata") is not None:
        message.metadata = content["metadata"]
    ws.changed(message, cause, edited=not message.blocks)
    _tell_of(ws, message, "message_changed", {"message": message_json(ws, message), "previous_message": before})


def take_away(ws: Workspace, message: Message, cause: str | None = None) -> None:
    """Delete a message. One with replies leaves a tombstone, so that its thread stays together."""
    before, channel = message_json(ws, message), ws.channels[message.channel]
    if any(not reply.ephemeral for reply in channel.replies(message.ts)):
        message.subtype, message.text = "tombstone", "This message was deleted."
        message.user, message.bot_id, message.metadata = "USLACKBOT", None, None
        message.blocks, message.values, message.files = [], {}, []
        ws.changed(message, cause)
    else:
        ws.remove(message, cause)
    _tell_of(ws, message, "message_deleted", {"deleted_ts": message.ts, "previous_message": before})


def _event_of(ws: Workspace, channel: Channel) -> tuple[str, Json]:
    """The event's name for messages in this channel, and what it says of the channel."""
    kind = "im" if channel.is_im else "group" if channel.is_private else "channel"
    name = {"im": "message.im", "group": "message.groups", "channel": "message.channels"}[kind]
    return name, {"channel": channel.id, "channel_type": kind}


def tell_app(ws: Workspace, message: Message) -> None:
    """Send the events of a new message, if the app is in the channel. Ephemeral ones bring none."""
    channel = ws.channels[message.channel]
    if message.ephemeral or ws.app.bot_user_id not in channel.members:
        return
    name, where = _event_of(ws, channel)
    inner = message_json(ws, message) | where | {"event_ts": message.ts}
    if message.files:
        inner["subtype"] = "file_share"
    ws.emit(name, inner)
    by_person = message.bot_id is None and message.subtype is None
    if by_person and not channel.is_im and f"<@{ws.app.bot_user_id}>" in message.text:
        ws.emit(
            "app_mention",
            {name: value for name, value in inner.items() if name != "channel_type"} | {"type": "app_mention"},
        )


def _tell_of(ws: Workspace, message: Message, subtype: str, more: Json) -> None:
    channel = ws.channels[message.channel]
    if message.ephemeral or ws.app.bot_user_id not in channel.members:
        return
    name, where = _event_of(ws, channel)
    ts = ws.ids.ts(ws.clock.now())
    ws.emit(name, {"type": "message", "subtype": subtype, "hidden": True, "ts": ts, "event_ts": ts} | where | more)
