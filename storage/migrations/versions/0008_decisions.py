"""What people decided in Turf, which an import does not overwrite."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    person = ["workspace_id", "by_person_id"], ["people.workspace_id", "people.id"]
    op.create_table(
        "decisions",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("what", "key")),
        sa.Column("by_person_id", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("said", sa.String(), nullable=True),
        sa.Column("said_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_decisions_workspace_id")),
        sa.ForeignKeyConstraint(*person, name=op.f("fk_decisions_workspace_id_by_person_id")),
        sa.PrimaryKeyConstraint("workspace_id", "what", "key", name=op.f("pk_decisions")),
        sqlite_with_rowid=False,
    )
