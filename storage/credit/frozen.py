"""Won deals whose owner or territory the CRM changed after close: their credit stays, and they are listed."""

from collections.abc import Callable
from typing import TypeAlias

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.company import Company
from domain.credit import Frozen
from storage.credit.books import DealRow
from storage.credit.report import LISTED, ChangedAfterClose, Difference
from storage.snapshot import Snapshot
from storage.tables import crm

Noted: TypeAlias = tuple[int, int, int, int]
"""Deal, id at close, id now, value in the workspace's currency."""
AT_ONCE = 500


class _Changes:
    def __init__(self) -> None:
        self.count = 0
        self.base = 0
        self.first: list[Noted] = []

    def note(self, deal: int, at_close: int | None, now: int | None, base: int) -> None:
        if at_close is None or now is None or at_close == now:
            return
        self.count += 1
        self.base += base
        if len(self.first) < LISTED:
            self.first.append((deal, at_close, now, base))


class FrozenLog:
    """What differs from what was frozen."""

    def __init__(self) -> None:
        self._owners = _Changes()
        self._territories = _Changes()

    def note(self, deal: DealRow, frozen: Frozen, base: int) -> None:
        """Only what the deal itself names counts: an account that moved on is no change of the deal."""
        self._owners.note(deal.id, frozen.owner, deal.owner, base)
        self._territories.note(deal.id, frozen.territory, deal.territory, base)

    async def owners(self, connection: AsyncConnection, after: Snapshot, company: Company) -> ChangedAfterClose:
        return await _listed(connection, after, self._owners, lambda person: company.people[person].key)

    async def territories(self, connection: AsyncConnection, after: Snapshot, company: Company) -> ChangedAfterClose:
        return await _listed(connection, after, self._territories, lambda one: company.territories[one].key)


async def _listed(
    connection: AsyncConnection, after: Snapshot, changes: _Changes, key_of: Callable[[int], str]
) -> ChangedAfterClose:
    keys = await _deal_keys(connection, after, [noted[0] for noted in changes.first])
    listed = tuple(Difference(keys[deal], key_of(was), key_of(now), base) for deal, was, now, base in changes.first)
    return ChangedAfterClose(changes.count, changes.base, listed)


async def _deal_keys(connection: AsyncConnection, after: Snapshot, ids: list[int]) -> dict[int, str]:
    deal = after.source(crm.Deal)
    keys: dict[int, str] = {}
    for first in range(0, len(ids), AT_ONCE):
        query = select(deal.c.id, deal.c.key).where(deal.c.id.in_(ids[first : first + AT_ONCE]))
        keys.update((row.id, row.key) for row in await connection.execute(query))
    return keys
