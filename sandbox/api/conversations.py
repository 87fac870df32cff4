"""conversations.*: channels, members, history, opening a direct message."""

from __future__ import annotations

from sandbox.api.kit import Call, method
from sandbox.errors import ApiError
from sandbox.limits import most
from sandbox.membership import join, leave
from sandbox.messages import message_json
from sandbox.model import Channel, Json, Message

_READ = ("channels:read", "groups:read", "im:read")
_HISTORY = ("channels:history", "groups:history", "im:history")


def _kind(channel: Channel) -> str:
    return "im" if channel.is_im else "groups" if channel.is_private else "channels"


def channel_json(call: Call, channel: Channel) -> Json:
    common: Json = {
        "id": channel.id,
        "is_im": channel.is_im,
        "is_private": channel.is_private,
        "is_archived": channel.is_archived,
    }
    if channel.is_im:
        return common | {"user": channel.members[0], "is_open": True}
    return common | {
        "name": channel.name,
        "is_channel": not channel.is_private,
        "is_group": channel.is_private,
        "is_general": channel.name == "general",
        "is_member": call.ws.app.bot_user_id in channel.members,
        "is_shared": False,
        "is_ext_shared": _has_strangers(call, channel),
        "num_members": len(channel.members),
        "topic": {"value": channel.topic, "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    }


def _has_strangers(call: Call, channel: Channel) -> bool:
    return any(call.ws.is_stranger(call.ws.users[member]) for member in channel.members)


@method("conversations.list", *_READ)
def conversations_list(call: Call) -> Json:
    bot = call.ws.app.bot_user_id
    return _listed(call, [c for c in _wanted(call) if not c.is_private or bot in c.members])


@method("users.conversations", *_READ)
def users_conversations(call: Call) -> Json:
    """Those that the app is in; neither is_member nor num_members is told."""
    bot = call.ws.app.bot_user_id
    answer = _listed(call, [c for c in _wanted(call) if bot in c.members])
    for channel in answer["channels"]:
        channel.pop("is_member", None)
        channel.pop("num_members", None)
    return answer


def _wanted(call: Call) -> list[Channel]:
    """The channels of the kinds that were asked for; raises ApiError for a kind without its scope."""
    wanted = str(call.args.get("types") or "public_channel").split(",")
    if set(wanted) - {"public_channel", "private_channel", "im", "mpim"}:
        raise ApiError("invalid_types")
    names = {"im": "im", "groups": "private_channel", "channels": "public_channel"}
    scopes = {"im": "im:read", "groups": "groups:read", "channels": "channels:read"}
    for kind, name in names.items():
        if name in wanted:
            call.scope(scopes[kind])
    without_archived = call.flag("exclude_archived")
    return [
        channel
        for channel in call.ws.channels.values()
        if names[_kind(channel)] in wanted and not (channel.is_archived and without_archived)
    ]


def _listed(call: Call, found: list[Channel]) -> Json:
    channels, metadata = call.page(found)
    return {"channels": [channel_json(call, channel) for channel in channels], "response_metadata": metadata}


@method("conversations.info", *_READ)
def conversations_info(call: Call) -> Json:
    channel = call.channel()
    call.scope(f"{_kind(channel)}:read")
    return {"channel": channel_json(call, channel)}


@method("conversations.members", *_READ)
def conversations_members(call: Call) -> Json:
    channel = call.channel()
    call.scope(f"{_kind(channel)}:read")
    members, metadata = call.page(channel.members)
    return {"members": members, "response_metadata": metadata}


def _readable(call: Call) -> Channel:
    channel = call.channel()
    call.scope(f"{_kind(channel)}:history")
    if call.ws.app.bot_user_id not in channel.members:
        raise ApiError("not_in_channel")
    return channel


def _history_page(call: Call, method: str, messages: list[Message]) -> tuple[list[Message], Json]:
    """A page of messages; an app that is sold outside the Marketplace gets few, and rarely."""
    if call.ws.app.distribution == "internal":
        return call.page(messages)
    call.ws.rates.read_history(method)
    return call.page(messages, most("history.items"))


def _within(call: Call, messages: list[Message]) -> list[Message]:
    """Ephemeral messages never appear; `oldest` and `latest` are excluded unless `inclusive`."""
    oldest = call.number("oldest", 0, "invalid_ts_oldest")
    latest = call.number("latest", float("inf"), "invalid_ts_latest")
    inclusive = call.flag("inclusive")
    return [
        m
        for m in messages
        if not m.ephemeral and (oldest < float(m.ts) < latest or (inclusive and float(m.ts) in (oldest, latest)))
    ]


def _shown(call: Call, message: Message) -> Json:
    out = message_json(call.ws, message)
    wanted = "metadata" in out and call.flag("include_all_metadata")
    if not (wanted and call.ws.has_scope("metadata.message:read")):
        out.pop("metadata", None)
    return out


@method("conversations.history", *_HISTORY)
def conversations_history(call: Call) -> Json:
    channel = _readable(call)
    top = [m for m in channel.messages if m.in_channel]
    messages, metadata = _history_page(call, "conversations.history", _within(call, top)[::-1])
    shown = [_shown(call, message) for message in messages]
    return {"messages": shown, "has_more": bool(metadata["next_cursor"]), "response_metadata": metadata}


@method("conversations.replies", *_HISTORY)
def conversations_replies(call: Call) -> Json:
    channel = _readable(call)
    ts = str(call.required("ts", "thread_not_found"))
    parent = call.ws.message(channel, ts)
    if parent is None or parent.ephemeral:
        raise ApiError("thread_not_found")
    if parent.is_reply:  # a reply's ts leads to itself alone
        found, rest = [parent], []
    else:
        found, rest = [parent], _within(call, channel.replies(ts))
    messages, metadata = _history_page(call, "conversations.replies", [*found, *rest])
    shown = [_shown(call, message) for message in messages]
    return {"messages": shown, "has_more": bool(metadata["next_cursor"]), "response_metadata": metadata}


@method("conversations.open", "im:write")
def conversations_open(call: Call) -> Json:
    if call.args.get("channel"):
        return _opened(call, call.channel())
    users = str(call.required("users", "users_list_not_supplied")).split(",")
    if len(users) != 1:
        raise ApiError("too_many_users")
    if users[0] not in call.ws.users:
        raise ApiError("user_not_found")
    channel = call.direct_message(users[0])
    return _opened(call, channel)


def _opened(call: Call, channel: Channel) -> Json:
    """A conversation's id, and all of it with return_im."""
    if not call.flag("return_im"):
        return {"channel": {"id": channel.id}}
    return {"channel": channel_json(call, channel), "no_op": True, "already_open": True}


@method("conversations.join", "channels:join")
def conversations_join(call: Call) -> Json:
    channel = call.channel()
    if channel.is_private:
        raise ApiError("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise ApiError("is_archived")
    already = call.ws.app.bot_user_id in channel.members
    join(call.ws, channel, call.ws.users[call.ws.app.bot_user_id])
    warning = {"warning": "already_in_channel", "response_metadata": {"warnings": ["already_in_channel"]}}
    return {"channel": channel_json(call, channel)} | (warning if already else {})


@method("conversations.leave", "channels:manage", "groups:write")
def conversations_leave(call: Call) -> Json:
    channel = call.channel()
    if channel.is_im:
        raise ApiError("method_not_supported_for_channel_type")
    if call.ws.app.bot_user_id not in channel.members:
        return {"not_in_channel": True}
    if channel.name == "general":
        raise ApiError("cant_leave_general")
    leave(call.ws, channel, call.ws.users[call.ws.app.bot_user_id])
    return {}
