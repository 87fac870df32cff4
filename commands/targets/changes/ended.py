"""What was won and lost since a digest, and which open deals want attention."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from commands.kit.names import Subject
from commands.targets.changes.bridging import Bridges, Side
from commands.targets.changes.deals import DealFacts, known_as
from commands.targets.changes.reach import reach_of
from commands.targets.service import Sight
from domain.bridges import Part
from domain.company import Span
from domain.credit import Kind
from domain.periods import Period
from domain.recommend import Want, Wanting
from domain.shapley import Closed as DealsClosed
from domain.shapley import Factors, factors
from storage import ledger
from storage.attention import WaitingDeal, closed_since, last_activities, waiting
from storage.bridges import deal_rows
from storage.scopes import Scope
from storage.store import Repositories

QUIET = timedelta(days=10)
"""A deal in a late stage in which nothing has happened for so long wants a next step."""


@dataclass(frozen=True, slots=True)
class Closed:
    """Deals that were won and lost, largest first, each with what the subject has of it."""

    won: tuple[DealFacts, ...] = ()
    lost: tuple[DealFacts, ...] = ()


async def closed(
    then: Repositories, before: Side, after: Side, subject: Subject, period: Period, sight: Sight
) -> Closed:
    """What became known since as won or lost on a day of the period; of the last one too, if the digest was in that.

    Of people it is what those have who are there today.
    """
    now = after.repo
    reaches = [after.reach]
    if before.weighing.open.today < period.start:
        reaches.append(reach_of(now, subject, period.previous(), sight))
    present = frozenset(after.weighing.open.whose.people or ())
    scopes = [scope for reach in reaches for scope in reach.of(present).scopes]
    found = await closed_since(*now.at, scopes, since=then.revision)
    known = [one.deal for one in found]
    was, rows = await deal_rows(*then.at, known, named=False), await deal_rows(*now.at, known)
    sides: dict[Kind, list[DealFacts]] = {Kind.REVENUE: [], Kind.LOST: []}
    for one in found:
        row, earlier = rows[one.deal], was.get(one.deal)
        # A return takes back. What was closed before, and only moved since, is not closed again.
        if one.base >= 0 and (earlier is None or earlier.status != row.status):
            sides[one.kind].append(known_as(row, one.base, one.owner))
    return Closed(*(tuple(sorted(side, key=lambda one: (-(one.amount or 0), one.key))) for side in sides.values()))


async def told_apart(after: Side, *, since: date, today: date) -> Factors | None:
    """What moved the amount won since, against as many days before: volume, win rate or deal size; None below 30 deals.

    Of people it is of those who are there today.
    """
    days = today - since
    if not days:
        return None
    was, now = [await _rate(after, Span(start, start + days)) for start in (since - days, since)]
    return factors(was, now)


async def _rate(after: Side, days: Span) -> DealsClosed:
    whose = after.weighing.open.whose
    found = await ledger.win_rate(*after.repo.at, Scope(days, whose.people, whose.unassigned, whose.territories))
    return DealsClosed(found.won_count, found.lost_count, found.won_base)


@dataclass(frozen=True, slots=True)
class Attention:
    """Open deals that want attention, and how people know them."""

    wanting: tuple[Wanting, ...]
    deals: Mapping[int, DealFacts]


async def attention(after: Side, period: Period, moved: Bridges | None, *, since: date, today: date) -> Attention:
    """Deals in a late stage that are quiet, those whose close date has passed, and those that slipped since."""
    now, weighing = after.repo, after.weighing
    late = late_stages(now.company.stage_order)
    found = await waiting(*now.at, weighing.open.whose, today=today, until=period.end, stages=late)
    active = await last_activities(*now.at, [one.deal for one in found if one.expected >= today])
    wanting = [want for one in found if (want := _want(one, active, after, today))]
    rows = await deal_rows(*now.at, [want.deal for want in wanting])
    owners = {one.deal: one.owner for one in found}
    deals = {want.deal: known_as(rows[want.deal], want.amount, owners[want.deal]) for want in wanting}
    seen = {want.deal for want in wanting}
    slipped = [one for one in _slipped(moved, days=(today - since).days) if one.deal not in seen]
    return Attention((*wanting, *slipped), deals)


def late_stages(order: Mapping[str, int]) -> Collection[str]:
    """The second half of the pipeline, by position."""
    last = max(order.values(), default=0)
    return {stage for stage, position in order.items() if 2 * position > last}


def _want(one: WaitingDeal, active: Mapping[int, date], after: Side, today: date) -> Wanting | None:
    amount = after.weighing.base(one.amount, one.currency) or 0
    if one.expected < today:
        return Wanting(one.deal, Want.OVERDUE, amount, (today - one.expected).days)
    last = active.get(one.deal)
    if last is None or today - last < QUIET:
        return None
    return Wanting(one.deal, Want.QUIET, amount, (today - last).days)


def _slipped(moved: Bridges | None, *, days: int) -> Sequence[Wanting]:
    if moved is None or moved.forecast is None:
        return ()
    steps = moved.forecast.of(Part.SLIPPED)
    return [Wanting(step.deal, Want.SLIPPED, moved.deals[step.deal].amount or 0, days) for step in steps]
