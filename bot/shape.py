"""The shape of what Slack sends, checked before anything else looks inside."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias
from urllib.parse import parse_qsl

JSON: TypeAlias = dict[str, Any]

MAX_DEPTH = 40
"""Slack's own payloads stay below 20; Slack's rich text nests deepest."""
_FORM = b"application/x-www-form-urlencoded"
_JSON = b"application/json"
_PLAIN_ENOUGH = MAX_DEPTH


class Malformed(Exception):
    """A signed body that is not a payload of Slack's; the message says what is wrong with it."""


def parse_body(body: bytes, content_type: bytes) -> Mapping[str, Any]:
    """The payload in the body of a request. Raises Malformed."""
    kind = content_type.partition(b";")[0].strip().lower()
    if kind == _JSON:
        return _checked(_object(body))
    if kind != _FORM:
        raise Malformed("neither a form nor JSON")
    form = _form(body)
    if "payload" in form:
        return _checked(_object(form["payload"].encode()))
    if "command" in form:
        return _command(form)
    if form.get("ssl_check") == "1":
        return {"type": "ssl_check"}
    raise Malformed("a form without a command or a payload")


def checked(payload: object) -> Mapping[str, Any]:
    """A payload that came over a socket, already parsed. Raises Malformed."""
    if not isinstance(payload, dict):
        raise Malformed("no object")
    _check_tree(payload)
    if "command" in payload:
        return _command({name: value for name, value in payload.items() if isinstance(value, str)})
    return _checked(payload)


def _form(body: bytes) -> dict[str, str]:
    try:
        form = dict(parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=100))
    except ValueError as error:
        raise Malformed("a form that is not UTF-8, or has too many fields") from error
    if any("\x00" in value for value in form.values()):
        raise Malformed("a form with a NUL character")
    return form


def _object(text: bytes) -> JSON:
    try:
        made = _DECODER.decode(text.decode())
    except (ValueError, RecursionError) as error:
        raise Malformed("JSON that cannot be read") from error
    if not isinstance(made, dict):
        raise Malformed("JSON that is no object")
    lowered = text.lower()
    # Most payloads are flat enough to be sure without walking through them.
    if text.count(b"{") + text.count(b"[") > _PLAIN_ENOUGH or b"\\u0000" in lowered or b"\\ud" in lowered:
        _check_tree(made)
    return made


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON")


_DECODER = json.JSONDecoder(parse_constant=_no_constant)


def _check_tree(root: JSON) -> None:
    """Neither too deep nor with text that no database takes (NUL, half a surrogate pair)."""
    level: list[Any] = [root]
    for _ in range(MAX_DEPTH):
        level = [item for node in level for item in _children(node)]
        if not level:
            return
    raise Malformed("JSON that is nested too deeply")


def _children(node: object) -> Iterator[Any]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield key
            yield value
    elif isinstance(node, list):
        yield from node
    elif isinstance(node, str) and ("\x00" in node or not _encodes(node)):
        raise Malformed("text with a NUL character or half a surrogate pair")


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


# What must be where. Only what something here or in Bolt reads is checked: Slack adds fields whenever it likes.


def _command(form: Mapping[str, str]) -> Mapping[str, Any]:
    if not form["command"].startswith("/"):
        raise Malformed("a command without its slash")
    for name in ("team_id", "user_id"):
        if not form.get(name):
            raise Malformed(f"a command without {name}")
    return form


def _checked(payload: JSON) -> JSON:
    kind = payload.get("type")
    if not isinstance(kind, str):
        raise Malformed("a payload without a type")
    _check_envelope(payload)
    check = _KINDS.get(kind)
    if check:
        check(payload)
    return payload


def _check_envelope(payload: JSON) -> None:
    """The fields that Bolt looks for in each payload, whatever its type."""
    for name in ("user", "team", "enterprise", "channel"):
        _want(payload, name, dict, str)
        if isinstance(payload.get(name), dict):
            _want(payload[name], "id", str)
    for name in (
        "view",
        "event",
        "message",
        "container",
        "previous_message",
        "item",
        "assistant_thread",
        "function_data",
    ):
        _want(payload, name, dict)
    for name in ("authorizations", "response_urls", "actions"):
        _want(payload, name, list)
        if any(not isinstance(item, dict) for item in payload.get(name) or ()):
            raise Malformed(f"{name} that are no objects")
    for name in (
        "trigger_id",
        "response_url",
        "team_id",
        "user_id",
        "event_id",
        "action_id",
        "block_id",
        "thread_ts",
        "callback_id",
    ):
        _want(payload, name, str)


def _want(node: JSON, name: str, *types: type) -> None:
    """Absent, null, or one of these types."""
    if node.get(name) is not None and not isinstance(node[name], types):
        raise Malformed(f"{name} of an odd type")


def _need(node: JSON, name: str) -> None:
    if not isinstance(node.get(name), str) or not node[name]:
        raise Malformed(f"no {name}")


def _interaction(payload: JSON) -> None:
    for name in ("user", "team", "channel"):
        _want(payload, name, dict)
    if not payload.get("user"):
        raise Malformed("no user")
    _need(payload["user"], "id")
    _want(payload["user"], "team_id", str)
    if payload.get("view"):
        _view(payload["view"])


def _view(view: JSON) -> None:
    _need(view, "id")
    for name in ("hash", "callback_id", "private_metadata"):
        _want(view, name, str)
    _want(view, "state", dict)
    values = (view.get("state") or {}).get("values") or {}
    if not isinstance(values, dict) or any(not _is_block_state(block) for block in values.values()):
        raise Malformed("a view with an odd state")


def _is_block_state(block: object) -> bool:
    return isinstance(block, dict) and all(isinstance(element, dict) for element in block.values())


def _clicked(payload: JSON) -> None:
    _interaction(payload)
    if not payload.get("actions"):
        raise Malformed("no actions")
    for action in payload["actions"]:
        _need(action, "action_id")
        _want(action, "selected_option", dict)


def _submitted(payload: JSON) -> None:
    _interaction(payload)
    if not payload.get("view"):
        raise Malformed("no view")


def _suggestion(payload: JSON) -> None:
    _interaction(payload)
    _need(payload, "action_id")
    _want(payload, "value", str)


def _event(payload: JSON) -> None:
    if not payload.get("event"):
        raise Malformed("no event")
    _need(payload["event"], "type")


def _challenge(payload: JSON) -> None:
    _need(payload, "challenge")


_KINDS: Mapping[str, Callable[[JSON], None]] = {
    "event_callback": _event,
    "url_verification": _challenge,
    "block_actions": _clicked,
    "view_submission": _submitted,
    "view_closed": _submitted,
    "block_suggestion": _suggestion,
    "shortcut": _interaction,
    "message_action": _interaction,
}
