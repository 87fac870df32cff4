"""What moved a figure between two states, credited or forecast: one cause for each deal, and the parts sum to the change.

The causes are those of "What changed" in the vocabulary: of what is booked won, returned, corrected, moved and currency;
of what is open created, amount, slipped, pulled in, lost and probability. There is no part for anything else.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from domain.company import PersonId, TerritoryId
from domain.credit import Kind


class Part(StrEnum):
    """What happened to a deal. Corrected: what was told of it was not so; moved: its money is the same, whose it is is not."""

    WON = "won"
    RETURNED = "returned"
    CORRECTED = "corrected"
    MOVED = "moved"
    CURRENCY = "currency"
    CREATED = "created"
    AMOUNT = "amount"
    SLIPPED = "slipped"
    PULLED_IN = "pulled_in"
    LOST = "lost"
    PROBABILITY = "probability"


@dataclass(frozen=True, slots=True)
class Step:
    """What one deal did to a figure, in minor units of the workspace's currency."""

    deal: int
    part: Part
    change: int


@dataclass(frozen=True, slots=True)
class Bridge:
    """From what a figure was to what it is, by one step for each deal that moved it.

    Raises ValueError for steps that do not sum to the change, or for two steps of one deal.
    """

    before: int
    after: int
    steps: tuple[Step, ...]

    def __post_init__(self) -> None:
        if sum(step.change for step in self.steps) != self.change:
            raise ValueError(f"the steps do not sum to {self.change}")
        if len({step.deal for step in self.steps}) != len(self.steps):
            raise ValueError("a deal has two steps")

    @property
    def change(self) -> int:
        return self.after - self.before

    @property
    def opening(self) -> int:
        """What the figure would have been, had it been known then what was corrected since: before + corrections."""
        return self.before + self.total(Part.CORRECTED)

    def of(self, part: Part) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.part is part)

    def total(self, part: Part) -> int:
        return sum(step.change for step in self.of(part))


@dataclass(frozen=True, slots=True)
class Booked:
    """One person's part of a won deal. `amount` is in `currency`, `base` in the workspace's."""

    kind: Kind
    person: PersonId | None
    territory: TerritoryId | None
    share: int
    on_day: date
    amount: int
    currency: str
    base: int

    @property
    def told(self) -> tuple[int, int, str, date]:
        """What the CRM says of it."""
        return self.share, self.amount, self.currency, self.on_day


@dataclass(frozen=True, slots=True)
class Held:
    """One person's part of an open deal."""

    person: PersonId | None
    territory: TerritoryId | None
    share: int


@dataclass(frozen=True, slots=True)
class DealAt:
    """A deal in one state, seen from a scope and a period: of others' parts nothing is known here, so no cause tells of them.

    `booked` are its parts of the people or territories in the scope, whenever, `held` those that are open. `inside` is
    what counts as credited; `in_period`: it is booked on a day of the period; `is_due`: open, and expected in the rest
    of it. `amount` is what is open in the scope, `chance` in millionths; `rate` is what an open amount is converted
    with, None if it cannot be.
    """

    status: str
    booked: frozenset[Booked] = frozenset()
    held: frozenset[Held] = frozenset()
    inside: int = 0
    in_period: bool = False
    is_due: bool = False
    expected: date | None = None
    amount: int = 0
    currency: str = ""
    stage: str | None = None
    category: str | None = None
    chance: int = 0
    rate: int | None = None


WON, LOST = "won", "lost"


def part_of(was: DealAt | None, now: DealAt | None) -> Part:
    """The one cause for which a deal that was so, and is so now, moved a figure. None: it was not there."""
    if was is not None and was.booked:
        return _of_booked(was, now)
    if now is not None and now.booked:
        return Part.MOVED if was is not None and was.status == WON else _closed(now)
    return _of_open(was, now)


def _of_booked(was: DealAt, now: DealAt | None) -> Part:
    if now is None or now.status != WON:
        return Part.CORRECTED
    if not now.booked:
        return Part.MOVED
    before, after = _by_person(was), _by_person(now)
    both = before.keys() & after.keys()
    if any(before[one].told != after[one].told for one in both):
        return Part.CORRECTED
    if not both and _total(was) != _total(now):
        return Part.CORRECTED
    if before.keys() != after.keys() or any(before[one].territory != after[one].territory for one in both):
        return Part.MOVED
    same_rate = all(before[one].base == after[one].base for one in both)
    return Part.MOVED if same_rate else Part.CURRENCY


def _closed(now: DealAt) -> Part:
    """A deal that is booked for the first time: won for the scope in the period, or gone elsewhere."""
    if not now.in_period:
        return Part.SLIPPED
    if now.inside:
        return Part.WON if now.inside > 0 else Part.RETURNED
    return Part.MOVED if any(one.base for one in now.booked) else Part.WON


def _by_person(deal: DealAt) -> dict[tuple[Kind, PersonId | None], Booked]:
    return {(one.kind, one.person): one for one in deal.booked}


def _total(deal: DealAt) -> tuple[int, frozenset[tuple[str, date]]]:
    """What the CRM says of all parts together."""
    return sum(one.amount for one in deal.booked), frozenset((one.currency, one.on_day) for one in deal.booked)


def _of_open(was: DealAt | None, now: DealAt | None) -> Part:
    if was is None:
        return Part.CREATED
    if now is None or (was.status in (LOST, WON) and now.status not in (LOST, WON)):
        return Part.CORRECTED
    if now.status in (LOST, WON):
        return Part.LOST if now.status == LOST else Part.MOVED
    if was.is_due != now.is_due:
        return Part.PULLED_IN if now.is_due else Part.SLIPPED
    if was.held != now.held:
        return Part.MOVED
    return next(_most(was, now), None) or _within(was, now)


def _most(was: DealAt, now: DealAt) -> Iterator[Part]:
    """Of amount, chance and rate the one that changed the deal's weight most; none if none changed."""
    if was.currency != now.currency:
        yield Part.AMOUNT
    else:
        sizes = {
            Part.AMOUNT: _times(was.amount, now.amount),
            Part.PROBABILITY: _times(was.chance, now.chance),
            Part.CURRENCY: _times(was.rate or 0, now.rate or 0),
        }
        yield from sorted((part for part in sizes if sizes[part] != (0, 1)), key=lambda part: sizes[part], reverse=True)


def reweighed(*, chance: tuple[int, int], rate: tuple[int, int]) -> Part:
    """The cause for which open deals that did not change weigh differently: their chances did, or the exchange rate."""
    return Part.CURRENCY if _times(*rate) > _times(*chance) else Part.PROBABILITY


def _times(was: int, now: int) -> tuple[int, Fraction | int]:
    """By how much a factor changed, for comparing: without end to or from nothing; (0, 1) if it did not."""
    if was == now:
        return 0, 1
    if not was or not now or (was < 0) != (now < 0):
        return 1, 1
    ratio = Fraction(now, was)
    return 0, max(ratio, 1 / ratio)


def _within(was: DealAt, now: DealAt) -> Part:
    """A deal that is worth the same is added up with others now: where that rounds, a cent is its own."""
    if was.expected and now.expected and was.expected != now.expected:
        return Part.SLIPPED if now.expected > was.expected else Part.PULLED_IN
    return Part.MOVED if (was.stage, was.category) == (now.stage, now.category) else Part.PROBABILITY
