"""Workers that are alive."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "workers",
        *(sa.Column(name, sa.String(), nullable=False) for name in ("id", "host")),
        sa.Column("sends", sa.Boolean(), nullable=False),
        *(sa.Column(name, INSTANT, nullable=False) for name in ("started_at", "seen_at")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workers")),
    )
