"""The payloads that an app receives, in Slack's shapes."""

from __future__ import annotations

from sandbox.messages import message_json
from sandbox.model import Channel, Json, Message, ResponseUrl, Trigger, View
from sandbox.seed import UserSeed
from sandbox.stack import view_json
from sandbox.workspace import Workspace, team_json


def response_url(ws: Workspace, url: ResponseUrl) -> str:
    return f"{ws.base_url}/response/{url.id}"


def command(
    ws: Workspace, user: UserSeed, channel: Channel, name: str, text: str, *, trigger: Trigger, url: ResponseUrl
) -> Json:
    """The form of a slash command."""
    return {
        "token": "local",
        "team_id": ws.seed.team.id,
        "team_domain": ws.seed.team.domain,
        "channel_id": channel.id,
        "channel_name": "privategroup" if channel.is_private and not channel.is_im else channel.name,
        "user_id": user.id,
        "user_name": user.name,
        "command": name,
        "text": text,
        "api_app_id": ws.app.id,
        "is_enterprise_install": "false",
        "response_url": response_url(ws, url),
        "trigger_id": trigger.id,
    }


def _who(ws: Workspace, user: UserSeed) -> Json:
    return {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team_id or ws.seed.team.id}


def _common(ws: Workspace, kind: str, user: UserSeed) -> Json:
    return {
        "type": kind,
        "team": team_json(ws.seed),
        "user": _who(ws, user),
        "api_app_id": ws.app.id,
        "token": "local",
        "is_enterprise_install": False,
        "enterprise": None,
    }


def message_action(
    ws: Workspace, user: UserSeed, message: Message, action: Json, *, trigger: Trigger, url: ResponseUrl
) -> Json:
    """block_actions of an element in a message. An ephemeral message is not sent along, as at Slack."""
    channel = ws.channels[message.channel]
    container = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": message.ephemeral,
    }
    payload = _common(ws, "block_actions", user) | {
        "container": container,
        "trigger_id": trigger.id,
        "channel": {"id": channel.id, "name": channel.name},
        "state": {"values": message.values},
        "response_url": response_url(ws, url),
        "actions": [action],
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    if not message.ephemeral:
        payload["message"] = message_json(ws, message)
    return payload


def view_action(ws: Workspace, user: UserSeed, view: View, action: Json, trigger: Trigger) -> Json:
    """block_actions of an element in a modal or on a Home tab."""
    return _common(ws, "block_actions", user) | {
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": trigger.id,
        "view": view_json(ws, view),
        "actions": [action],
    }


def global_shortcut(ws: Workspace, user: UserSeed, callback_id: str, trigger: Trigger) -> Json:
    """A global shortcut: it knows nothing of a channel, and there is no response url."""
    payload = _common(ws, "shortcut", user)
    return payload | {"callback_id": callback_id, "trigger_id": trigger.id, "action_ts": _action_ts(ws)}


def message_shortcut(
    ws: Workspace, user: UserSeed, callback_id: str, message: Message, *, trigger: Trigger, url: ResponseUrl
) -> Json:
    """A shortcut in the menu of a message."""
    channel = ws.channels[message.channel]
    return _common(ws, "message_action", user) | {
        "callback_id": callback_id,
        "trigger_id": trigger.id,
        "action_ts": _action_ts(ws),
        "response_url": response_url(ws, url),
        "message_ts": message.ts,
        "channel": {"id": channel.id, "name": channel.name},
        "message": message_json(ws, message),
    }


def _action_ts(ws: Workspace) -> str:
    return f"{ws.clock.machine():.6f}"


def view_submission(ws: Workspace, user: UserSeed, view: View, trigger: Trigger) -> Json:
    return _common(ws, "view_submission", user) | {
        "trigger_id": trigger.id,
        "view": view_json(ws, view),
        "response_urls": [],
    }


def view_closed(ws: Workspace, user: UserSeed, view: View, *, cleared: bool) -> Json:
    return _common(ws, "view_closed", user) | {"view": view_json(ws, view), "is_cleared": cleared}


def suggestion(
    ws: Workspace, user: UserSeed, holder: View | Message, block_id: str, action_id: str, value: str
) -> Json:
    """block_suggestion: what a person typed into an external select so far."""
    payload = _common(ws, "block_suggestion", user) | {"block_id": block_id, "action_id": action_id, "value": value}
    if isinstance(holder, View):
        return payload | {"container": {"type": "view", "view_id": holder.id}, "view": view_json(ws, holder)}
    channel = ws.channels[holder.channel]
    container = {"type": "message", "message_ts": holder.ts, "channel_id": channel.id, "is_ephemeral": holder.ephemeral}
    return payload | {"container": container, "channel": {"id": channel.id, "name": channel.name}}


def event(ws: Workspace, inner: Json) -> Json:
    """The envelope of an event of the Events API."""
    return {
        "token": "local",
        "team_id": ws.seed.team.id,
        "api_app_id": ws.app.id,
        "event": inner,
        "type": "event_callback",
        "event_id": ws.ids.next("Ev"),
        "event_time": int(ws.clock.machine()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": ws.seed.team.id,
                "user_id": ws.app.bot_user_id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
    }
