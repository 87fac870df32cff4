"""Workspaces and their revisions."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.errors import NotFound, UsageError
from storage.snapshot import AtRevision, Latest
from storage.tables import OPEN_REV, table_of, workspace

WORKSPACES = table_of(workspace.Workspace)
REVISIONS = table_of(workspace.Revision)
SETTINGS = table_of(workspace.Setting)


@dataclass(frozen=True, slots=True)
class WorkspaceRow:
    id: int
    slug: str
    slack_team_id: str | None


async def find_workspace(connection: AsyncConnection, slug: str | None = None) -> WorkspaceRow:
    """The workspace named `slug`, or the only one. Raises NotFound or UsageError with what to do."""
    rows = [
        WorkspaceRow(*row)
        for row in await connection.execute(
            select(WORKSPACES.c.id, WORKSPACES.c.slug, WORKSPACES.c.slack_team_id).order_by(WORKSPACES.c.id)
        )
    ]
    chosen = [row for row in rows if slug in (None, row.slug)]
    if len(chosen) == 1:
        return chosen[0]
    if slug is None and rows:
        raise UsageError(
            f"There are {len(rows)} workspaces. Name one with --workspace: {', '.join(row.slug for row in rows)}."
        )
    if slug is None:
        raise NotFound("There is no workspace yet. Make one with `turf init`, or import something.")
    raise NotFound(f"I don't know a workspace '{slug}'.", [row.slug for row in rows], asked=slug)


async def slug_of(connection: AsyncConnection, workspace_id: int) -> str:
    """What a workspace is called on the command line."""
    query = select(WORKSPACES.c.slug).where(WORKSPACES.c.id == workspace_id)
    return str((await connection.execute(query)).scalar_one())


async def workspace_count(connection: AsyncConnection) -> int:
    return (await connection.execute(select(func.count()).select_from(WORKSPACES))).scalar_one()


async def create_workspace(
    connection: AsyncConnection, slug: str, settings: Mapping[str, Any], *, now: datetime
) -> WorkspaceRow:
    """A new workspace with its first revision, which holds the settings."""
    # Not a number from PostgreSQL's own counter: an import that makes its workspace has numbered its rows by then, and
    # the counter keeps counting when one is killed.
    highest = (await connection.execute(select(func.max(WORKSPACES.c.id)))).scalar_one()
    row = WorkspaceRow(id=(highest or 0) + 1, slug=slug, slack_team_id=None)
    await connection.execute(insert(WORKSPACES).values(id=row.id, slug=slug, created_at=now))
    revision = await take_revision(connection, row.id, now=now, cause="init")
    await set_settings(connection, row.id, revision, settings)
    return row


async def take_revision(
    connection: AsyncConnection, workspace_id: int, *, now: datetime, cause: str, by: int | None = None
) -> int:
    """The next revision of the workspace. Writers queue here, so revisions are numbered in the order of their commits."""
    await queue(connection, workspace_id)
    number = await latest_revision(connection, workspace_id) + 1
    await connection.execute(
        insert(REVISIONS).values(workspace_id=workspace_id, id=number, at=now, by_person_id=by, cause=cause)
    )
    return number


async def queue(connection: AsyncConnection, workspace_id: int) -> None:
    """Wait until no other transaction is about to take a revision; none can until this one ends."""
    # The weaker of the two locks: rows that only refer to the workspace are nobody's rivals.
    row = select(WORKSPACES.c.id).where(WORKSPACES.c.id == workspace_id)
    await connection.execute(row.with_for_update(key_share=True))


# Every answer asks this: building it each time costs as much as asking it.
_LATEST = select(func.max(REVISIONS.c.id)).where(REVISIONS.c.workspace_id == bindparam("workspace"))


async def latest_revision(connection: AsyncConnection, workspace_id: int) -> int:
    """0 before the first one."""
    return (await connection.execute(_LATEST, {"workspace": workspace_id})).scalar_one() or 0


def end_of(day: date, zone: str) -> datetime:
    """The instant at which a day ends in a zone."""
    return datetime.combine(day + timedelta(days=1), time.min, ZoneInfo(zone)).astimezone(UTC)


async def revision_at_end_of(connection: AsyncConnection, workspace_id: int, day: date, zone: str) -> int:
    """The last revision before `day` ended in the workspace's zone; 0 if nothing was known then."""
    earlier = REVISIONS.c.workspace_id == workspace_id, REVISIONS.c.at < end_of(day, zone)
    query = select(func.max(REVISIONS.c.id)).where(*earlier)
    return (await connection.execute(query)).scalar_one() or 0


async def revision_moment(connection: AsyncConnection, workspace_id: int, revision: int) -> datetime:
    """When a revision was made. Raises LookupError for one that was not."""
    query = select(REVISIONS.c.at).where(REVISIONS.c.workspace_id == workspace_id, REVISIONS.c.id == revision)
    found: datetime | None = (await connection.execute(query)).scalar_one_or_none()
    if found is None:
        raise LookupError(f"there is no revision {revision}")
    return found


async def set_settings(
    connection: AsyncConnection, workspace_id: int, revision: int, settings: Mapping[str, Any]
) -> None:
    """End the present versions of these settings and store the new values; None ends a setting."""
    here = (SETTINGS.c.workspace_id == workspace_id) & (SETTINGS.c.rev_to == OPEN_REV)
    await connection.execute(update(SETTINGS).where(here, SETTINGS.c.name.in_(settings)).values(rev_to=revision))
    rows = [
        {
            "workspace_id": workspace_id,
            "name": name,
            "rev_from": revision,
            "rev_to": OPEN_REV,
            "value": json.dumps(value),
        }
        for name, value in settings.items()
        if value is not None
    ]
    if rows:
        await connection.execute(insert(SETTINGS), rows)


async def latest(connection: AsyncConnection, workspace_id: int) -> Latest:
    """The state that holds now."""
    return Latest(workspace_id, await latest_revision(connection, workspace_id))


async def as_of(connection: AsyncConnection, workspace_id: int, day: date, zone: str) -> AtRevision:
    """What was known at the end of `day`."""
    return AtRevision(workspace_id, await revision_at_end_of(connection, workspace_id, day, zone))
