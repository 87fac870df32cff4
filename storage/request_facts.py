"""Reads what a change of territories is planned from."""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, func, select

from domain.company import TerritoryId
from domain.exchange import MissingRate
from domain.holdings import AccountId, Condition, Pin
from domain.potential import last_12_months
from domain.requests.concerned import territories_of
from domain.requests.model import Basis, Change, DealId, Merge, MoveAccounts, Split
from domain.requests.planning.facts import NOWHERE, AccountFacts, DealFacts, Done, Facts
from storage.account_facts import bought_by, holdings
from storage.credit.accounts import load_conditions, load_pins, subsidiaries
from storage.store import Repositories
from storage.tables import crm, ledger, table_of, territories
from storage.versions import stretches

TERRITORIES = table_of(territories.Territory)
_OPEN = ("id", "owner_id", "territory_id", "account_id", "amount", "currency", "stage", "expected_close_on")


async def request_facts(
    repo: Repositories, change: Change, *, effective_on: date, today: date, done: Done | None = None
) -> Facts:
    """The state that a change is planned on; of a reversal with what was `done`. Raises DataError for a rule that cannot be read.

    All of it is as of the day, never of today: what was shown before holds on the day, too, if no data changed.
    """
    reader = _Reader(repo, effective_on)
    about = done.change if done is not None else change
    named = set(territories_of(about)) | (_territories_of(done) if done is not None else set())
    accounts = await reader.accounts(about, named)
    deals = {row.before.deal for row in done.writes.deals if row.before is not None} if done is not None else set()
    return Facts(
        model=repo.model,
        today=today,
        effective_on=effective_on,
        accounts=accounts,
        pins=await reader.pins(_pinned(about, done), _emptied(about, done)),
        conditions=tuple(one for one in await reader.conditions() if one.territory in named),
        deals=await reader.deals(_asked(about), named, deals),
        fresh=await reader.fresh(),
    )


async def open_deals(repo: Repositories, numbers: Collection[DealId], *, day: date) -> tuple[DealFacts, ...]:
    """Those of these deals that are open; `within` and amounts as of a day."""
    return await _Reader(repo, day).deals((), (), numbers)


def _asked(change: Change) -> tuple[AccountId, ...]:
    return change.accounts if isinstance(change, MoveAccounts | Split) else ()


def _territories_of(done: Done) -> set[TerritoryId]:
    """Those that were written, too: a split's new one is named by nothing else."""
    written = {row.after.id for row in done.writes.territories if row.after is not None}
    return written | {row.after.territory for row in done.writes.rules if row.after is not None}


def _pinned(change: Change, done: Done | None) -> set[AccountId]:
    """The accounts whose pins are looked at."""
    rows = done.writes.pins if done is not None else ()
    return {*_asked(change), *(pin.account for row in rows for pin in (row.before, row.after) if pin is not None)}


def _emptied(change: Change, done: Done | None) -> set[TerritoryId]:
    """The territories of which every pin is looked at: one that ends, one that is new."""
    rows = done.writes.territories if done is not None else ()
    new = {row.after.id for row in rows if row.before is None and row.after is not None}
    return new | ({change.territory} if isinstance(change, Merge) else set())


