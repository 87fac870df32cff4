"""Why someone's credited figure moved between two states of the ledger: one cause for each deal."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from domain.company import TerritoryId


class Cause(StrEnum):
    """What a deal did to someone's figure."""

    WON = "won"
    RETURNED = "returned"
    MOVED_TO = "moved_to"
    MOVED_FROM = "moved_from"
    REOPENED = "reopened"
    LOST = "lost"
    REMOVED = "removed"
    REDATED = "redated"
    SHARE = "share"
    AMOUNT = "amount"
    RATE = "rate"


@dataclass(frozen=True, slots=True)
class Stake:
    """What someone is credited with of one deal, on any day: `amount` in minor units of `currency`, `share` in millionths.

    `inside` is what of it counts in the period, in minor units of the workspace's currency; `territory` is the one by
    whose holding it is theirs, None if it is theirs for another reason.
    """

    share: int
    amount: int
    currency: str
    inside: int
    territory: TerritoryId | None = None


@dataclass(frozen=True, slots=True)
class DealState:
    """A deal as it was known: its name, and `won`, `lost` or `open`."""

    name: str | None
    account: str | None
    status: str


@dataclass(frozen=True, slots=True)
class Move:
    """A deal, and what it did to someone's figure in minor units of the workspace's currency.

    It has the name that it had when it was last theirs.
    """

    deal: str
    name: str | None
    account: str | None
    change: int
    cause: Cause
    territory: TerritoryId | None = None


WON = "won"


def cause_of(
    change: int, before: Stake | None, after: Stake | None, was: DealState | None, now: DealState | None
) -> Cause:
    """Why a deal adds `change` to a period; someone had `before` of it when it was as it `was`, and has `after` now."""
    if before is None:
        return _gained(change, was)
    if after is None:
        return _gone(now)
    if bool(before.inside) != bool(after.inside):
        return Cause.REDATED
    if before.share != after.share:
        return Cause.SHARE
    if (before.amount, before.currency) != (after.amount, after.currency):
        return Cause.AMOUNT
    return Cause.RATE


def _gained(change: int, was: DealState | None) -> Cause:
    if was is not None and was.status == WON:
        return Cause.MOVED_TO
    return Cause.WON if change > 0 else Cause.RETURNED


def _gone(now: DealState | None) -> Cause:
    if now is None:
        return Cause.REMOVED
    return {WON: Cause.MOVED_FROM, "lost": Cause.LOST}.get(now.status, Cause.REOPENED)


@dataclass(frozen=True, slots=True)
class Movement:
    """A figure before and after, the deals that moved it most, and how many others did by how much together.

    `after` is `before`, the moves and `rest` together, exactly.
    """

    before: int
    after: int
    moves: tuple[Move, ...]
    others: int
    rest: int

    @property
    def change(self) -> int:
        return self.after - self.before

    @property
    def deals(self) -> int:
        return len(self.moves) + self.others


def largest(changes: Sequence[tuple[int, int]], most: int) -> tuple[Sequence[tuple[int, int]], int, int]:
    """The `most` largest changes (deal, amount), whatever their sign; how many are left out, and what those sum to."""
    in_order = sorted(changes, key=lambda one: (-abs(one[1]), one[0]))
    left = in_order[most:]
    return in_order[:most], len(left), sum(amount for _, amount in left)
