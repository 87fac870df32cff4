"""What Slack's payloads have in common, read once. Their shape has been checked at the door."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from html import unescape
from typing import Any

from commands.kit.call import Action, Payload, View


class Kind(StrEnum):
    COMMAND = "command"
    ACTION = "action"
    SUBMISSION = "submission"
    OPTIONS = "options"
    OTHER = "other"


_KINDS = {"block_actions": Kind.ACTION, "view_submission": Kind.SUBMISSION, "block_suggestion": Kind.OPTIONS}


@dataclass(frozen=True, slots=True)
class Request:
    """One delivery from Slack, before anyone knows who is asking."""

    kind: Kind
    name: str
    """The slash command, the action id or the callback id."""
    reference: str
    delivery: str = ""
    """What a second delivery of the same thing has in common with the first; empty if nothing."""
    text: str = ""
    team_id: str = ""
    user_id: str = ""
    user_team: str = ""
    channel_id: str = ""
    trigger_id: str = field(default="", repr=False)
    response_url: str = field(default="", repr=False)
    action: Action | None = None
    view: View | None = None


def parse(payload: Payload, reference: str) -> Request:
    """The request in a command's form, an interaction's payload or an event's envelope."""
    if "command" in payload:
        return _command(payload, reference)
    kind = _KINDS.get(payload.get("type", ""), Kind.OTHER)
    if kind is Kind.OTHER:
        return Request(kind, _label(payload), reference, delivery=str(payload.get("event_id") or ""))
    return _interaction(payload, reference, kind)


def _command(payload: Payload, reference: str) -> Request:
    return Request(
        kind=Kind.COMMAND,
        name=payload["command"].lower(),
        reference=reference,
        delivery=payload.get("trigger_id", ""),
        text=unescape(payload.get("text", "")).strip(),
        team_id=payload["team_id"],
        user_id=payload["user_id"],
        channel_id=payload.get("channel_id", ""),
        trigger_id=payload.get("trigger_id", ""),
        response_url=payload.get("response_url", ""),
    )


def _interaction(payload: Payload, reference: str, kind: Kind) -> Request:
    user, view = payload["user"], _view(payload.get("view"))
    action = _action(payload, kind)
    return Request(
        kind=kind,
        name=action.id if action else (view.callback if view else ""),
        reference=reference,
        delivery=payload.get("trigger_id") or "",
        team_id=(payload.get("team") or {}).get("id") or user.get("team_id") or "",
        user_id=user["id"],
        user_team=user.get("team_id") or "",
        channel_id=(payload.get("channel") or {}).get("id") or "",
        trigger_id=payload.get("trigger_id") or "",
        response_url=payload.get("response_url") or "",
        action=action,
        view=view,
    )


def _action(payload: Payload, kind: Kind) -> Action | None:
    if kind is Kind.OPTIONS:
        return Action(payload["action_id"], payload.get("value") or "", payload.get("block_id") or "")
    if kind is not Kind.ACTION:
        return None
    clicked = payload["actions"][0]
    in_message = (payload.get("container") or {}).get("type") == "message"
    return Action(clicked["action_id"], _value(clicked), clicked.get("block_id") or "", in_message)


def _value(clicked: Mapping[str, Any]) -> str:
    chosen = clicked.get("selected_option") or {}
    value = clicked.get("value") or chosen.get("value") or clicked.get("selected_date") or ""
    return value if isinstance(value, str) else ""


def _view(view: Mapping[str, Any] | None) -> View | None:
    if not view:
        return None
    values = (view.get("state") or {}).get("values") or {}
    return View(
        view["id"], view.get("hash") or "", view.get("callback_id") or "", view.get("private_metadata") or "", values
    )


def _label(payload: Payload) -> str:
    event = payload.get("event")
    return str(event.get("type", "") if isinstance(event, dict) else payload.get("type", ""))
