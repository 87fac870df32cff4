"""Which workers are alive: each says so now and then."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import table_of
from storage.tables.delivery import WorkerBeat

WORKERS = table_of(WorkerBeat)
EVERY = timedelta(seconds=30)
"""Between two signs of life."""
ALIVE = 3 * EVERY
"""For how long one is believed: an import may hold up a write."""
FORGOTTEN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Worker:
    """One that gave a sign of life, on which machine, whether it has a token to send with, and when it was last seen."""

    id: str
    host: str
    sends: bool
    started_at: datetime
    seen_at: datetime

    def is_alive(self, now: datetime) -> bool:
        return now - self.seen_at <= ALIVE


async def beat(connection: AsyncConnection, worker: Worker, *, alone: bool) -> None:
    """Record that `worker` is alive at its `seen_at`.

    At the first time what others left behind goes: all of it if there can be no other worker (`alone`).
    """
    seen = await connection.execute(update(WORKERS).where(WORKERS.c.id == worker.id).values(seen_at=worker.seen_at))
    if seen.rowcount:
        return
    left = delete(WORKERS) if alone else delete(WORKERS).where(WORKERS.c.seen_at < worker.seen_at - FORGOTTEN)
    await connection.execute(left)
    await connection.execute(insert(WORKERS).values(asdict(worker)))


async def end(connection: AsyncConnection, id: str) -> None:  # noqa: A002
    """It has ended."""
    await connection.execute(delete(WORKERS).where(WORKERS.c.id == id))


async def workers(connection: AsyncConnection) -> list[Worker]:
    """Those of the last day, newest sign of life first."""
    rows = await connection.execute(select(WORKERS).order_by(WORKERS.c.seen_at.desc()))
    return [Worker(**row) for row in rows.mappings()]
