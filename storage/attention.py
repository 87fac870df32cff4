"""Deals that closed since a revision, and open deals that may want attention."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.company import PersonId
from domain.credit import Kind
from storage.bridges import chunks
from storage.pipeline import holding
from storage.scopes import CREDITS, Owners, Scope, owned, within
from storage.snapshot import AtRevision
from storage.tables import crm, ledger

ENDED = (Kind.REVENUE.value, Kind.LOST.value)


@dataclass(frozen=True, slots=True)
class ClosedDeal:
    """What a scope has of a deal that was won or lost, in minor units of the workspace's currency; `owner` has most of it."""

    deal: int
    kind: Kind
    base: int
    owner: PersonId | None


@dataclass(frozen=True, slots=True)
class WaitingDeal:
    """What a scope has of an open deal; `amount` in minor units of `currency`, `owner` is who has most of it."""

    deal: int
    owner: PersonId | None
    amount: int
    currency: str
    stage: str | None
    expected: date


async def closed_since(
    connection: AsyncConnection, snapshot: AtRevision, scopes: Sequence[Scope], *, since: int
) -> list[ClosedDeal]:
    """Deals with parts in the union of the scopes that were written down after revision `since`, and stand.

    That a deal stands otherwise than it did then is no reason to leave it out.
    """
    base, share = func.sum(CREDITS.c.base), func.sum(CREDITS.c.share)
    columns = CREDITS.c.deal_id, CREDITS.c.kind, CREDITS.c.person_id
    query = select(*columns, base, share).where(
        CREDITS.c.workspace_id == snapshot.workspace_id,
        CREDITS.c.rev > since,
        CREDITS.c.rev <= snapshot.revision,
        CREDITS.c.kind.in_(ENDED),
        or_(false(), *(and_(*within(CREDITS, scope)) for scope in scopes)),
    )
    # What was reversed has no share left; a deal without an amount has one.
    rows = await connection.execute(query.group_by(*columns).having(share > 0))
    parts: defaultdict[tuple[int, str], list[tuple[int, PersonId | None, int]]] = defaultdict(list)
    for deal, kind, person, amount, part in rows:
        parts[deal, kind].append((int(part), person, int(amount)))
    return [
        ClosedDeal(deal, Kind(kind), sum(base for _, _, base in some), _largest(some))
        for (deal, kind), some in parts.items()
    ]


def _largest(parts: Sequence[tuple[int, PersonId | None, int]]) -> PersonId | None:
    return min(parts, key=lambda part: (-part[0], part[1] or 0))[1]


async def waiting(
    connection: AsyncConnection,
    snapshot: AtRevision,
    whose: Owners,
    *,
    today: date,
    until: date,
    stages: Collection[str],
) -> list[WaitingDeal]:
    """Open deals whose close date has passed, and those in these stages that are expected before `until`."""
    share = snapshot.source(ledger.OpenShare)
    expected = share.c.expected_close_on
    matters = or_(expected < today, and_(expected < until, share.c.stage.in_(sorted(stages))))
    columns = (share.c.deal_id, share.c.person_id, share.c.share, share.c.amount, share.c.currency, share.c.stage)
    query = select(*columns, expected.label("expected")).where(*owned(share, whose), *holding(share, today), matters)
    amounts: defaultdict[int, int] = defaultdict(int)
    found: dict[int, WaitingDeal] = {}
    ordered = query.order_by(share.c.deal_id, share.c.share.desc(), share.c.part)
    for row in await connection.execute(ordered):
        amounts[row.deal_id] += row.amount or 0
        found.setdefault(row.deal_id, WaitingDeal(row.deal_id, row.person_id, 0, row.currency, row.stage, row.expected))
    return [
        WaitingDeal(deal, one.owner, amounts[deal], one.currency, one.stage, one.expected)
        for deal, one in found.items()
    ]


async def last_activities(
    connection: AsyncConnection, snapshot: AtRevision, deals: Collection[int]
) -> Mapping[int, date]:
    """The day of each deal's last activity, which may be ahead; deals without any are left out."""
    activity = snapshot.source(crm.ActivityVersion)
    found: dict[int, date] = {}
    for some in chunks(deals):
        query = select(activity.c.deal_id, func.max(activity.c.on_day)).where(activity.c.deal_id.in_(some))
        found.update((deal, day) for deal, day in await connection.execute(query.group_by(activity.c.deal_id)))
    return found
