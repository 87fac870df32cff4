"""What each deal adds to the change of a sum of open deals, where sums are rounded as cards round them.

A card converts and weighs open deals group by group (`storage.pipeline.OpenSum`), so single deals have no rounded part
of their own. Here the cents of a group follow the deals in it that changed: one that changed alone is the whole change.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

Weigh = Callable[[int], int]
"""What a sum in the currency of a group is worth, rounded: minor units to minor units of the workspace's currency."""


class Line(NamedTuple):
    """What is open of one deal in one group, before and after, in minor units of the group's currency."""

    deal: int
    before: int
    after: int


class Change(NamedTuple):
    deal: int
    change: int


def spread(before: int, lines: Iterable[Line], weigh: Weigh) -> list[Change]:
    """A group whose amounts are worth what they were: from the sum `before`, the lines that differ one after the other."""
    found, at = [], before
    for line in sorted(lines):
        to = at + line.after - line.before
        found.append(Change(line.deal, weigh(to) - weigh(at)))
        at = to
    return found


def reweigh(lines: Sequence[Line], was: Weigh, now: Weigh) -> list[Change]:
    """A group whose amounts are worth something else: all its lines, as parts of both sums."""
    found, before, after = [], 0, 0
    for line in sorted(lines):
        gone = was(before + line.before) - was(before)
        come = now(after + line.after) - now(after)
        found.append(Change(line.deal, come - gone))
        before, after = before + line.before, after + line.after
    return found
