"""Jobs that were given up or wait are seen where messages are: metrics, `turf outbox`, `turf doctor`."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.doctor.data import _examine_database
from bot.metrics import Metrics
from storage.audit import Occasion
from storage.database import Database
from storage.jobs import JOBS
from storage.jobs_status import job_depth
from storage.store import Store
from storage.writing import write
from tests.support.command_line import turf
from tests.support.company_of_two import NOW, two_people

DUE = {"late": timedelta(0), "running": timedelta(0), "failed": timedelta(minutes=5), "future": timedelta(hours=9)}


@asynccontextmanager
async def some_jobs(url: str, folder: Path) -> AsyncIterator[Database]:
    """A company of two with jobs in every state."""
    await two_people(url, folder)
    made = Database(url)
    async with write(Store(made), 1, Occasion(None, "worker", NOW)) as repo:
        for key, after in ({"bad": timedelta(0)} | DUE).items():
            await repo.jobs.add("digests/slot", key, {}, NOW + after)
    states = {
        "bad": {"state": "dead", "attempts": 5, "error": "ZeroDivisionError: no way", "settled_at": NOW},
        "running": {"attempts": 1, "lease": "x", "lease_until": NOW},
        "failed": {"attempts": 1, "error": "KeyError: 'x'"},
    }
    async with made.write() as connection:
        for key, values in states.items():
            await connection.execute(update(JOBS).where(JOBS.c.key == key).values(values))
    yield made
    await made.close()


@pytest.fixture
async def database(database_url: str, tmp_path: Path) -> AsyncIterator[Database]:
    async with some_jobs(database_url, tmp_path) as made:
        yield made


async def test_metrics_tell_what_is_to_be_done(database: Database) -> None:
    metrics, now = Metrics(), NOW + timedelta(minutes=6)
    async with database.read() as connection:
        metrics.jobs(await job_depth(connection, now), now)
    said = metrics.text().decode()
    for state, count in (("waiting", 4), ("retrying", 1), ("dead", 1)):
        assert f'turf_jobs{{state="{state}"}} {count}.0' in said
    assert "turf_jobs_oldest_seconds 360.0" in said


async def test_jobs_are_listed_and_tried_again(sqlite_url: str, tmp_path: Path) -> None:
    async with some_jobs(sqlite_url, tmp_path):

        async def command(*words: str) -> str:
            done = await asyncio.to_thread(turf, *words, url=sqlite_url, now=NOW, folder=tmp_path)
            return " ".join((done.stderr if done.returncode else done.stdout).split())

        listed = await command("outbox", "list", "--all")
        assert "j1 digests/slot bad dead 5" in listed
        assert "ZeroDivisionError: no way" in listed
        assert "j2 digests/slot late waiting 0" in listed
        assert await command("outbox", "retry", "j2") == "Job j2 was not given up. See: turf outbox list --all"
        assert "x7 is no number" in await command("outbox", "retry", "x7")
        assert await command("outbox", "retry") == "1 job is tried again."
        assert await command("outbox", "list") == "Nothing was given up."


async def test_the_doctor_names_what_was_given_up_and_what_nobody_does(database: Database) -> None:
    async def said(minutes: int) -> str:
        now = NOW + timedelta(minutes=minutes)
        found = await _examine_database(database, now)
        [one] = [finding for finding in found.findings if finding.check == "jobs"]
        return f"{one.state.name}: {one.found}"

    assert await said(0) == "FAIL: 1 job was given up"
    async with database.write() as connection:
        await connection.execute(update(JOBS).where(JOBS.c.key == "bad").values(state="done"))
    assert await said(15) == "OK: 4 waiting"
    assert await said(16) == "WARN: 4 waiting, one has been due for 16 min"
