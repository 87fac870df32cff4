"""Collects the rows that a credit pass adds to the ledger and to the open pipeline, and counts them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.credit.batches import CREDITS
from storage.credit.books import (
    BASE,
    ON_DAY,
    OPEN_FIELDS,
    CreditFields,
    Live,
    OpenFields,
    difference,
    reversal,
)
from storage.credit.sink import Sink
from storage.tables import OPEN_REV

DAYS_OF_CREDIT = (ON_DAY,)
DAYS_OF_OPEN = tuple(OPEN_FIELDS.index(name) for name in ("expected_close_on", "from_on", "to_on"))
"""Where the fields of a row hold days."""


class Writer:
    """Collects rows; `flush` hands them to the sink."""

    def __init__(self, sink: Sink, workspace_id: int, revision: int, next_id: int) -> None:
        self._sink = sink
        self._workspace_id = workspace_id
        self._revision = revision
        self._next_id = next_id
        self._credits: list[tuple[Any, ...]] = []
        self._open: list[tuple[Any, ...]] = []
        self._ended: list[tuple[int, int]] = []
        self.credits_new = self.reversed = self.corrected = self.removed = self.removed_base = 0
        self.open_new = self.open_ended = 0

    @classmethod
    async def start(
        cls, connection: AsyncConnection, sink: Sink, workspace_id: int, revision: int, first_id: int | None = None
    ) -> "Writer":
        """A writer whose ids follow those of the ledger, unless they are to begin elsewhere."""
        if first_id is not None:
            return cls(sink, workspace_id, revision, first_id)
        query = select(func.max(CREDITS.c.id)).where(CREDITS.c.workspace_id == workspace_id)
        return cls(sink, workspace_id, revision, ((await connection.execute(query)).scalar_one() or 0) + 1)

    def settle_credits(self, deal: int, live: Sequence[Live], wanted: Sequence[CreditFields]) -> None:
        """Take back what should not be there (any more) and add what is missing."""
        stale, missing = difference(live, wanted) if live else ((), wanted)
        for row in stale:
            self._credit(deal, reversal(row.fields), reverses=row.id)
        for fields in missing:
            self._credit(deal, fields, reverses=None)
        self.credits_new += len(missing)
        self.reversed += len(stale)
        if live and not wanted:
            self.removed += 1
            self.removed_base += sum(row.fields[BASE] for row in live)
        elif live and (stale or missing):
            self.corrected += 1

    def settle_open(self, deal: int, now: dict[int, OpenFields], wanted: Sequence[OpenFields]) -> None:
        """End the parts that are otherwise now, and add those that are new."""
        for part, fields in enumerate(wanted):
            if now.get(part) != fields:
                self._open.append(
                    (self._workspace_id, deal, part, self._revision, OPEN_REV, *self._dated(fields, DAYS_OF_OPEN))
                )
        for part, fields in now.items():
            if part >= len(wanted) or wanted[part] != fields:
                self._ended.append((deal, part))

    async def flush(self) -> None:
        """Hand over what was collected since the last time."""
        self.open_new += len(self._open)
        self.open_ended += len(self._ended)
        if self._credits:
            await self._sink.add_credits(self._credits)
        if self._ended:
            await self._sink.end_open(self._ended)
        if self._open:
            await self._sink.add_open(self._open)
        self._credits, self._open, self._ended = [], [], []

    def counts(self) -> dict[str, int]:
        """By the names of the report."""
        names = ("credits_new", "reversed", "corrected", "removed", "removed_base", "open_new", "open_ended")
        return {name: getattr(self, name) for name in names}

    def _credit(self, deal: int, fields: CreditFields, *, reverses: int | None) -> None:
        dated = self._dated(fields, DAYS_OF_CREDIT)
        self._credits.append((self._workspace_id, self._next_id, self._revision, deal, *dated, reverses))
        self._next_id += 1

    def _dated(self, fields: tuple[Any, ...], positions: Sequence[int]) -> tuple[Any, ...]:
        """The fields with their days as the sink wants them."""
        dated = list(fields)
        for position in positions:
            if (day := fields[position]) is not None:
                dated[position] = self._sink.day(day)
        return tuple(dated)
