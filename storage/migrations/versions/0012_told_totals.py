"""Totals that digests told, each once: what the next one is held against, without reading all those digests."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

FIGURE = {"sqlite": "json_extract(figures, '$.{}')", "postgresql": "CAST(figures AS jsonb) ->> '{}'"}
STORED = """
SELECT workspace_id, scope_kind, scope_id, told, today, revision, max(id) AS digest_id FROM (
    SELECT digests.workspace_id, scope_kind, coalesce(scope_id, 0) AS scope_id, {told} AS told,
        {today} AS today, {revision} AS revision, digests.id
    FROM digests JOIN subscriptions
        ON subscriptions.workspace_id = digests.workspace_id AND subscriptions.id = digests.subscription_id
    WHERE scope_kind IN ('team', 'company')
) AS each_digest
WHERE told IS NOT NULL GROUP BY workspace_id, scope_kind, scope_id, told, today, revision ORDER BY digest_id
"""


def upgrade() -> None:
    table = op.create_table(
        "told_totals",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("today", sa.Date(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("scope_kind", sa.String(), nullable=False),
        sa.Column("scope_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("credited", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("was", sa.BigInteger(), nullable=True),
        sa.Column("digest_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_told_totals_workspace_id")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "digest_id"],
            ["digests.workspace_id", "digests.id"],
            name=op.f("fk_told_totals_workspace_id_digest_id"),
        ),
        sa.PrimaryKeyConstraint(
            "workspace_id", "today", "revision", "scope_kind", "scope_id", "period", name=op.f("pk_told_totals")
        ),
        sqlite_with_rowid=False,
    )
    key = table.primary_key.columns.keys()
    # What was told of the same state again stands for what was told before.
    kept = {tuple(row[name] for name in key): row for row in _stored()}
    op.bulk_insert(table, list(kept.values()))


def _stored() -> Iterator[dict[str, Any]]:
    for row in _figures("told", today="NULL", revision="NULL"):
        yield _kept(row, json.loads(row.told))
    # The result of a period that had ended was told as of the digest's own day.
    for row in _figures("ended", today="CAST(digests.today AS text)", revision="digests.revision"):
        ended = json.loads(row.told)
        if ended.get("tellable"):
            yield _kept(row, ended | {"today": row.today, "revision": row.revision, "since": None, "was": None})


def _figures(name: str, **columns: str) -> Iterable[sa.Row[Any]]:
    """What digests showed by this name, each once."""
    connection = op.get_bind()
    figure = FIGURE[connection.dialect.name].format(name)
    return connection.execute(sa.text(STORED.format(told=figure, **columns)))


def _kept(row: sa.Row[Any], told: Mapping[str, Any]) -> dict[str, Any]:
    since = date.fromisoformat(told["since"]) if told["since"] else None
    days = {"today": date.fromisoformat(told["today"]), "since": since}
    same = {name: getattr(row, name) for name in ("workspace_id", "scope_kind", "scope_id", "digest_id")}
    return same | days | {name: told[name] for name in ("revision", "period", "credited", "was")}
