"""What happened since the last digest, deal by deal: what the sections and Why? tell of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from commands.kit.names import Subject
from domain.company import PersonId
from domain.periods import Period
from domain.recommend import Wanting
from storage.store import Repositories


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
class Deal:
    """A deal as it is known now; `amount` in minor units of the workspace's currency, None without one.

    `owner` is whose figure it is in, None for nobody's; `reason` why it was lost.
    """

    key: str
    name: str | None
    account: str | None
    amount: int | None
    owner: PersonId | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """`won` and `lost` since the last digest, largest first; `deals` are those of the steps and of `wanting`."""

    credited: Bridge
    forecast: Bridge | None
    deals: Mapping[int, Deal]
    won: Sequence[Deal]
    lost: Sequence[Deal]
    wanting: Sequence[Wanting]


class Teller(Protocol):
    """Finds the story between two states; a digest without one to compare with has only what wants attention."""

    async def __call__(
        self, then: Repositories | None, now: Repositories, subject: Subject, period: Period, *, was: date, today: date
    ) -> Story: ...
