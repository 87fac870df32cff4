"""How deals ended, and how much is known at all."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    FromClause,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    not_,
    or_,
    select,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.credit import Kind
from storage.scopes import CREDITS, Scope, known, stands, within
from storage.snapshot import Snapshot
from storage.tables import crm, ledger, table_of, workspace

RUNS = table_of(workspace.ImportRun)
REVISIONS = table_of(workspace.Revision)


@dataclass(frozen=True, slots=True)
class StageHistory:
    """Deals that entered a stage within some days: how many have closed since, and how many of those were won."""

    stage: str
    entered: int
    closed: int
    won: int


@dataclass(frozen=True, slots=True)
class WinRate:
    """Closed deals of a scope and their value in minor units of the workspace's currency; returns are left out."""

    won_count: int
    won_base: int
    lost_count: int
    lost_base: int


@dataclass(frozen=True, slots=True)
class DealsSummary:
    """Whether there is anything to show, and from when to when."""

    deals: bool
    open: bool
    first_credit_on: date | None
    last_credit_on: date | None


async def stage_history(
    connection: AsyncConnection, snapshot: Snapshot, since: date, until: date
) -> list[StageHistory]:
    """By stage, over the whole company. A deal counts once in a stage; returns are left out.

    Reads every deal's stages: what it gives never changes for a revision, so keep it.
    """
    entry, deal = snapshot.source(crm.StageEntry), snapshot.source(crm.DealVersion)
    entered = (
        select(entry.c.stage, entry.c.deal_id)
        .where(entry.c.entered_on >= since, entry.c.entered_on < until)
        .distinct()
        .subquery("entered")
    )
    closed = func.sum(case((deal.c.status != "open", 1), else_=0))
    won = func.sum(case((deal.c.status == "won", 1), else_=0))
    joined = entered.join(deal, deal.c.id == entered.c.deal_id)
    query = select(entered.c.stage, func.count(), closed, won).select_from(joined).where(not_(_is_return(deal)))
    rows = await connection.execute(query.group_by(entered.c.stage).order_by(entered.c.stage))
    return [StageHistory(stage, int(all_), int(ended), int(wins)) for stage, all_, ended, wins in rows]


async def win_rate(connection: AsyncConnection, snapshot: Snapshot, scope: Scope) -> WinRate:
    """Deals that closed within the scope and whose credit is, or would have been, the scope's."""
    deal = snapshot.source(crm.DealVersion)
    parts = (
        select(CREDITS.c.deal_id, CREDITS.c.kind, func.sum(CREDITS.c.base).label("base"))
        .where(
            *known(snapshot),
            CREDITS.c.kind.in_([Kind.REVENUE.value, Kind.LOST.value]),
            *within(CREDITS, scope),
        )
        .group_by(CREDITS.c.deal_id, CREDITS.c.kind)
        # What was reversed has no share left; a part of the deal that stands has one, even if its amount is 0.
        .having(func.sum(CREDITS.c.share) > 0)
        .subquery("parts")
    )
    joined = parts.join(deal, deal.c.id == parts.c.deal_id)
    query = select(parts.c.kind, func.count(), func.sum(parts.c.base)).select_from(joined).where(not_(_is_return(deal)))
    found = {
        kind: (int(count), int(base)) for kind, count, base in await connection.execute(query.group_by(parts.c.kind))
    }
    return WinRate(*found.get(Kind.REVENUE, (0, 0)), *found.get(Kind.LOST, (0, 0)))


async def deals_summary(connection: AsyncConnection, snapshot: Snapshot) -> DealsSummary:
    """For empty states: are there deals, and which days does the credit cover."""
    deal, share = snapshot.source(crm.DealVersion), snapshot.source(ledger.OpenShare)
    first, last = CREDITS.c.on_day, CREDITS.c.on_day.desc()
    return DealsSummary(
        deals=bool((await connection.execute(select(exists().select_from(deal)))).scalar()),
        open=bool((await connection.execute(select(exists().select_from(share)))).scalar()),
        first_credit_on=await _credit_day(connection, snapshot, first),
        last_credit_on=await _credit_day(connection, snapshot, last),
    )


def _freshness() -> Select[Any]:
    workspace: BindParameter[int] = bindparam("workspace")
    revision: BindParameter[int] = bindparam("revision")
    next_at = (
        select(func.min(REVISIONS.c.at))
        .where(REVISIONS.c.workspace_id == workspace, REVISIONS.c.id > revision)
        .scalar_subquery()
    )
    unchanged = and_(RUNS.c.revision.is_(None), or_(next_at.is_(None), RUNS.c.finished_at < next_at))
    known_then = or_(RUNS.c.revision <= revision, unchanged)
    return select(func.max(RUNS.c.finished_at)).where(RUNS.c.workspace_id == workspace, known_then)


# Every card asks this: building it each time costs more than asking it.
_FRESHNESS = _freshness()


async def freshness(connection: AsyncConnection, snapshot: Snapshot) -> datetime | None:
    """When the last import that the snapshot knows of ended; None before the first.

    An import that changed nothing made no revision: it counts until the next revision.
    """
    values = {"workspace": snapshot.workspace_id, "revision": snapshot.revision}
    found: datetime | None = (await connection.execute(_FRESHNESS, values)).scalar_one()
    return found


async def _credit_day(connection: AsyncConnection, snapshot: Snapshot, order: ColumnElement[date]) -> date | None:
    # The kind is hidden from SQLite's planner: it would look for it under each day and sort them all (measured at
    # 1,000,000 deals: 4 s, against 8 ms for going through the days in order up to the first that counts).
    revenue = CREDITS.c.kind.concat("") == Kind.REVENUE.value
    query = select(CREDITS.c.on_day).where(*known(snapshot), revenue, stands(snapshot))
    found: date | None = (await connection.execute(query.order_by(order).limit(1))).scalar()
    return found


def _is_return(deal: FromClause) -> ColumnElement[bool]:
    return or_(func.coalesce(deal.c.type, "") == "return", func.coalesce(deal.c.amount, 0) < 0)
