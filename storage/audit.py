"""The record of who did what."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import table_of
from storage.tables.workspace import Audit

AUDIT = table_of(Audit)


@dataclass(frozen=True, slots=True)
class Occasion:
    """Who writes (a person, or None for Turf itself), through what (command, button, modal, worker, cli), and when."""

    by: int | None
    via: str
    now: datetime


async def append(
    connection: AsyncConnection,
    workspace_id: int,
    occasion: Occasion,
    action: str,
    subject: tuple[str, int | None],
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> int:
    """Add a row, whose number is returned. The caller holds the workspace's queue (`storage.revisions.queue`)."""
    highest = select(func.max(AUDIT.c.id)).where(AUDIT.c.workspace_id == workspace_id)
    number = int((await connection.execute(highest)).scalar_one() or 0) + 1
    row = {
        "workspace_id": workspace_id,
        "id": number,
        "at": occasion.now,
        "by_person_id": occasion.by,
        "via": occasion.via,
        "action": action,
        "subject_kind": subject[0],
        "subject_id": subject[1],
        "before": None if before is None else json.dumps(before, default=str),
        "after": None if after is None else json.dumps(after, default=str),
    }
    await connection.execute(insert(AUDIT).values(row))
    return number


async def last_about(
    connection: AsyncConnection, workspace_id: int, kind: str, number: int
) -> tuple[datetime, int | None] | None:
    """When something was done last about one thing, and by whom; None if nothing ever was."""
    here = AUDIT.c.workspace_id == workspace_id, AUDIT.c.subject_kind == kind, AUDIT.c.subject_id == number
    query = select(AUDIT.c.at, AUDIT.c.by_person_id).where(*here).order_by(AUDIT.c.id.desc()).limit(1)
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else (row.at, row.by_person_id)
