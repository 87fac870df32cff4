"""What is said of an import: the head of its thread, and the reconciliation."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from commands.imports.reconciliation import Reconciliation
from commands.kit.blocks import Block, Column, Number, context, paragraphs, section, table
from commands.kit.reply import Message, Modal
from storage.import_orders import Ordered
from templates import Mrkdwn, as_text, name, render

Row: TypeAlias = tuple[str, Sequence[int]]
"""A kind, and what became of its rows."""
WORDS = 8_000
"""So many characters of the reconciliation stand in its message."""
COUNTED = 40
"""So many kinds stand in its table: there are fewer."""


def asked_modal(count: int, *, dry_run: bool) -> Modal:
    return Modal("Import", [section(render("imports/asked.mrkdwn.j2", count=count, dry_run=dry_run), id="asked")])


def head(order: Ordered) -> Message:
    left_out = [file.name for file in order.files if file.name in order.left_out]
    read = [file.name for file in order.files if file.name not in order.left_out]
    text = render(
        "imports/head.mrkdwn.j2",
        order=order,
        files=_names(read),
        left_out=_names(left_out),
        rows=sum(order.progress.values()),
    )
    # A lock screen shows no more than that there is something to read.
    return Message(text.partition("\n")[0].strip("*"), [section(text, id="head")])


def _names(files: Sequence[str]) -> str:
    shown = [name(file) for file in files[:5]]
    more = len(files) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def told(order: Ordered) -> Message:
    assert order.told is not None
    found = Reconciliation.from_json(order.told)
    made, shown = paragraphs(lines := list(_lines(found)), id="words", limit=WORDS)
    rest = [context(render("imports/cut.mrkdwn.j2", more=len(lines) - shown), id="cut")] if shown < len(lines) else []
    outcome = section(as_text(found.outcome), id="outcome")
    if not found.counts:
        return Message(as_text(found.outcome), [*made, *rest, outcome])
    counts = render("imports/counts.mrkdwn.j2", counts=found.counts[:COUNTED], names=found.columns)
    plain, _ = paragraphs([Mrkdwn(line) for line in counts.splitlines()], id="counts")
    return Message(
        as_text(found.outcome),
        [_table(found), *made, *rest, outcome],
        fallback=[*plain, *made, *rest, outcome],
    )


def _table(found: Reconciliation) -> Block:
    columns: list[Column[Row]] = [Column("Kind", lambda row: row[0])]
    columns += [Column(title.capitalize(), _count(at)) for at, title in enumerate(found.columns)]
    return table(
        columns,
        found.counts[:COUNTED],
        caption="What became of each row" if found.is_written else "What would become of each row",
        page_size=10,
        id="counts",
    )


def _count(at: int) -> Callable[[Row], str | Number]:
    return lambda row: Number(row[1][at], f"{row[1][at]:,}")


def _lines(found: Reconciliation) -> Iterator[Mrkdwn]:
    for part in found.parts:
        yield render("imports/part.mrkdwn.j2", part=part)
