"""Blocks as Turf uses them: typed by slackblocks, within our own limits (which are tighter than the library's).

A `Mrkdwn` becomes mrkdwn, shown verbatim; any other string becomes plain text without characters that nobody sees, so
that supplied text neither formats nor moves the words around it. What is too long is cut with an ellipsis; what is too many is an error, because the view has to choose what to leave out.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeAlias, TypeVar

from slackblocks import (
    ActionsBlock,
    AxisConfig,
    BarChart,
    Button,
    Confirm,
    ContextBlock,
    DataPoint,
    DataSeries,
    DataTableBlock,
    DataVisualizationBlock,
    DividerBlock,
    HeaderBlock,
    LineChart,
    Option,
    OverflowMenu,
    RawNumber,
    RawText,
    RichTextBlock,
    SectionBlock,
    StaticSelectMenu,
    Text,
    TextType,
)
from slackblocks import Block as SlackBlock
from slackblocks.blocks import BlockType
from slackblocks.elements import Element

from templates import EMPTY, Mrkdwn, visible

Block: TypeAlias = SlackBlock
Control: TypeAlias = Element
"""What a view is made of; features import it from the kit."""
JSON: TypeAlias = dict[str, Any]
Row = TypeVar("Row")

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
MESSAGE_CHARACTERS = 12_000
TABLE_ROWS = 50
TABLE_CHARACTERS = 10_000
TABLE_PAGE = 5
TABLE_CELL = 120
CHART_SERIES = 6
CHART_POINTS = 20
CHARTS_A_MESSAGE = 2
CHART_TITLE = 50
CHART_LABEL = 20
SECTION_TEXT = 3000
FIELD_TEXT = 2000
PARAGRAPHS = 6000
"""So much of a message may be a table as text."""
BUTTON_TEXT = 75
SELECT_OPTIONS = 100
TITLE = 24
METADATA = 3000
MENU = "kit.menu"
"""The action id of an `action_menu`."""
NEWER_KINDS = frozenset({"data_table", "data_visualization"})
"""Block kinds that a client or a workspace may not know yet: a message that has one needs a fallback."""


class LimitExceeded(ValueError):
    """A view built more than Slack takes: a mistake of ours, not the person's."""


class Ready(SlackBlock):
    """A block that has been made before: JSON that is shown as it is."""

    def __init__(self, made: Mapping[str, Any]) -> None:
        super().__init__(BlockType(made["type"]), made["block_id"])
        self._made = dict(made)

    def _resolve(self) -> JSON:
        return self._made


def cut(text: str, limit: int) -> str:
    """`text`, or its beginning and an ellipsis, in at most `limit` characters; an escaped character stays whole."""
    if len(text) <= limit:
        return text
    shortened = re.sub(r"&[a-z]{0,3}$", "", text[: limit - 1]).rstrip() + "…"
    return Mrkdwn(shortened) if isinstance(text, Mrkdwn) else shortened


def plain(text: str, limit: int) -> str:
    """Supplied text as plain text shows it: visible, short enough, never empty."""
    return cut(visible(str(text)), limit) or EMPTY


def _text(text: str, limit: int) -> Text:
    if isinstance(text, Mrkdwn):
        return Text(str(cut(text, limit)), type_=TextType.MARKDOWN, verbatim=True)
    return _plain(text, limit)


def _plain(text: str, limit: int) -> Text:
    return Text(plain(text, limit), type_=TextType.PLAINTEXT)


def section(text: str, *, accessory: Element | None = None, id: str | None = None) -> Block:  # noqa: A002
    """A paragraph, with at most one button or menu beside it."""
    return SectionBlock(_text(text, SECTION_TEXT), accessory=accessory, block_id=id)


def paragraphs(
    lines: Sequence[Mrkdwn],
    *,
    id: str,  # noqa: A002
    limit: int = PARAGRAPHS,
) -> tuple[list[Block], int]:
    """Whole lines in as few paragraphs as take them, and how many of them that are: as many as fit into `limit` characters."""
    pages: list[list[Mrkdwn]] = []
    shown = room = 0
    for line in lines:
        limit -= len(line) + 1
        if limit < 0:
            break
        if not pages or room < len(line) + 1:
            pages.append([])
            room = SECTION_TEXT
        pages[-1].append(line)
        room -= len(line) + 1
        shown += 1
    made = [section(Mrkdwn("\n".join(page)), id=f"{id}.{place}" if place else id) for place, page in enumerate(pages)]
    return made, shown


def fields(texts: Sequence[str], *, id: str | None = None) -> Block:  # noqa: A002
    """Up to ten short texts in two columns."""
    return SectionBlock(fields=[_text(text, FIELD_TEXT) for text in texts], block_id=id)


def header(text: str, *, id: str | None = None) -> Block:  # noqa: A002
    """A heading; always plain text."""
    return HeaderBlock(_plain(text, 150), block_id=id)


def context(*texts: str, id: str | None = None) -> Block:  # noqa: A002
    """Small print: freshness, notes."""
    return ContextBlock([_text(text, SECTION_TEXT) for text in texts], block_id=id)


def divider() -> Block:
    return DividerBlock()


def actions(*elements: Element, id: str | None = None) -> Block:  # noqa: A002
    """A row of controls."""
    return ActionsBlock(list(elements), block_id=id)


def button(
    text: str,
    action: str,
    *,
    value: str = "",
    style: Literal["primary", "danger"] | None = None,
    url: str | None = None,
    confirm: Confirm | None = None,
) -> Button:
    """A button; `value` carries ids only. Raises ValueError (from slackblocks) above 2000 characters."""
    return Button(
        _plain(text, BUTTON_TEXT), action_id=action, value=value or None, style=style, url=url, confirm=confirm
    )


