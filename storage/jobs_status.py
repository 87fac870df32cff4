"""How the jobs stand: for metrics, `turf doctor` and `turf outbox`."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.jobs import JOBS, JobState


@dataclass(frozen=True, slots=True)
class JobDepth:
    """Counts over all workspaces. `retrying` (tried, and it failed) is part of `waiting`; `oldest` is since when the one that waits longest has been due."""

    waiting: int
    retrying: int
    dead: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class ListedJob:
    """A job as `turf outbox list` shows it."""

    id: int
    kind: str
    key: str
    state: JobState
    attempts: int
    created_at: datetime
    error: str | None


async def job_depth(connection: AsyncConnection, now: datetime) -> JobDepth:
    waits = JOBS.c.state == JobState.WAITING
    # Who is at it now for the first time has an attempt too.
    failed = or_(JOBS.c.attempts > 1, and_(JOBS.c.attempts == 1, JOBS.c.lease.is_(None)))
    query = select(
        func.count().filter(waits),
        func.count().filter(and_(waits, failed)),
        func.count().filter(JOBS.c.state == JobState.DEAD),
        func.min(JOBS.c.due_at).filter(and_(waits, JOBS.c.due_at <= now)),
    ).where(JOBS.c.state.in_((JobState.WAITING, JobState.DEAD)))
    return JobDepth(*(await connection.execute(query)).one())


async def listed_jobs(
    connection: AsyncConnection, workspace_id: int, *, all_open: bool, most: int = 200
) -> list[ListedJob]:
    """What was given up, and with `all_open` what waits; oldest first."""
    states = (JobState.DEAD, JobState.WAITING) if all_open else (JobState.DEAD,)
    names = ("id", "kind", "key", "state", "attempts", "created_at", "error")
    query = select(*(JOBS.c[name] for name in names))
    query = query.where(JOBS.c.workspace_id == workspace_id, JOBS.c.state.in_(states)).order_by(JOBS.c.id)
    rows = (await connection.execute(query.limit(most))).mappings()
    return [ListedJob(**{**row, "state": JobState(row["state"])}) for row in rows]


async def given_up(connection: AsyncConnection, workspace_id: int) -> int:
    """How many jobs of a workspace are tried no more until somebody asks for it."""
    query = select(func.count()).where(JOBS.c.workspace_id == workspace_id, JOBS.c.state == JobState.DEAD)
    return int((await connection.execute(query)).scalar_one())


async def retry_jobs(connection: AsyncConnection, workspace_id: int, number: int | None, now: datetime) -> int:
    """Try job `number` again (all that were given up without one); how many there were."""
    wanted = and_(JOBS.c.workspace_id == workspace_id, JOBS.c.state == JobState.DEAD)
    if number is not None:
        wanted = and_(wanted, JOBS.c.id == number)
    values = {"state": JobState.WAITING, "attempts": 0, "due_at": now, "settled_at": None, "error": None}
    return (await connection.execute(update(JOBS).where(wanted).values(values))).rowcount
