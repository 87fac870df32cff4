"""What moved between two revisions of the ledger. Its rows never change, so what moved are the rows that came between."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.company import PersonId, Span
from domain.credit import Because, Kind
from domain.movement import DealState, Stake
from storage.scopes import CREDITS, Scope, known, stands, within
from storage.snapshot import AtRevision
from storage.tables import crm, table_of

COUNTED = (Kind.REVENUE.value, Kind.OVERLAY.value)
HELD = (Because.TERRITORY.value, Because.OVERLAY_ASSIGNMENT.value)
"""Whose credit goes with a territory."""


async def changes(
    connection: AsyncConnection, before: AtRevision, after: AtRevision, people: Collection[PersonId], span: Span
) -> dict[PersonId, int]:
    """By how much the credit of people on these days, overlay included, is another one after; who has the same is left out."""
    total = func.sum(CREDITS.c.base)
    query = select(CREDITS.c.person_id, total).where(*_between(before, after, people, span))
    rows = await connection.execute(query.group_by(CREDITS.c.person_id).having(total != 0))
    return {person: int(change) for person, change in rows}


async def changes_by_deal(
    connection: AsyncConnection, before: AtRevision, after: AtRevision, person: PersonId, span: Span
) -> list[tuple[int, int]]:
    """The same for one person, deal by deal: the deal's number, and what it adds. They sum to the whole change."""
    total = func.sum(CREDITS.c.base)
    query = select(CREDITS.c.deal_id, total).where(*_between(before, after, {person}, span))
    rows = await connection.execute(query.group_by(CREDITS.c.deal_id).having(total != 0))
    return [(deal, int(change)) for deal, change in rows]


def _between(
    before: AtRevision, after: AtRevision, people: Collection[PersonId], span: Span
) -> Sequence[ColumnElement[bool]]:
    came = CREDITS.c.rev > before.revision
    return [*known(after), came, *within(CREDITS, Scope(span, people=people)), CREDITS.c.kind.in_(COUNTED)]


async def stakes(
    connection: AsyncConnection, snapshot: AtRevision, person: PersonId, deals: Collection[int], span: Span
) -> dict[int, Stake]:
    """What a person has of some deals, on any day; `inside` is what of it counts on the days of `span`."""
    columns = ("deal_id", "share", "amount", "currency", "base", "on_day", "because", "territory_id")
    query = select(*(CREDITS.c[name] for name in columns)).where(
        *known(snapshot),
        CREDITS.c.person_id == person,
        CREDITS.c.deal_id.in_(sorted(deals)),
        CREDITS.c.kind.in_(COUNTED),
        stands(snapshot),
    )
    lines: defaultdict[int, list[Any]] = defaultdict(list)
    for row in await connection.execute(query.order_by(CREDITS.c.id)):
        lines[row.deal_id].append(row)
    return {deal: _stake(rows, span) for deal, rows in lines.items()}


def _stake(rows: Sequence[Any], span: Span) -> Stake:
    return Stake(
        share=sum(row.share for row in rows),
        amount=sum(row.amount for row in rows),
        currency=rows[0].currency,
        inside=sum(row.base for row in rows if row.on_day in span),
        territory=next((row.territory_id for row in rows if row.because in HELD), None),
    )


async def deal_states(
    connection: AsyncConnection, snapshot: AtRevision, deals: Collection[int]
) -> dict[int, DealState]:
    """Deals as they were known; those that were not there (any more) are left out."""
    deal, account = snapshot.source(crm.DealVersion), snapshot.source(crm.AccountVersion)
    joined = deal.outerjoin(account, account.c.id == deal.c.account_id)
    columns = deal.c.id, deal.c.name, account.c.name.label("account"), deal.c.status
    query = select(*columns).select_from(joined).where(deal.c.id.in_(sorted(deals)))
    return {row.id: DealState(row.name, row.account, row.status) for row in await connection.execute(query)}


async def deal_keys(connection: AsyncConnection, workspace_id: int, deals: Collection[int]) -> dict[int, str]:
    """The keys by which the CRM knows deals."""
    deal = table_of(crm.Deal)
    here = and_(deal.c.workspace_id == workspace_id, deal.c.id.in_(sorted(deals)))
    return {row.id: row.key for row in await connection.execute(select(deal.c.id, deal.c.key).where(here))}
