"""The workspace, its settings and installations, and the record of who changed what and when."""

from datetime import datetime

from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, Text
from sqlmodel import Field, SQLModel

from storage.tables.base import InWorkspace, UtcDateTime, Versioned, args


class Workspace(SQLModel, table=True):
    """One Slack team's world. `slug` is what `--workspace` takes."""

    __tablename__ = "workspaces"

    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(unique=True)
    slack_team_id: str | None = Field(default=None, unique=True)
    created_at: datetime = Field(sa_type=UtcDateTime)


class Setting(Versioned, table=True):
    """A setting that figures use, as JSON text, with its versions."""

    __tablename__ = "settings"
    __table_args__ = args("name", "rev_from")

    name: str
    value: str = Field(sa_type=Text)


class Installation(SQLModel, table=True):
    """A Slack installation. Tokens are encrypted; see TURF_SECRET_KEY."""

    __tablename__ = "installations"

    workspace_id: int = Field(sa_column=Column(Integer, ForeignKey("workspaces.id"), primary_key=True))
    slack_team_id: str = Field(unique=True)
    bot_user_id: str | None = None
    bot_token: bytes | None = Field(default=None, sa_type=LargeBinary)
    scopes: str = ""
    installed_by: str | None = None
    installed_at: datetime = Field(sa_type=UtcDateTime)


class Revision(InWorkspace, table=True):
    """Each write that moves a figure takes the next number of its workspace; `cause` says what it was."""

    __tablename__ = "revisions"
    __table_args__ = args("id", index=[("at",)])

    id: int
    at: datetime = Field(sa_type=UtcDateTime)
    by_person_id: int | None = None
    cause: str


class Audit(InWorkspace, table=True):
    """Who did what, where and when. Appended in the transaction of the deed; holds ids, never names."""

    __tablename__ = "audit"
    __table_args__ = args("id", index=[("subject_kind", "subject_id"), ("at",)])

    id: int
    at: datetime = Field(sa_type=UtcDateTime)
    by_person_id: int | None = None
    via: str
    action: str
    subject_kind: str
    subject_id: int | None = None
    before: str | None = Field(default=None, sa_type=Text)
    after: str | None = Field(default=None, sa_type=Text)
    policy_version: int | None = None


class Draft(InWorkspace, table=True):
    """What a person has typed into a modal that is not sent yet; kept for 24 hours."""

    __tablename__ = "drafts"
    __table_args__ = args("id", refs=[("person_id", "people")], index=[("person_id", "kind"), ("expires_at",)])

    id: str
    person_id: int
    kind: str
    content: str = Field(sa_type=Text)
    version: int = 1
    expires_at: datetime = Field(sa_type=UtcDateTime)


class ImportRun(InWorkspace, table=True):
    """One import: what was read, what became of it (the reconciliation, as JSON), and the revision that it made."""

    __tablename__ = "import_runs"
    __table_args__ = args("id", index=[("finished_at",)])

    id: int
    source: str
    mapping: str | None = None
    started_at: datetime = Field(sa_type=UtcDateTime)
    finished_at: datetime = Field(sa_type=UtcDateTime)
    revision: int | None = None
    report: str = Field(sa_type=Text)


class ImportRefusal(InWorkspace, table=True):
    """A row that an import did not take, and why."""

    __tablename__ = "import_refusals"
    __table_args__ = args("run_id", "id", refs=[("run_id", "import_runs")])

    run_id: int
    id: int
    file: str
    kind: str
    line: int
    column: str
    value: str = Field(sa_type=Text)
    reason: str = Field(sa_type=Text)


class ImportOrder(InWorkspace, table=True):
    """An import that someone asked for in Slack, or that files in the watched folder asked for.

    `options` and `files` are JSON, `content` stands for what the files hold; `told` is the reconciliation in words, as
    JSON. `rejects` holds the refused rows until their file was sent. `message` is the head of its thread in the outbox.
    """

    __tablename__ = "import_orders"
    __table_args__ = args("id", refs=[("person_id", "people")], index=[("state",)])

    id: int
    source: str
    person_id: int | None = None
    options: str = Field(sa_type=Text)
    files: str = Field(sa_type=Text)
    content: str | None = None
    state: str
    outcome: str | None = None
    progress: str | None = Field(default=None, sa_type=Text)
    told: str | None = Field(default=None, sa_type=Text)
    error: str | None = Field(default=None, sa_type=Text)
    rejects: str | None = Field(default=None, sa_type=Text)
    message: int | None = None
    rejects_message: int | None = None
    run_id: int | None = None
    refused: int = 0
    created_at: datetime = Field(sa_type=UtcDateTime)
    settled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Note(InWorkspace, table=True):
    """What someone wrote in their own words. Free text of people stands here only, so that erasing it touches nothing else."""

    __tablename__ = "notes"
    __table_args__ = args("id", refs=[("person_id", "people")], index=[("person_id",)])

    id: int
    person_id: int
    at: datetime = Field(sa_type=UtcDateTime)
    about: str
    text: str | None = Field(default=None, sa_type=Text)


class Decision(InWorkspace, table=True):
    """What someone decided in Turf: it beats an import's value until the import agrees or operations let it go.

    `what` and `key` name the thing; `said` is what the last import said instead, and when.
    """

    __tablename__ = "decisions"
    __table_args__ = args("what", "key", refs=[("by_person_id", "people")])

    what: str
    key: str
    by_person_id: int
    at: datetime = Field(sa_type=UtcDateTime)
    said: str | None = None
    said_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
