"""What a change makes of the data, row by row: effective-dated rows that begin, change or end, all in one revision.

A row is named by its key; `None` in the place of the new one means that it ends with this revision. The rows before are
kept beside those after, so that a request can be given back.
"""

from dataclasses import dataclass, replace
from typing import Generic, TypeAlias, TypeVar

from domain.company import Assignment, PersonId, Target, Territory, TerritoryId
from domain.holdings import Condition, Pin
from domain.requests.model import DealId

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Row(Generic[R]):
    """One row before and after; None where there is none."""

    before: R | None
    after: R | None


@dataclass(frozen=True, slots=True)
class OpenDeal:
    """Whose an open deal is, as the deal itself says."""

    deal: DealId
    owner: PersonId | None
    territory: TerritoryId | None


Rows: TypeAlias = tuple[Row[R], ...]


@dataclass(frozen=True, slots=True)
class Writes:
    """Everything that changes, in the order in which it is written."""

    territories: Rows[Territory] = ()
    rules: Rows[Condition] = ()
    pins: Rows[Pin] = ()
    assignments: Rows[Assignment] = ()
    targets: Rows[Target] = ()
    deals: Rows[OpenDeal] = ()

    def with_deals(self, rows: Rows[OpenDeal]) -> "Writes":
        """Together with deals that were handed over later."""
        return replace(self, deals=self.deals + rows)

    def inverse(self) -> "Writes":
        """What gives everything back as it was, for a change that nothing came after."""
        return Writes(*(tuple(Row(row.after, row.before) for row in getattr(self, name)) for name in self.__slots__))
