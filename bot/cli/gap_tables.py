"""What is wrong with territories as a table for reading."""

import sys
from collections.abc import Sequence
from dataclasses import fields

from commands.territories.gaps import GapRow

COLUMNS = tuple(field.name for field in fields(GapRow))


def write_table(rows: Sequence[GapRow]) -> None:
    """The most important columns, amounts in whole units."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if not rows:
        sys.stdout.write("Nothing is wrong with territories.\n")
        return
    table = Table(title=f"Territories: {len(rows)} findings", title_justify="left", box=box.SIMPLE_HEAD)
    for heading in ("kind", "what", "territories", "who"):
        table.add_column(heading)
    for heading in ("accounts", f"open ({rows[0].currency})"):
        table.add_column(heading, justify="right")
    for row in rows:
        counted = "" if row.accounts is None else f"{row.accounts:,}"
        what = row.deal_name or row.account_name or row.rule or row.about or ""
        who = " / ".join(filter(None, [row.person, row.holders])) or row.said or ""
        cells = (row.kind, what, row.territories or "", who, counted, f"{row.open:,.0f}" if row.deals else "")
        table.add_row(*map(Text, cells))
    Console(width=None if sys.stdout.isatty() else 140).print(table)
