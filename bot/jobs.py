"""Does what is due: claims a job, runs it, records what came of it."""

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from commands.kit.jobs import Due, JobKind, JobOutcome, Later, Skipped
from commands.kit.registry import Registry
from commands.kit.turf import local_date
from domain.errors import Busy, TurfError, Unavailable
from storage import jobs, leases
from storage.audit import Occasion
from storage.database import Database
from storage.faults import reach
from storage.jobs import ClaimedJob, JobState
from storage.store import Store
from storage.writing import write

log = structlog.get_logger("turf.jobs")


class _NotOurs(Exception):
    """Another worker has the job by now: nothing of this run may be kept."""


class Runner:
    """One of possibly several. A job that fails is tried again later and holds up no other."""

    def __init__(self, store: Store, registry: Registry, *, jitter: Callable[[], float] = random.random) -> None:
        self._store = store
        self._database: Database = store.database
        self._kinds = {entry.kind: entry for entry in registry.jobs()}
        self._jitter = jitter

    async def run_once(self, now: datetime) -> int:
        """Do everything that is due at `now`; how many jobs that were. Raises TurfError if the database is away."""
        count = 0
        while await self.step(now):
            count += 1
        return count

    async def step(self, now: datetime) -> bool:
        """Do one job; False if none is due. Raises TurfError."""
        claimed = await jobs.claim(self._database, self._kinds, now) if self._kinds else None
        if claimed is None:
            return False
        reach("job-claimed")
        if claimed.kills:
            await self._give_up(claimed, claimed.error or "the worker that was at it died", now)
            return True
        try:
            outcome = await self._run(claimed, now)
        except asyncio.CancelledError:
            await self._let_go(claimed, now, "its worker was told to stop")
            raise
        except _NotOurs:
            log.warning("job", id=claimed.id, kind=claimed.kind, why="another worker has it")
        except (Busy, Unavailable) as error:
            # Someone else writes, or what is needed is away; that says nothing of the job.
            await self._let_go(claimed, now + jobs.backoff(1, self._jitter()), error.message)
        except Exception as error:  # noqa: BLE001 - whatever a job does, the others go on
            await self._failed(claimed, error, now)
        else:
            log.info("job", id=claimed.id, kind=claimed.kind, outcome=type(outcome).__name__.lower())
        return True

    async def _run(self, claimed: ClaimedJob, now: datetime) -> JobOutcome:
        entry, due = self._kinds[claimed.kind], await self._due(claimed, now)
        if entry.run_long is not None:
            return await self._run_long(entry, claimed, due)
        assert entry.run
        if entry.prepare is not None:
            await entry.prepare(due, self._store)
        async with write(self._store, claimed.workspace_id, Occasion(None, "worker", now)) as repo:
            # First of all: on PostgreSQL nobody else takes it before we have ended.
            if not await jobs.hold(repo.connection, claimed):
                raise _NotOurs
            outcome = await entry.run(due, repo)
            await _record(repo.connection, claimed, outcome, now)
            reach("job-run")
        reach("job-done")
        return outcome

    async def _run_long(self, entry: JobKind, claimed: ClaimedJob, due: Due) -> JobOutcome:
        assert entry.run_long
        running = asyncio.ensure_future(entry.run_long(due, self._store))
        try:
            while not (await asyncio.wait({running}, timeout=leases.BEAT.total_seconds()))[0]:
                # What holds up a sign of life (the job itself may be writing for long) is no reason to stop.
                with suppress(TurfError):
                    async with self._database.write() as connection:
                        if not await jobs.hold(connection, claimed):
                            raise _NotOurs
        finally:
            if not running.done():
                running.cancel()
                await asyncio.wait({running})
        outcome = running.result()
        async with self._database.write() as connection:
            await _record(connection, claimed, outcome, due.now)
        return outcome

    async def _due(self, claimed: ClaimedJob, now: datetime) -> Due:
        timezone = (await self._store.present(claimed.workspace_id)).settings.timezone
        same = ("workspace_id", "id", "kind", "key", "arguments", "attempts")
        return Due(**{name: getattr(claimed, name) for name in same}, now=now, today=local_date(now, timezone))

    async def _let_go(self, claimed: ClaimedJob, until: datetime, why: str) -> None:
        async with self._database.write() as connection:
            await jobs.put_off(connection, claimed, until, why, counts=False)

    async def _failed(self, claimed: ClaimedJob, error: Exception, now: datetime) -> None:
        said = error.message if isinstance(error, TurfError) else f"{type(error).__name__}: {error}"
        tell = log.error if claimed.is_last else log.warning
        trace = None if isinstance(error, TurfError) else error
        tell("job failed", id=claimed.id, kind=claimed.kind, gave_up=claimed.is_last, why=said, exc_info=trace)
        if claimed.is_last:
            await self._give_up(claimed, said[:500], now)
            return
        async with self._database.write() as connection:
            later = now + jobs.backoff(claimed.attempts, self._jitter())
            await jobs.put_off(connection, claimed, later, said[:500], counts=True)

    async def _give_up(self, claimed: ClaimedJob, why: str, now: datetime) -> None:
        """End it, and have its kind tell whom that concerns, in one transaction. If that fails too, it ends all the same."""
        entry, due = self._kinds[claimed.kind], await self._due(claimed, now)
        try:
            async with write(self._store, claimed.workspace_id, Occasion(None, "worker", now)) as repo:
                ours = await jobs.settle(repo.connection, claimed, JobState.DEAD, now, why)
                if ours and entry.given_up is not None:
                    await entry.given_up(due, repo)
                reach("job-given-up")
        except (Busy, Unavailable) as error:
            # Whoever takes it next ends it.
            log.warning("job", id=claimed.id, kind=claimed.kind, why=error.message)
        except Exception as error:
            log.error("nobody is told of a job that was given up", id=claimed.id, kind=claimed.kind, exc_info=error)
            async with self._database.write() as connection:
                await jobs.settle(connection, claimed, JobState.DEAD, now, why)


async def _record(connection: AsyncConnection, claimed: ClaimedJob, outcome: JobOutcome, now: datetime) -> None:
    if isinstance(outcome, Later):
        ours = await jobs.put_off(connection, claimed, outcome.at, outcome.why, counts=False)
    elif isinstance(outcome, Skipped):
        ours = await jobs.settle(connection, claimed, JobState.SKIPPED, now, outcome.why)
    else:
        ours = await jobs.settle(connection, claimed, JobState.DONE, now)
    if not ours:
        raise _NotOurs
