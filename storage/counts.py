"""What is counted rather than added up: new customers, from the ledger and the deals; meetings, from the activities.

All in millionths of one, because credit for one is shared. An account is a new customer with its first won deal (by day
of close, then by id; returns are none), credited as that deal's revenue is.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, case, exists, extract, false, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.company import WHOLE, PersonId, Span, TerritoryId
from domain.credit import Kind
from storage.ledger import CreditSum, bucket
from storage.scopes import CREDITS, Scope, known, stands, within
from storage.snapshot import Snapshot
from storage.tables import crm


@dataclass(frozen=True, slots=True)
class CountTotal:
    """`amount` in millionths, and the number of lines that it is the sum of."""

    amount: int
    lines: int


@dataclass(frozen=True, slots=True)
class CountLine:
    """One person's part of one thing that counts; `share` in millionths. `deal` and `account` are keys.

    `territory` of a meeting is that of its deal alone: without one it follows from `account_id`.
    """

    person: PersonId | None
    territory: TerritoryId | None
    account_id: int | None
    on_day: date
    share: int
    deal: str | None
    name: str | None
    account: str | None
    account_name: str | None
    minutes: int | None = None


@dataclass(frozen=True, slots=True)
class MeetingSum:
    """How many meetings of a person, with an account, on a day; `territory` is that of their deal."""

    person: PersonId
    account_id: int | None
    territory: TerritoryId | None
    on_day: date
    meetings: int


# New customers


async def new_customers(
    connection: AsyncConnection, snapshot: Snapshot, scope: Scope, cuts: Sequence[date] = (), *, months: int | None
) -> list[CreditSum]:
    """Sums by person, territory and stretch of days between `cuts`; new again after `months` without a win."""
    keys = CREDITS.c.person_id, CREDITS.c.territory_id, bucket(CREDITS.c.on_day, cuts).label("stretch")
    total = func.sum(CREDITS.c.share)
    query = _of_new_customers(snapshot, [scope], months, *keys, total)
    # By its label: PostgreSQL takes two uses of one expression with parameters for two expressions.
    grouped = query.group_by(*keys[:2], "stretch").having(total != 0)
    found = [
        CreditSum(who, where, int(at), Kind.REVENUE, int(count))
        for who, where, at, count in await connection.execute(grouped)
    ]
    return sorted(found, key=lambda row: (row.person or 0, row.territory or 0, row.bucket))


async def new_customer_total(
    connection: AsyncConnection, snapshot: Snapshot, scopes: Sequence[Scope], *, months: int | None
) -> CountTotal:
    """Over the union of the scopes."""
    lines = func.sum(case((CREDITS.c.reverses_id.is_(None), 1), else_=-1))
    query = _of_new_customers(snapshot, scopes, months, func.sum(CREDITS.c.share), lines)
    amount, count = (await connection.execute(query)).one()
    return CountTotal(int(amount or 0), int(count or 0))


async def new_customer_lines(
    connection: AsyncConnection,
    snapshot: Snapshot,
    scopes: Sequence[Scope],
    *,
    months: int | None,
    limit: int | None = None,
    offset: int = 0,
) -> list[CountLine]:
    """The parts that the union of the scopes is made of, newest first. They sum to the total exactly."""
    deal, keys = snapshot.source(crm.DealVersion), snapshot.source(crm.Deal)
    account, account_keys = snapshot.source(crm.AccountVersion), snapshot.source(crm.Account)
    columns = (
        *(CREDITS.c[name] for name in ("person_id", "territory_id")),
        *(deal.c.account_id, CREDITS.c.on_day, CREDITS.c.share),
        *(keys.c.key, deal.c.name, account_keys.c.key, account.c.name),
    )
    joined = (
        CREDITS.join(deal, deal.c.id == CREDITS.c.deal_id)
        .join(keys, keys.c.id == deal.c.id)
        .join(account_keys, account_keys.c.id == deal.c.account_id)
        .outerjoin(account, account.c.id == deal.c.account_id)
    )
    query = select(*columns).select_from(joined).where(*_counts(snapshot, scopes, months, deal), stands(snapshot))
    order = CREDITS.c.on_day.desc(), keys.c.key, CREDITS.c.person_id, CREDITS.c.id
    rows = await connection.execute(query.order_by(*order).limit(limit).offset(offset))
    return [CountLine(*row) for row in rows]


def _of_new_customers(
    snapshot: Snapshot, scopes: Sequence[Scope], months: int | None, *columns: ColumnElement[Any]
) -> Select[Any]:
    deal = snapshot.source(crm.DealVersion)
    joined = CREDITS.join(deal, deal.c.id == CREDITS.c.deal_id)
    return select(*columns).select_from(joined).where(*_counts(snapshot, scopes, months, deal))


def _counts(
    snapshot: Snapshot, scopes: Sequence[Scope], months: int | None, deal: FromClause
) -> tuple[ColumnElement[bool], ...]:
    """The conditions on rows of the ledger with their deals: revenue of an account's first win."""
    earlier = snapshot.source(crm.DealVersion).alias("earlier")
    before = or_(
        earlier.c.closed_on < deal.c.closed_on,
        and_(earlier.c.closed_on == deal.c.closed_on, earlier.c.id < deal.c.id),
    )
    lately = () if months is None else (_within_months(earlier.c.closed_on, deal.c.closed_on, months),)
    known_before = exists().where(earlier.c.account_id == deal.c.account_id, *_is_win(earlier), before, *lately)
    return (
        *known(snapshot),
        CREDITS.c.kind == Kind.REVENUE.value,
        or_(false(), *(and_(*within(CREDITS, scope)) for scope in scopes)),
        deal.c.account_id.is_not(None),
        *_is_win(deal),
        ~known_before,
    )


