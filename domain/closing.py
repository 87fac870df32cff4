"""What gets someone there: the fewest open deals that close what is missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate, combinations
from math import comb

EXACT = 10_000
"""So many selections are compared one by one; where there are more, deals are exchanged as long as that makes it better."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An open deal: its amount in minor units of the workspace's currency, its chance in millionths."""

    key: str
    amount: int
    chance: int
    closes_on: date


def fewest(deals: Sequence[Candidate], gap: int) -> tuple[Candidate, ...]:
    """The smallest selection that adds up to the gap, largest amount first; all of them if even that is not enough.

    Of selections of that size the one with the highest sum of chances, then the one whose days of close are soonest
    (the latest compared first), then by key. Its size is always the smallest there is, because the largest amounts
    decide it. Which of that size is exact up to `EXACT` selections; beyond, it starts from the largest amounts, and no
    exchange of one deal for another would improve it. What adds nothing is left out; a gap that is closed needs none.
    """
    useful = sorted((deal for deal in deals if deal.amount > 0), key=_largest)
    sums = list(accumulate(deal.amount for deal in useful))
    size = next((number for number, total in enumerate([0, *sums]) if total >= gap), len(useful))
    if size in (0, len(useful)):
        return tuple(useful[:size])
    if comb(len(useful), size) <= EXACT:
        enough = (some for some in combinations(useful, size) if sum(deal.amount for deal in some) >= gap)
        return min(enough, key=_worth)
    return tuple(sorted(_exchanged(useful, size, gap), key=_largest))


def _largest(deal: Candidate) -> tuple[int, str]:
    return -deal.amount, deal.key


def _worth(some: Sequence[Candidate]) -> tuple[int, list[date], list[str]]:
    """The better, the smaller."""
    days = sorted((deal.closes_on for deal in some), reverse=True)
    return -sum(deal.chance for deal in some), days, sorted(deal.key for deal in some)


def _exchanged(useful: Sequence[Candidate], size: int, gap: int) -> list[Candidate]:
    """Each time the exchange that gains most; chances and days only ever get better, so it ends."""
    chosen, others = list(useful[:size]), list(useful[size:])
    while True:
        spare = sum(deal.amount for deal in chosen) - gap
        better = [
            (_gain(old, new), at, other)
            for at, old in enumerate(chosen)
            for other, new in enumerate(others)
            if old.amount - new.amount <= spare and _gain(old, new) > (0, 0)
        ]
        if not better:
            return chosen
        _, at, other = max(better, key=lambda one: (one[0], -one[1], -one[2]))
        chosen[at], others[other] = others[other], chosen[at]


def _gain(old: Candidate, new: Candidate) -> tuple[int, int]:
    return new.chance - old.chance, (old.closes_on - new.closes_on).days
