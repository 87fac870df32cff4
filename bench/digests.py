"""Ordering the digests that are due: 100,000 subscriptions for one moment, beside a tenth of them ten times."""

import asyncio
import time
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import func, insert, select

from bench.data import NOW, imported
from bench.rows import Row
from commands.digests.planning import look
from storage.database import Database
from storage.jobs import JOBS
from storage.store import Store
from storage.subscriptions import SUBSCRIPTIONS

FEW, MANY = 10_000, 100_000
LINEAR = 1.3
"""Times the tenth, for so many."""
IDLE_MS = 5.0
"""A look at which nothing is due may take, whatever there is."""
LOOKS = 200


def run() -> list[Row]:
    few, many = (asyncio.run(_measured(count)) for count in (FEW, MANY))
    ratio = many[0] / (few[0] * MANY / FEW)
    return [
        Row(f"digests ordered, {MANY:,} at once", f"{many[0]:.1f} s", f"{few[0]:.2f} s x 10", ratio, LINEAR),
        Row(f"a look when none of {MANY:,} is due", f"{many[1]:.2f} ms", f"of {IDLE_MS:g} ms", many[1] / IDLE_MS, 1.0),
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
