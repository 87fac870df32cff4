"""Open shares hold for a stretch of days."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # What is there holds on any day until an import looks at its deal again.
    for name, default in (("from_on", "0001-01-01"), ("to_on", "9999-12-31")):
        op.add_column("open_shares", sa.Column(name, sa.Date(), nullable=False, server_default=default))