class _Reader:
    """Reads for one change, in one snapshot."""

    def __init__(self, repo: Repositories, day: date) -> None:
        self._repo = repo
        self._day = day

    async def accounts(self, change: Change, named: Collection[TerritoryId]) -> dict[AccountId, AccountFacts]:
        """What is in the territories on the day, what is asked for, and what is below that."""
        asked = _asked(change)
        if not asked and not isinstance(change, Merge):
            return {}
        held = await holdings(self._repo)
        within = {account for account, line in held.items() if line.at(self._day).territory in named}
        wanted = within | await subsidiaries(*self._repo.at, asked)
        weights = await self._weights(change, within)
        version = self._repo.snapshot.source(crm.AccountVersion)
        query = select(version.c.id, version.c.name, version.c.parent_id)
        return {
            row.id: AccountFacts(row.id, row.name, row.parent_id, held.get(row.id, NOWHERE), weights.get(row.id, 0))
            for row in await self._some(query, version.c.id, wanted)
        }

    async def _weights(self, change: Change, within: Collection[AccountId]) -> Mapping[AccountId, int]:
        """By the basis of the change's terms."""
        match getattr(change, "terms", None) and change.terms.basis:  # type: ignore[union-attr]
            case Basis.CREDIT:
                return await bought_by(*self._repo.at, within, last_12_months(self._day - timedelta(days=1)))
            case Basis.POTENTIAL:
                version = self._repo.snapshot.source(crm.AccountVersion)
                rows = await self._some(select(version.c.id, version.c.potential), version.c.id, within)
                return {row.id: row.potential or 0 for row in rows}
            case Basis.OPEN:
                return await self._open_amounts(within)
            case _:
                return {}

    async def _open_amounts(self, accounts: Collection[AccountId]) -> Mapping[AccountId, int]:
        deal, found = self._repo.snapshot.source(crm.DealVersion), Counter[AccountId]()
        query = select(deal.c.account_id, deal.c.currency, func.sum(deal.c.amount).label("amount"))
        query = query.where(deal.c.status == "open").group_by(deal.c.account_id, deal.c.currency)
        for row in await self._some(query, deal.c.account_id, accounts):
            found[row.account_id] += self._in_base(row.amount, row.currency) or 0
        return found

    async def pins(self, accounts: Collection[AccountId], whole: Collection[TerritoryId]) -> tuple[Pin, ...]:
        """Those of these accounts, and of all that are pinned to a territory."""
        pin = self._repo.snapshot.source(territories.Pin)
        there = await self._some(select(pin.c.account_id), pin.c.territory_id, whole)
        found = await load_pins(*self._repo.at, {*accounts, *(row.account_id for row in there)})
        return tuple(sorted(found, key=lambda one: (one.account, one.span.start)))

    async def conditions(self) -> list[Condition]:
        return await load_conditions(*self._repo.at)

    async def deals(
        self, asked: Collection[AccountId], named: Collection[TerritoryId], numbers: Collection[DealId]
    ) -> tuple[DealFacts, ...]:
        """The open deals of these accounts and those below them, of or within these territories on the day, and by number."""
        deal, share = (self._repo.snapshot.source(model) for model in (crm.DealVersion, ledger.OpenShare))
        whose = select(share.c.deal_id, share.c.territory_id)
        whose = whose.where(share.c.from_on <= self._day, share.c.to_on > self._day)
        below = await subsidiaries(*self._repo.at, asked)
        # What names a territory itself is within it, too.
        within = await self._some(whose, share.c.territory_id, named)
        of_accounts = await self._some(select(deal.c.id).where(deal.c.status == "open"), deal.c.account_id, below)
        wanted = {*numbers, *(row.deal_id for row in within), *(row.id for row in of_accounts)}
        held = await self._some(whose, share.c.deal_id, wanted)
        where = {row.deal_id: row.territory_id for row in held}
        query = select(*(deal.c[name] for name in _OPEN)).where(deal.c.status == "open")
        rows = sorted(await self._some(query, deal.c.id, wanted), key=lambda row: int(row.id))
        return tuple(self._deal(row, where.get(row.id)) for row in rows)

    def _deal(self, row: Row[Any], within: TerritoryId | None) -> DealFacts:
        return DealFacts(
            deal=row.id,
            owner=row.owner_id,
            territory=row.territory_id,
            account=row.account_id,
            within=within,
            amount=self._in_base(row.amount, row.currency),
            stage=row.stage,
            closes_on=row.expected_close_on,
        )

    def _in_base(self, amount: int | None, currency: str) -> int | None:
        """In the workspace's currency; None for an amount that is not known, or cannot be converted."""
        if amount is None:
            return None
        exchange = self._repo.model.exchange
        try:
            return exchange.convert(amount, currency, exchange.latest(currency, self._day))
        except MissingRate:
            return None

    async def fresh(self) -> TerritoryId:
        here = TERRITORIES.c.workspace_id == self._repo.workspace_id
        highest = (await self._repo.connection.execute(select(func.max(TERRITORIES.c.id)).where(here))).scalar_one()
        return int(highest or 0) + 1

    async def _some(self, query: Any, column: Any, values: Collection[int]) -> list[Row[Any]]:
        """The rows with one of the values in a column."""
        found: list[Row[Any]] = []
        for some in stretches(sorted(values)):
            found += (await self._repo.connection.execute(query.where(column.in_(some)))).all()
        return found
