"""The database is gone for a minute, its disk is full, the token revoked: that is said, and later all is done."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import event
from sqlalchemy.engine import make_url

from bot.doctor.data import _examine_database
from bot.jobs import Runner
from commands.kit import Done, Due, JobOutcome
from commands.kit.jobs import JobKind
from commands.kit.registry import Registry
from domain.errors import Unavailable
from storage.audit import Occasion
from storage.database import FULL, Database
from storage.jobs import ATTEMPTS
from storage.store import Store
from storage.writing import Writing, write
from tests.support.sending import Office, office

LONG = "x" * 400_000
"""More than fits into what a full disk has left."""


@pytest.fixture
async def here(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Office]:
    async with office(sqlite_url, tmp_path) as made:
        yield made


def runner_of(database: Database) -> Runner:
    """Its one kind of job posts as much as it is told to."""

    async def tell(due: Due, repo: Writing) -> JobOutcome:
        await repo.outbox.post("CGEN", "note", {"text": due.key, "ballast": LONG})
        return Done()

    registry = Registry()
    registry.add(JobKind("tell", run=tell))
    return Runner(Store(database), registry, jitter=lambda: 0.0)


async def add_job(here: Office) -> None:
    async with write(Store(here.database), 1, Occasion(None, "worker", here.now)) as repo:
        await repo.jobs.add("tell", "once", {}, here.now)


async def test_a_full_disk_is_said_in_a_sentence_and_nothing_is_lost(here: Office) -> None:
    await add_job(here)
    full = Database(here.database.url)

    @event.listens_for(full.engine.sync_engine, "connect")
    def _fill(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA max_page_count=1")  # as many pages as there are

    with pytest.raises(Unavailable) as caught:
        async with write(Store(full), 1, Occasion(None, "worker", here.now)) as repo:
            await repo.outbox.post("CGEN", "note", {"text": LONG})
    assert caught.value.message == FULL
    runner = runner_of(full)
    for _ in range(ATTEMPTS + 2):
        assert await runner.run_once(here.now) == 1
        here.clock.at += 60
    await full.close()
    assert await runner_of(here.database).run_once(here.now) == 1
    await here.settle()
    assert await here.texts() == ["once"]


async def test_a_revoked_token_pauses_everything_and_the_doctor_names_it(here: Office) -> None:
    await here.note("one")
    await here.settle()
    await here.note("two")
    here.local.ws.token_error = "token_revoked"
    await here.later(1)
    here.clock.at += 16 * 60
    findings = (await _examine_database(here.database, here.now)).findings
    assert "1 waiting, the oldest for 16 min: token_revoked" in [one.found for one in findings]
    here.local.ws.token_error = None
    await here.settle()
    assert await here.texts() == ["one", "two"]


async def rename(url: str, old: str, new: str) -> None:
    """The database is there under another name; nobody stays connected."""
    other: Any = await asyncpg.connect(make_url(url).set(database="postgres").render_as_string(hide_password=False))
    await other.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{old}'")
    await other.execute(f"ALTER DATABASE {old} RENAME TO {new}")
    await other.close()


async def test_a_database_that_was_gone_for_a_minute(postgresql_url: str, tmp_path: Path) -> None:
    name = str(make_url(postgresql_url).database)
    async with office(postgresql_url, tmp_path) as here:
        await add_job(here)
        await here.note("before")
        runner = runner_of(here.database)
        await rename(postgresql_url, name, f"{name}_away")
        for _ in range(3):
            for step in (runner.run_once, here.senders[0].run_once):
                with pytest.raises(Unavailable):
                    await step(here.now)
            here.clock.at += 20
        await rename(postgresql_url, f"{name}_away", name)
        assert await runner.run_once(here.now) == 1
        await here.settle()
        assert await here.texts() == ["before", "once"]
