"""Composition objects: text, options, confirmation dialogs."""

from __future__ import annotations

from typing import Any

from sandbox.blocks.problems import Problems

BOTH = ("plain_text", "mrkdwn")
PLAIN = ("plain_text",)


def check_text(problems: Problems, value: Any, at: str, limit: str, kinds: tuple[str, ...] = BOTH) -> None:
    """A text object of one of `kinds`."""
    if not problems.object(value, at):
        return
    kind = value.get("type")
    if kind not in kinds:
        problems.add(f"must be one of the following: {', '.join(kinds)}", f"{at}/type")
        return
    extra = ("emoji",) if kind == "plain_text" else ("verbatim",)
    problems.fields(value, at, required=("text",), optional=extra)
    if value.get("text") is not None:
        problems.string(value["text"], f"{at}/text", limit)


def optional_text(
    problems: Problems, owner: dict[str, Any], name: str, at: str, limit: str, kinds: tuple[str, ...] = PLAIN
) -> None:
    if owner.get(name) is not None:
        check_text(problems, owner[name], f"{at}/{name}", limit, kinds)


def check_confirm(problems: Problems, owner: dict[str, Any], at: str) -> None:
    """The optional confirmation dialog of an element."""
    value = owner.get("confirm")
    if value is None or not problems.object(value, f"{at}/confirm"):
        return
    where = f"{at}/confirm"
    problems.fields(value, where, required=("title", "text", "confirm", "deny"), optional=("style",))
    optional_text(problems, value, "title", where, "confirm.title")
    optional_text(problems, value, "text", where, "confirm.text", BOTH)
    optional_text(problems, value, "confirm", where, "confirm.button")
    optional_text(problems, value, "deny", where, "confirm.button")
    if value.get("style") is not None:
        problems.one_of(value["style"], f"{where}/style", ("primary", "danger"))


def check_option(
    problems: Problems, value: Any, at: str, kinds: tuple[str, ...] = PLAIN, *, links: bool = False
) -> None:
    """One option of a select, overflow menu, check box or radio group; an address only in an overflow menu."""
    if not problems.object(value, at):
        return
    problems.fields(value, at, required=("text", "value"), optional=("description", *(("url",) if links else ())))
    optional_text(problems, value, "text", at, "option.text", kinds)
    problems.optional_string(value, "value", at, "option.value")
    optional_text(problems, value, "description", at, "option.description", kinds)


def check_options(
    problems: Problems, value: Any, at: str, limit: str, kinds: tuple[str, ...] = PLAIN, *, links: bool = False
) -> list[dict[str, Any]]:
    """A list of options; returns those that are objects, for comparing with initial ones."""
    options = []
    for place, option in problems.items(value, at, limit):
        check_option(problems, option, place, kinds, links=links)
        if isinstance(option, dict):
            options.append(option)
    return options


def check_option_groups(problems: Problems, value: Any, at: str) -> list[dict[str, Any]]:
    """Groups of options; returns all of their options."""
    options: list[dict[str, Any]] = []
    for place, group in problems.items(value, at, "select.option_groups"):
        if problems.object(group, place):
            problems.fields(group, place, required=("label", "options"), optional=())
            optional_text(problems, group, "label", place, "option_group.label")
            options += check_options(problems, group.get("options"), f"{place}/options", "select.options")
    return options
