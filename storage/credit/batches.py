"""Reads deals and what the ledger holds for them in stretches of ids, so that a million deals need little memory."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.holdings import AccountId
from storage.credit.books import (
    CREDIT_FIELDS,
    OPEN_FIELDS,
    DealRow,
    Live,
    OpenFields,
    Splits,
)
from storage.importing.staging import Touched
from storage.snapshot import Snapshot
from storage.tables import crm, ledger, table_of
from storage.versions import stretches

BATCH = 10_000
"""Ids in one stretch."""
LOOKED_UP = 500
"""Deals that are asked for by id at once."""
MANY = 10
"""From one in so many on, reading all deals in order is quicker than looking the touched ones up."""

CREDITS = table_of(ledger.Credit)

DEAL_COLUMNS = (
    *("id", "owner_id", "account_id", "territory_id", "amount", "currency", "status", "type", "stage"),
    *("forecast_category", "expected_close_on", "closed_on", "probability", "reverses_id"),
)


@dataclass(frozen=True, slots=True)
class Batch:
    """Deals, their splits, and what the ledger and the open pipeline hold for them."""

    deals: dict[int, DealRow] = field(default_factory=dict)
    splits: dict[int, Splits] = field(default_factory=dict)
    live: dict[int, list[Live]] = field(default_factory=dict)
    open: dict[int, dict[int, OpenFields]] = field(default_factory=dict)

    def __iter__(self) -> Iterator[int]:
        """The ids of all deals that are, or that the ledger still knows, in order."""
        return iter(sorted({*self.deals, *self.live, *self.open}))


class _Query:
    """One question that is asked for a stretch of ids, or for some ids."""

    def __init__(self, query: Select[Any], key: ColumnElement[int]) -> None:
        self._stretch = query.where(key >= bindparam("first"), key <= bindparam("last"))
        self._some = query.where(key.in_(bindparam("ids", expanding=True)))

    async def rows(self, connection: AsyncConnection, which: range | Sequence[int]) -> Sequence[Any]:
        if isinstance(which, range):
            bounds = {"first": which.start, "last": which.stop - 1}
            result = await connection.execute(self._stretch, bounds)
        else:
            result = await connection.execute(self._some, {"ids": list(which)})
        rows: Sequence[Any] = result.all()
        return rows


def _a_few(deals: Iterable[int]) -> Sequence[Sequence[int]]:
    ids = sorted(deals)
    return [ids[first : first + LOOKED_UP] for first in range(0, len(ids), LOOKED_UP)]


class Reader:
    """Reads the deals of `after`, and what the ledger of `before` holds for them."""

    def __init__(self, connection: AsyncConnection, before: Snapshot, after: Snapshot) -> None:
        self._connection = connection
        self._before = before
        self._after = after
        deal, split = after.source(crm.DealVersion), after.source(crm.Split)
        share = before.source(ledger.OpenShare)
        named = select(*(CREDITS.c[name] for name in ("deal_id", "id", "reverses_id", *CREDIT_FIELDS)))
        credit = named.where(CREDITS.c.workspace_id == before.workspace_id, CREDITS.c.rev <= before.revision)
        self._deals = _Query(select(*(deal.c[name] for name in DEAL_COLUMNS)), deal.c.id)
        self._splits = _Query(select(split.c.deal_id, split.c.kind, split.c.person_id, split.c.share), split.c.deal_id)
        self._open = _Query(select(share.c.deal_id, share.c.part, *(share.c[n] for n in OPEN_FIELDS)), share.c.deal_id)
        self._credits = _Query(credit, CREDITS.c.deal_id)

    async def stretches(self) -> list[range]:
        """All ids of deals, in stretches."""
        return [range(first, first + BATCH) for first in range(1, await self._last_id() + 1, BATCH)]

    async def lookups(self, touched: Touched) -> Sequence[range | Sequence[int]]:
        """The touched deals and the returns that reverse them, a few at a time; if that is most deals, all of them."""
        if touched.count * MANY > await self._last_id():
            return await self.stretches()
        deal = self._after.source(crm.DealVersion)
        known = select(touched.deals.c.id)
        returns = select(deal.c.id).where(deal.c.reverses_id.in_(known))
        return _a_few((await self._connection.execute(known.union(returns))).scalars())

    async def named(self, deals: Collection[int]) -> tuple[Sequence[Sequence[int]], set[AccountId]]:
        """These deals and the returns that reverse them, a few at a time, and the accounts that decide about any of them."""
        deal = self._after.source(crm.DealVersion)
        facts = select(deal.c.id, deal.c.reverses_id, deal.c.account_id, deal.c.territory_id)
        returns = await self._asked(facts.where(deal.c.reverses_id.is_not(None)), deal.c.reverses_id, deals)
        named = await self._asked(facts, deal.c.id, deals) + returns
        sold = await self._asked(facts, deal.c.id, {row.reverses_id for row in named if row.reverses_id is not None})
        accounts = {row.account_id for row in (*named, *sold) if row.territory_id is None}
        return _a_few({*deals, *(row.id for row in returns)}), accounts - {None}

    async def _asked(self, query: Select[Any], column: ColumnElement[int], values: Collection[int]) -> list[Row[Any]]:
        found: list[Row[Any]] = []
        for some in stretches(sorted(values)):
            found += (await self._connection.execute(query.where(column.in_(some)))).all()
        return found

    async def _last_id(self) -> int:
        deals = self._after.source(crm.Deal)
        last: int | None = (await self._connection.execute(select(func.max(deals.c.id)))).scalar_one()
        return last or 0

    async def batch(self, which: range | Sequence[int]) -> Batch:
        """Everything about the deals of a stretch, or about some deals."""
        return Batch(
            deals=await self._read_deals(which),
            splits=await self._read_splits(which),
            live=await self._read_live(which),
            open=await self._read_open(which),
        )

    async def reversed_by(self, batch: Batch) -> Batch:
        """The deals that the returns of a batch take back."""
        ids = sorted({deal.reverses for deal in batch.deals.values() if deal.reverses is not None})
        found = Batch()
        for first in range(0, len(ids), LOOKED_UP):
            some = ids[first : first + LOOKED_UP]
            found.deals.update(await self._read_deals(some))
            found.splits.update(await self._read_splits(some))
            found.live.update(await self._read_live(some))
        return found

    async def _read_deals(self, which: range | Sequence[int]) -> dict[int, DealRow]:
        rows = await self._deals.rows(self._connection, which)
        return {row[0]: DealRow(*row) for row in rows}

    async def _read_splits(self, which: range | Sequence[int]) -> dict[int, Splits]:
        found: dict[int, Splits] = {}
        for deal, kind, person, share in await self._splits.rows(self._connection, which):
            splits = found.get(deal) or found.setdefault(deal, Splits([], []))
            (splits.revenue if kind == "revenue" else splits.overlay).append((person, share))
        return found

    async def _read_live(self, which: range | Sequence[int]) -> dict[int, list[Live]]:
        """Rows of the ledger that are no reversal and were not reversed."""
        rows = await self._credits.rows(self._connection, which)
        gone = {row[2] for row in rows}
        live: dict[int, list[Live]] = defaultdict(list)
        for deal, row_id, reverses, *fields in rows:
            if reverses is None and row_id not in gone:
                live[deal].append(Live(row_id, tuple(fields)))
        return live

    async def _read_open(self, which: range | Sequence[int]) -> dict[int, dict[int, OpenFields]]:
        found: dict[int, dict[int, OpenFields]] = defaultdict(dict)
        for deal, part, *fields in await self._open.rows(self._connection, which):
            found[deal][part] = tuple(fields)
        return found
