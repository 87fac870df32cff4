"""How evenly territories beside each other are cut: 100 x value / mean over siblings, for potential, revenue and workload.

Siblings have the same parent; the highest territories are siblings, too. A territory has with it what is below it.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from domain.company import TerritoryId

TOLERANCE = 20
"""Beyond 100 +- this an index is flagged."""


class Measure(StrEnum):
    """Potential and revenue (of the last 12 months) in minor units, workload in minutes of service a year."""

    POTENTIAL = "potential"
    REVENUE = "revenue"
    WORKLOAD = "workload"


@dataclass(frozen=True, slots=True)
class Load:
    """What a territory carries of each measure; None where nothing is known of it."""

    potential: int | None
    revenue: int | None
    workload: int | None

    def of(self, measure: Measure) -> int | None:
        found: int | None = getattr(self, measure.value)
        return found


@dataclass(frozen=True, slots=True)
class Balance:
    """A territory's indices among its siblings, and the measures that are out of balance."""

    territory: TerritoryId
    load: Load
    index: Mapping[Measure, Fraction | None]

    @property
    def flagged(self) -> tuple[Measure, ...]:
        return tuple(measure for measure, index in self.index.items() if index is not None and is_flagged(index))


def is_flagged(index: Fraction) -> bool:
    return abs(index - 100) > TOLERANCE


def balance(
    parents: Mapping[TerritoryId, TerritoryId | None], loads: Mapping[TerritoryId, Load]
) -> dict[TerritoryId, Balance]:
    """The balance of each territory that has siblings.

    An index is None where the territory's own value is not known, where only one sibling's is, or where their mean is
    not above zero. Siblings whose value is not known are left out of the mean.
    """
    families: defaultdict[TerritoryId | None, list[TerritoryId]] = defaultdict(list)
    for territory, parent in parents.items():
        families[parent].append(territory)
    found: dict[TerritoryId, Balance] = {}
    for family in families.values():
        if len(family) < 2:
            continue
        means = {measure: _mean([loads[one].of(measure) for one in family]) for measure in Measure}
        for one in family:
            indices = {measure: _index(loads[one].of(measure), mean) for measure, mean in means.items()}
            found[one] = Balance(one, loads[one], indices)
    return found


def _mean(values: list[int | None]) -> Fraction | None:
    known = [value for value in values if value is not None]
    mean = Fraction(sum(known), len(known)) if len(known) > 1 else Fraction(0)
    return mean if mean > 0 else None


def _index(value: int | None, mean: Fraction | None) -> Fraction | None:
    return None if value is None or mean is None else 100 * value / mean
