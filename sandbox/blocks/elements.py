"""Block elements: buttons, menus, inputs."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any, Final

from sandbox.blocks.objects import BOTH, check_confirm, check_option_groups, check_options, optional_text
from sandbox.blocks.problems import Problems
from sandbox.limits import most

Element = dict[str, Any]
Check = Callable[[Problems, Element, str], None]

_TIME: Final = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_UNIX_DIGITS: Final = 10
_COMMON: Final = ("action_id", "confirm", "focus_on_load")


def check_element(problems: Problems, element: Any, at: str, allowed: frozenset[str]) -> None:
    """One element, whose kind must be among `allowed` for the block that it stands in."""
    if not problems.object(element, at):
        return
    kind = str(element.get("type"))
    if kind not in allowed or kind not in ELEMENTS:
        problems.add(f"unsupported type: {kind}", f"{at}/type")
        return
    problems.optional_string(element, "action_id", at, "action_id")
    check_confirm(problems, element, at)
    ELEMENTS[kind](problems, element, at)


def _button(problems: Problems, element: Element, at: str) -> None:
    problems.fields(
        element, at, required=("text",), optional=(*_COMMON, "url", "value", "style", "accessibility_label")
    )
    optional_text(problems, element, "text", at, "button.text")
    problems.optional_string(element, "value", at, "button.value")
    problems.optional_string(element, "url", at, "button.url")
    problems.optional_string(element, "accessibility_label", at, "button.text")
    if element.get("style") is not None:
        problems.one_of(element["style"], f"{at}/style", ("primary", "danger"))


def _initial_is_an_option(problems: Problems, element: Element, name: str, at: str, options: list[Element]) -> None:
    initial = element.get(name)
    chosen = initial if isinstance(initial, list) else [initial]
    values = [option.get("value") for option in options]
    if initial is not None and not all(isinstance(c, dict) and c.get("value") in values for c in chosen):
        problems.add("initial option must match one of the options", f"{at}/{name}")


def _select(problems: Problems, element: Element, at: str) -> None:
    multi = element["type"].startswith("multi_")
    initial = "initial_options" if multi else "initial_option"
    optional = (
        *_COMMON,
        "placeholder",
        "options",
        "option_groups",
        initial,
        *(("max_selected_items",) if multi else ()),
    )
    problems.fields(element, at, required=(), optional=optional)
    optional_text(problems, element, "placeholder", at, "placeholder")
    has_options, has_groups = element.get("options") is not None, element.get("option_groups") is not None
    if has_options == has_groups:
        problems.add("must define either `options` or `option_groups`", at)
    elif has_options:
        options = check_options(problems, element["options"], f"{at}/options", "select.options")
        _initial_is_an_option(problems, element, initial, at, options)
    else:
        options = check_option_groups(problems, element["option_groups"], f"{at}/option_groups")
        _initial_is_an_option(problems, element, initial, at, options)


def _external_select(problems: Problems, element: Element, at: str) -> None:
    optional = (*_COMMON, "placeholder", "min_query_length", "initial_option", "initial_options", "max_selected_items")
    problems.fields(element, at, required=(), optional=optional)
    optional_text(problems, element, "placeholder", at, "placeholder")


def _directory_select(problems: Problems, element: Element, at: str) -> None:
    """Selects whose options are the workspace's people, channels or conversations."""
    names = ("user", "users", "channel", "channels", "conversation", "conversations")
    optional = (
        *_COMMON,
        "placeholder",
        "max_selected_items",
        "response_url_enabled",
        "filter",
        "default_to_current_conversation",
    )
    problems.fields(element, at, required=(), optional=(*optional, *(f"initial_{name}" for name in names)))
    optional_text(problems, element, "placeholder", at, "placeholder")


def _overflow(problems: Problems, element: Element, at: str) -> None:
    problems.fields(element, at, required=("options",), optional=("action_id", "confirm"))
    check_options(problems, element.get("options"), f"{at}/options", "overflow.options", links=True)


