"""What is read of open deals: attributed like credit, in the currency of each deal."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.company import PersonId, TerritoryId
from storage.scopes import EVERYONE, Owners, owned
from storage.snapshot import Snapshot
from storage.tables import crm, ledger


@dataclass(frozen=True, slots=True)
class OpenSum:
    """Shares of open deals that are alike. `amount` is in minor units of `currency`; a deal without one counts 0.

    `overdue`: expected before today; `in_period`: expected on one of the days asked for. `probability` is
    the deals' own, in millionths. `count` is the number of shares.
    """

    person: PersonId | None
    territory: TerritoryId | None
    currency: str
    stage: str | None
    forecast_category: str | None
    probability: int | None
    overdue: bool
    in_period: bool
    amount: int
    count: int


@dataclass(frozen=True, slots=True)
class OpenLine:
    """One person's part of one open deal; `amount` in minor units of `currency`."""

    deal: str
    name: str | None
    account: str | None
    person: PersonId | None
    territory: TerritoryId | None
    share: int
    amount: int | None
    currency: str
    expected_close_on: date | None
    stage: str | None
    forecast_category: str | None
    probability: int | None


ALIKE = ("person_id", "territory_id", "currency", "stage", "forecast_category", "probability")


async def open_sums(
    connection: AsyncConnection,
    snapshot: Snapshot,
    whose: Owners = EVERYONE,
    *,
    today: date,
    since: date,
    until: date,
) -> list[OpenSum]:
    """Sums of all open deals as they are held on `today`, told apart by what forecasts weigh them with.

    In the period: from `since` to before `until`.
    """
    share = snapshot.source(ledger.OpenShare)
    expected = share.c.expected_close_on
    overdue = func.coalesce(expected < today, False).label("overdue")
    in_period = func.coalesce(and_(expected >= since, expected < until), False).label("in_period")
    sums = func.coalesce(func.sum(share.c.amount), 0).label("amount"), func.count().label("shares")
    columns = *(share.c[name] for name in ALIKE), overdue, in_period, *sums
    query = select(*columns).where(*owned(share, whose), *_holding(share, today))
    rows = await connection.execute(query.group_by(*(share.c[name] for name in ALIKE), "overdue", "in_period"))
    found = [_sum(row) for row in rows]
    return sorted(found, key=_in_order)


def _sum(row: Any) -> OpenSum:
    return OpenSum(
        person=row.person_id,
        territory=row.territory_id,
        currency=row.currency,
        stage=row.stage,
        forecast_category=row.forecast_category,
        probability=row.probability,
        overdue=bool(row.overdue),
        in_period=bool(row.in_period),
        amount=int(row.amount),
        count=row.shares,
    )


async def open_lines(
    connection: AsyncConnection,
    snapshot: Snapshot,
    whose: Owners = EVERYONE,
    *,
    today: date,
    since: date | None = None,
    until: date | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> list[OpenLine]:
    """The open deals as they are held on `today` that are expected from `since` to before `until`, soonest first, then by deal.

    Without bounds all of them.
    """
    share, deal = snapshot.source(ledger.OpenShare), snapshot.source(crm.Deal)
    version, account = snapshot.source(crm.DealVersion), snapshot.source(crm.AccountVersion)
    joined = (
        share.join(deal, deal.c.id == share.c.deal_id)
        .outerjoin(version, version.c.id == share.c.deal_id)
        .outerjoin(account, account.c.id == version.c.account_id)
    )
    names = ("person_id", "territory_id", "share", "amount", "currency", "expected_close_on")
    more = ("stage", "forecast_category", "probability")
    columns = deal.c.key, version.c.name, account.c.name, *(share.c[name] for name in (*names, *more))
    expected = share.c.expected_close_on
    order = expected.is_(None), expected, deal.c.key, share.c.part
    query = (
        select(*columns)
        .select_from(joined)
        .where(*owned(share, whose), *_holding(share, today), *_expected(share, since, until))
    )
    return [OpenLine(*row) for row in await connection.execute(query.order_by(*order).limit(limit).offset(offset))]


def _holding(share: FromClause, today: date) -> Iterator[ColumnElement[bool]]:
    """The parts of the day: a deal that changes hands has others on other days."""
    yield share.c.from_on <= today
    yield share.c.to_on > today


def _expected(share: FromClause, since: date | None, until: date | None) -> Iterator[ColumnElement[bool]]:
    if since is not None:
        yield share.c.expected_close_on >= since
    if until is not None:
        yield share.c.expected_close_on < until


def _in_order(row: OpenSum) -> tuple[Any, ...]:
    alike = row.person or 0, row.territory or 0, row.currency, row.stage or "", row.forecast_category or ""
    return *alike, row.probability or -1, row.overdue, row.in_period
