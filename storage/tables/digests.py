"""Who wants a digest when, and what each one showed."""

from datetime import date, datetime

from sqlalchemy import Text
from sqlmodel import Field

from storage.tables.base import InWorkspace, UtcDateTime, args, money


class Subscription(InWorkspace, table=True):
    """A digest that a channel, or a person by direct message, gets on certain weekdays at a local time.

    `weekdays` are numbers from 0 (Monday), separated by commas; `at` is local time (`09:00`); `hidden` are the keys of
    sections that are left out, separated by commas. `ends_on` is the last day; until `paused_until` (a day, exclusive)
    nothing is sent. `last_slot` is the last local date that was dealt with; the next one is due at `due_at`, None if
    there is none.
    """

    __tablename__ = "subscriptions"
    __table_args__ = args(
        "id", refs=[("person_id", "people"), ("owner_id", "people")], index=[("due_at",), ("channel_id",)]
    )

    id: int
    channel_id: str | None = None
    person_id: int | None = None
    scope_kind: str
    scope_id: int | None = None
    owner_id: int
    weekdays: str
    at: str
    timezone: str
    hidden: str = ""
    skip_when_empty: bool = False
    holiday_rule: str
    starts_on: date
    ends_on: date | None = None
    paused_until: date | None = None
    state: str
    why: str | None = None
    last_slot: date | None = None
    next_slot: date | None = None
    due_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    version: int = 1
    created_at: datetime = Field(sa_type=UtcDateTime)


class Digest(InWorkspace, table=True):
    """The one digest of a subscription for a local date (its slot), and the figures that it showed, as JSON.

    `compared_with` is the digest whose figures it is compared with; `message` is the number of its message in the outbox.
    """

    __tablename__ = "digests"
    __table_args__ = args("id", refs=[("subscription_id", "subscriptions")], unique=[("subscription_id", "slot")])

    id: int
    subscription_id: int
    slot: date
    kind: str
    made_at: datetime = Field(sa_type=UtcDateTime)
    late: bool = False
    today: date
    revision: int
    compared_with: int | None = None
    figures: str = Field(sa_type=Text)
    message: int | None = None


class ToldTotal(InWorkspace, table=True):
    """A total that digests may have told of a team or the company (`scope_id` 0): as known at `revision`, on the day `today`.

    One digest may tell two: of its period, and the result of the one before, which has ended. One row, however many digests told it; `digest_id` is the last of them. `was` was told before it, on the day `since`.
    The order of the key is that in which totals are looked for.
    """

    __tablename__ = "told_totals"
    __table_args__ = args("today", "revision", "scope_kind", "scope_id", "period", refs=[("digest_id", "digests")])

    today: date
    revision: int
    scope_kind: str
    scope_id: int
    period: str
    credited: int = money(nullable=False)
    since: date | None = None
    was: int | None = money()
    digest_id: int


class MutedSection(InWorkspace, table=True):
    """A section that a person does not want to see in digests by direct message."""

    __tablename__ = "muted_sections"
    __table_args__ = args("person_id", "section", refs=[("person_id", "people")])

    person_id: int
    section: str
