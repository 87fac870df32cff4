"""What people enter: from plain values of the page to Slack's `state.values` and `actions`."""

from __future__ import annotations

from typing import Any

from sandbox.errors import ClientError
from sandbox.model import Json, interactive_elements

_WITHOUT_STATE = frozenset({"button", "overflow"})
_PLAIN = {
    "plain_text_input": "value",
    "number_input": "value",
    "email_text_input": "value",
    "url_text_input": "value",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
}
_DIRECTORY = {
    "users_select": ("selected_user", "initial_user"),
    "channels_select": ("selected_channel", "initial_channel"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
}
_ONE_OPTION = frozenset({"static_select", "external_select", "radio_buttons", "overflow"})
_MANY_OPTIONS = frozenset({"multi_static_select", "multi_external_select", "checkboxes"})


def options_of(element: Json) -> list[Json]:
    """All options of an element, groups flattened."""
    groups = element.get("option_groups") or []
    flat: list[Json] = [option for group in groups for option in group["options"]]
    return flat or list(element.get("options") or [])


def entered(element: Json, raw: Any) -> Json:
    """The state of `element` after a person entered `raw`: a text, a date, an option's value, or a list of them.

    Files are ids here. For an external select the options came from the app a moment ago, so `raw` is a whole option there. Raises
    ClientError for an option that is not there.
    """
    kind = element["type"]
    if kind in _PLAIN:
        return {"type": kind, _PLAIN[kind]: raw if raw != "" else None}
    if kind in _DIRECTORY:
        return {"type": kind, _DIRECTORY[kind][0]: raw}
    if kind in _ONE_OPTION:
        return {"type": kind, "selected_option": _option(element, raw) if raw not in (None, "") else None}
    if kind in _MANY_OPTIONS:
        return {"type": kind, "selected_options": [_option(element, value) for value in raw or []]}
    if kind == "file_input":
        return {"type": kind, "files": list(raw or [])}
    return {"type": kind, "value": element.get("value")} if kind == "button" else {"type": kind}


def _option(element: Json, wanted: Any) -> Json:
    if isinstance(wanted, dict) and "external" in element["type"]:
        return wanted
    options = options_of(element)
    for option in options:
        if wanted in (option["value"], option["text"]["text"]):
            return option
    names = ", ".join(option["text"]["text"] for option in options)
    raise ClientError(f"There is no option {wanted!r}; there are: {names}.")


def initial(element: Json) -> Json:
    """The state of an element that nobody touched yet."""
    kind = element["type"]
    if kind in _PLAIN:
        name = {"datepicker": "initial_date", "timepicker": "initial_time", "datetimepicker": "initial_date_time"}
        return {"type": kind, _PLAIN[kind]: element.get(name.get(kind, "initial_value"))}
    if kind in _DIRECTORY:
        selected, start = _DIRECTORY[kind]
        return {"type": kind, selected: element.get(start, [] if kind.startswith("multi_") else None)}
    if kind in _MANY_OPTIONS:
        return {"type": kind, "selected_options": element.get("initial_options", [])}
    if kind == "file_input":
        return {"type": kind, "files": []}
    return {"type": kind, "selected_option": element.get("initial_option")}


def initial_values(blocks: list[Json]) -> Json:
    """`state.values` of blocks that nobody touched yet."""
    values: Json = {}
    for block in blocks:
        for element in interactive_elements(block):
            if element["type"] not in _WITHOUT_STATE:
                values.setdefault(block["block_id"], {})[element["action_id"]] = initial(element)
    return values


def find_element(blocks: list[Json], block_id: str | None, action_id: str) -> tuple[Json, Json]:
    """The block and the element that a person used; raises ClientError."""
    for block in blocks:
        for element in interactive_elements(block):
            if element["action_id"] == action_id and block_id in (None, block["block_id"]):
                return block, element
    raise ClientError(f"There is no element {action_id!r} in block {block_id!r} any more.")


def enter_all(blocks: list[Json], values: Json, raw: Json) -> None:
    """Put what a person entered, as {block_id: {action_id: raw}}, into `values`. What is no longer there is left out."""
    for block in blocks:
        given = raw.get(block["block_id"], {})
        for element in interactive_elements(block):
            action_id = element["action_id"]
            if action_id in given and element["type"] not in _WITHOUT_STATE:
                values.setdefault(block["block_id"], {})[action_id] = entered(element, given[action_id])


def missing_fields(blocks: list[Json], values: Json) -> dict[str, str]:
    """The client's own check before it submits a modal: required input blocks that are empty."""
    errors = {}
    for block in blocks:
        if block["type"] != "input" or block.get("optional"):
            continue
        element = block["element"]
        state = values.get(block["block_id"], {}).get(element["action_id"], {})
        entered_values = [value for name, value in state.items() if name != "type"]
        if not any(value not in (None, "", []) for value in entered_values):
            errors[block["block_id"]] = "Please complete this required field."
    return errors
