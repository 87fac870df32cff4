"""What each open deal adds to the change of a forecast: rounded as cards round, exact in the sum."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from commands.targets.changes.weighing import Weighing
from domain.bridges import Part, reweighed
from domain.company import PersonId
from domain.open_changes import Change, Line, reweigh, spread
from storage.bridges import Differing, Group, open_differences


class Alone(NamedTuple):
    """Why a deal that did not change is worth something else, who has a part of it and how much, and its amount there."""

    part: Part
    people: tuple[tuple[PersonId | None, int], ...]
    amount: int


@dataclass(frozen=True, slots=True)
class OpenChange:
    """What open deals were worth together, and what each adds to the change.

    `alone` are those that did not change at all, but what they are worth did.
    """

    before: int
    by_deal: Mapping[int, int]
    alone: Mapping[int, Alone]


async def open_change(was: Weighing, now: Weighing) -> OpenChange:
    before = await was.sums()
    other = {group for group in before if was.factors(group) != now.factors(group)}
    lines = await _differences(was, now, other)
    changes: defaultdict[int, int] = defaultdict(int)
    alone: dict[int, Alone] = {}
    for group, some in lines.items():
        found = _changes(group, some, before.get(group, 0), was, now, again=group in other)
        for deal, change in found:
            changes[deal] += change
        for line in some if group in other else ():
            known = alone.get(line.deal) or Alone(_cause(group, was, now), (), 0)
            mine = (group.person, line.after)
            alone[line.deal] = known._replace(people=(*known.people, mine), amount=known.amount + line.after)
    touched = {line.deal for some in lines.values() for line in some if not line.stayed}
    return OpenChange(
        before=sum(was.of(group)(amount) for group, amount in before.items()),
        by_deal={deal: change for deal, change in changes.items() if change},
        alone={deal: why for deal, why in alone.items() if deal not in touched},
    )


async def _differences(was: Weighing, now: Weighing, other: Iterable[Group]) -> Mapping[Group, Sequence[Differing]]:
    """The parts that differ, and all of groups that are worth something else."""
    again = set(other)
    currencies = {group.currency for group in again if was.rate(group.currency) != now.rate(group.currency)}
    stages = {group.stage for group in again if group.currency not in currencies}
    rows = await open_differences(now.repo.connection, was.open, now.open, currencies=currencies, stages=stages)
    found: defaultdict[Group, list[Differing]] = defaultdict(list)
    for row in rows:
        if row.group in again or not row.stayed:
            found[row.group].append(row)
    return found


def _changes(
    group: Group, rows: Sequence[Differing], before: int, was: Weighing, now: Weighing, *, again: bool
) -> list[Change]:
    sums: defaultdict[int, list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        sums[row.deal][0] += row.before
        sums[row.deal][1] += row.after
    lines = [Line(deal, *amounts) for deal, amounts in sums.items()]
    if again:
        return reweigh(lines, was.of(group), now.of(group))
    # Only one of the states may know a rate for a currency that has no group in the other.
    worth = now if before == 0 else was
    return spread(before, lines, worth.of(group))


def _cause(group: Group, was: Weighing, now: Weighing) -> Part:
    (rate, chance), (rate_now, chance_now) = was.factors(group), now.factors(group)
    return reweighed(chance=(chance, chance_now), rate=(rate or 0, rate_now or 0))
