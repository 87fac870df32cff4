"""When the first open message of a lane is due, so that the next one is found by an index."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

BACKFILL = """
UPDATE lanes SET due_at = (
    SELECT head.next_at FROM outbox AS head
    WHERE head.workspace_id = lanes.workspace_id AND head.id = (
        SELECT min(open.id) FROM outbox AS open
        WHERE open.workspace_id = lanes.workspace_id AND open.lane = lanes.name AND open.state IN ('waiting', 'sending')
    )
)
"""


def upgrade() -> None:
    op.add_column("lanes", sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))
    op.drop_index(op.f("ix_lanes_workspace_id_next_send_at"), "lanes")
    op.create_index(op.f("ix_lanes_workspace_id_due_at"), "lanes", ["workspace_id", "due_at"])
    op.execute(BACKFILL)
