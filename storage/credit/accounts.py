"""Reads what decides which territory an account is in."""

from collections.abc import AsyncIterator, Collection
from typing import Any, NamedTuple

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.company import Span
from domain.holdings import Account, AccountId, Condition, Holding, Pin, resolve
from domain.timelines import Timeline
from storage.snapshot import Snapshot, rows_of
from storage.tables import crm, territories
from storage.versions import stretches

AT_ONCE = 2_000


class Deciding(NamedTuple):
    """All pins and rules as they stood in a snapshot."""

    pins: list[Pin]
    conditions: list[Condition]


async def load_holdings(
    connection: AsyncConnection, snapshot: Snapshot, currency: str
) -> dict[AccountId, Timeline[Holding]]:
    """The territory of each account on each day, as it stood in `snapshot`; `currency` is the workspace's.

    Without pins and rules no account is in any territory, and accounts are not read. Raises DataError for a rule that
    cannot be read.
    """
    pins, conditions = await load_deciding(connection, snapshot)
    if not pins and not conditions:
        return {}
    return resolve(await load_accounts(connection, snapshot), pins, conditions, currency)


async def load_some_holdings(
    connection: AsyncConnection, snapshot: Snapshot, currency: str, wanted: Collection[AccountId]
) -> dict[AccountId, Timeline[Holding]]:
    """As `load_holdings`, for these accounts, by reading no more than them and those above them."""
    accounts: dict[AccountId, Account] = {}
    asked, missing = set(wanted), set(wanted)
    while missing:
        found = await load_accounts(connection, snapshot, missing)
        accounts |= {account.id: account for account in found}
        missing = {account.parent for account in found if account.parent is not None} - asked
        asked |= missing
    pins = await load_pins(connection, snapshot, accounts)
    return resolve(accounts.values(), pins, await load_conditions(connection, snapshot), currency)


async def load_deciding(connection: AsyncConnection, snapshot: Snapshot) -> Deciding:
    query = rows_of(snapshot, territories.Pin, "account_id", "territory_id", "from_on", "to_on")
    pins = [
        Pin(account, where, Span(start, end)) async for account, where, start, end in in_portions(connection, query)
    ]
    return Deciding(pins, await load_conditions(connection, snapshot))


async def load_conditions(connection: AsyncConnection, snapshot: Snapshot) -> list[Condition]:
    return [
        Condition(row.territory_id, row.rule, row.dimension, row.value, Span(row.from_on, row.to_on))
        for row in await _all(connection, rows_of(snapshot, territories.Rule))
    ]


async def load_pins(connection: AsyncConnection, snapshot: Snapshot, accounts: Collection[AccountId]) -> list[Pin]:
    """The pins of these accounts."""
    pin = snapshot.source(territories.Pin)
    query = select(pin.c.account_id, pin.c.territory_id, pin.c.from_on, pin.c.to_on)
    found: list[Row[Any]] = []
    for some in stretches(sorted(accounts)):
        found += await _all(connection, query.where(pin.c.account_id.in_(some)))
    return [Pin(row.account_id, row.territory_id, Span(row.from_on, row.to_on)) for row in found]


async def load_accounts(
    connection: AsyncConnection, snapshot: Snapshot, only: Collection[AccountId] | None = None
) -> list[Account]:
    """What pins and rules look at: of all accounts, or of some."""
    version = snapshot.source(crm.AccountVersion)
    names = ("id", "parent_id", "country", "region", "postal_code", "industry", "employees", "annual_revenue")
    query = select(*(version.c[name] for name in names))
    if only is not None:
        found: list[Account] = []
        for some in stretches(sorted(only)):
            found += [Account(*row) for row in await _all(connection, query.where(version.c.id.in_(some)))]
        return found
    return [Account(*row) async for row in in_portions(connection, query)]


async def subsidiaries(
    connection: AsyncConnection, snapshot: Snapshot, accounts: Collection[AccountId]
) -> set[AccountId]:
    """These accounts and all below them."""
    version, known, fresh = snapshot.source(crm.AccountVersion), set(accounts), set(accounts)
    while fresh:
        below: set[AccountId] = set()
        for some in stretches(sorted(fresh)):
            query = select(version.c.id).where(version.c.parent_id.is_not(None), version.c.parent_id.in_(some))
            below |= set((await connection.execute(query)).scalars())
        fresh = below - known
        known |= fresh
    return known


async def in_portions(connection: AsyncConnection, query: Any) -> AsyncIterator[Any]:
    """The rows of a query that has very many: whoever else waits for this process is served between portions."""
    async with connection.stream(query.execution_options(yield_per=AT_ONCE)) as result:
        async for rows in result.partitions():
            for row in rows:
                yield row


async def _all(connection: AsyncConnection, query: Any) -> list[Row[Any]]:
    return list((await connection.execute(query)).all())
