"""Rows of a report as CSV, JSON, or a table for reading."""

import csv
import json
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, fields
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from commands.targets.report import ReportRow

if TYPE_CHECKING:
    from rich.console import Console

COLUMNS = tuple(field.name for field in fields(ReportRow))
_RUNS_AS_FORMULA = re.compile(r"'*[=+\-@]")


def write_csv(rows: Sequence[Any], columns: Sequence[str] = COLUMNS) -> None:
    """A header and the rows (dataclasses with these fields), with full precision; n/a is an empty cell."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([cell(value) for value in asdict(row).values()] for row in rows)


def cell(value: Any) -> str:
    """A value as a CSV cell; text that a spreadsheet would run as a formula gets a leading '."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return format(value, "f")
    text = str(value)
    return f"'{text}" if _RUNS_AS_FORMULA.match(text) else text


def write_json(rows: Sequence[Any]) -> None:
    """A list of objects with the columns of the CSV; n/a is null."""
    json.dump([asdict(row) for row in rows], sys.stdout, indent=2, ensure_ascii=False, default=_number)
    sys.stdout.write("\n")


def _number(value: Any) -> int | float | str:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return str(value)


def write_table(rows: Sequence[ReportRow]) -> None:
    """The most important columns, rounded, in a table for each metric."""
    from rich.console import Console

    if not rows:
        sys.stdout.write("Nobody has a target or credit in this period.\n")
        return
    console = Console(width=None if sys.stdout.isatty() else 140)
    for _, of_metric in groupby(rows, key=attrgetter("metric")):
        _write_table(console, list(of_metric))


def _write_table(console: "Console", rows: Sequence[ReportRow]) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    # The last row is the company in the whole period.
    title = f"Targets, {rows[-1].period}, in {rows[-1].currency or rows[-1].metric.words}"
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD)
    columns = _columns(rows)
    for heading in columns:
        table.add_column(heading, justify="left" if heading in ("period", "name", "kind") else "right")
    for row in rows:
        table.add_row(*(Text(columns[heading](row)) for heading in columns))
    console.print(table)
    for row in rows:
        if row.about_target:
            console.print(Text(f"{row.name}: the target is {row.about_target}."))


def _columns(rows: Sequence[ReportRow]) -> dict[str, Callable[[ReportRow], str]]:
    """Headings and what stands below them; a period where rows differ in it, overlay and open where there is any."""
    columns: dict[str, Callable[[ReportRow], str]] = {
        "period": lambda row: row.period,
        "name": lambda row: row.name,
        "kind": lambda row: row.subject_kind if row.is_leaf else f"{row.subject_kind} (sum)",
        "credited": lambda row: _rounded(row, row.credited),
        "overlay": lambda row: _rounded(row, row.overlay) if row.overlay else "",
        "target": lambda row: _rounded(row, row.target),
        "attainment": lambda row: _percent(row.attainment),
        "pace": lambda row: _rounded(row, row.pace),
        "gap": lambda row: _rounded(row, row.gap),
        "open": lambda row: _rounded(row, row.open),
    }
    if len({row.period for row in rows}) == 1:
        del columns["period"]
    if not any(row.overlay for row in rows):
        del columns["overlay"]
    if not rows[-1].metric.is_money:
        del columns["open"]
    return columns


def _rounded(row: ReportRow, amount: Decimal | None) -> str:
    """Whole units of money; things with one place where they need one."""
    if amount is None:
        return "n/a"
    places = 0 if row.metric.is_money or amount == amount.to_integral_value() else 1
    return f"{amount:,.{places}f}"


def _percent(ratio: Decimal | None) -> str:
    if ratio is None:
        return "n/a"
    # Never 100 % before it is met.
    shown = min(ratio * 100, Decimal("99.9")) if ratio < 1 else ratio * 100
    return f"{shown:.1f} %"
