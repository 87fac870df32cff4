"""Requests to change territories: what is asked for, what it holds, who decided, and what was said about it."""

from datetime import date, datetime

from sqlalchemy import Text
from sqlmodel import Field

from storage.tables.base import InWorkspace, UtcDateTime, args, some_of


class Request(InWorkspace, table=True):
    """`change` and `written` are JSON (`storage.request_json`): what is asked for, and the rows that it changed at `written_rev`.

    `version` counts every change of the row, `turn` how often it was submitted. `basis_rev` and `basis_digest` are of
    the preview that was shown last, `card` is the number of its card in the outbox, `reason` stands in `notes`.
    """

    __tablename__ = "requests"
    __table_args__ = args(
        "id",
        refs=[("requester_id", "people"), ("reason", "notes"), ("reverses_id", "requests")],
        index=[("state", "effective_on"), ("requester_id",), ("card",)],
    )

    id: int
    kind: str
    state: str
    version: int = 1
    turn: int = 1
    requester_id: int
    effective_on: date
    change: str = Field(sa_type=Text)
    policy_version: int | None = None
    reason: int | None = None
    basis_rev: int | None = None
    basis_digest: str | None = None
    card: int | None = None
    failure: str | None = Field(default=None, sa_type=Text)
    written: str | None = Field(default=None, sa_type=Text)
    written_rev: int | None = None
    reverses_id: int | None = None
    created_at: datetime = Field(sa_type=UtcDateTime)
    submitted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    changed_at: datetime = Field(sa_type=UtcDateTime)


class RequestObject(InWorkspace, table=True):
    """A thing that a request is about: `account:17`, `territory:3`, `person:5`.

    `held` while the request is open and nothing else may be asked about the thing.
    """

    __tablename__ = "request_objects"
    __table_args__ = (
        *args("request_id", "object", refs=[("request_id", "requests")], index=[("object",)])[:-1],
        some_of("uq_request_objects_held", "object", where="held", unique=True),
        {"sqlite_with_rowid": False},
    )

    request_id: int
    object: str
    held: bool = False


class RequestDecision(InWorkspace, table=True):
    """What was decided for one side of a request in one turn; `note` stands in `notes`, `rev` is what the decider saw."""

    __tablename__ = "request_decisions"
    __table_args__ = args(
        "request_id",
        "turn",
        "slot",
        refs=[
            ("request_id", "requests"),
            ("by_person_id", "people"),
            ("on_behalf_of_id", "people"),
            ("note", "notes"),
        ],
        index=[("by_person_id",)],
    )

    request_id: int
    turn: int
    slot: str
    by_person_id: int
    on_behalf_of_id: int | None = None
    verdict: str
    note: int | None = None
    rev: int | None = None
    at: datetime = Field(sa_type=UtcDateTime)


class RequestReply(InWorkspace, table=True):
    """The kept copy of a message in a request's thread: its text stands in `notes`, and is empty once it was deleted."""

    __tablename__ = "request_replies"
    __table_args__ = args(
        "request_id",
        "ts",
        refs=[("request_id", "requests"), ("person_id", "people"), ("note", "notes")],
        index=[("channel", "ts")],
    )

    request_id: int
    channel: str
    ts: str
    person_id: int
    note: int
    at: datetime = Field(sa_type=UtcDateTime)
    changed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
