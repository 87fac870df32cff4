"""Who is told that an import moved their number, of what it moved by, and the deals that did it.

A person's number is what they are credited with themselves in this quarter, overlay included, whoever reports to them:
a message on a lock screen has nobody else's figure in it.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from commands.kit.names import Kind, Subject
from commands.kit.turf import local_date
from commands.targets import service
from commands.targets.service import TargetsCard
from domain.company import Person, PersonId
from domain.movement import DealState, Move, Movement, Stake, cause_of, largest
from domain.periods import Period, PeriodKind, containing
from domain.targets import total
from storage import ledger, movement, outbox, telling
from storage.audit import Occasion
from storage.faults import reach
from storage.ledger import Scope
from storage.revisions import revision_moment
from storage.store import Repositories, Store
from storage.telling import Behind
from storage.writing import Writing, write

MOVED_KIND = "targets/moved"
DEALS = 8
"""So many deals are named; the others are summed up."""


# Who wants it


def require_own(repo: Repositories, by: Person, today: date) -> None:
    """Raises NotAllowed for who has no figures of their own to see."""
    service.allow(repo, Subject(Kind.PERSON, by.id, by.name), by=by, today=today)


async def begin(repo: Writing, *, by: Person, today: date) -> bool:
    """Tell `by` of what later imports move; False if they are told already. Raises NotAllowed."""
    require_own(repo, by, today)
    begun = await telling.begin_telling(repo.connection, repo.workspace_id, by.id, repo.revision)
    if begun:
        await repo.audit("targets.moved.on", "person", by.id)
    return begun


async def stop(repo: Writing, *, by: Person) -> bool:
    """Tell `by` no more; False if they are not told anyway."""
    stopped = await telling.stop_telling(repo.connection, repo.workspace_id, by.id)
    if stopped:
        await repo.audit("targets.moved.off", "person", by.id)
    return stopped


async def offered(repo: Repositories, card: TargetsCard, by: PersonId) -> bool | None:
    """Whether who looks at their own card is told; None where it is not offered: the card is about others too."""
    if card.subject.kind is not Kind.PERSON or card.subject.id != by or not card.metric.is_money:
        return None
    is_told = await telling.is_told(repo.connection, repo.workspace_id, by)
    return is_told if is_told or card.score.is_leaf else None


# When they are told


async def look(store: Store, now: datetime) -> int:
    """Write a message to everybody whose number an import has moved since they were told; how many those are.

    Who has a message on its way waits for it, so that one message covers all imports that came meanwhile. Raises Busy
    while someone else writes: the next look does it.
    """
    async with store.database.read() as connection:
        waiting = await telling.behind(connection)
    count = 0
    for workspace, some in groupby(waiting, lambda one: one.workspace_id):
        count += await _tell(store, workspace, list(some), now)
    return count


async def _tell(store: Store, workspace: int, waiting: Sequence[Behind], now: datetime) -> int:
    async with store.read(workspace, revision=waiting[0].newest) as repo:
        held_up = await outbox.open_to(repo.connection, workspace, MOVED_KIND)
        due = [one for one in waiting if one.person not in held_up]
        period = containing(local_date(now, repo.settings.timezone), PeriodKind.QUARTER, repo.settings.fiscal_start)
        moved = await _moved(repo, due, period)
    if not due:
        return 0
    count = 0
    async with write(store, workspace, Occasion(None, "worker", now)) as writing:
        for one in due:
            # What is known at a revision stays, so only whether they still are to be told is asked again.
            if await telling.told(writing.connection, one) and one.person in moved:
                what = {"before": one.told_to, "after": one.newest, "period": period.label}
                await writing.outbox.direct(one.person, MOVED_KIND, what)
                count += 1
        reach("telling")
    reach("told")
    return count


async def _moved(repo: Repositories, due: Sequence[Behind], period: Period) -> set[PersonId]:
    """Whose number is another one now."""
    since: defaultdict[int, set[PersonId]] = defaultdict(set)
    for one in due:
        since[one.told_to].add(one.person)
    found: set[PersonId] = set()
    for revision, people in since.items():
        before = repo.snapshot.at(revision)
        found |= set(await movement.changes(repo.connection, before, repo.snapshot, people, period.span))
    return found


# What they are told


@dataclass(frozen=True, slots=True)
class Told:
    """All that the message says. Targets are effective ones, None without any; `since` is when `before` was known."""

    period: Period
    movement: Movement
    target_before: int | None
    target_after: int | None
    since: datetime
    fresh_at: datetime | None
    territory_names: dict[int, str]


async def told_of(then: Repositories, person: PersonId, period: Period, since: int) -> Told:
    """What moved a person's number from revision `since` to that of `then`."""
    earlier = await then.earlier(since)
    return Told(
        period=period,
        movement=await _movement(earlier, then, person, period),
        target_before=_target(earlier, person, period),
        target_after=_target(then, person, period),
        since=await revision_moment(then.connection, then.workspace_id, since),
        fresh_at=await ledger.freshness(*then.at),
        territory_names={one.id: one.name for one in then.company.territories.values()},
    )


async def _movement(earlier: Repositories, then: Repositories, person: PersonId, period: Period) -> Movement:
    sides = earlier.snapshot, then.snapshot
    changes = await movement.changes_by_deal(then.connection, *sides, person, period.span)
    shown, others, rest = largest(changes, DEALS)
    return Movement(
        before=await _credited(earlier, person, period),
        after=await _credited(then, person, period),
        moves=tuple(await _moves(earlier, then, person, period, shown)),
        others=others,
        rest=rest,
    )


async def _credited(repo: Repositories, person: PersonId, period: Period) -> int:
    totals = await ledger.credit_total(*repo.at, [Scope(period.span, people={person})])
    return sum(one.base for one in totals)


async def _moves(
    earlier: Repositories, then: Repositories, person: PersonId, period: Period, shown: Sequence[tuple[int, int]]
) -> Iterator[Move]:
    deals = [deal for deal, _ in shown]
    keys = await movement.deal_keys(then.connection, then.workspace_id, deals)
    before, after = [await _side(repo, person, period, deals) for repo in (earlier, then)]
    return (_move(keys[deal], change, before.of(deal), after.of(deal)) for deal, change in shown)


@dataclass(frozen=True, slots=True)
class _Side:
    """What is known of some deals at one of the two revisions."""

    stakes: dict[int, Stake]
    states: dict[int, DealState]

    def of(self, deal: int) -> tuple[Stake | None, DealState | None]:
        return self.stakes.get(deal), self.states.get(deal)


async def _side(repo: Repositories, person: PersonId, period: Period, deals: Sequence[int]) -> _Side:
    return _Side(
        await movement.stakes(*repo.at, person, deals, period.span), await movement.deal_states(*repo.at, deals)
    )


def _move(
    key: str, change: int, before: tuple[Stake | None, DealState | None], after: tuple[Stake | None, DealState | None]
) -> Move:
    # What became of a deal's name once it was another's is not theirs to read.
    stake, state = after if after[0] else before
    cause = cause_of(change, before[0], after[0], before[1], after[1])
    territory = stake.territory if stake else None
    return Move(key, state.name if state else None, state.account if state else None, change, cause, territory)


def _target(repo: Repositories, person: PersonId, period: Period) -> int | None:
    if person not in repo.company.people:
        return None
    parts = repo.model.targets.person_parts(person, period)
    return total(parts).effective if parts else None
