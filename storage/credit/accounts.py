"""Reads what decides which territory an account is in."""

from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.company import Span
from domain.holdings import Account, AccountId, Condition, Holding, Pin, resolve
from domain.timelines import Timeline
from storage.snapshot import Snapshot, rows_of
from storage.tables import crm, territories


async def load_holdings(
    connection: AsyncConnection, snapshot: Snapshot, currency: str
) -> dict[AccountId, Timeline[Holding]]:
    """The territory of each account on each day, as it stood in `snapshot`; `currency` is the workspace's.

    Without pins and rules no account is in any territory, and accounts are not read. Raises DataError for a rule that
    cannot be read.
    """
    pins = [
        Pin(row.account_id, row.territory_id, Span(row.from_on, row.to_on))
        for row in await _all(connection, rows_of(snapshot, territories.Pin))
    ]
    rules = [
        Condition(row.territory_id, row.rule, row.dimension, row.value, Span(row.from_on, row.to_on))
        for row in await _all(connection, rows_of(snapshot, territories.Rule))
    ]
    if not pins and not rules:
        return {}
    return resolve(await _accounts(connection, snapshot), pins, rules, currency)


async def _accounts(connection: AsyncConnection, snapshot: Snapshot) -> list[Account]:
    version = snapshot.source(crm.AccountVersion)
    names = ("id", "parent_id", "country", "region", "postal_code", "industry", "employees", "annual_revenue")
    query = select(*(version.c[name] for name in names))
    return [Account(*row) for row in await _all(connection, query)]


async def _all(connection: AsyncConnection, query: Any) -> list[Row[Any]]:
    return list((await connection.execute(query)).all())
