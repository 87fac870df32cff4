"""What a request asks for, and how far it has come.

A change holds from the request's effective date on; it names ids only, so that it means the same whatever is renamed.
Spans are half-open, as everywhere: `until` is the first day no longer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeAlias

from domain.company import Metric, PersonId, SubjectKind, TerritoryId
from domain.holdings import AccountId

RequestId: TypeAlias = int
DealId: TypeAlias = int


class RequestKind(StrEnum):
    MOVE = "move"
    REP = "rep"
    COVER = "cover"
    BOUNDARY = "boundary"
    SPLIT = "split"
    MERGE = "merge"
    TARGET = "target"
    REVERSAL = "reversal"


class State(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    """Also between the first and the last of several approvals."""
    CHANGES_REQUESTED = "changes_requested"
    APPROVED = "approved"
    """Everybody agreed; it becomes scheduled in the same moment."""
    SCHEDULED = "scheduled"
    FAILED = "failed"
    EFFECTIVE = "effective"
    REVERSED = "reversed"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"

    @property
    def is_open(self) -> bool:
        """Whether it may still change the data: nothing else may be asked about the same objects meanwhile."""
        return self in _OPEN


_OPEN = frozenset({State.SUBMITTED, State.CHANGES_REQUESTED, State.APPROVED, State.SCHEDULED, State.FAILED})


class TargetRule(StrEnum):
    """What becomes of the target of what is moved."""

    MOVES = "moves"
    """From the effective day on, by business days, the moved share goes along."""
    STAYS = "stays"
    RELIEVED = "relieved"
    """The moved share goes to nobody: the source's target is lowered, and the sum of targets with it."""


class Basis(StrEnum):
    """By what the moved share of a target is measured."""

    CREDIT = "credit"
    """Revenue credited in the last 12 months."""
    POTENTIAL = "potential"
    OPEN = "open"
    """The open pipeline."""
    EQUAL = "equal"
    """The number of accounts."""
    TYPED = "typed"
    """An amount, in minor units of the workspace's currency."""


@dataclass(frozen=True, slots=True)
class HoldOver:
    """Which open deals stay with whoever has them now, up to `until`: those that meet every condition given.

    `least` is in minor units of the workspace's currency; `closing_within` counts days from the effective date.
    """

    until: date
    stages: frozenset[str] = frozenset()
    least: int | None = None
    closing_within: int | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What goes along with what is moved. Credits always stay as they were booked."""

    target: TargetRule = TargetRule.MOVES
    basis: Basis = Basis.CREDIT
    typed: int | None = None
    """The amount of the target that moves, in minor units of the workspace's currency, with `Basis.TYPED`."""
    hold_over: HoldOver | None = None


@dataclass(frozen=True, slots=True)
class MoveAccounts:
    """Accounts go from one territory to another; they are pinned there."""

    accounts: tuple[AccountId, ...]
    source: TerritoryId
    target: TerritoryId
    terms: Terms = Terms()


@dataclass(frozen=True, slots=True)
class ChangeRep:
    """Another primary; None leaves the territory vacant. `previous` is who held it when this was asked."""

    territory: TerritoryId
    person: PersonId | None
    previous: PersonId | None
    terms: Terms = Terms()


@dataclass(frozen=True, slots=True)
class Cover:
    """Somebody stands in up to `until`: with rights only, or `credited`, as primary for that time."""

    territory: TerritoryId
    person: PersonId
    until: date
    credited: bool = False


@dataclass(frozen=True, slots=True)
class ChangeBoundary:
    """A rule of a territory with other conditions, a new one, or (without conditions) one that ends.

    `conditions` is from a dimension to its values as files write them, split by `;`.
    """

    territory: TerritoryId
    rule: str
    conditions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Split:
    """A new territory beside the old one, with some of its accounts."""

    territory: TerritoryId
    key: str
    name: str
    accounts: tuple[AccountId, ...]
    person: PersonId | None
    terms: Terms = Terms()


@dataclass(frozen=True, slots=True)
class Merge:
    """All of a territory goes to another: rules, pins, accounts, children and target; the old one is closed."""

    territory: TerritoryId
    into: TerritoryId
    terms: Terms = Terms()


@dataclass(frozen=True, slots=True)
class ChangeTarget:
    """Another target for a period; `amount` as in `domain.company.Target`."""

    subject_kind: SubjectKind
    subject: int
    period: str
    metric: Metric
    amount: int
    currency: str | None


@dataclass(frozen=True, slots=True)
class Reversal:
    """Gives back what a request changed."""

    request: RequestId


Change: TypeAlias = MoveAccounts | ChangeRep | Cover | ChangeBoundary | Split | Merge | ChangeTarget | Reversal

KIND_OF: Mapping[type[Change], RequestKind] = {
    MoveAccounts: RequestKind.MOVE,
    ChangeRep: RequestKind.REP,
    Cover: RequestKind.COVER,
    ChangeBoundary: RequestKind.BOUNDARY,
    Split: RequestKind.SPLIT,
    Merge: RequestKind.MERGE,
    ChangeTarget: RequestKind.TARGET,
    Reversal: RequestKind.REVERSAL,
}

CONFIDENTIAL = frozenset({RequestKind.REP, RequestKind.COVER, RequestKind.TARGET})
"""Kinds of which a channel sees only that there is one, until it is effective."""
