"""What a database holds, in numbers: for checking an installation."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import SQLModel

from storage.company import load_settings, settings_from
from storage.revisions import WORKSPACES, latest
from storage.snapshot import Snapshot
from storage.tables import crm, people, table_of, targets, territories
from storage.tables.workspace import ImportRun

IMPORT_RUNS = table_of(ImportRun)
COUNTED: dict[str, type[SQLModel]] = {
    "people": people.PersonVersion,
    "territories": territories.TerritoryVersion,
    "accounts": crm.AccountVersion,
    "deals": crm.DealVersion,
    "targets": targets.Target,
}


@dataclass(frozen=True, slots=True)
class WorkspaceOverview:
    """A workspace, how many rows it has now by kind, and when its last import was finished."""

    slug: str
    slack_team_id: str | None
    currency: str
    timezone: str
    counts: dict[str, int]
    last_import: datetime | None


async def overview(connection: AsyncConnection) -> list[WorkspaceOverview]:
    """All workspaces of the database, oldest first."""
    query = select(WORKSPACES.c.id, WORKSPACES.c.slug, WORKSPACES.c.slack_team_id).order_by(WORKSPACES.c.id)
    return [await _workspace(connection, *row) for row in (await connection.execute(query)).all()]


async def _workspace(connection: AsyncConnection, id: int, slug: str, team: str | None) -> WorkspaceOverview:  # noqa: A002
    now = await latest(connection, id)
    settings = settings_from(await load_settings(connection, now))
    newest = select(func.max(IMPORT_RUNS.c.finished_at)).where(IMPORT_RUNS.c.workspace_id == id)
    return WorkspaceOverview(
        slug=slug,
        slack_team_id=team,
        currency=settings.currency,
        timezone=settings.timezone,
        counts={name: await _count(connection, now, model) for name, model in COUNTED.items()},
        last_import=(await connection.execute(newest)).scalar_one(),
    )


async def _count(connection: AsyncConnection, now: Snapshot, model: type[SQLModel]) -> int:
    return int((await connection.execute(select(func.count()).select_from(now.source(model)))).scalar_one())
