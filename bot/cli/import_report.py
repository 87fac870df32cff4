"""The reconciliation on the command line: a table of the kinds, then everything that a person should know, with counts."""

from collections.abc import Iterator
from time import monotonic
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from bot.cli.reconciliation import credit_lines, deals_lines, listed
from storage.importing.report import KindReport, Report

COUNTS = ("read", "inserted", "updated", "unchanged", "removed", "duplicates", "refused")
EVERY = 5.0
"""Seconds between two lines of progress where there is no terminal."""


class Bars:
    """Progress of each file: a bar on a terminal, now and then a line elsewhere."""

    def __init__(self) -> None:
        self._console = Console(stderr=True)
        self._bars: Progress | None = None
        self._tasks: dict[str, TaskID] = {}
        self._said = monotonic()

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            columns = (
                TextColumn("{task.description}"),
                BarColumn(),
                TextColumn("{task.completed:,.0f} rows"),
                TimeElapsedColumn(),
            )
            self._bars = Progress(*columns, console=self._console, transient=True)
            self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bars is not None:
            self._bars.stop()

    def advance(self, file: str, rows: int) -> None:
        """A file is read up to this row."""
        if self._bars is None:
            if monotonic() - self._said >= EVERY:
                self._said = monotonic()
                self._console.print(f"{file}: {rows:,} rows", markup=False, highlight=False)
            return
        if file not in self._tasks:
            self._tasks[file] = self._bars.add_task(escape(file), total=None)
        self._bars.update(self._tasks[file], completed=rows)


def show(report: Report, console: Console | None = None) -> None:
    """Print a report."""
    out = console or Console(soft_wrap=True, highlight=False)
    out.print(_table(report))
    for line in _lines(report):
        out.print(line, markup=False)


def _table(report: Report) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("")
    for name in COUNTS:
        table.add_column(name, justify="right")
    for kind in report.kinds.values():
        table.add_row(kind.kind, *(f"{getattr(kind, name):,}" for name in COUNTS))
    return table


def _lines(report: Report) -> Iterator[str]:
    if report.assumed_settings:
        values = ", ".join(
            f"{name} {_plain(value)}" for name, value in report.assumed_settings.items() if value is not None
        )
        yield f"New workspace '{report.workspace}' with {values}."
    for kind in report.kinds.values():
        yield from _kind_lines(kind)
    yield from deals_lines(report.reconciliation)
    if report.credit is not None:
        yield from credit_lines(report.credit, report.currency)
    yield from report.notes
    removed = [f"{one.kind} {one.key} {one.value}".rstrip() for one in report.removals]
    yield from listed("Removed", removed, sum(kind.removed for kind in report.kinds.values()))
    kept = [str(one) for one in report.kept]
    yield from listed("Decided in Turf, and the file says otherwise (Turf's value stays)", kept)
    yield from listed(
        "Refused", [str(refusal) for refusal in report.refusals], sum(k.refused for k in report.kinds.values())
    )
    yield _outcome(report)


def _plain(value: object) -> str:
    if isinstance(value, list):
        days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
        return ",".join(days[day] for day in value)
    return str(value)


def _kind_lines(kind: KindReport) -> Iterator[str]:
    if kind.ignored:
        yield f"{kind.kind}: columns that Turf does not know were ignored: {', '.join(kind.ignored)}"
    for (column, old, new), count in sorted(kind.normalised.items()):
        yield f"{kind.kind}: {column}: {old} -> {new}: {count:,}"
    for (column, value), count in sorted(kind.assumed.items()):
        yield f"{kind.kind}: {column} was empty, {value} assumed: {count:,}"
    if kind.rounded:
        amounts = "1 amount was" if kind.rounded == 1 else f"{kind.rounded:,} amounts were"
        yield f"{kind.kind}: {amounts} rounded: finer than the currency's minor unit"
    for note in kind.notes:
        yield f"{kind.kind}: {note}"


def _outcome(report: Report) -> str:
    if report.rolled_back:
        return f"Nothing was imported: {report.rolled_back}"
    if report.dry_run:
        return "Dry run: nothing was written." + ("" if report.changed else " There is nothing to change.")
    if report.revision is None:
        return "Nothing to change."
    return f"Imported as revision {report.revision}."