def _is_win(deal: FromClause) -> tuple[ColumnElement[bool], ...]:
    returned = or_(func.coalesce(deal.c.type, "") == "return", func.coalesce(deal.c.amount, 0) < 0)
    return deal.c.status == "won", ~returned


def _within_months(earlier: ColumnElement[Any], day: ColumnElement[Any], months: int) -> ColumnElement[bool]:
    """Whether `earlier` is no more than so many months before `day`. Databases subtract months each in its own way."""
    apart = _months(day) - _months(earlier)
    return or_(apart < months, and_(apart == months, extract("day", earlier) >= extract("day", day)))


def _months(day: ColumnElement[Any]) -> ColumnElement[int]:
    return extract("year", day) * 12 + extract("month", day)


# Meetings


async def meetings(
    connection: AsyncConnection, snapshot: Snapshot, span: Span, people: Collection[PersonId] | None
) -> list[MeetingSum]:
    """The meetings of these people (None: of anyone) by person, account, deal's territory and day."""
    activity, deal = snapshot.source(crm.ActivityVersion), snapshot.source(crm.DealVersion)
    columns = activity.c.person_id, _account(activity, deal), deal.c.territory_id, activity.c.on_day
    joined = activity.outerjoin(deal, deal.c.id == activity.c.deal_id)
    query = select(*columns, func.count()).select_from(joined).where(*_meetings(activity, [(span, people)]))
    grouped = query.group_by(*columns).order_by(*columns)
    return [MeetingSum(*row) for row in await connection.execute(grouped)]


async def meeting_lines(
    connection: AsyncConnection,
    snapshot: Snapshot,
    days: Sequence[tuple[Span, Collection[PersonId] | None]],
    *,
    limit: int | None = None,
    offset: int = 0,
) -> list[CountLine]:
    """The meetings on any of the days of those people, newest first."""
    activity, keys = snapshot.source(crm.ActivityVersion), snapshot.source(crm.Activity)
    deal, deal_keys = snapshot.source(crm.DealVersion), snapshot.source(crm.Deal)
    account, account_keys = snapshot.source(crm.AccountVersion), snapshot.source(crm.Account)
    with_whom = _account(activity, deal)
    joined = (
        activity.join(keys, keys.c.id == activity.c.id)
        .outerjoin(deal, deal.c.id == activity.c.deal_id)
        .outerjoin(deal_keys, deal_keys.c.id == activity.c.deal_id)
        .outerjoin(account, account.c.id == with_whom)
        .outerjoin(account_keys, account_keys.c.id == with_whom)
    )
    columns = (
        *(activity.c.person_id, deal.c.territory_id, with_whom, activity.c.on_day, literal(WHOLE)),
        *(deal_keys.c.key, deal.c.name, account_keys.c.key, account.c.name, activity.c.minutes),
    )
    query = select(*columns).select_from(joined).where(*_meetings(activity, days))
    rows = await connection.execute(query.order_by(activity.c.on_day.desc(), keys.c.key).limit(limit).offset(offset))
    return [CountLine(*row) for row in rows]


async def meeting_total(
    connection: AsyncConnection, snapshot: Snapshot, days: Sequence[tuple[Span, Collection[PersonId] | None]]
) -> CountTotal:
    activity = snapshot.source(crm.ActivityVersion)
    query = select(func.count()).select_from(activity).where(*_meetings(activity, days))
    count: int = (await connection.execute(query)).scalar_one()
    return CountTotal(count * WHOLE, count)


def _account(activity: FromClause, deal: FromClause) -> ColumnElement[int]:
    """Whom a meeting was with: its account, or that of its deal."""
    return func.coalesce(activity.c.account_id, deal.c.account_id)


def _meetings(
    activity: FromClause, days: Sequence[tuple[Span, Collection[PersonId] | None]]
) -> tuple[ColumnElement[bool], ...]:
    return activity.c.kind == "meeting", or_(false(), *(and_(*_on_days(activity, *one)) for one in days))


def _on_days(activity: FromClause, span: Span, people: Collection[PersonId] | None) -> list[ColumnElement[bool]]:
    whose = [] if people is None else [activity.c.person_id.in_(sorted(people))]
    return [activity.c.on_day >= span.start, activity.c.on_day < span.end, *whose]
