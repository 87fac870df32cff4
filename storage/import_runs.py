"""What imports did, as they recorded it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import table_of, workspace

RUNS = table_of(workspace.ImportRun)
_DEALS = json.dumps({"kind": "deals"})[1:-1]
"""As it stands in the report of a run that had any."""


@dataclass(frozen=True, slots=True)
class RunSummary:
    """One import: when it ended, of which files, and how many rows of each kind it read, changed and refused."""

    number: int
    finished_at: datetime
    source: str
    kinds: Mapping[str, int]
    changed: int
    refused: int

    @property
    def read(self) -> int:
        return sum(self.kinds.values())


async def recent_runs(connection: AsyncConnection, workspace_id: int, limit: int) -> list[RunSummary]:
    """The last imports, newest first."""
    columns = RUNS.c.id, RUNS.c.finished_at, RUNS.c.source, RUNS.c.report
    query = select(*columns).where(RUNS.c.workspace_id == workspace_id).order_by(RUNS.c.id.desc()).limit(limit)
    return [_summary(*row) for row in await connection.execute(query)]


async def imports_of_deals(connection: AsyncConnection, workspace_id: int, since: datetime) -> list[datetime]:
    """When the imports that brought deals ended, from `since` on."""
    here = RUNS.c.workspace_id == workspace_id, RUNS.c.finished_at >= since, RUNS.c.report.contains(_DEALS)
    return list((await connection.execute(select(RUNS.c.finished_at).where(*here))).scalars())


def _summary(number: int, finished_at: datetime, source: str, report: str) -> RunSummary:
    kinds: list[Mapping[str, Any]] = json.loads(report)["kinds"]
    changes = ("inserted", "updated", "removed")
    return RunSummary(
        number=number,
        finished_at=finished_at,
        source=source,
        kinds={one["kind"]: one["read"] for one in kinds},
        changed=sum(one[name] for one in kinds for name in changes),
        refused=sum(one["refused"] for one in kinds),
    )
