"""What Slack's payloads have in common, read once. Their shape has been checked at the door."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from html import unescape
from typing import Any

from commands.kit.blocks import MENU
from commands.kit.call import Action, Payload, Said, View


class Kind(StrEnum):
    COMMAND = "command"
    ACTION = "action"
    SUBMISSION = "submission"
    OPTIONS = "options"
    SHORTCUT = "shortcut"
    EVENT = "event"
    HAPPENING = "happening"
    """An event of the workspace: nobody waits for an answer to it."""
    OTHER = "other"


HOME_OPENED = "app_home_opened"
DIRECT = "message.im"
"""Events that somebody waits for an answer to."""
_SLACKBOT = "USLACKBOT"
"""Tells the bot in a direct message that it was removed from a channel."""
_KINDS = {
    "block_actions": Kind.ACTION,
    "view_submission": Kind.SUBMISSION,
    "block_suggestion": Kind.OPTIONS,
    "shortcut": Kind.SHORTCUT,
    "message_action": Kind.SHORTCUT,
}


@dataclass(frozen=True, slots=True)
class Request:
    """One delivery from Slack, before anyone knows who is asking."""

    kind: Kind
    name: str
    """The slash command, the action id or the callback id."""
    reference: str
    delivery: str = ""
    """What a second delivery of the same thing has in common with the first; empty if nothing."""
    effect: str = ""
    """Under what its effect is recorded: the same for whatever is one act of the person, also if it comes anew."""
    text: str = ""
    team_id: str = ""
    user_id: str = ""
    """Empty where nobody asks."""
    user_team: str = ""
    channel_id: str = ""
    trigger_id: str = field(default="", repr=False)
    response_url: str = field(default="", repr=False)
    action: Action | None = None
    view: View | None = None
    """Where it was clicked: a modal or the Home tab."""
    said: Said | None = None
    """The message in whose menu a shortcut was chosen."""

    @property
    def modal(self) -> View | None:
        """The modal that it was clicked in."""
        return self.view if self.view and not self.view.is_home else None


def parse(payload: Payload, reference: str) -> Request:
    """The request in a command's form, an interaction's payload or an event's envelope."""
    if "command" in payload:
        return _command(payload, reference)
    kind = _KINDS.get(payload.get("type", ""), Kind.OTHER)
    if kind is not Kind.OTHER:
        return _interaction(payload, reference, kind)
    event = payload.get("event") if payload.get("type") == "event_callback" else None
    if not event:
        return Request(kind, _label(payload), reference)
    if event["type"] not in (HOME_OPENED, "message"):
        return _event(payload, Kind.HAPPENING, event["type"], reference)
    name = _event_name(event)
    # Most of what is said is not said to us: it goes before anything looks at it.
    return _event(payload, Kind.EVENT, name, reference) if name else Request(kind, _label(payload), reference)


def _event_name(event: Mapping[str, Any]) -> str | None:
    """The event, if it is something that a person has just done."""
    if not isinstance(event.get("user"), str) or event["user"] == _SLACKBOT:
        return None
    if event["type"] == HOME_OPENED:
        return HOME_OPENED if event.get("tab") == "home" else None
    # What has a subtype is no new message: it was changed or deleted, someone joined; bots talk, too, we among them.
    is_said = event["type"] == "message" and not event.get("subtype") and not event.get("bot_id")
    return DIRECT if is_said and event.get("channel_type") == "im" else None


def _event(payload: Payload, kind: Kind, name: str, reference: str) -> Request:
    event, number = payload["event"], str(payload.get("event_id") or "")
    return Request(
        kind=kind,
        name=name,
        reference=reference,
        delivery=number,
        effect=_key("event", number, reference),
        text=unescape(_text(event, "text")).strip(),
        team_id=_text(payload, "team_id"),
        user_id=_text(event, "user"),
        user_team=_text(event, "user_team"),
        channel_id=_text(event, "channel"),
    )


