"""What was done for a delivery from Slack, and what waits to be sent to Slack."""

from datetime import datetime

from sqlalchemy import Text
from sqlmodel import Field, SQLModel

from storage.tables.base import InWorkspace, UtcDateTime, args


class InboxEntry(InWorkspace, table=True):
    """A delivery that had an effect, under its natural key, with the answer that a second one gets; kept for 14 days."""

    __tablename__ = "inbox"
    __table_args__ = args("key", index=[("at",)])

    key: str
    at: datetime = Field(sa_type=UtcDateTime)
    answer: str = Field(sa_type=Text)


class Lane(InWorkspace, table=True):
    """Where messages go one after another: a channel (`C...`), or a person (`person:7`) by direct message.

    Whoever sends holds the lane by `lease` until `lease_until`, by the machine's clock; nothing leaves before
    `next_send_at`. `due_at` is when its first open message may leave, None without one.
    """

    __tablename__ = "lanes"
    __table_args__ = args("name", index=[("due_at",)])

    name: str
    lease: str | None = None
    lease_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    next_send_at: datetime = Field(sa_type=UtcDateTime)
    due_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class OutgoingMessage(InWorkspace, table=True):
    """A message as intent: what it is about, not its words. `delivery` is how it is found again in Slack."""

    __tablename__ = "outbox"
    __table_args__ = args(
        "id",
        refs=[("person_id", "people")],
        unique=[("delivery",)],
        index=[("lane", "state", "id"), ("state", "next_at")],
    )

    id: int
    delivery: str
    lane: str
    operation: str
    kind: str
    arguments: str = Field(sa_type=Text)
    person_id: int | None = None
    thread_of: int | None = None
    target: int | None = None
    state: str
    attempts: int = 0
    created_at: datetime = Field(sa_type=UtcDateTime)
    next_at: datetime = Field(sa_type=UtcDateTime)
    first_attempt_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    attempted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    settled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    channel: str | None = None
    ts: str | None = None
    file_id: str | None = None
    cursor: str | None = None
    error: str | None = Field(default=None, sa_type=Text)


class Job(InWorkspace, table=True):
    """Something to be done once: its `key` is unique among the jobs of its kind.

    A worker that runs it holds it by `lease` until `lease_until`, by the machine's clock; `arguments` hold ids only.
    """

    __tablename__ = "jobs"
    __table_args__ = args("id", unique=[("kind", "key")], index=[("state", "due_at")])

    id: int
    kind: str
    key: str
    arguments: str = Field(sa_type=Text)
    state: str
    attempts: int = 0
    created_at: datetime = Field(sa_type=UtcDateTime)
    due_at: datetime = Field(sa_type=UtcDateTime)
    settled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    lease: str | None = None
    lease_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    error: str | None = Field(default=None, sa_type=Text)


class WorkerBeat(SQLModel, table=True):
    """A worker that is alive, by the clock of its machine; its row goes when it ends cleanly."""

    __tablename__ = "workers"

    id: str = Field(primary_key=True)
    host: str
    sends: bool
    started_at: datetime = Field(sa_type=UtcDateTime)
    seen_at: datetime = Field(sa_type=UtcDateTime)


class TellingOfMoves(InWorkspace, table=True):
    """Who asked to be told when an import moves their number.

    `told_to` is the revision up to which they were told, None for who wants it no more. `change` counts the changes of
    mind in a workspace.
    """

    __tablename__ = "telling_of_moves"
    __table_args__ = args("person_id", refs=[("person_id", "people")], index=[("change",)])

    person_id: int
    told_to: int | None = None
    change: int
