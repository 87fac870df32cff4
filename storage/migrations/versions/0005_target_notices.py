"""People's own words, and who was told of a target and answered."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _notes()
    _notices()


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    names = ["workspace_id", column], [f"{other}.workspace_id", f"{other}.id"]
    return sa.ForeignKeyConstraint(*names, name=op.f(f"fk_{table}_workspace_id_{column}"))


def _notes() -> None:
    op.create_table(
        "notes",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("id", "person_id")),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_notes_workspace_id")),
        _to("notes", "person_id", "people"),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_notes")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_notes_workspace_id_person_id"), "notes", ["workspace_id", "person_id"])


def _notices() -> None:
    op.create_table(
        "target_notices",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("period", "metric")),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("rev", "person_id", "by_person_id")),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("message", sa.Integer(), nullable=True),
        *(sa.Column(name, INSTANT, nullable=True) for name in ("read_at", "concern_at")),
        sa.Column("concern_note", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_target_notices_workspace_id")),
        _to("target_notices", "person_id", "people"),
        _to("target_notices", "by_person_id", "people"),
        _to("target_notices", "concern_note", "notes"),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_target_notices")),
        sqlite_with_rowid=False,
    )
    of_target = ["subject_kind", "subject_id", "period", "metric", "rev"]
    name = op.f(f"ix_target_notices_workspace_id_{'_'.join(of_target)}")
    op.create_index(name, "target_notices", ["workspace_id", *of_target])
    op.create_index(op.f("ix_target_notices_workspace_id_person_id"), "target_notices", ["workspace_id", "person_id"])
