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
