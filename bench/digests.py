"""Ordering the digests that are due, 100,000 subscriptions for one moment; and making one when many were made before."""

import asyncio
import json
import shutil
import statistics
import time
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import func, insert, select, update
from structlog.testing import capture_logs

import commands.digests
from bench.data import NOW, imported
from bench.data import database as company
from bench.rows import Row
from bot.jobs import Runner
from commands.digests.planning import look
from commands.kit.registry import Registry
from storage.database import Database
from storage.digests import DIGESTS, NewDigest, add_digest
from storage.jobs import JOBS, JobState
from storage.store import Store
from storage.subscriptions import SUBSCRIPTIONS

FEW, MANY = 10_000, 100_000
LINEAR = 1.3
"""Times the tenth, for so many."""
IDLE_MS = 5.0
"""A look at which nothing is due may take, whatever there is."""
LOOKS = 200
DEALS = 10_000
OTHERS = (100, 3_000)
TIMED = 30


def run(folder: Path) -> list[Row]:
    """A few rows; works on a copy of the company of 10,000 deals in `folder`."""
    few, many = (asyncio.run(_measured(count)) for count in (FEW, MANY))
    ratio = many[0] / (few[0] * MANY / FEW)
    path = Path(company(folder, DEALS).removeprefix("sqlite:///"))
    first, last = (asyncio.run(_made(shutil.copyfile(path, folder / "digests.db"), count)) for count in OTHERS)
    ours, peer = (f"{seconds * 1e3:.1f} ms" for seconds in (last, first))
    return [
        Row(f"digests ordered, {MANY:,} at once", f"{many[0]:.1f} s", f"{few[0]:.2f} s x 10", ratio, LINEAR),
        Row(f"a look when none of {MANY:,} is due", f"{many[1]:.2f} ms", f"of {IDLE_MS:g} ms", many[1] / IDLE_MS, 1.0),
        Row(f"a digest made: {OTHERS[1]:,} others in the quarter beside {OTHERS[0]}", ours, peer, last / first, LINEAR),
    ]


async def _measured(count: int) -> tuple[float, float]:
    """Seconds to order so many, and milliseconds of a look once that is done."""
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/digests.db"
        await imported(url, _people(Path(folder)))
        database = Database(url)
        store = Store(database)
        await _subscribe(database, count)
        started = time.perf_counter()
        ordered = await look(store, NOW)
        seconds = time.perf_counter() - started
        async with database.read() as connection:
            jobs = (await connection.execute(select(func.count()).select_from(JOBS))).scalar_one()
        if (ordered, jobs) != (count, count):
            raise RuntimeError(f"{ordered} ordered, {jobs} jobs: expected {count}")
        started = time.perf_counter()
        for _ in range(LOOKS):
            await look(store, NOW)
        idle = (time.perf_counter() - started) / LOOKS * 1000
        await database.close()
        return seconds, idle


def _people(folder: Path) -> Path:
    files = folder / "files"
    files.mkdir()
    (files / "people.csv").write_text("person,name,role\nolga,Olga,ops\n", encoding="utf-8")
    return files


async def _subscribe(database: Database, count: int) -> None:
    """Channels that all want the company's digest on Mondays at 09:00."""
    due = datetime(NOW.year, NOW.month, NOW.day, 9, tzinfo=NOW.tzinfo)
    row = {
        "workspace_id": 1, "scope_kind": "company", "owner_id": 1, "weekdays": "0", "at": "09:00", "timezone": "UTC",
        "holiday_rule": "next_working_day", "starts_on": date(2026, 1, 1), "state": "active", "hidden": "",
        "skip_when_empty": False, "version": 1, "created_at": due, "due_at": due, "next_slot": due.date(),
        "last_slot": due.date() - timedelta(days=7),
    }  # fmt: skip
    async with database.write() as connection:
        await connection.execute(
            insert(SUBSCRIPTIONS), [{**row, "id": number, "channel_id": f"C{number}"} for number in range(1, count + 1)]
        )
        await connection.commit()


async def _made(path: Path, others: int) -> float:
    """Seconds for the digest of one channel (median), where so many other channels got theirs before."""
    database, registry = Database(f"sqlite:///{path}"), Registry()
    commands.digests.register(registry)
    store = Store(database)
    runner = Runner(store, registry)
    try:
        await _subscribe(database, others + TIMED)
        await look(store, NOW)
        await _timed(runner)
        await _copied(database, others)
        spent = [await _timed(runner) for _ in range(TIMED)]
    finally:
        await database.close()
    return statistics.median(spent)


async def _copied(database: Database, others: int) -> None:
    """All others get what the first one got, and have no more to do."""
    async with database.write() as connection:
        first = (await connection.execute(select(DIGESTS))).one()
        figures = json.loads(first.figures)
        if not figures["told"]:
            raise RuntimeError(figures["untold"])
        same = {"scope_kind": "company", "scope_id": 0, "figures": figures, "compared_with": None}
        same |= {name: getattr(first, name) for name in ("slot", "kind", "made_at", "late", "today", "revision")}
        for number in range(2, others + 1):
            await add_digest(connection, 1, NewDigest(subscription_id=number, **same))
        done = JOBS.c.key.in_(f"{number}:{first.slot}" for number in range(2, others + 1))
        await connection.execute(update(JOBS).where(done).values(state=JobState.DONE))


async def _timed(runner: Runner) -> float:
    started = time.process_time()
    with capture_logs():
        if not await runner.step(NOW):
            raise RuntimeError("no digest is due")
    return time.process_time() - started