def _text(holder: Mapping[str, Any], name: str) -> str:
    found = holder.get(name)
    return found if isinstance(found, str) else ""


def _command(payload: Payload, reference: str) -> Request:
    return Request(
        kind=Kind.COMMAND,
        name=payload["command"].lower(),
        reference=reference,
        delivery=payload.get("trigger_id", ""),
        effect=_key("trigger", payload.get("trigger_id"), reference),
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
        name=_name(payload, action, view),
        reference=reference,
        delivery=payload.get("trigger_id") or "",
        effect=_effect(payload, kind, view) or _key("trigger", payload.get("trigger_id"), reference),
        team_id=(payload.get("team") or {}).get("id") or user.get("team_id") or "",
        user_id=user["id"],
        user_team=user.get("team_id") or "",
        channel_id=(payload.get("channel") or {}).get("id") or "",
        trigger_id=payload.get("trigger_id") or "",
        response_url=payload.get("response_url") or "",
        action=action,
        view=view,
        said=_said(payload.get("message"), payload.get("channel")),
    )


def _name(payload: Payload, action: Action | None, view: View | None) -> str:
    if action:
        return action.id
    return view.callback if view else _text(payload, "callback_id")


def _said(message: Mapping[str, Any] | None, channel: Mapping[str, Any] | None) -> Said | None:
    if not isinstance(message, dict):
        return None
    where = _text(channel, "id") if isinstance(channel, dict) else ""
    return Said(where, _text(message, "ts"), _text(message, "user"), unescape(_text(message, "text")).strip())


def _effect(payload: Payload, kind: Kind, view: View | None) -> str:
    """The natural key of a submission or a click; empty if the payload lacks a part of it.

    A view whose errors were corrected is submitted with the same id and hash: errors are no effect and are not recorded.
    """
    if kind is Kind.SUBMISSION and view and view.hash:
        return f"view:{view.id}:{view.hash}"
    if kind is not Kind.ACTION:
        return ""
    clicked, where = payload["actions"][0], payload.get("container") or {}
    at, place = clicked.get("action_ts"), where.get("message_ts") or (view.id if view else "")
    channel = where.get("channel_id") or (payload.get("channel") or {}).get("id") or ""
    return f"click:{channel}:{place}:{clicked['action_id']}:{payload['user']['id']}:{at}" if at and place else ""


def _key(kind: str, found: object, reference: str) -> str:
    """A delivery that has nothing to tell it by is like no other."""
    return f"{kind}:{found}" if found else f"once:{reference}"


def _action(payload: Payload, kind: Kind) -> Action | None:
    if kind is Kind.OPTIONS:
        return Action(payload["action_id"], payload.get("value") or "", payload.get("block_id") or "")
    if kind is not Kind.ACTION:
        return None
    clicked = payload["actions"][0]
    in_message = (payload.get("container") or {}).get("type") == "message"
    name, value = clicked["action_id"], _value(clicked)
    if name == MENU:
        name, _, value = value.partition("|")
    return Action(name, value, clicked.get("block_id") or "", in_message, is_link=bool(clicked.get("url")))


def _value(clicked: Mapping[str, Any]) -> str:
    chosen = clicked.get("selected_option") or {}
    value = clicked.get("value") or chosen.get("value") or clicked.get("selected_date") or ""
    return value if isinstance(value, str) else ""


def _view(view: Mapping[str, Any] | None) -> View | None:
    if not view:
        return None
    values = (view.get("state") or {}).get("values") or {}
    return View(
        view["id"],
        view.get("hash") or "",
        view.get("callback_id") or "",
        view.get("private_metadata") or "",
        values,
        is_home=view.get("type") == "home",
    )


def _label(payload: Payload) -> str:
    event = payload.get("event")
    return str(event.get("type", "") if isinstance(event, dict) else payload.get("type", ""))
