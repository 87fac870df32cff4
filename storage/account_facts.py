"""Accounts with the territory that they are in, and what they bought."""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.company import Span, TerritoryId
from domain.credit import Kind
from domain.holdings import AccountId, Holding, resolve
from domain.potential import AccountFacts, last_12_months
from domain.timelines import Timeline
from storage.credit.accounts import load_accounts, load_deciding
from storage.scopes import CREDITS, known
from storage.snapshot import Snapshot
from storage.store import Repositories
from storage.tables import crm

FEW = 500
"""Of so many accounts what they bought is looked up one by one; of more it is quicker to read everybody's."""
_FACTS = (
    "country",
    "region",
    "postal_code",
    "industry",
    "employees",
    "latitude",
    "longitude",
    "potential",
    "service_minutes",
    "visits_per_year",
)


async def holdings(repo: Repositories) -> Mapping[AccountId, Timeline[Holding]]:
    """The territory of each account on each day. Remembered: it takes long in a large company, and a revision never changes.

    Who asks while it is being found waits for it; it is found beside the loop that answers others. Raises DataError for
    a rule that cannot be read.
    """
    lock = repo.kept.setdefault("holdings lock", asyncio.Lock())
    async with lock:
        return await repo.remembered("holdings", lambda: _holdings(repo))


async def _holdings(repo: Repositories) -> Mapping[AccountId, Timeline[Holding]]:
    pins, conditions = await load_deciding(*repo.at)
    accounts = await load_accounts(*repo.at) if pins or conditions else []
    return await asyncio.to_thread(resolve, accounts, pins, conditions, repo.settings.currency)


async def accounts_by_territory(repo: Repositories, today: date) -> Mapping[TerritoryId | None, frozenset[AccountId]]:
    """The accounts that are in each territory on a day; None: in none."""
    return await repo.remembered(("by territory", today), lambda: _by_territory(repo, today))


async def _by_territory(repo: Repositories, today: date) -> Mapping[TerritoryId | None, frozenset[AccountId]]:
    held = await holdings(repo)
    account = repo.snapshot.source(crm.AccountVersion)
    found: defaultdict[TerritoryId | None, set[AccountId]] = defaultdict(set)
    for number in (await repo.connection.execute(select(account.c.id))).scalars():
        found[held[number].at(today).territory if number in held else None].add(number)
    return {territory: frozenset(some) for territory, some in found.items()}


async def account_facts(
    repo: Repositories, territories: Collection[TerritoryId] | None, today: date, *, unassigned: bool = False
) -> list[AccountFacts]:
    """The accounts that are in these territories on a day (None: in any or none), by key; `unassigned`: those in none, too."""
    by_territory = await accounts_by_territory(repo, today)
    wanted = set(by_territory) if territories is None else {*territories, *((None,) if unassigned else ())}
    where = {account: one for one in wanted for account in by_territory.get(one, ())}
    bought = await bought_by(*repo.at, where, last_12_months(today))
    key, version = repo.snapshot.source(crm.Account), repo.snapshot.source(crm.AccountVersion)
    joined = key.join(version, version.c.id == key.c.id)
    query = select(key.c.id, key.c.key, version.c.name, *(version.c[name] for name in _FACTS)).select_from(joined)
    if len(where) <= FEW:
        query = query.where(key.c.id.in_(sorted(where)))
    rows = (await repo.connection.execute(query.order_by(key.c.key))).all()
    return [
        AccountFacts(
            id=row.id,
            key=row.key,
            name=row.name,
            territory=where[row.id],
            bought=bought.get(row.id, 0),
            **{name: row._mapping[name] for name in _FACTS},
        )
        for row in rows
        if row.id in where
    ]


async def bought_by(
    connection: AsyncConnection, snapshot: Snapshot, accounts: Collection[AccountId], days: Span
) -> dict[AccountId, int]:
    """The revenue credited for deals of these accounts on some days, whoever it was credited to; none is left out as 0."""
    deal = snapshot.source(crm.DealVersion)
    conditions = [*known(snapshot), CREDITS.c.kind == Kind.REVENUE.value, deal.c.account_id.is_not(None)]
    conditions += [CREDITS.c.on_day >= days.start, CREDITS.c.on_day < days.end]
    if len(accounts) <= FEW:
        conditions.append(deal.c.account_id.in_(sorted(accounts)))
    joined = CREDITS.join(deal, deal.c.id == CREDITS.c.deal_id)
    total = func.sum(CREDITS.c.base)
    query = select(deal.c.account_id, total).select_from(joined).where(*conditions).group_by(deal.c.account_id)
    wanted = set(accounts)
    return {int(account): int(base) for account, base in await connection.execute(query) if account in wanted}
