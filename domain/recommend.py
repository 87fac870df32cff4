"""The one thing to do this week: the first rule that applies, with what it looked at.

A rule never judges a person: it names deals, or what is missing. Amounts are minor units of the workspace's currency.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

AT_MOST = 2
"""So many deals are named: more is no action but a list."""
WORTH = Fraction(1, 50)
"""Deals that together are less than this share of what is missing are not worth the week."""


class Want(StrEnum):
    """Why an open deal wants attention."""

    QUIET = "quiet"
    """In a late stage, and nothing has happened for a while."""
    OVERDUE = "overdue"
    """Its close date has passed."""
    SLIPPED = "slipped"
    """Its close date was moved out of the period."""


@dataclass(frozen=True, slots=True)
class Wanting:
    """An open deal that wants attention; `days` for how long."""

    deal: int
    want: Want
    amount: int
    days: int


class Rule(StrEnum):
    """Which rule chose the action, in the order in which they are asked."""

    SET_TARGET = "set_target"
    NEXT_STEPS = "next_steps"
    OVERDUE = "overdue"
    PULL_BACK = "pull_back"
    PIPELINE = "pipeline"
    CLOSE = "close"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Situation:
    """What the rules look at. `target` and `gap` are None without a target; `open` closes in the rest of the period.

    `needed` is the open amount that the win rate asks for, None where that is not known. `wanting` may be in any order.
    """

    target: int | None
    gap: int | None
    days_left: int
    open: int
    needed: int | None
    wanting: Sequence[Wanting] = ()

    @property
    def missing(self) -> int:
        """How much open amount is missing at today's win rate; 0 if none is, or nobody knows."""
        return max((self.needed or 0) - self.open, 0)

    def of(self, want: Want) -> list[Wanting]:
        """The deals with this want, largest first."""
        found = [one for one in self.wanting if one.want is want]
        return sorted(found, key=lambda one: (-one.amount, one.deal))


@dataclass(frozen=True, slots=True)
class Action:
    """What to do: `deals` are those to begin with, of `count`; `amount` is worth all of these, or what is missing."""

    rule: Rule
    deals: tuple[Wanting, ...] = ()
    count: int = 0
    amount: int = 0


def recommend(now: Situation) -> Action:
    """The one action, by the first rule that applies."""
    return next(action for rule in _RULES if (action := rule(now)) is not None)


def _set_target(now: Situation) -> Action | None:
    return Action(Rule.SET_TARGET) if now.target is None else None


def _met(now: Situation) -> Action | None:
    return Action(Rule.KEEP) if now.gap is not None and now.gap <= 0 else None


def _deals(rule: Rule, want: Want) -> Callable[[Situation], Action | None]:
    def look(now: Situation) -> Action | None:
        found = now.of(want)
        amount = sum(one.amount for one in found)
        if not found or amount < WORTH * (now.gap or 0):
            return None
        return Action(rule, tuple(found[:AT_MOST]), len(found), amount)

    return look


def _pipeline(now: Situation) -> Action | None:
    return Action(Rule.PIPELINE, amount=now.missing) if now.missing else None


def _close(now: Situation) -> Action | None:
    return Action(Rule.CLOSE, amount=now.open) if now.open else None


def _keep(now: Situation) -> Action | None:
    return Action(Rule.KEEP)


_RULES: tuple[Callable[[Situation], Action | None], ...] = (
    _set_target,
    _met,
    _deals(Rule.NEXT_STEPS, Want.QUIET),
    _deals(Rule.OVERDUE, Want.OVERDUE),
    _deals(Rule.PULL_BACK, Want.SLIPPED),
    _pipeline,
    _close,
    _keep,
)
