"""Layout blocks of long standing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from sandbox.blocks.elements import check_element
from sandbox.blocks.objects import BOTH, PLAIN, check_text, optional_text
from sandbox.blocks.problems import Problems

Block = dict[str, Any]
Check = Callable[[Problems, Block, str], None]

_SELECTS: Final = frozenset(
    f"{multi}{kind}_select"
    for multi in ("", "multi_")
    for kind in ("static", "external", "users", "channels", "conversations")
)
_CHOICES: Final = frozenset({"checkboxes", "radio_buttons", "datepicker", "timepicker"})
IN_SECTION: Final = _SELECTS | _CHOICES | {"button", "overflow", "image"}
IN_ACTIONS: Final = (
    frozenset(s for s in _SELECTS if not s.startswith("multi_")) | _CHOICES | {"button", "overflow", "datetimepicker"}
)
IN_INPUT: Final = (
    _SELECTS | _CHOICES | {"datetimepicker", "plain_text_input", "number_input", "email_text_input", "url_text_input"}
)


def check_image(problems: Problems, image: Block, at: str, *, block: bool) -> None:
    """An image block or element."""
    optional = ("block_id", "title", "slack_file", "image_url") if block else ("slack_file", "image_url")
    problems.fields(image, at, required=("alt_text",), optional=optional)
    if (image.get("image_url") is None) == (image.get("slack_file") is None):
        problems.add("must define either `image_url` or `slack_file`", at)
    if image.get("slack_file") is not None:
        _check_slack_file(problems, image["slack_file"], f"{at}/slack_file")
    problems.optional_string(image, "image_url", at, "image.url")
    problems.optional_string(image, "alt_text", at, "image.alt_text")
    optional_text(problems, image, "title", at, "image.title")


def _check_slack_file(problems: Problems, file: Any, at: str) -> None:
    """By id or by url. Whether the file is there only the workspace knows."""
    if not problems.object(file, at):
        return
    problems.fields(file, at, required=(), optional=("id", "url"))
    if (file.get("id") is None) == (file.get("url") is None):
        problems.add("must define either `id` or `url`", at)
    problems.optional_string(file, "id", at, "block_id")
    problems.optional_string(file, "url", at, "image.url")


def _section(problems: Problems, block: Block, at: str) -> None:
    problems.fields(block, at, required=(), optional=("text", "fields", "accessory", "block_id", "expand"))
    if block.get("text") is None and block.get("fields") is None:
        problems.add("must define either `text` or `fields`", at)
    optional_text(problems, block, "text", at, "section.text", BOTH)
    if block.get("fields") is not None:
        for place, text in problems.items(block["fields"], f"{at}/fields", "section.fields"):
            check_text(problems, text, place, "section.field")
    accessory = block.get("accessory")
    if isinstance(accessory, dict) and accessory.get("type") == "image":
        check_image(problems, accessory, f"{at}/accessory", block=False)
    elif accessory is not None:
        check_element(problems, accessory, f"{at}/accessory", IN_SECTION)


def _header(problems: Problems, block: Block, at: str) -> None:
    problems.fields(block, at, required=("text",), optional=("block_id", "level"))
    optional_text(problems, block, "text", at, "header.text", PLAIN)


def _divider(problems: Problems, block: Block, at: str) -> None:
    problems.fields(block, at, required=(), optional=("block_id",))


def _image(problems: Problems, block: Block, at: str) -> None:
    check_image(problems, block, at, block=True)


def _context(problems: Problems, block: Block, at: str) -> None:
    problems.fields(block, at, required=("elements",), optional=("block_id",))
    for place, element in problems.items(block.get("elements"), f"{at}/elements", "context.elements"):
        if isinstance(element, dict) and element.get("type") == "image":
            check_image(problems, element, place, block=False)
        else:
            check_text(problems, element, place, "context.text")


def _actions(problems: Problems, block: Block, at: str) -> None:
    problems.fields(block, at, required=("elements",), optional=("block_id",))
    seen: set[str] = set()
    for place, element in problems.items(block.get("elements"), f"{at}/elements", "actions.elements"):
        check_element(problems, element, place, IN_ACTIONS)
        action_id = element.get("action_id") if isinstance(element, dict) else None
        words = f"`action_id` {action_id} already exists in this block"
        problems.unique(action_id, seen, words, f"{place}/action_id")


IN_MODAL_INPUT: Final = IN_INPUT | {"file_input"}
"""What an input of a modal holds; files are asked for nowhere else."""


def _input(problems: Problems, block: Block, at: str) -> None:
    problems.fields(
        block, at, required=("label", "element"), optional=("block_id", "hint", "optional", "dispatch_action")
    )
    optional_text(problems, block, "label", at, "input.label")
    optional_text(problems, block, "hint", at, "input.hint")
    if block.get("element") is not None:
        allowed = IN_MODAL_INPUT if at.startswith("/view") else IN_INPUT
        check_element(problems, block["element"], f"{at}/element", allowed)


_RICH_PARTS: Final = frozenset({"rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote"})


def check_rich_text(problems: Problems, block: Block, at: str) -> None:
    """A rich_text block, also as a table's cell."""
    problems.fields(block, at, required=("elements",), optional=("block_id",))
    elements = block.get("elements")
    if not isinstance(elements, list):
        problems.add("must be an array", f"{at}/elements")
        return
    for number, part in enumerate(elements):
        place = f"{at}/elements/{number}"
        if problems.object(part, place) and str(part.get("type")) not in _RICH_PARTS:
            problems.add(f"unsupported type: {part.get('type')}", f"{place}/type")
        elif isinstance(part, dict) and not isinstance(part.get("elements"), list):
            problems.add("missing required field: elements", place)


LAYOUT: Final[dict[str, Check]] = {
    "section": _section,
    "header": _header,
    "divider": _divider,
    "image": _image,
    "context": _context,
    "actions": _actions,
    "input": _input,
    "rich_text": check_rich_text,
}
