"""The inbox and the outbox."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _inbox()
    _lanes()
    _outbox()


def _inbox() -> None:
    op.create_table(
        "inbox",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_inbox_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "key", name=op.f("pk_inbox")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_inbox_workspace_id_at"), "inbox", ["workspace_id", "at"])


def _lanes() -> None:
    op.create_table(
        "lanes",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("lease", sa.String(), nullable=True),
        sa.Column("lease_until", INSTANT, nullable=True),
        sa.Column("next_send_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_lanes_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "name", name=op.f("pk_lanes")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_lanes_workspace_id_next_send_at"), "lanes", ["workspace_id", "next_send_at"])


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("delivery", "lane", "operation", "kind")),
        sa.Column("arguments", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in ("person_id", "thread_of", "target")),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        *(sa.Column(name, INSTANT, nullable=False) for name in ("created_at", "next_at")),
        *(sa.Column(name, INSTANT, nullable=True) for name in ("first_attempt_at", "attempted_at", "settled_at")),
        *(sa.Column(name, sa.String(), nullable=True) for name in ("channel", "ts", "file_id", "cursor")),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_outbox_workspace_id")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "person_id"],
            ["people.workspace_id", "people.id"],
            name=op.f("fk_outbox_workspace_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_outbox")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_outbox_workspace_id_delivery"), "outbox", ["workspace_id", "delivery"], unique=True)
    op.create_index(op.f("ix_outbox_workspace_id_lane_state_id"), "outbox", ["workspace_id", "lane", "state", "id"])
    op.create_index(op.f("ix_outbox_workspace_id_state_next_at"), "outbox", ["workspace_id", "state", "next_at"])
