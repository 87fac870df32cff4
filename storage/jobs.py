"""What workers have to do once: rows with a unique key, claimed by a lease.

What is due goes by the product's clock, who holds what by the machine's (`storage.leases`).
"""

import json
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database
from storage.leases import LEASE, free, machine_time
from storage.revisions import WORKSPACES
from storage.tables import table_of
from storage.tables.delivery import Job

JOBS = table_of(Job)
ATTEMPTS = 5
"""How often it may fail."""
DEATHS = 20
"""How often it may be begun: workers that die say little of the job, unless it is the job that kills them."""
LONGEST = timedelta(minutes=10)
"""Between two attempts at most."""
KEPT = timedelta(days=400)
"""For how long it is known that a job was done: a year of weekly ones."""


class JobState(StrEnum):
    WAITING = "waiting"
    """Also while a worker is at it."""
    DONE = "done"
    SKIPPED = "skipped"
    """There was nothing to do any more; `error` says why."""
    DEAD = "dead"
    """Given up: `turf outbox` lists it with the reason, and can try again."""


@dataclass(frozen=True, slots=True)
class ClaimedJob:
    """A job that is held by `lease`. `attempts` counts this one too."""

    workspace_id: int
    id: int
    kind: str
    key: str
    raw_arguments: str
    attempts: int
    lease: str
    error: str | None = None
    """Why it failed the last time."""

    @property
    def arguments(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = json.loads(self.raw_arguments)
        return found

    @property
    def is_last(self) -> bool:
        """It is given up if it fails once more."""
        return self.attempts >= ATTEMPTS

    @property
    def kills(self) -> bool:
        """Workers died at it too often: it is to be given up, not run."""
        return self.attempts > DEATHS


@dataclass(frozen=True, slots=True)
class NewJob:
    """Something to do from `due_at` on, once for its key; `arguments` hold ids only."""

    key: str
    arguments: Mapping[str, Any]
    due_at: datetime


class Jobs:
    """The jobs of one workspace in a transaction that holds the workspace's queue (see `Writing`)."""

    def __init__(self, connection: AsyncConnection, workspace_id: int, now: datetime) -> None:
        self._connection = connection
        self._workspace_id = workspace_id
        self._now = now

    async def add(self, kind: str, key: str, arguments: Mapping[str, Any], due_at: datetime) -> bool:
        """Have a worker do it from `due_at` on; False if it is there already, whatever became of it."""
        return bool(await self.add_all(kind, [NewJob(key, arguments, due_at)]))

    async def again(self, kind: str, key: str, arguments: Mapping[str, Any]) -> bool:
        """Do now what was skipped or given up, with these arguments; False if there is no such job."""
        ended = JOBS.c.state.in_((JobState.SKIPPED, JobState.DEAD))
        return await self._reopen(kind, key, ended, arguments=json.dumps(arguments, sort_keys=True))

    async def after_all(self, kind: str, key: str, why: str) -> bool:
        """Do now, as it was ordered, what was skipped for that reason; False if there is no such job."""
        return await self._reopen(kind, key, and_(JOBS.c.state == JobState.SKIPPED, JOBS.c.error == why))

    async def _reopen(self, kind: str, key: str, which: ColumnElement[bool], **more: str) -> bool:
        here = and_(JOBS.c.workspace_id == self._workspace_id, JOBS.c.kind == kind, JOBS.c.key == key, which)
        values = {"state": JobState.WAITING, "attempts": 0, "due_at": self._now, "settled_at": None, "error": None}
        return bool((await self._connection.execute(update(JOBS).where(here).values({**values, **more}))).rowcount)

    async def add_all(self, kind: str, wanted: Sequence[NewJob]) -> int:
        """The same for some hundreds at once, in a few statements; how many were not there already."""
        here = JOBS.c.workspace_id == self._workspace_id
        same = select(JOBS.c.key).where(here, JOBS.c.kind == kind, JOBS.c.key.in_([one.key for one in wanted]))
        known = set((await self._connection.execute(same)).scalars())
        number = int((await self._connection.execute(select(func.max(JOBS.c.id)).where(here))).scalar_one() or 0)
        new = [one for one in wanted if one.key not in known]
        rows = [self._row(number + place, kind, one) for place, one in enumerate(new, start=1)]
        if rows:
            await self._connection.execute(insert(JOBS), rows)
        return len(rows)

    def _row(self, number: int, kind: str, job: NewJob) -> dict[str, Any]:
        return {
            "workspace_id": self._workspace_id,
            "id": number,
            "kind": kind,
            "key": job.key,
            "arguments": json.dumps(job.arguments, sort_keys=True),
            "state": JobState.WAITING,
            "attempts": 0,
            "created_at": self._now,
            "due_at": job.due_at,
        }


async def claim(
    database: Database, kinds: Collection[str], now: datetime, machine: datetime | None = None
) -> ClaimedJob | None:
    """Take the job of these kinds that has been due longest; None if there is none."""
    machine = machine or machine_time()
    async with database.write() as connection:
        for workspace in (await connection.execute(select(WORKSPACES.c.id).order_by(WORKSPACES.c.id))).scalars().all():
            row = (await connection.execute(_due(workspace, kinds, now, machine))).first()
            if row is not None:
                return await _taken(connection, row, machine)
    return None


def _due(workspace: int, kinds: Collection[str], now: datetime, machine: datetime) -> Select[Any]:
    here = JOBS.c.workspace_id == workspace, JOBS.c.state == JobState.WAITING, JOBS.c.due_at <= now
    query = (
        select(JOBS)
        .where(*here, free(JOBS.c.lease_until, machine), JOBS.c.kind.in_(sorted(kinds)))
        .order_by(JOBS.c.due_at, JOBS.c.id)
    )
    return query.limit(1).with_for_update(skip_locked=True)


async def _taken(connection: AsyncConnection, row: Any, machine: datetime) -> ClaimedJob:
    lease, attempts = secrets.token_hex(8), row.attempts + 1
    held = {"lease": lease, "lease_until": machine + LEASE, "attempts": attempts}
    await connection.execute(update(JOBS).where(_job(row.workspace_id, row.id)).values(held))
    return ClaimedJob(row.workspace_id, row.id, row.kind, row.key, row.arguments, attempts, lease, row.error)


async def hold(connection: AsyncConnection, claimed: ClaimedJob, machine: datetime | None = None) -> bool:
    """Go on holding a job; False if another worker has it, or it was settled."""
    until = (machine or machine_time()) + LEASE
    held = await connection.execute(update(JOBS).where(_ours(claimed)).values(lease_until=until))
    return bool(held.rowcount)


async def settle(
    connection: AsyncConnection, claimed: ClaimedJob, state: JobState, now: datetime, why: str | None = None
) -> bool:
    """Record how it ended; False if it is no longer ours: then nothing that was done for it may be committed."""
    values = {"state": state, "settled_at": now, "error": why, "lease": None, "lease_until": None}
    return bool((await connection.execute(update(JOBS).where(_ours(claimed)).values(values))).rowcount)


async def put_off(
    connection: AsyncConnection, claimed: ClaimedJob, due_at: datetime, why: str, *, counts: bool
) -> bool:
    """Let it go until `due_at`; without `counts` it was no attempt. False if it is no longer ours."""
    values = {"due_at": due_at, "error": why, "lease": None, "lease_until": None}
    values["attempts"] = claimed.attempts if counts else claimed.attempts - 1
    return bool((await connection.execute(update(JOBS).where(_ours(claimed)).values(values))).rowcount)


def backoff(attempts: int, jitter: float) -> timedelta:
    """Half a minute, doubled with each attempt, up to ten minutes; `jitter` (0 to 1) takes away up to a half."""
    longest: timedelta = min(timedelta(seconds=30 * 2.0 ** (attempts - 1)), LONGEST)
    return longest * (1 - jitter / 2)


async def forget_old(connection: AsyncConnection, now: datetime) -> int:
    """Remove what was done or skipped long ago; how many there were."""
    old = and_(JOBS.c.state.in_((JobState.DONE, JobState.SKIPPED)), JOBS.c.settled_at <= now - KEPT)
    return (await connection.execute(JOBS.delete().where(old))).rowcount


def _ours(claimed: ClaimedJob) -> ColumnElement[bool]:
    held = and_(JOBS.c.state == JobState.WAITING, JOBS.c.lease == claimed.lease)
    return and_(_job(claimed.workspace_id, claimed.id), held)


def _job(workspace_id: int, number: int) -> ColumnElement[bool]:
    return and_(JOBS.c.workspace_id == workspace_id, JOBS.c.id == number)
