"""The sample company, imported once for all tests that only read it, and copied for those that change it."""

import asyncio
import fcntl
import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from bot.demo.company import generate
from storage.database import Database
from storage.importing.run import Order, run_import
from storage.migrations import upgrade

TODAY = date(2026, 11, 23)
"""The day on which the sample company lives in tests."""
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
SETTINGS = {
    "currency": "USD",
    "timezone": "UTC",
    "fiscal_start": 1,
    "business_days": [0, 1, 2, 3, 4],
    "holidays": "company",
    "new_customer_months": 12,
}


def load_sample(url: str, folder: Path, **settings: Any) -> None:
    """Make the schema at `url` and import the files of the sample company, which are written to `folder`."""
    generate(folder, TODAY)
    # On a thread, because fixtures may be made while a test's event loop runs.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, import_folder(url, folder, new_workspace=SETTINGS | settings)).result()


async def import_folder(url: str, folder: Path, **more: Any) -> None:
    database = Database(url)
    try:
        await upgrade(database)
        report = await run_import(database, Order(folder, **{"new_workspace": SETTINGS, **more}), now=lambda: NOW)
    finally:
        await database.close()
    assert report.rolled_back is None, report
    assert not report.refusals, report


_copies = count(1)


@pytest.fixture(scope="session")
def sample_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the sample company, made by the first test process that needs it. Copy it to change it."""
    # With several test processes the folder above is the one that they share; with one it outlives the run.
    own = tmp_path_factory.getbasetemp()
    shared = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "sample"
    shared.mkdir(exist_ok=True)
    made = shared / "sample.db"
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            unfinished = shared / "unfinished.db"
            load_sample(f"sqlite:///{unfinished}", shared / "files")
            unfinished.rename(made)
    return made


@pytest.fixture
def sample_url(sample_file: Path, tmp_path: Path) -> str:
    """A copy of the sample company, to be changed at will."""
    copy = tmp_path / "sample.db"
    shutil.copyfile(sample_file, copy)
    return f"sqlite:///{copy}"


@pytest.fixture(scope="session")
def sample_postgresql(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The sample company in PostgreSQL, for tests that only read."""
    server = request.getfixturevalue("postgres")
    url = server.create("turf_sample")
    load_sample(url, tmp_path_factory.mktemp("sample"))
    yield url
    server.drop("turf_sample")


@pytest.fixture
def sample_postgresql_url(request: pytest.FixtureRequest, sample_postgresql: str) -> Iterator[str]:
    """A copy of the sample company in PostgreSQL, to be changed at will."""
    server, name = request.getfixturevalue("postgres"), f"turf_sample_{os.getpid()}_{next(_copies)}"
    yield server.create(name, template="turf_sample")
    server.drop(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def sample_to_read(request: pytest.FixtureRequest) -> str:
    """The sample company in each database, for tests that only read."""
    if request.param == "sqlite":
        return f"sqlite:///{request.getfixturevalue('sample_file')}"
    url: str = request.getfixturevalue("sample_postgresql")
    return url
