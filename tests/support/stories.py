"""What happened to deals, as tests tell it to a digest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from commands.digests.content.story import Deal, Story
from domain.recommend import Want, Wanting
from domain.shapley import Factors


@dataclass(frozen=True)
class Step:
    deal: int
    part: str
    change: int


@dataclass(frozen=True)
class Bridge:
    before: int
    after: int
    steps: Sequence[Step] = ()

    @property
    def change(self) -> int:
        return self.after - self.before


@dataclass
class Told:
    """A teller that knows deals by number; what it was asked is kept."""

    credited: Bridge
    forecast: Bridge | None = None
    deals: dict[int, Deal] = field(default_factory=dict)
    won: Sequence[Deal] = ()
    lost: Sequence[Deal] = ()
    wanting: Sequence[Wanting] = ()
    apart: Factors | None = None
    asked: list[tuple[date, date]] = field(default_factory=list)

    async def __call__(
        self, then: Any, now: Any, subject: Any, period: Any, *, was: date, today: date, **_: Any
    ) -> Story:
        self.asked.append((was, today))
        return Story(self.credited, self.forecast, self.deals, self.won, self.lost, self.wanting, self.apart)


def rich(owner: int, other: int | None = None) -> Told:
    """The week of the model: wins, a return, a deal re-dated; two deals that are late and quiet."""
    deals = {
        number: Deal(f"D{number}", f"Deal {number}", f"Account {number}", 10_000_00 * number, owner)
        for number in range(1, 10)
    }
    deals[7] = Deal("D7", "Hooli renewal", "Hooli", 14_000_00, other if other is not None else owner)
    deals[8] = Deal("D8", None, "Initech <!channel> *x*", 20_000_00, owner)
    wins = [Step(number, "won", 30_000_00) for number in range(1, 7)]
    steps = [*wins, Step(7, "returned", -14_000_00), Step(8, "corrected", -20_000_00)]
    change = sum(step.change for step in steps)
    lost = [
        Deal("L1", "Lost one", "Stark", 60_000_00, owner, "Price"),
        Deal("L2", None, "Wayne", 36_000_00, owner, "Price"),
        Deal("L3", None, None, None, owner),
    ]
    deals |= {10: Deal("D10", None, "Wayne", 85_000_00, owner), 11: Deal("D11", None, "Stark", 60_000_00, owner)}
    return Told(
        Bridge(1_000_000_00, 1_000_000_00 + change, steps),
        Bridge(
            2_000_000_00,
            1_920_000_00,
            [Step(4, "slipped", -90_000_00), Step(5, "slipped", -50_000_00), Step(6, "created", 60_000_00)],
        ),
        deals,
        won=[deals[6], deals[5]],
        lost=lost,
        wanting=[Wanting(10, Want.QUIET, 85_000_00, 12), Wanting(11, Want.QUIET, 60_000_00, 12)],
    )
