"""Whether a deal is its account's first is asked by account and day."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    columns = ["workspace_id", "account_id", "closed_on"]
    op.create_index("ix_deal_versions_workspace_id_account_id_closed_on", "deal_versions", columns)
