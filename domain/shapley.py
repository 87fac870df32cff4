"""Volume, win rate and deal size told apart: how much each of the three moved what was won.

Won = deals closed x share of them won x average deal. The part of a factor is its Shapley value: what changing it adds,
averaged over all orders in which the three can be changed (Shapley, A Value for n-Person Games, 1953). The parts sum
to the change exactly, no order is preferred, and a factor that did not change has no part.
"""

from dataclasses import dataclass
from fractions import Fraction
from itertools import permutations
from math import factorial, prod

from domain.forecast import ENOUGH


@dataclass(frozen=True, slots=True)
class Closed:
    """Deals that closed within some days, returns left out; `amount` is what was won, in minor units."""

    won: int
    lost: int
    amount: int

    @property
    def count(self) -> int:
        return self.won + self.lost

    @property
    def _factors(self) -> tuple[Fraction, Fraction, Fraction]:
        size = Fraction(self.amount, self.won) if self.won else Fraction(0)
        return Fraction(self.count), Fraction(self.won, self.count), size


@dataclass(frozen=True, slots=True)
class Factors:
    """What moved the amount that was won, in minor units; `deals` is the smaller number of closed deals behind it."""

    volume: int
    win_rate: int
    size: int
    deals: int

    @property
    def change(self) -> int:
        return self.volume + self.win_rate + self.size


def factors(was: Closed, now: Closed) -> Factors | None:
    """The three parts of the change from one stretch of days to another; None with fewer than 30 closed deals in either."""
    if min(was.count, now.count) < ENOUGH:
        return None
    values = shapley(was._factors, now._factors)
    volume, win_rate, size = _whole(values, now.amount - was.amount)
    return Factors(volume, win_rate, size, min(was.count, now.count))


def shapley(was: tuple[Fraction, ...], now: tuple[Fraction, ...]) -> list[Fraction]:
    """Each factor's part in the change of their product, exactly."""
    parts = [Fraction(0)] * len(was)
    for order in permutations(range(len(was))):
        at = list(was)
        for one in order:
            before = prod(at)
            at[one] = now[one]
            parts[one] += prod(at) - before
    return [part / factorial(len(was)) for part in parts]


def _whole(values: list[Fraction], total: int) -> list[int]:
    """Rounded by largest remainder: parts of no size stay so, and all sum to the total."""
    down = [value.numerator // value.denominator for value in values]
    missing = total - sum(down)
    by_remainder = sorted(range(len(values)), key=lambda one: down[one] - values[one])
    return [part + (one in by_remainder[:missing]) for one, part in enumerate(down)]
