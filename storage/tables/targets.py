"""Targets, who was told of them, and what spreads and converts them: seasonality, exchange rates, holidays."""

from datetime import date, datetime

from sqlalchemy import BigInteger
from sqlmodel import Field

from storage.tables.base import InWorkspace, UtcDateTime, Versioned, args, money


class Target(Versioned, table=True):
    """`subject_id` is a person, territory or team, as `subject_kind` says. A count (new customers) has no currency."""

    __tablename__ = "targets"
    __table_args__ = args("subject_kind", "subject_id", "period", "metric", "rev_from")

    subject_kind: str
    subject_id: int
    period: str
    metric: str = "revenue"
    amount: int = money(nullable=False)
    currency: str | None = None
    profile: str | None = None
    state: str = "published"


class Seasonality(Versioned, table=True):
    """The share of a year (millionths) that falls in a calendar month, 1 to 12; a profile's months sum to 1,000,000."""

    __tablename__ = "seasonality"
    __table_args__ = args("profile", "month", "rev_from")

    profile: str
    month: int
    share: int


class Rate(Versioned, table=True):
    """One unit of `currency` in the workspace's currency, times 10**12; `period` is a month or, as plan rate, a fiscal year."""

    __tablename__ = "rates"
    __table_args__ = args("currency", "period", "rev_from")

    currency: str
    period: str
    rate_e12: int = Field(sa_type=BigInteger)


class Holiday(Versioned, table=True):
    __tablename__ = "holidays"
    __table_args__ = args("calendar", "on_day", "rev_from")

    calendar: str
    on_day: date
    name: str | None = None


class TargetNotice(InWorkspace, table=True):
    """Someone who was told of a target that was published for them at `rev`, and what they answered.

    `message` is the number of the message in the outbox; `concern_note` and the reason for a target are in `notes`.
    """

    __tablename__ = "target_notices"
    __table_args__ = args(
        "id",
        refs=[("person_id", "people"), ("by_person_id", "people"), ("concern_note", "notes")],
        index=[("subject_kind", "subject_id", "period", "metric", "rev"), ("person_id",)],
    )

    id: int
    subject_kind: str
    subject_id: int
    period: str
    metric: str
    rev: int
    person_id: int
    by_person_id: int
    at: datetime = Field(sa_type=UtcDateTime)
    message: int | None = None
    read_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    concern_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    concern_note: int | None = None
