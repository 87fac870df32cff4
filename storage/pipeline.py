"""What is read of open deals: attributed like credit, in the currency of each deal."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, case, extract, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.company import PersonId, TerritoryId
from storage.scopes import EVERYONE, Owners, owned
from storage.snapshot import Snapshot
from storage.tables import crm, ledger


@dataclass(frozen=True, slots=True)
class OpenSum:
    """Shares of open deals that are alike. `amount` is in minor units of `currency`; a deal without one counts 0.

    `overdue`: expected before today; `month`: the calendar month (year x 12 + month) in which those are expected that
    are expected on one of the days asked for, else 0. `probability` is the deals' own, in millionths. `count` is the
    number of shares.

    An open amount is converted group by group, so that what is asked by person, territory or month adds up exactly.
    """

    person: PersonId | None
    territory: TerritoryId | None
    currency: str
    stage: str | None
    forecast_category: str | None
    probability: int | None
    overdue: bool
    month: int
    amount: int
    count: int

    @property
    def in_period(self) -> bool:
        return self.month > 0


@dataclass(frozen=True, slots=True)
class OpenLine:
    """One person's part of one open deal; `amount` in minor units of `currency`.

    `before` is what the lines before it, in the group that it is converted with, add up to.
    """

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
    before: int
    id: int
    """Of the deal."""


ALIKE = ("person_id", "territory_id", "currency", "stage", "forecast_category", "probability")


async def open_sums(
    connection: AsyncConnection,
    snapshot: Snapshot,
    whose: Owners = EVERYONE,
    *,
    today: date,
    since: date,
    until: date,
    in_period: bool = False,
) -> list[OpenSum]:
    """Sums of all open deals as they are held on `today`, told apart by what forecasts weigh them with.

    In the period: from `since` to before `until`; with `in_period` the others are left out.
    """
    share = snapshot.source(ledger.OpenShare)
    expected = share.c.expected_close_on
    overdue = func.coalesce(expected < today, False).label("overdue")
    month = case((and_(expected >= since, expected < until), month_number(expected)), else_=0).label("month")
    sums = func.coalesce(func.sum(share.c.amount), 0).label("amount"), func.count().label("shares")
    columns = *(share.c[name] for name in ALIKE), overdue, month, *sums
    query = select(*columns).where(*owned(share, whose), *holding(share, today))
    if in_period:
        query = query.where(expected >= since, expected < until)
    rows = await connection.execute(query.group_by(*(share.c[name] for name in ALIKE), "overdue", "month"))
    found = [_sum(row) for row in rows]
    return sorted(found, key=_in_order)


def _sum(row: Any) -> OpenSum:
    # By position, which takes half as long as by name: a large company has thousands of such groups.
    person, territory, currency, stage, category, chance, overdue, month, amount, count = row
    alike = person, territory, currency, stage, category, chance
    return OpenSum(*alike, bool(overdue), int(month), int(amount), count)


async def open_lines(
    connection: AsyncConnection,
    snapshot: Snapshot,
    whose: Owners = EVERYONE,
    *,
    today: date,
    since: date,
    until: date,
    limit: int | None = None,
    offset: int = 0,
) -> list[OpenLine]:
    """The open deals as they are held on `today` that are expected from `since` to before `until`, soonest first, then by deal."""
    parts = _parts(snapshot, whose, today, since, until)
    page = select(parts).order_by(*_soonest(parts)).limit(limit).offset(offset).subquery("page")
    version, account = snapshot.source(crm.DealVersion), snapshot.source(crm.AccountVersion)
    joined = page.outerjoin(version, version.c.id == page.c.deal_id).outerjoin(
        account, account.c.id == version.c.account_id
    )
    same = ("share", "amount", "currency", "expected_close_on", "stage", "forecast_category", "probability", "before")
    columns = (
        page.c.key.label("deal"),
        page.c.deal_id.label("id"),
        version.c.name.label("name"),
        account.c.name.label("account"),
        page.c.person_id.label("person"),
        page.c.territory_id.label("territory"),
        *(page.c[name] for name in same),
    )
    query = select(*columns).select_from(joined).order_by(*_soonest(page))
    # PostgreSQL sums integers as numeric.
    return [OpenLine(**{**row._mapping, "before": int(row.before)}) for row in await connection.execute(query)]


def _parts(snapshot: Snapshot, whose: Owners, today: date, since: date, until: date) -> FromClause:
    """The shares, each with what those before it in its group add up to."""
    share, deal = snapshot.source(ledger.OpenShare), snapshot.source(crm.Deal)
    expected = share.c.expected_close_on
    holds = *owned(share, whose), *holding(share, today), expected >= since, expected < until
    shares = share.join(deal, deal.c.id == share.c.deal_id)
    alike = *(share.c[name] for name in ALIKE), month_number(expected)
    order = expected, deal.c.key, share.c.part
    amount = func.coalesce(share.c.amount, 0)
    before = func.sum(amount).over(partition_by=alike, order_by=order, rows=(None, 0)) - amount
    return select(share, deal.c.key, before.label("before")).select_from(shares).where(*holds).subquery("parts")


def _soonest(parts: FromClause) -> tuple[ColumnElement[Any], ...]:
    return parts.c.expected_close_on, parts.c.key, parts.c.part


def month_number(day: ColumnElement[Any]) -> ColumnElement[int]:
    """The calendar month of a day, as `OpenSum` counts them."""
    return extract("year", day) * 12 + extract("month", day)


def holding(share: FromClause, today: date) -> Iterator[ColumnElement[bool]]:
    """The parts of the day: a deal that changes hands has others on other days."""
    yield share.c.from_on <= today
    yield share.c.to_on > today


def _in_order(row: OpenSum) -> tuple[Any, ...]:
    alike = row.person or 0, row.territory or 0, row.currency, row.stage or "", row.forecast_category or ""
    return *alike, row.probability or -1, row.overdue, row.month
