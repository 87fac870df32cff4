"""What may stand where: messages, modals and Home tabs."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any, Final

from sandbox.blocks.layout import LAYOUT
from sandbox.blocks.newer import NEWER, characters
from sandbox.blocks.objects import optional_text
from sandbox.blocks.problems import Problems
from sandbox.errors import ApiError
from sandbox.limits import most

_CHECKS: Final = {**LAYOUT, **NEWER}
_LONG_STANDING: Final = frozenset(LAYOUT)
_NEEDS_A_NEW_CLIENT: Final = frozenset({"data_table", "data_visualization"})
ON_MESSAGE: Final = _LONG_STANDING | {"table", "data_table", "data_visualization"}
ON_MODAL: Final = _LONG_STANDING | {"alert"}
ON_HOME: Final = _LONG_STANDING | {"table", "data_table"}


def _check_blocks(
    problems: Problems, blocks: Any, at: str, *, limit: str, allowed: Collection[str], newer: bool
) -> None:
    seen: set[str] = set()
    for place, block in problems.items(blocks, at, limit, least=0):
        if not problems.object(block, place):
            continue
        kind = str(block.get("type"))
        if kind not in allowed or (kind in _NEEDS_A_NEW_CLIENT and not newer):
            problems.add(f"unsupported type: {kind}", f"{place}/type")
            continue
        problems.optional_string(block, "block_id", place, "block_id")
        block_id = block.get("block_id")
        problems.unique(block_id, seen, f"`block_id` {block_id} already exists", f"{place}/block_id")
        _CHECKS[kind](problems, block, place)


def _of_kind(blocks: Any, kind: str) -> list[dict[str, Any]]:
    found = blocks if isinstance(blocks, list) else []
    return [block for block in found if isinstance(block, dict) and block.get("type") == kind]


def _check_tables(problems: Problems, blocks: list[Any]) -> None:
    if len(_of_kind(blocks, "table")) > most("message.tables"):
        problems.add(f"no more than {most('message.tables')} table allowed", "/blocks")
    if sum(characters(block.get("rows")) for block in _of_kind(blocks, "data_table")) > most("data_table.characters"):
        problems.add(f"tables must have less than {most('data_table.characters') + 1} characters", "/blocks")


def message_problems(blocks: Any, *, newer: bool = True) -> list[str]:
    """What Slack would say against these blocks in a message; empty when it would take them."""
    problems = Problems()
    _check_blocks(problems, blocks, "/blocks", limit="message.blocks", allowed=ON_MESSAGE, newer=newer)
    if isinstance(blocks, list):
        if len(_of_kind(blocks, "data_visualization")) > most("message.charts"):
            problems.add(f"no more than {most('message.charts')} data_visualization blocks allowed", "/blocks")
        _check_tables(problems, blocks)
    return problems.found


def _text_length(blocks: Any) -> int:
    """Characters of text outside tables, which have a limit of their own."""
    return sum(characters(b) for b in blocks if isinstance(b, dict) and b.get("type") not in ("table", "data_table"))


def check_message(blocks: Any, *, newer: bool = True) -> None:
    """Raise ApiError `invalid_blocks` or `msg_blocks_too_long` unless a message may have these blocks."""
    found = message_problems(blocks, newer=newer)
    if found:
        raise refusal("invalid_blocks", found)
    if _text_length(blocks) > most("message.block_text"):
        raise ApiError("msg_blocks_too_long")


def refusal(code: str, found: list[str]) -> ApiError:
    """The answer to wrong blocks: the complaints twice, as Slack gives them."""
    return ApiError(code, errors=found, response_metadata={"messages": [f"[ERROR] {words}" for words in found]})


_HOME_FIELDS: Final = ("private_metadata", "callback_id", "external_id")
_MODAL_FIELDS: Final = (
    *_HOME_FIELDS,
    "title",
    "submit",
    "close",
    "clear_on_close",
    "notify_on_close",
    "submit_disabled",
)


def view_problems(view: Any, *, newer: bool = True) -> list[str]:
    """What Slack would say against this view (modal or home); empty when it would take it."""
    problems = Problems()
    if not problems.object(view, "/view"):
        return problems.found
    kind = view.get("type")
    if kind not in ("modal", "home"):
        problems.add("must be one of the following: modal, home", "/view/type")
        return problems.found
    required = ("blocks", "title") if kind == "modal" else ("blocks",)
    optional = _MODAL_FIELDS if kind == "modal" else _HOME_FIELDS
    problems.fields(view, "/view", required=required, optional=optional)
    for name in ("title", "submit", "close"):
        optional_text(problems, view, name, "/view", f"view.{name}")
    for name in ("private_metadata", "callback_id", "external_id"):
        problems.optional_string(view, name, "/view", f"view.{name}", least=0)
    allowed = ON_MODAL if kind == "modal" else ON_HOME
    _check_blocks(problems, view.get("blocks"), "/view/blocks", limit="view.blocks", allowed=allowed, newer=newer)
    if kind == "home":
        _check_no_files(problems, view.get("blocks"))
    if _focused(view.get("blocks")) > 1:
        problems.add("only one element can have `focus_on_load`", "/view/blocks")
    if kind == "modal" and view.get("submit") is None and _of_kind(view.get("blocks"), "input"):
        problems.add("missing required field: submit", "/view")
    return problems.found


def _check_no_files(problems: Problems, blocks: Any) -> None:
    for number, block in enumerate(blocks if isinstance(blocks, list) else []):
        element = block.get("element") if isinstance(block, dict) else None
        if isinstance(element, dict) and element.get("type") == "file_input":
            problems.add("unsupported type: file_input", f"/view/blocks/{number}/element/type")


def _focused(blocks: Any) -> int:
    """How many elements of a view want the focus."""
    if isinstance(blocks, dict):
        return int(blocks.get("focus_on_load") is True) + sum(map(_focused, blocks.values()))
    return sum(map(_focused, blocks)) if isinstance(blocks, list) else 0


def _check_view(view: Any, kind: str, newer: bool) -> None:
    found = view_problems(view, newer=newer)
    if not found and view["type"] != kind:
        found = [f"must be {kind} [json-pointer:/view/type]"]
    if found:
        raise refusal("invalid_arguments", found)
    if len(json.dumps(view)) > most("view.bytes"):
        raise ApiError("view_too_large")


def check_modal(view: Any, *, newer: bool = True) -> None:
    """Raise ApiError `invalid_arguments` or `view_too_large` unless this is a modal that Slack would open."""
    _check_view(view, "modal", newer)


def check_home(view: Any, *, newer: bool = True) -> None:
    """Raise ApiError `invalid_arguments` or `view_too_large` unless this is a Home tab that Slack would publish."""
    _check_view(view, "home", newer)
