"""Requests to change territories, what they hold, decisions and replies."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _requests()
    _objects()
    _decisions()
    _replies()


def _create(table: str, key: list[str], *columns: sa.Column[Any], refs: dict[str, str]) -> None:
    references = (
        sa.ForeignKeyConstraint(
            ["workspace_id", column],
            [f"{other}.workspace_id", f"{other}.id"],
            name=op.f(f"fk_{table}_workspace_id_{column}"),
        )
        for column, other in refs.items()
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


def _index(table: str, *columns: str) -> None:
    op.create_index(op.f(f"ix_{table}_workspace_id_{'_'.join(columns)}"), table, ["workspace_id", *columns])


def _number(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _requests() -> None:
    _create(
        "requests",
        ["id"],
        _number("id"),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("kind", "state")),
        *(_number(name) for name in ("version", "turn", "requester_id")),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        *(_number(name, nullable=True) for name in ("policy_version", "reason", "basis_rev")),
        sa.Column("basis_digest", sa.String(), nullable=True),
        _number("card", nullable=True),
        *(sa.Column(name, sa.Text(), nullable=True) for name in ("failure", "written")),
        *(_number(name, nullable=True) for name in ("written_rev", "reverses_id")),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("submitted_at", INSTANT, nullable=True),
        sa.Column("changed_at", INSTANT, nullable=False),
        refs={"requester_id": "people", "reason": "notes", "reverses_id": "requests"},
    )
    for columns in (("state", "effective_on"), ("requester_id",), ("card",)):
        _index("requests", *columns)


def _objects() -> None:
    _create(
        "request_objects",
        ["request_id", "object"],
        _number("request_id"),
        sa.Column("object", sa.String(), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        refs={"request_id": "requests"},
    )
    _index("request_objects", "object")
    held = sa.text("held")
    op.create_index(
        "uq_request_objects_held",
        "request_objects",
        ["workspace_id", "object"],
        unique=True,
        sqlite_where=held,
        postgresql_where=held,
    )


def _decisions() -> None:
    _create(
        "request_decisions",
        ["request_id", "turn", "slot"],
        *(_number(name) for name in ("request_id", "turn")),
        sa.Column("slot", sa.String(), nullable=False),
        _number("by_person_id"),
        _number("on_behalf_of_id", nullable=True),
        sa.Column("verdict", sa.String(), nullable=False),
        *(_number(name, nullable=True) for name in ("note", "rev")),
        sa.Column("at", INSTANT, nullable=False),
        refs={"request_id": "requests", "by_person_id": "people", "on_behalf_of_id": "people", "note": "notes"},
    )
    _index("request_decisions", "by_person_id")


def _replies() -> None:
    _create(
        "request_replies",
        ["request_id", "ts"],
        _number("request_id"),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("channel", "ts")),
        *(_number(name) for name in ("person_id", "note")),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=True),
        refs={"request_id": "requests", "person_id": "people", "note": "notes"},
    )
    _index("request_replies", "channel", "ts")
