"""Who holds territories, and how evenly they are cut, as tables for reading."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from decimal import Decimal
from typing import TypeVar

from commands.territories.assignments import AssignmentRow
from commands.territories.balance import BalanceRow

ASSIGNMENTS = tuple(field.name for field in fields(AssignmentRow))
BALANCE = tuple(field.name for field in fields(BalanceRow))
NUMBERS = ("accounts", "share", "potential", "revenue", "hours a year")
R = TypeVar("R")


def write_assignments(rows: Sequence[AssignmentRow]) -> None:
    """Days as ISO dates; `to` is the first day no longer."""
    if not rows:
        sys.stdout.write("Nobody held a territory on that day.\n")
        return
    columns: Mapping[str, Callable[[AssignmentRow], str]] = {
        "territory": lambda row: row.name,
        "person": lambda row: row.person_name,
        "role": lambda row: row.role,
        "share": lambda row: f"{row.split_percent.normalize():f} %",
        "from": lambda row: row.from_on.isoformat() if row.from_on else "",
        "to": lambda row: row.to_on.isoformat() if row.to_on else "",
    }
    _write(f"Assignments: {len(rows)}", columns, rows)


def write_balance(rows: Sequence[BalanceRow]) -> None:
    """Amounts in whole units, each with its index: 100 is the mean of the territories with the same parent."""
    if not rows:
        sys.stdout.write("No territory has others beside it.\n")
        return
    columns: Mapping[str, Callable[[BalanceRow], str]] = {
        "in": lambda row: row.parent or "",
        "territory": lambda row: row.name,
        "held by": lambda row: row.holders or "",
        "accounts": lambda row: f"{row.accounts:,}",
        "potential": lambda row: _with_index(row.potential, row.potential_index),
        "revenue": lambda row: _with_index(row.revenue, row.revenue_index),
        "hours a year": lambda row: _with_index(row.workload_hours, row.workload_index),
        "beyond +-20": lambda row: row.flagged or "",
    }
    _write(f"Balance (index), in {rows[0].currency}; revenue of the last 12 months", columns, rows)


def _with_index(amount: Decimal | None, index: Decimal | None) -> str:
    if amount is None:
        return "n/a"
    return f"{amount:,.0f} ({'n/a' if index is None else f'{index:.0f}'})"


def _write(title: str, columns: Mapping[str, Callable[[R], str]], rows: Sequence[R]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD)
    for heading in columns:
        table.add_column(heading, justify="right" if heading in NUMBERS else "left")
    for row in rows:
        table.add_row(*(Text(cell(row)) for cell in columns.values()))
    Console(width=None if sys.stdout.isatty() else 140).print(table)
