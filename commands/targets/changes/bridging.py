"""Both bridges of a subject's card between two states: from what was shown to what is shown, deal by deal."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date

from commands.kit.names import Subject
from commands.targets.changes.deals import DealFacts, facts, known_as, state_of, whose
from commands.targets.changes.open import Alone, open_change
from commands.targets.changes.reach import Reach, reach_of
from commands.targets.changes.weighing import Weighing, weighing
from commands.targets.service import Sight
from domain.bridges import Bridge, Part, Step, part_of
from domain.periods import Period
from storage import ledger
from storage.bridges import credit_by_deal, deal_rows
from storage.store import Repositories


@dataclass(frozen=True, slots=True)
class Bridges:
    """`credited` is the card's figure with overlay where the card counts it; `forecast` is by the open deals' chances,
    None if the period had ended already. `deals` are those of the steps, by number."""

    credited: Bridge
    forecast: Bridge | None
    deals: Mapping[int, DealFacts]


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two states: what counts as credited, and what open deals are worth."""

    reach: Reach
    weighing: Weighing

    @property
    def repo(self) -> Repositories:
        return self.weighing.repo


async def bridges(
    then: Repositories,
    now: Repositories,
    subject: Subject,
    period: Period,
    *,
    was: date,
    today: date,
    sight: Sight = Sight.ALL,
) -> Bridges:
    """What moved the subject's figures of a period from `then`, on the day `was`, to `now`, on the day `today`."""
    before = await side_of(then, subject, period, sight, was)
    after = await side_of(now, subject, period, sight, today)
    credit = await _credit(before, after)
    opened = await open_change(before.weighing, after.weighing)
    both = {deal: credit.get(deal, 0) + opened.by_deal.get(deal, 0) for deal in credit.keys() | opened.by_deal.keys()}
    moved = {deal for deal, change in both.items() if change or deal in credit}
    alone = {deal: why for deal, why in opened.alone.items() if deal in moved and deal not in credit}
    parts, deals = await _told(before, after, moved, alone)
    credited = await _credited(before)
    return Bridges(
        credited=_bridge(credited, credit, parts),
        forecast=_bridge(credited + opened.before, both, parts) if was < period.end else None,
        deals=deals,
    )


async def side_of(repo: Repositories, subject: Subject, period: Period, sight: Sight, today: date) -> Side:
    return Side(reach_of(repo, subject, period, sight), await weighing(repo, subject, period, sight, today))


def _bridge(before: int, changes: Mapping[int, int], parts: Mapping[int, Part]) -> Bridge:
    steps = tuple(Step(deal, parts[deal], change) for deal, change in sorted(changes.items()) if change)
    return Bridge(before, before + sum(step.change for step in steps), steps)


async def _credited(side: Side) -> int:
    total = await ledger.credit_total(*side.repo.at, side.reach.scopes, kinds=sorted(side.reach.kinds))
    return sum(one.base for one in total)


async def _credit(before: Side, after: Side) -> dict[int, int]:
    """By how much each deal's credit is another: by rows that came between, and by what counts now and did not, or did."""
    then, now = before.repo.snapshot, after.repo.snapshot
    connection = after.repo.connection
    since = then.revision
    found = await credit_by_deal(connection, now, after.reach.scopes, after.reach.kinds, since=since)
    for one, other, sign in ((after, before, 1), (before, after, -1)):
        for scopes, kinds in one.reach.beyond(other.reach):
            for deal, base in (await credit_by_deal(connection, then, scopes, kinds)).items():
                found[deal] = found.get(deal, 0) + sign * base
    return {deal: base for deal, base in found.items() if base}


async def _told(
    before: Side, after: Side, moved: AbstractSet[int], alone: Mapping[int, Alone]
) -> tuple[dict[int, Part], dict[int, DealFacts]]:
    """The cause of each deal, and how people know it. Of deals that are only worth something else no more is read."""
    changed = moved - alone.keys()
    was = await state_of(before.reach, before.weighing, changed, named=False)
    now = await state_of(after.reach, after.weighing, changed)
    parts = {deal: part_of(was.of(deal), now.of(deal)) for deal in changed}
    # What a deal is called is asked of a state in which it is gone only where it has to be.
    gone = await deal_rows(*before.repo.at, changed - now.rows.keys())
    deals = {deal: facts(was, now, deal, gone) for deal in changed}
    rows = await deal_rows(*after.repo.at, alone.keys())
    for deal, (part, people, amount) in alone.items():
        parts[deal] = part
        worth = after.weighing.base(amount, rows[deal].currency)
        deals[deal] = known_as(rows[deal], worth, whose(people, after.weighing))
    return parts, deals
