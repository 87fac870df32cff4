"""`turf report targets` beside the bare SQL that sums the same credit and the same open deals."""

import asyncio
import statistics
import subprocess
import sys
import time
from pathlib import Path

from sqlalchemy import text

from bench.data import TODAY, database
from bench.rows import Row
from commands.targets.report import By, report
from domain.periods import PeriodKind, containing
from storage.database import Database
from storage.store import Store

ROUNDS = 7
PERIOD = containing(TODAY, PeriodKind.QUARTER, 1)
CREDIT = text(
    "SELECT person_id, territory_id, kind, SUM(base) FROM credits WHERE workspace_id = 1 AND on_day >= :start"
    " AND on_day < :end AND rev <= :rev GROUP BY person_id, territory_id, kind"
)
OPEN = text(
    "SELECT person_id, territory_id, currency, stage, SUM(amount), COUNT(*) FROM open_shares"
    " WHERE workspace_id = 1 AND rev_from <= :rev AND rev_to > :rev GROUP BY person_id, territory_id, currency, stage"
)


async def _ours(database: Database) -> float:
    """A report as a new process makes it: nothing is known from an earlier one."""
    started = time.perf_counter()
    async with Store(database).read(1) as repo:
        rows = await report(repo, period=PERIOD, by=By.PERSON, today=TODAY)
    assert rows
    return time.perf_counter() - started


async def _bare(database: Database) -> float:
    started = time.perf_counter()
    days = {"start": PERIOD.start.isoformat(), "end": PERIOD.end.isoformat(), "rev": 2**31 - 2}
    async with database.read() as connection:
        for query in (CREDIT, OPEN):
            (await connection.execute(query, days)).all()
    return time.perf_counter() - started


async def _rounds(url: str) -> list[tuple[float, float]]:
    database = Database(url)
    try:
        await _ours(database)
        await _bare(database)
        return [(await _ours(database), await _bare(database)) for _ in range(ROUNDS)]
    finally:
        await database.close()


def run(folder: Path, sizes: tuple[int, ...]) -> list[Row]:
    """A row for each size, and the memory of the largest."""
    rows: list[Row] = []
    for deals in sizes:
        url = database(folder, deals)
        measured = asyncio.run(_rounds(url))
        ours, bare = (statistics.median(values) for values in zip(*measured, strict=True))
        ratio = statistics.median(mine / peer for mine, peer in measured)
        rows.append(Row(f"turf report targets, {deals:,} deals", f"{ours:,.3f} s", f"{bare:,.3f} s", ratio, 1.5))
    memory = _memory(database(folder, sizes[-1]))
    rows.append(
        Row(f"the same, memory at {sizes[-1]:,} deals (budget 200 MB)", f"{memory:.0f} MB", "200 MB", memory / 200, 1.0)
    )
    return rows


def _memory(url: str) -> float:
    """Megabytes at the peak of one report in a process of its own."""
    program = (
        "import asyncio, sys\nfrom storage.database import Database\nfrom bench.reports import _ours\n"
        "from bench.rows import peak_mb\nasyncio.run(_ours(Database(sys.argv[1])))\nprint(peak_mb())"
    )
    done = subprocess.run([sys.executable, "-c", program, url], capture_output=True, text=True, check=True)
    return float(done.stdout)
