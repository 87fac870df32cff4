"""What cards, reports and Why? read: sums and lines of credit, as known at a revision.

Rows of the ledger never change, so what was known at a revision are the rows that came with it or before.
A row and the row that reverses it have the same person, territory, kind and day: sums may take both, lines take neither.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Row,
    ScalarSelect,
    Select,
    and_,
    case,
    extract,
    false,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.company import PersonId, TerritoryId
from domain.credit import Because, Kind
from storage.outcomes import (
    DealsSummary,
    StageHistory,
    WinRate,
    deals_summary,
    freshness,
    stage_history,
    win_rate,
)
from storage.pipeline import OpenLine, OpenSum, open_lines, open_sums
from storage.scopes import CREDITS, EVERYONE, Scope, Whose, known, stands, within
from storage.snapshot import Snapshot
from storage.tables import crm, table_of

__all__ = [
    "EVERYONE",
    "CreditLine",
    "CreditSum",
    "CreditTotal",
    "DealsSummary",
    "MonthSum",
    "OpenLine",
    "OpenSum",
    "Scope",
    "StageHistory",
    "Whose",
    "WinRate",
    "bucket",
    "credit_lines",
    "credit_total",
    "credited",
    "credited_by_month",
    "deals_summary",
    "freshness",
    "open_lines",
    "open_sums",
    "stage_history",
    "win_rate",
]

COUNTED = (Kind.REVENUE, Kind.OVERLAY)


@dataclass(frozen=True, slots=True)
class CreditSum:
    """The credit of one person in one territory. `bucket` is the number of cuts at or before its days."""

    person: PersonId | None
    territory: TerritoryId | None
    bucket: int
    kind: Kind
    base: int


@dataclass(frozen=True, slots=True)
class MonthSum:
    """The credit of a calendar month; `month` is its first day."""

    month: date
    kind: Kind
    base: int


@dataclass(frozen=True, slots=True)
class CreditTotal:
    kind: Kind
    base: int
    lines: int


@dataclass(frozen=True, slots=True)
class CreditLine:
    """One person's part of one deal, as Why? shows it. `amount` is in `currency`, `base` in the workspace's."""

    deal: str
    name: str | None
    account: str | None
    type: str | None
    kind: Kind
    person: PersonId | None
    territory: TerritoryId | None
    on_day: date
    share: int
    amount: int
    currency: str
    base: int
    rate_e12: int
    rate_period: str | None
    because: Because
    rev: int
    corrections: int
    """How many revisions had corrected this deal's credit before."""
    owner_at_close: PersonId | None


async def credited(
    connection: AsyncConnection, snapshot: Snapshot, scope: Scope, cuts: Sequence[date] = ()
) -> list[CreditSum]:
    """Sums of base by person, territory, kind and stretch of days between `cuts` (ascending)."""
    columns = (
        CREDITS.c.person_id,
        CREDITS.c.territory_id,
        bucket(CREDITS.c.on_day, cuts).label("bucket"),
        CREDITS.c.kind,
    )
    total = func.sum(CREDITS.c.base)
    grouped = ("person_id", "territory_id", "bucket", "kind")
    query = select(*columns, total).where(*known(snapshot), *within(CREDITS, scope), _counted(COUNTED))
    rows = (await connection.execute(query.group_by(*grouped).having(total != 0))).all()
    found = [
        CreditSum(person, territory, int(bucket), Kind(kind), int(base))
        for person, territory, bucket, kind, base in rows
    ]
    return sorted(found, key=lambda row: (row.person or 0, row.territory or 0, row.kind, row.bucket))


async def credited_by_month(connection: AsyncConnection, snapshot: Snapshot, scope: Scope) -> list[MonthSum]:
    """Sums of base by calendar month and kind, months in order; months without credit are left out."""
    year, month = extract("year", CREDITS.c.on_day).label("year"), extract("month", CREDITS.c.on_day).label("month")
    query = select(year, month, CREDITS.c.kind, func.sum(CREDITS.c.base)).where(
        *known(snapshot), *within(CREDITS, scope), _counted(COUNTED)
    )
    rows = (await connection.execute(query.group_by("year", "month", "kind").order_by("year", "month", "kind"))).all()
    return [MonthSum(date(int(y), int(m), 1), Kind(kind), int(base)) for y, m, kind, base in rows if base]


