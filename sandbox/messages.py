"""Messages as Slack gives them out, and as an app hands them in."""

from __future__ import annotations

from typing import Any

from sandbox.blocks import check_message
from sandbox.errors import ApiError
from sandbox.inputs import initial_values
from sandbox.limits import most
from sandbox.model import Channel, Json, Message, with_ids
from sandbox.workspace import Workspace


def message_json(ws: Workspace, message: Message) -> Json:
    """A message as history and payloads show it."""
    out: Json = {
        "type": "message",
        "user": message.user,
        "ts": message.ts,
        "text": message.text,
        "team": ws.seed.team.id,
    }
    if message.bot_id:
        out |= {"bot_id": message.bot_id, "app_id": ws.app.id}
    if message.blocks:
        out["blocks"] = message.blocks
    if message.thread_ts:
        out["thread_ts"] = message.thread_ts
    if message.edited_ts:
        out["edited"] = {"user": message.user, "ts": message.edited_ts}
    if message.metadata:
        out["metadata"] = message.metadata
    replies = _replies(ws, message)
    if replies:
        out |= {"thread_ts": message.ts, "reply_count": len(replies), "latest_reply": replies[-1].ts}
    return out


def _replies(ws: Workspace, message: Message) -> list[Message]:
    channel = ws.channels[message.channel]
    return [m for m in channel.messages if m.thread_ts == message.ts and m.ts != message.ts and not m.ephemeral]


def check_content(ws: Workspace, content: Json) -> None:
    """Raise ApiError unless a message may have this text and these blocks."""
    text, blocks = content.get("text"), content.get("blocks")
    if not text and not blocks:
        raise ApiError("no_text")
    if text is not None and not isinstance(text, str):
        raise ApiError("invalid_arguments", response_metadata={"messages": ["[ERROR] text must be a string"]})
    if text and len(text) > most("message.text"):
        raise ApiError("msg_too_long")
    if blocks is not None:
        check_message(blocks, newer=ws.faults.newer_blocks)


def post_as_app(ws: Workspace, channel: Channel, content: Json, *, cause: str | None = None, **more: Any) -> Message:
    """Check and post a message of the app; raises ApiError."""
    check_content(ws, content)
    return ws.post(
        channel,
        user=ws.app.bot_user_id,
        bot_id=ws.bot_id,
        text=content.get("text") or "",
        blocks=content.get("blocks"),
        metadata=content.get("metadata"),
        cause=cause,
        **more,
    )


def rewrite(ws: Workspace, message: Message, content: Json, cause: str | None = None, *, retain: bool = False) -> None:
    """Check and replace a message's content; raises ApiError.

    With `retain` (chat.update) what is not given stays; an empty list takes the blocks away.
    """
    check_content(ws, content)
    text, blocks = content.get("text"), content.get("blocks")
    if blocks is not None or not retain:
        message.blocks = with_ids(blocks or [])
        message.values = initial_values(message.blocks)
    if text is not None or not retain:
        message.text = text or ""
    if content.get("metadata") is not None:
        message.metadata = content["metadata"]
    ws.changed(message, cause)
