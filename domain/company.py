"""A company as known at one revision: people, teams, territories, targets and the calendar that figures are computed from.

Everything here is small (deals and credits are not) and never changes once loaded, so it is shared between requests.
A span of days is half-open, `start` to before `end`; `date.min` means "always" and `date.max` "open".
Shares are integer millionths. Amounts are minor units of their currency.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TypeAlias

PersonId: TypeAlias = int
TeamId: TypeAlias = int
TerritoryId: TypeAlias = int

WHOLE = 1_000_000
"""A share of 100 %, in millionths."""


class Role(StrEnum):
    REP = "rep"
    MANAGER = "manager"
    OPS = "ops"
    LEADER = "leader"
    PARTNER = "partner"


class AssignmentRole(StrEnum):
    PRIMARY = "primary"
    OVERLAY = "overlay"
    COVER = "cover"


class SubjectKind(StrEnum):
    PERSON = "person"
    TERRITORY = "territory"
    TEAM = "team"


class Metric(StrEnum):
    REVENUE = "revenue"
    NEW_CUSTOMERS = "new_customers"
    MEETINGS = "meetings"

    @property
    def is_money(self) -> bool:
        """Amounts of money are minor units; other metrics are counted in millionths, because credit for one is shared."""
        return self is Metric.REVENUE

    @property
    def words(self) -> str:
        return self.value.replace("_", " ")


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `start` up to, not including, `end`."""

    start: date = date.min
    end: date = date.max

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.end

    def overlaps(self, other: "Span") -> bool:
        return self.start < other.end and other.start < self.end

    def clip(self, other: "Span") -> "Span | None":
        """The days that both have, or None."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Span(start, end) if start < end else None


@dataclass(frozen=True, slots=True)
class Person:
    id: PersonId
    key: str
    name: str
    role: Role
    email: str | None = None
    slack_user_id: str | None = None
    timezone: str | None = None
    hired_on: date | None = None
    left_on: date | None = None
    """The last day."""
    ramp: str | None = None


@dataclass(frozen=True, slots=True)
class Team:
    id: TeamId
    key: str
    name: str
    parent: TeamId | None = None
    lead: PersonId | None = None
    channel: str | None = None


@dataclass(frozen=True, slots=True)
class Reporting:
    person: PersonId
    span: Span
    manager: PersonId | None
    team: TeamId | None


@dataclass(frozen=True, slots=True)
class Absence:
    person: PersonId
    span: Span
    relief: int = 0
    delegate: PersonId | None = None


@dataclass(frozen=True, slots=True)
class Territory:
    id: TerritoryId
    key: str
    name: str
    parent: TerritoryId | None = None
    team: TeamId | None = None
    channel: str | None = None
    potential: int | None = None
    currency: str | None = None
    closed_on: date | None = None
    """The first day on which it is no more; what it was before stays."""
    merged_into: TerritoryId | None = None
    """Where everything went that it had, if it was merged."""


@dataclass(frozen=True, slots=True)
class Assignment:
    territory: TerritoryId
    person: PersonId
    role: AssignmentRole
    span: Span
    share: int = WHOLE


@dataclass(frozen=True, slots=True)
class Target:
    """An amount for a fiscal year, quarter or calendar month. `subject` is an id of the kind that `kind` says.

    `amount` is in minor units of `currency`, or a number of things; `asked` is it in what figures count in.
    """

    kind: SubjectKind
    subject: int
    period: str
    metric: Metric
    amount: int
    currency: str | None
    profile: str | None = None
    published: bool = True

    @property
    def asked(self) -> int:
        return self.amount if self.metric.is_money else self.amount * WHOLE


@dataclass(frozen=True, slots=True)
class Rate:
    """One unit of `currency` in the workspace's currency, times 10**12. `period` is `2026-09`, or `FY2026` for a plan rate."""

    currency: str
    period: str
    e12: int


@dataclass(frozen=True, slots=True)
class Settings:
    """The workspace's settings that figures depend on."""

    currency: str = "USD"
    timezone: str = "UTC"
    fiscal_start: int = 1
    """The calendar month in which the fiscal year starts."""
    business_days: frozenset[int] = frozenset(range(5))
    """Weekdays as `date.weekday()` counts them."""
    holidays: str | None = None
    """The name of the calendar whose days are no business days."""
    rate_basis: str = "month"
    """`month` or `plan`."""
    small_group: int = 4
    """A total is shown in a channel only if so many people contribute."""
    new_customer_months: int | None = None
    """An account is a new customer again after so many months without a win; None: once and for all."""
    crm_url: str | None = None
    """With `{deal}` or `{account}`."""
    crm_account_url: str | None = None


@dataclass(frozen=True, slots=True)
class Company:
    """All of it, at `revision`. Lists are sorted by their natural key, so that the same revision always reads the same."""

    revision: int
    settings: Settings
    people: Mapping[PersonId, Person] = field(default_factory=dict)
    teams: Mapping[TeamId, Team] = field(default_factory=dict)
    territories: Mapping[TerritoryId, Territory] = field(default_factory=dict)
    reporting: tuple[Reporting, ...] = ()
    absences: tuple[Absence, ...] = ()
    ramps: Mapping[str, Mapping[int, int]] = field(default_factory=dict)
    """Profile to month since hire to share; after the last month the share is whole."""
    assignments: tuple[Assignment, ...] = ()
    targets: tuple[Target, ...] = ()
    seasonality: Mapping[str, Mapping[int, int]] = field(default_factory=dict)
    """Profile to calendar month to share."""
    rates: tuple[Rate, ...] = ()
    holidays: frozenset[date] = frozenset()
    stage_order: Mapping[str, int] = field(default_factory=dict)
    stage_probability: Mapping[str, int] = field(default_factory=dict)
    """The configured chance of winning, in millionths."""
