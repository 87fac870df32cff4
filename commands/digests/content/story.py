"""What happened since the last digest, deal by deal: what the sections and Why? tell of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from commands.kit.names import Subject
from commands.targets.service import Sight
from commands.targets.service_for_digests import DealFacts as Deal
from domain.periods import Period
from domain.recommend import Wanting
from domain.shapley import Factors
from storage.store import Repositories

__all__ = ["Bridge", "Deal", "Step", "Story", "Teller"]


class Step(Protocol):
    """What one deal did to a figure, in minor units of the workspace's currency."""

    @property
    def deal(self) -> int: ...
    @property
    def part(self) -> str: ...
    @property
    def change(self) -> int: ...


class Bridge(Protocol):
    """From what a figure was to what it is: the steps sum to the change, exactly."""

    @property
    def before(self) -> int: ...
    @property
    def after(self) -> int: ...
    @property
    def change(self) -> int: ...
    @property
    def steps(self) -> Sequence[Step]: ...


@dataclass(frozen=True, slots=True)
class Story:
    """`won` and `lost` since the last digest, largest first; `deals` are those of the steps and of `wanting`.

    `apart` are volume, win rate and deal size, where enough deals have closed to tell them apart.
    """

    credited: Bridge
    forecast: Bridge | None
    deals: Mapping[int, Deal]
    won: Sequence[Deal]
    lost: Sequence[Deal]
    wanting: Sequence[Wanting]
    apart: Factors | None = None


class Teller(Protocol):
    """Finds the story between two states; a digest without one to compare with has only what wants attention."""

    async def __call__(
        self,
        then: Repositories | None,
        now: Repositories,
        subject: Subject,
        period: Period,
        *,
        was: date,
        today: date,
        sight: Sight,
    ) -> Story: ...
