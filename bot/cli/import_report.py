"""The reconciliation on the command line: a table of the kinds, then everything that a person should know, with counts."""

from time import monotonic
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from commands.imports.reconciliation import Reconciliation, reconciliation
from storage.importing.report import Report

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
    out, found = console or Console(soft_wrap=True, highlight=False), reconciliation(report)
    out.print(_table(found))
    for line in found.lines():
        out.print(line, markup=False)


def _table(found: Reconciliation) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("")
    for name in found.columns:
        table.add_column(name, justify="right")
    for kind, counts in found.counts:
        table.add_row(kind, *(f"{count:,}" for count in counts))
    return table