def _choices(problems: Problems, element: Element, at: str) -> None:
    kind = element["type"]
    initial = "initial_options" if kind == "checkboxes" else "initial_option"
    problems.fields(element, at, required=("options",), optional=(*_COMMON, initial))
    options = check_options(problems, element.get("options"), f"{at}/options", f"{kind}.options", BOTH)
    _initial_is_an_option(problems, element, initial, at, options)


def _datepicker(problems: Problems, element: Element, at: str) -> None:
    problems.fields(element, at, required=(), optional=(*_COMMON, "placeholder", "initial_date"))
    optional_text(problems, element, "placeholder", at, "placeholder")
    if element.get("initial_date") is not None and not is_date(element["initial_date"]):
        problems.add("must match the format YYYY-MM-DD", f"{at}/initial_date")


def _timepicker(problems: Problems, element: Element, at: str) -> None:
    problems.fields(element, at, required=(), optional=(*_COMMON, "placeholder", "initial_time", "timezone"))
    optional_text(problems, element, "placeholder", at, "placeholder")
    initial = element.get("initial_time")
    if initial is not None and not (isinstance(initial, str) and _TIME.fullmatch(initial)):
        problems.add("must match the format HH:mm", f"{at}/initial_time")


def _datetimepicker(problems: Problems, element: Element, at: str) -> None:
    problems.fields(element, at, required=(), optional=(*_COMMON, "initial_date_time"))
    initial = element.get("initial_date_time")
    if initial is not None and not (isinstance(initial, int) and len(str(initial)) == _UNIX_DIGITS):
        problems.add("must be a UNIX timestamp of 10 digits", f"{at}/initial_date_time")


def is_date(value: Any) -> bool:
    """Whether `value` is a real date as YYYY-MM-DD."""
    if not isinstance(value, str) or len(value) != len("YYYY-MM-DD"):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _text_input(problems: Problems, element: Element, at: str) -> None:
    own = {
        "plain_text_input": ("multiline", "min_length", "max_length"),
        "number_input": ("is_decimal_allowed", "min_value", "max_value"),
        "email_text_input": (),
        "url_text_input": (),
    }
    optional = (*_COMMON, "placeholder", "initial_value", "dispatch_action_config", *own[element["type"]])
    required = ("is_decimal_allowed",) if element["type"] == "number_input" else ()
    problems.fields(element, at, required=required, optional=optional)
    optional_text(problems, element, "placeholder", at, "placeholder")
    problems.optional_string(element, "initial_value", at, "input.length", least=0)
    for name in ("min_value", "max_value"):
        if element.get(name) is not None and not isinstance(element[name], str):
            problems.add("must be a string", f"{at}/{name}")
    for name in ("min_length", "max_length"):
        value = element.get(name)
        if value is not None and problems.number(value, f"{at}/{name}") and value > most("input.length"):
            problems.add(f"must be less than {most('input.length') + 1}", f"{at}/{name}")


def _file_input(problems: Problems, element: Element, at: str) -> None:
    problems.fields(element, at, required=(), optional=("action_id", "filetypes", "max_files"))
    kinds = element.get("filetypes")
    if kinds is not None:
        for place, kind in problems.items(kinds, f"{at}/filetypes", "file_input.filetypes"):
            problems.string(kind, place, "file_input.filetypes")
    count = element.get("max_files")
    if count is not None and (not isinstance(count, int) or not 1 <= count <= most("file_input.max_files")):
        problems.add(f"must be between 1 and {most('file_input.max_files')}", f"{at}/max_files")


ELEMENTS: Final[dict[str, Check]] = {
    "button": _button,
    "static_select": _select,
    "multi_static_select": _select,
    "external_select": _external_select,
    "multi_external_select": _external_select,
    "users_select": _directory_select,
    "multi_users_select": _directory_select,
    "channels_select": _directory_select,
    "multi_channels_select": _directory_select,
    "conversations_select": _directory_select,
    "multi_conversations_select": _directory_select,
    "overflow": _overflow,
    "checkboxes": _choices,
    "radio_buttons": _choices,
    "datepicker": _datepicker,
    "timepicker": _timepicker,
    "datetimepicker": _datetimepicker,
    "plain_text_input": _text_input,
    "number_input": _text_input,
    "email_text_input": _text_input,
    "url_text_input": _text_input,
    "file_input": _file_input,
}
