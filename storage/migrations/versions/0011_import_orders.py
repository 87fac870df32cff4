"""Imports that were asked for in Slack, or that files in the watched folder asked for."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    texts = (sa.Column(name, sa.Text(), nullable=True) for name in ("progress", "told", "error", "rejects"))
    numbers = (sa.Column(name, sa.Integer(), nullable=True) for name in ("message", "rejects_message", "run_id"))
    op.create_table(
        "import_orders",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("options", "files")),
        sa.Column("content", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        *texts,
        *numbers,
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("settled_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_import_orders_workspace_id")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "person_id"],
            ["people.workspace_id", "people.id"],
            name=op.f("fk_import_orders_workspace_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_import_orders")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_import_orders_workspace_id_state"), "import_orders", ["workspace_id", "state"])
