"""What a plan is made from and what it says: values only, so that the same plan comes out wherever it is asked for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction

from domain.company import PersonId, TerritoryId
from domain.errors import TurfError
from domain.holdings import AccountId, Condition, Holding, How, Pin
from domain.model import CompanyModel
from domain.periods import Period
from domain.requests.model import Basis, Change, DealId
from domain.requests.writes import OpenDeal, Rows, Writes
from domain.timelines import Timeline

NOWHERE: Timeline[Holding] = Timeline((date.min,), (Holding(None, How.GAP),))
"""Where an account is that nothing ever claims."""


class Impossible(TurfError):
    """The change cannot be made as the data is; `field` is the part of the change that a form shows the sentence at."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class Note(StrEnum):
    """What a preview has to point out; nobody has to do anything about it."""

    TAKEN_ALONG = "taken_along"
    """Accounts below a moved one go along, because nothing pins them elsewhere."""
    LATER_PINS = "later_pins"
    """Pins that were to begin later are given up."""
    LATER_HOLDERS = "later_holders"
    """Assignments that were to begin later are given up."""
    VACANT = "vacant"
    """Nobody will hold the territory: open deals that move have no owner until somebody does."""
    NO_TARGET = "no_target"
    """There is no target of the source's own from that day on."""
    ROLLED_UP = "rolled_up"
    """In some months the source's target is made of those below it, so that nothing is taken from it."""
    TO_THE_ONE_ABOVE = "to_the_one_above"
    """The receiving territory has no target of its own; the amount goes to that of one above it."""
    OWN_STAYS = "own_stays"
    """Only one of the two people has a target of their own, or it is shared: it stays as it is."""
    OWN_TOO_SMALL = "own_too_small"
    """Somebody's own target is smaller than what would be taken from it: it stays as it is."""
    ABSENT = "absent"
    """Who takes over is away on the first day."""
    NOT_IN_SLACK = "not_in_slack"
    """Who takes over cannot be told: Turf does not know them in Slack."""
    NO_BUSINESS_DAY = "no_business_day"
    """The effective date is a holiday or a weekend: targets move from the next business day on."""
    FINER = "finer"
    """Some months keep a finer target."""
    SINCE_CHANGED = "since_changed"
    """Some deals have closed or changed hands since, and stay as they are."""


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """An account, where it is day by day, and how much of the source's target it stands for.

    `weight` is by the basis of the terms: credit of the last 12 months, potential or open pipeline in minor units of the
    workspace's currency. It is not looked at for `Basis.EQUAL` and `Basis.TYPED`.
    """

    id: AccountId
    name: str
    parent: AccountId | None = None
    line: Timeline[Holding] = NOWHERE
    weight: int = 0


@dataclass(frozen=True, slots=True)
class DealFacts:
    """An open deal. `territory` is the one it names itself, `within` the one it would be credited to on the effective day.

    `amount` is in minor units of the workspace's currency.
    """

    deal: DealId
    owner: PersonId | None
    territory: TerritoryId | None = None
    account: AccountId | None = None
    within: TerritoryId | None = None
    amount: int | None = None
    stage: str | None = None
    closes_on: date | None = None

    @property
    def row(self) -> OpenDeal:
        return OpenDeal(self.deal, self.owner, self.territory)


@dataclass(frozen=True, slots=True)
class Facts:
    """The state of the company that a change is planned on.

    `accounts`: every account that is in the source on the effective day, those asked for, and those below them.
    `pins`: all rows of those asked for (MOVE, SPLIT), of those pinned to the territory that ends (MERGE), of those that
    were written, and of those in a territory that was new then (REVERSAL). `conditions`: all rows of the territories concerned. `deals`: the open deals of the accounts
    concerned, and those of or within the territories concerned. `fresh` is an id that no territory has or ever had: a
    split's new territory gets it.
    """

    model: CompanyModel
    today: date
    effective_on: date
    accounts: Mapping[AccountId, AccountFacts] = field(default_factory=dict)
    pins: tuple[Pin, ...] = ()
    conditions: tuple[Condition, ...] = ()
    deals: tuple[DealFacts, ...] = ()
    fresh: TerritoryId = 0

    def territory_of(self, account: AccountId) -> TerritoryId | None:
        """Where an account is on the effective day; None as well for one that is not known here."""
        known = self.accounts.get(account)
        return known.line.at(self.effective_on).territory if known else None


@dataclass(frozen=True, slots=True)
class Done:
    """What a request has made of the data, as it was written: what a reversal gives back.

    `writes` has the deals too that were handed over when a hold-over ended.
    """

    change: Change
    effective_on: date
    writes: Writes


@dataclass(frozen=True, slots=True)
class Measure:
    """By what the moved share of a target is measured: `part` of `whole`, in the units of the basis."""

    basis: Basis
    part: Fraction
    whole: Fraction

    @property
    def share(self) -> Fraction:
        return self.part / self.whole if self.whole else Fraction(0)


@dataclass(frozen=True, slots=True)
class MovedMonth:
    """What a month's target gives: of `target`, for `days_left` of its `days` business days, `moved`.

    Amounts are minor units of the workspace's currency.
    """

    month: Period
    target: int
    days_left: int
    days: int
    moved: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be written on the effective day, and what a preview says about it.

    `accounts` change their territory, `taken_along` are those among them that nobody named. `held` are open deals that
    stay until the hold-over ends, and what becomes of them then. `months` are the target that changes hands.
    """

    writes: Writes
    accounts: tuple[AccountId, ...] = ()
    taken_along: tuple[AccountId, ...] = ()
    held: Rows[OpenDeal] = ()
    measure: Measure | None = None
    months: tuple[MovedMonth, ...] = ()
    notes: frozenset[Note] = frozenset()

    @property
    def moved(self) -> int:
        """The target that changes hands or is relieved, in minor units of the workspace's currency."""
        return sum(month.moved for month in self.months)
