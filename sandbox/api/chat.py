"""chat.*: posting, changing and deleting messages."""

from __future__ import annotations

from sandbox.api.kit import Call, method
from sandbox.errors import ApiError
from sandbox.limits import most
from sandbox.messages import check_thread, message_json, post_as_app, rewrite, take_away
from sandbox.model import Channel, Json, Message


def _content(call: Call) -> Json:
    return {
        "text": call.args.get("text"),
        "blocks": call.json("blocks", "invalid_blocks_format"),
        "metadata": call.json("metadata", "invalid_metadata_format"),
    }


def writable(call: Call, name: str = "channel") -> Channel:
    """The channel that the bot may post to, by id or name, or a person's direct message; raises ApiError."""
    channel = call.channel(name, loosely=True)
    if channel.is_archived:
        raise ApiError("is_archived")
    is_member = call.ws.app.bot_user_id in channel.members
    if not is_member and (channel.is_private or not call.ws.has_scope("chat:write.public")):
        raise ApiError("not_in_channel")
    return channel


def _own(call: Call, error: str) -> Message:
    """The app's own message that a call names; an ephemeral one cannot be found, as at Slack."""
    message = call.ws.message(call.channel(), str(call.required("ts", "message_not_found")))
    if message is None or message.ephemeral or message.subtype == "tombstone":
        raise ApiError("message_not_found")
    if message.bot_id != call.ws.bot_id:
        raise ApiError(error)
    return message


@method("chat.postMessage", "chat:write")
def post_message(call: Call) -> Json:
    channel = writable(call)
    thread = call.text("thread_ts")
    check_thread(channel, thread)
    call.ws.rates.posted(channel.id)
    broadcast = bool(thread) and call.flag("reply_broadcast")
    subtype = "thread_broadcast" if broadcast else None
    message = post_as_app(call.ws, channel, _content(call), thread_ts=thread, broadcast=broadcast, subtype=subtype)
    return {"channel": channel.id, "ts": message.ts, "message": message_json(call.ws, message)}


@method("chat.postEphemeral", "chat:write")
def post_ephemeral(call: Call) -> Json:
    channel = writable(call)
    user = str(call.required("user", "user_not_found"))
    if user not in channel.members:
        raise ApiError("user_not_in_channel")
    thread = call.text("thread_ts")
    check_thread(channel, thread)
    message = post_as_app(call.ws, channel, _content(call), visible_to=user, thread_ts=thread)
    return {"message_ts": message.ts}


@method("chat.update", "chat:write")
def update(call: Call) -> Json:
    message, content = _own(call, "cant_update_message"), _content(call)
    if call.ws.channels[message.channel].is_archived:
        raise ApiError("is_inactive")
    if isinstance(content["text"], str) and len(content["text"]) > most("update.text"):
        raise ApiError("msg_too_long")
    rewrite(call.ws, message, content, retain=True)
    shown = message_json(call.ws, message)
    return {"channel": message.channel, "ts": message.ts, "text": message.text, "message": shown}


@method("chat.delete", "chat:write")
def delete(call: Call) -> Json:
    message = _own(call, "cant_delete_message")
    take_away(call.ws, message)
    return {"channel": message.channel, "ts": message.ts}


@method("chat.getPermalink")
def get_permalink(call: Call) -> Json:
    channel = call.channel()
    ts = str(call.required("message_ts", "message_not_found"))
    message = call.ws.message(channel, ts)
    if message is None or message.ephemeral:
        raise ApiError("message_not_found")
    thread = f"?thread_ts={message.thread_ts}&cid={channel.id}" if message.is_reply else ""
    link = f"{call.ws.base_url}/archives/{channel.id}/p{ts.replace('.', '')}{thread}"
    return {"channel": channel.id, "permalink": link}
