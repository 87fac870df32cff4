"""Jobs, subscriptions to digests, and the digests that were made."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _jobs()
    _subscriptions()
    _digests()
    _muted_sections()


def _create(table: str, key: list[str], *columns: sa.Column[Any], refs: dict[str, str] | None = None) -> None:
    references = (
        sa.ForeignKeyConstraint(
            ["workspace_id", column],
            [f"{other}.workspace_id", f"{other}.id"],
            name=op.f(f"fk_{table}_workspace_id_{column}"),
        )
        for column, other in (refs or {}).items()
    )
    op.create_table(
        table,
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f(f"fk_{table}_workspace_id")),
        *references,
        sa.PrimaryKeyConstraint("workspace_id", *key, name=op.f(f"pk_{table}")),
        sqlite_with_rowid=False,
    )


def _index(table: str, *columns: str, unique: bool = False) -> None:
    name = f"ix_{table}_workspace_id_{'_'.join(columns)}"
    op.create_index(op.f(name), table, ["workspace_id", *columns], unique=unique)


def _jobs() -> None:
    _create(
        "jobs",
        ["id"],
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("kind", "key")),
        sa.Column("arguments", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        *(sa.Column(name, INSTANT, nullable=False) for name in ("created_at", "due_at")),
        sa.Column("settled_at", INSTANT, nullable=True),
        sa.Column("lease", sa.String(), nullable=True),
        sa.Column("lease_until", INSTANT, nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
    )
    _index("jobs", "kind", "key", unique=True)
    _index("jobs", "state", "due_at")


def _subscriptions() -> None:
    _create(
        "subscriptions",
        ["id"],
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.String(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("scope_kind", sa.String(), nullable=False),
        sa.Column("scope_id", sa.Integer(), nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("weekdays", "at", "timezone", "hidden")),
        sa.Column("skip_when_empty", sa.Boolean(), nullable=False),
        sa.Column("holiday_rule", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Date(), nullable=True) for name in ("ends_on", "paused_until")),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=True),
        *(sa.Column(name, sa.Date(), nullable=True) for name in ("last_slot", "next_slot")),
        sa.Column("due_at", INSTANT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        refs={"person_id": "people", "owner_id": "people"},
    )
    _index("subscriptions", "due_at")
    _index("subscriptions", "channel_id")


def _digests() -> None:
    _create(
        "digests",
        ["id"],
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("id", "subscription_id")),
        sa.Column("slot", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("today", sa.Date(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("compared_with", sa.Integer(), nullable=True),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.Column("message", sa.Integer(), nullable=True),
        refs={"subscription_id": "subscriptions"},
    )
    _index("digests", "subscription_id", "slot", unique=True)


def _muted_sections() -> None:
    _create(
        "muted_sections",
        ["person_id", "section"],
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("section", sa.String(), nullable=False),
        refs={"person_id": "people"},
    )
