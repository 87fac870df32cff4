"""Who asked to be told when an import moves their number."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLE = "telling_of_moves"


def upgrade() -> None:
    person = ["workspace_id", "person_id"]
    op.create_table(
        TABLE,
        *(sa.Column(name, sa.Integer(), nullable=False) for name in person),
        sa.Column("told_to", sa.Integer(), nullable=True),
        sa.Column("change", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f(f"fk_{TABLE}_workspace_id")),
        sa.ForeignKeyConstraint(
            person, ["people.workspace_id", "people.id"], name=op.f(f"fk_{TABLE}_workspace_id_person_id")
        ),
        sa.PrimaryKeyConstraint(*person, name=op.f(f"pk_{TABLE}")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f(f"ix_{TABLE}_workspace_id_change"), TABLE, ["workspace_id", "change"])
