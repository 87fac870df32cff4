"""Territories that are closed; the audit can only be added to; subsidiaries and returns are found by an index."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

SQLITE = """
CREATE TRIGGER audit_{deed}_refused BEFORE {deed} ON audit
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END
"""
FUNCTION = """
CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the audit is append-only'; END $$
"""
POSTGRESQL = """
CREATE TRIGGER audit_{deed}_refused BEFORE {deed} ON audit
FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()
"""


def upgrade() -> None:
    _closed()
    _index("ix_account_versions_below", "account_versions", "parent_id")
    _index("ix_deal_versions_returns", "deal_versions", "reverses_id")
    _append_only()


def _index(name: str, table: str, column: str) -> None:
    given = sa.text(f"{column} IS NOT NULL")
    op.create_index(name, table, ["workspace_id", column], sqlite_where=given, postgresql_where=given)


def _closed() -> None:
    # SQLite adds a key of two columns only to a table that is made anew.
    with op.batch_alter_table("territory_versions", table_kwargs={"sqlite_with_rowid": False}) as table:
        table.add_column(sa.Column("closed_on", sa.Date(), nullable=True))
        table.add_column(sa.Column("merged_into_id", sa.Integer(), nullable=True))
        table.create_foreign_key(
            op.f("fk_territory_versions_workspace_id_merged_into_id"),
            "territories",
            ["workspace_id", "merged_into_id"],
            ["workspace_id", "id"],
        )


def _append_only() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    if not sqlite:
        op.execute(FUNCTION)
    for deed in ("update", "delete", *(() if sqlite else ("truncate",))):
        op.execute((SQLITE if sqlite else POSTGRESQL).format(deed=deed))
