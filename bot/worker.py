"""What happens without anyone asking. The scheduler only ticks; what is due is decided by the data and the clock."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import structlog

from domain.clock import Clock
from domain.errors import TurfError
from storage.database import Database
from storage.drafts import delete_expired

log = structlog.get_logger("turf.worker")

MINUTES = 10


async def run_once(database: Database, now: datetime) -> int:
    """Do everything that is due at `now`: expired drafts go. Returns how many went."""
    async with database.write() as connection:
        return await delete_expired(connection, now)


async def tick(database: Database, clock: Clock) -> None:
    """One turn of the loop. What cannot be done now is done at the next turn."""
    try:
        gone = await run_once(database, clock.now())
    except TurfError as error:
        log.warning("nothing could be done", why=error.message)
    else:
        log.info("ticked", drafts_deleted=gone)


@asynccontextmanager
async def working(database_url: str, clock: Clock) -> AsyncIterator[None]:
    """A worker with connections of its own, at work until the block ends."""
    database = Database(database_url)
    scheduler = _scheduler(tick, database, clock)
    scheduler.start()
    try:
        yield
    finally:
        scheduler.shutdown(wait=False)
        await database.close()


def _scheduler(work: Any, *args: Any) -> Any:
    """Calls `work` now and every few minutes; a turn that was missed is made up for once, however late."""
    from apscheduler.schedulers.asyncio import AsyncIOScheduler

    scheduler = AsyncIOScheduler(timezone=UTC)
    scheduler.add_job(
        work,
        "interval",
        args,
        minutes=MINUTES,
        misfire_grace_time=None,
        coalesce=True,
        next_run_time=datetime.now(UTC),
    )
    return scheduler
