"""Ending versions of rows in the transaction that is open."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Table, and_, delete, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import OPEN_REV

AT_ONCE = 1_000
"""Values in one list of a query."""


def stretches(values: Iterable[Any]) -> Iterable[Sequence[Any]]:
    """The values in lists of at most AT_ONCE."""
    left = iter(values)
    while some := list(islice(left, AT_ONCE)):
        yield some


async def end_versions(
    connection: AsyncConnection,
    table: Table,
    workspace_id: int,
    revision: int,
    alike: Mapping[str, Any],
    column: str,
    values: Iterable[Any],
    *,
    again: bool,
) -> None:
    """End the rows that hold with one of `values` in `column` and all of `alike` with `revision`.

    With `again` rows may have begun with this very revision: they never held, and are taken out.
    """
    same = (table.c[name] == value for name, value in alike.items())
    holds = and_(table.c.workspace_id == workspace_id, table.c.rev_to == OPEN_REV, *same)
    for some in stretches(values):
        these = and_(holds, table.c[column].in_(some))
        if again:
            await connection.execute(delete(table).where(these, table.c.rev_from == revision))
        await connection.execute(update(table).where(these).values(rev_to=revision))