def confirm(title: str, text: str, *, yes: str, no: str = "Cancel", danger: bool = False) -> Confirm:
    """What a button asks before it does something that matters."""
    style = "danger" if danger else None
    return Confirm(_plain(title, 100), _plain(text, 300), _plain(yes, 30), _plain(no, 30), style=style)


def _choices(choices: Mapping[str, str]) -> list[Option]:
    return [Option(_plain(label, BUTTON_TEXT), value=value) for value, label in choices.items()]


def select(action: str, choices: Mapping[str, str], *, chosen: str | None = None, placeholder: str = "") -> Element:
    """A menu of at most 100 choices (value: label). Raises LimitExceeded above that."""
    if len(choices) > SELECT_OPTIONS:
        raise LimitExceeded(f"{len(choices)} choices for {action}: at most {SELECT_OPTIONS} fit a menu")
    made = _choices(choices)
    initial = next((option for option in made if option.value == chosen), None)
    hint = _plain(placeholder, 150) if placeholder else None
    return StaticSelectMenu(action_id=action, options=made, initial_option=initial, placeholder=hint)


def overflow(action: str, choices: Mapping[str, str]) -> Element:
    """The rest of a card's controls: at most five choices (value: label)."""
    return OverflowMenu(action_id=action, options=_choices(choices))


def action_menu(choices: Mapping[str, tuple[str, str]]) -> Element:
    """An overflow menu whose choices are clicks of their own: the label of each action, and what it carries."""
    return overflow(MENU, {f"{action}|{value}": label for action, (label, value) in choices.items()})


@dataclass(frozen=True, slots=True)
class Number:
    """A table cell that sorts by `value` and shows `text`."""

    value: int | float
    text: str


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """One column: its title, and the cell of a row. A column sorts as numbers if each of its cells is a `Number`."""

    title: str
    cell: Callable[[Row], str | Number]


def table(
    columns: Sequence[Column[Row]],
    rows: Iterable[Row],
    *,
    caption: str,
    page_size: int = TABLE_PAGE,
    id: str | None = None,  # noqa: A002
) -> Block:
    """A sortable table of at least one row; rows beyond `TABLE_ROWS` are left out, see `more`."""
    cells: list[list[RawText | RawNumber | RichTextBlock]] = [[RawText(column.title) for column in columns]]
    cells += [[_cell(column.cell(row)) for column in columns] for row in list(rows)[:TABLE_ROWS]]
    return DataTableBlock(cells, caption=plain(caption, TABLE_CELL), page_size=page_size, block_id=id)


def _cell(value: str | Number) -> RawText | RawNumber:
    if isinstance(value, Number):
        return RawNumber(value.value, value.text)
    return RawText(plain(value, TABLE_CELL))


def more(count: int) -> str | None:
    """What to say under a table that leaves rows out."""
    return f"{count - TABLE_ROWS} more: Export" if count > TABLE_ROWS else None


def chart(
    title: str,
    categories: Sequence[str],
    series: Mapping[str, Sequence[int | float]],
    *,
    kind: Literal["line", "bar"] = "line",
    id: str | None = None,  # noqa: A002
) -> Block:
    """A chart with one value per category in each series. Raises LimitExceeded beyond 6 series or 20 points."""
    if len(series) > CHART_SERIES or len(categories) > CHART_POINTS:
        raise LimitExceeded(f"a chart takes {CHART_SERIES} series of {CHART_POINTS} points at most")
    labels = [plain(category, CHART_LABEL) for category in categories]
    lines = [
        DataSeries(
            plain(name, CHART_LABEL), [DataPoint(label, value) for label, value in zip(labels, values, strict=True)]
        )
        for name, values in series.items()
    ]
    made = (LineChart if kind == "line" else BarChart)(lines, AxisConfig(labels))
    return DataVisualizationBlock(plain(title, CHART_TITLE), made, block_id=id)


def to_json(blocks: Sequence[Block], *, limit: int = MESSAGE_BLOCKS) -> list[JSON]:
    """The blocks as Slack takes them. A block without an id gets one by its place, so that ids are the same each time.

    Raises LimitExceeded for more than `limit` blocks, or more text than a message or its tables may hold.
    """
    if len(blocks) > limit:
        raise LimitExceeded(f"{len(blocks)} blocks: at most {limit}")
    made = [_resolved(block, place) for place, block in enumerate(blocks)]
    _check_size(made)
    return made


def _resolved(block: Block, place: int) -> JSON:
    made: JSON = block._resolve()
    if block._generated_block_id:
        made["block_id"] = f"b{place}"
    return made


def _check_size(blocks: Sequence[JSON]) -> None:
    kinds = [block["type"] for block in blocks]
    if kinds.count("data_visualization") > CHARTS_A_MESSAGE:
        raise LimitExceeded(f"{kinds.count('data_visualization')} charts: at most {CHARTS_A_MESSAGE} a message")
    tables = sum(_characters(block) for block in blocks if block["type"] == "data_table")
    if tables > TABLE_CHARACTERS:
        raise LimitExceeded(f"{tables} characters in tables: at most {TABLE_CHARACTERS}")
    rest = sum(_characters(block) for block in blocks if block["type"] != "data_table")
    if rest > MESSAGE_CHARACTERS:
        raise LimitExceeded(f"{rest} characters: at most {MESSAGE_CHARACTERS}")


def _characters(value: object) -> int:
    if isinstance(value, dict):
        own = value.get("text")
        nested = sum(_characters(item) for item in value.values() if isinstance(item, dict | list))
        return nested + (len(own) if isinstance(own, str) else 0)
    return sum(_characters(item) for item in value) if isinstance(value, list) else 0