async def credit_total(
    connection: AsyncConnection, snapshot: Snapshot, scopes: Sequence[Scope], *, kinds: Sequence[Kind] = COUNTED
) -> list[CreditTotal]:
    """Base and number of lines by kind, over the union of the scopes."""
    # Each reversing row takes back one line.
    lines = func.sum(case((CREDITS.c.reverses_id.is_(None), 1), else_=-1))
    query = select(CREDITS.c.kind, func.sum(CREDITS.c.base), lines).where(
        *known(snapshot), _any_of(scopes), _counted(kinds)
    )
    rows = (await connection.execute(query.group_by(CREDITS.c.kind).order_by(CREDITS.c.kind))).all()
    return [CreditTotal(Kind(kind), int(base), int(count)) for kind, base, count in rows if count]


async def credit_lines(
    connection: AsyncConnection,
    snapshot: Snapshot,
    scopes: Sequence[Scope],
    *,
    kinds: Sequence[Kind] = COUNTED,
    limit: int | None = None,
    offset: int = 0,
) -> list[CreditLine]:
    """The lines that the union of the scopes is made of, newest day first, then by deal. They sum to `credited` exactly."""
    page = _page(snapshot, scopes, kinds).limit(limit).offset(offset).subquery("page")
    rows = (await connection.execute(_described(snapshot, page))).all()
    return [_line(row) for row in rows]


def _line(row: Row[Any]) -> CreditLine:
    values = {**row._mapping, "kind": Kind(row.kind), "because": Because(row.because)}
    return CreditLine(**values)


def _page(snapshot: Snapshot, scopes: Sequence[Scope], kinds: Sequence[Kind]) -> Select[Any]:
    """The rows that hold, in order."""
    deal = table_of(crm.Deal)
    same = and_(deal.c.workspace_id == CREDITS.c.workspace_id, deal.c.id == CREDITS.c.deal_id)
    holds = *known(snapshot), _any_of(scopes), _counted(kinds), stands(snapshot)
    order = CREDITS.c.on_day.desc(), deal.c.key, CREDITS.c.kind, CREDITS.c.person_id, CREDITS.c.id
    return select(deal.c.key, CREDITS).select_from(CREDITS.join(deal, same)).where(*holds).order_by(*order)


def _described(snapshot: Snapshot, page: FromClause) -> Select[Any]:
    """A page of rows with the names that deal and account have at the snapshot."""
    deal, account = snapshot.source(crm.DealVersion), snapshot.source(crm.AccountVersion)
    joined = page.outerjoin(deal, deal.c.id == page.c.deal_id).outerjoin(account, account.c.id == deal.c.account_id)
    same = ("kind", "on_day", "share", "amount", "currency", "base", "rate_e12", "rate_period", "because", "rev")
    columns = (
        page.c.key.label("deal"),
        deal.c.name.label("name"),
        account.c.name.label("account"),
        deal.c.type.label("type"),
        page.c.person_id.label("person"),
        page.c.territory_id.label("territory"),
        page.c.owner_id.label("owner_at_close"),
        *(page.c[name] for name in same),
        _corrections(snapshot, page).label("corrections"),
    )
    order = page.c.on_day.desc(), page.c.key, page.c.kind, page.c.person_id, page.c.id
    return select(*columns).select_from(joined).order_by(*order)


def _corrections(snapshot: Snapshot, page: FromClause) -> ScalarSelect[Any]:
    other = CREDITS.alias("earlier")
    return (
        select(func.count(func.distinct(other.c.rev)))
        .where(
            other.c.workspace_id == snapshot.workspace_id,
            other.c.deal_id == page.c.deal_id,
            other.c.rev <= snapshot.revision,
            other.c.reverses_id.is_not(None),
            other.c.kind != Kind.LOST.value,
        )
        .scalar_subquery()
    )


def _counted(kinds: Sequence[Kind]) -> ColumnElement[bool]:
    return CREDITS.c.kind.in_([kind.value for kind in kinds])


def _any_of(scopes: Sequence[Scope]) -> ColumnElement[bool]:
    return or_(false(), *(and_(*within(CREDITS, scope)) for scope in scopes))


def bucket(day: ColumnElement[date], cuts: Sequence[date]) -> ColumnElement[int]:
    """The number of cuts at or before a day."""
    if not cuts:
        return literal(0)
    return case(*((day < cut, number) for number, cut in enumerate(cuts)), else_=len(cuts))
