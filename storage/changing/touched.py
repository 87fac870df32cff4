"""Which deals' credit a change may move: a superset that is found through indexes, so that it costs what the change costs.

Closed deals count on their day: those before the first day on which anything changes are left alone.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import ColumnElement, FromClause, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.company import Assignment, AssignmentRole, Company, TerritoryId
from domain.holdings import AccountId, Condition, Pin, Rule, Rules, compile_rules
from domain.requests.model import DealId
from domain.requests.writes import Rows, Writes
from domain.requests.written import changed
from storage.credit.accounts import load_accounts, load_conditions, subsidiaries
from storage.snapshot import Latest
from storage.tables import crm, ledger, table_of
from storage.versions import stretches

CREDITS = table_of(ledger.Credit)
Since: TypeAlias = Iterable[tuple[int, date]]
"""Things, each with the first day on which something about it is another; one may come several times."""
S = TypeVar("S", Pin, Assignment, Rule)


class Touched:
    """Looks the deals up. `after` is the company once the change is written, in the transaction that wrote it."""

    def __init__(self, connection: AsyncConnection, workspace_id: int, before: Company, after: Company) -> None:
        self._connection = connection
        self._now = Latest(workspace_id, after.revision)
        self._before = before
        self._after = after
        self._deal = self._now.source(crm.DealVersion)
        self._share = self._now.source(ledger.OpenShare)
        self._split = self._now.source(crm.Split)

    async def deals(self, writes: Writes) -> set[DealId]:
        """All that the change may move."""
        found = {row.after.deal for row in writes.deals if row.after is not None}
        found |= await self._of_accounts([*await self._pinned(writes.pins), *await self._claimed(writes.rules)])
        found |= await self._of_holders(writes.assignments)
        return found | await self._of_overlays(writes)

    # Accounts that may be in another territory

    async def _pinned(self, pins: Rows[Pin]) -> list[tuple[AccountId, date]]:
        """Those whose pins change, and their subsidiaries."""
        days = _by_day(
            (pin.account, first_day(row.before, row.after))
            for row in changed(pins)
            for pin in (row.before, row.after)
            if pin is not None
        )
        return [
            (account, day)
            for day, accounts in days
            for account in await subsidiaries(self._connection, self._now, accounts)
        ]

    async def _claimed(self, rows: Rows[Condition]) -> list[tuple[AccountId, date]]:
        """Those that a rule which changes claims, or claimed before."""
        parts = {(one.territory, one.rule) for row in changed(rows) for one in (row.before, row.after) if one}
        if not parts:
            return []
        present = await load_conditions(self._connection, self._now)
        kept = [one for one in present if (one.territory, one.rule) in parts]
        begun = {row.after for row in rows}
        ended = [row.before for row in rows if row.before is not None]
        rules = [
            (self._rule(ended + [one for one in kept if one not in begun], *part), self._rule(kept, *part))
            for part in sorted(parts)
        ]
        days = {id(rule): first_day(*pair) for pair in rules for rule in pair if rule is not None}
        claims = Rules(rule for pair in rules for rule in pair if rule is not None)
        accounts = await load_accounts(self._connection, self._now)
        return [(account.id, days[id(rule)]) for account in accounts for rule, _ in claims.claims(account)]

    def _rule(self, conditions: Iterable[Condition], territory: TerritoryId, name: str) -> Rule | None:
        rows = [one for one in conditions if (one.territory, one.rule) == (territory, name)]
        return next(iter(compile_rules(rows, self._after.settings.currency)), None)

    async def _of_accounts(self, accounts: Since) -> set[DealId]:
        deal, found = self._deal, set[DealId]()
        for day, some in _by_day(accounts):
            counts = or_(deal.c.closed_on.is_(None), deal.c.closed_on >= day, deal.c.status == "open")
            found |= await self._ids(deal, deal.c.id, deal.c.account_id, some, counts)
        return found

    # Territories and people whose holders change

    async def _of_holders(self, rows: Rows[Assignment]) -> set[DealId]:
        """Deals that nobody owns go to their territory's primary, deals without a territory to their owner's only one."""
        deal, found = self._deal, set[DealId]()
        held = list(_held(rows, AssignmentRole.PRIMARY))
        for day, some in _by_day((one.territory, day) for one, day in held):
            found |= await self._credited("territory_id", some, day, deal.c.owner_id.is_(None))
        for day, some in _by_day((one.person, day) for one, day in held):
            found |= await self._credited("person_id", some, day, deal.c.territory_id.is_(None))
            # Split deals may be credited to others than their owner.
            split = self._split.join(deal, deal.c.id == self._split.c.deal_id)
            found |= await self._ids(split, deal.c.id, deal.c.owner_id, some, deal.c.territory_id.is_(None))
        return found

    async def _of_overlays(self, writes: Writes) -> set[DealId]:
        """Deals of territories on which overlays change, and of those below them."""
        changing = [(one.territory, day) for one, day in _held(writes.assignments, AssignmentRole.OVERLAY)]
        holders = (*self._before.assignments, *self._after.assignments)
        if any(one.role is AssignmentRole.OVERLAY for one in holders):
            for row in changed(writes.territories):
                was, is_ = (None if one is None else one.parent for one in (row.before, row.after))
                if was != is_:
                    changing += [(one.id, date.min) for one in (row.before, row.after) if one is not None]
        found: set[DealId] = set()
        for day, some in _by_day(changing):
            found |= await self._credited("territory_id", self._below(some), day)
        return found

    def _below(self, territories: Collection[TerritoryId]) -> set[TerritoryId]:
        """These territories and all below them, before or after."""
        children: dict[TerritoryId | None, set[TerritoryId]] = defaultdict(set)
        for company in (self._before, self._after):
            for one in company.territories.values():
                children[one.parent].add(one.id)
        found, fresh = set(territories), set(territories)
        while fresh:
            fresh = {child for one in fresh for child in children[one]} - found
            found |= fresh
        return found

    async def _credited(
        self, column: str, values: Collection[int], day: date, *given: ColumnElement[bool]
    ) -> set[DealId]:
        """Deals that the ledger has with one of these from a day on, and open ones."""
        deal, share = self._deal, self._share
        here = CREDITS.c.workspace_id == self._now.workspace_id, CREDITS.c.on_day >= day
        closed = CREDITS.join(deal, deal.c.id == CREDITS.c.deal_id)
        found = await self._ids(closed, deal.c.id, CREDITS.c[column], values, *here, *given)
        opened = share.join(deal, deal.c.id == share.c.deal_id)
        return found | await self._ids(opened, deal.c.id, share.c[column], values, *given)

    async def _ids(
        self,
        source: FromClause,
        wanted: ColumnElement[int],
        column: ColumnElement[Any],
        values: Iterable[int],
        *given: ColumnElement[bool],
    ) -> set[int]:
        found: set[int] = set()
        for some in stretches(sorted(values)):
            query = select(wanted).select_from(source).where(and_(column.in_(some), *given))
            found |= set((await self._connection.execute(query)).scalars())
        return found


def first_day(before: S | None, after: S | None) -> date:
    """The first day on which something differs between what holds before and after; `date.max` if nothing does."""
    if before is None or after is None:
        return min((one.span.start for one in (before, after) if one is not None), default=date.max)
    if before.span.start != after.span.start or replace(before, span=after.span) != after:
        return min(before.span.start, after.span.start)
    return min(before.span.end, after.span.end)


def _held(rows: Rows[Assignment], role: AssignmentRole) -> Iterator[tuple[Assignment, date]]:
    for row in changed(rows):
        for one in (row.before, row.after):
            if one is not None and one.role is role:
                yield one, first_day(row.before, row.after)


def _by_day(things: Since) -> list[tuple[date, list[int]]]:
    """Each thing once, with the first of its days, those of the same day together."""
    first: dict[int, date] = {}
    for thing, day in things:
        first[thing] = min(day, first.get(thing, day))
    together: dict[date, list[int]] = defaultdict(list)
    for thing, day in sorted(first.items()):
        together[day].append(thing)
    return sorted(together.items())
