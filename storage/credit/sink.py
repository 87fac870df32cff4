"""Where the rows of a credit pass go: the staging of an import, or straight into the tables of the transaction that is open."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any, Protocol, TypeAlias

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.credit.books import CREDIT_FIELDS, OPEN_FIELDS
from storage.importing.staging import Staging
from storage.tables import ledger, table_of
from storage.versions import end_versions

CREDIT_COLUMNS = ("workspace_id", "id", "rev", "deal_id", *CREDIT_FIELDS, "reverses_id")
OPEN_COLUMNS = ("workspace_id", "deal_id", "part", "rev_from", "rev_to", *OPEN_FIELDS)

Rows: TypeAlias = Sequence[tuple[Any, ...]]


class Sink(Protocol):
    """Takes the rows of a pass in batches."""

    def day(self, value: date) -> date | str:
        """A day as the rows are to hold it."""
        ...

    async def add_credits(self, rows: Rows) -> None:
        """Rows with CREDIT_COLUMNS."""
        ...

    async def add_open(self, rows: Rows) -> None:
        """Rows with OPEN_COLUMNS."""
        ...

    async def end_open(self, parts: Sequence[tuple[int, int]]) -> None:
        """End the open shares of these deals and parts."""
        ...


class Staged:
    """To the staging of an import, which merges them later."""

    def __init__(self, staging: Staging) -> None:
        self._staging = staging

    def day(self, value: date) -> date | str:
        return self._staging.day(value)

    async def add_credits(self, rows: Rows) -> None:
        await self._staging.bulk_insert(await self._staging.new(ledger.Credit), CREDIT_COLUMNS, rows)

    async def add_open(self, rows: Rows) -> None:
        await self._staging.bulk_insert(await self._staging.new(ledger.OpenShare), OPEN_COLUMNS, rows)

    async def end_open(self, parts: Sequence[tuple[int, int]]) -> None:
        await self._staging.bulk_insert(await self._staging.ended(ledger.OpenShare), ("deal_id", "part"), parts)


class Direct:
    """Into the tables; `again` if rows of this revision may be there already."""

    def __init__(self, connection: AsyncConnection, workspace_id: int, revision: int, *, again: bool) -> None:
        self._connection = connection
        self._workspace_id = workspace_id
        self._revision = revision
        self._again = again

    def day(self, value: date) -> date | str:
        return value

    async def add_credits(self, rows: Rows) -> None:
        await self._add(ledger.Credit, CREDIT_COLUMNS, rows)

    async def add_open(self, rows: Rows) -> None:
        await self._add(ledger.OpenShare, OPEN_COLUMNS, rows)

    async def end_open(self, parts: Sequence[tuple[int, int]]) -> None:
        deals: dict[int, list[int]] = defaultdict(list)
        for deal, part in sorted(parts):
            deals[part].append(deal)
        at = self._connection, table_of(ledger.OpenShare), self._workspace_id, self._revision
        for part in sorted(deals):
            await end_versions(*at, {"part": part}, "deal_id", deals[part], again=self._again)

    async def _add(self, model: Any, columns: Sequence[str], rows: Rows) -> None:
        named = [dict(zip(columns, row, strict=True)) for row in rows]
        await self._connection.execute(insert(table_of(model)), named)
