"""What a glance tells is what a transaction would."""

import threading
from datetime import timedelta
from pathlib import Path

import pytest

from domain.errors import Unavailable
from storage import ledger
from storage.database import Database
from storage.glance import Glance, Glances
from storage.store import Store
from tests.support.imports import NOON, open_at, take, write


async def test_it_is_the_revision_and_freshness_of_a_read(database_url: str, tmp_path: Path) -> None:
    async with open_at(database_url) as database:
        store, path = Store(database), write(tmp_path, "people", {"person": "ana", "name": "Ana", "role": "rep"})
        glances = Glances(database)
        assert await glances.now(1) == Glance(0, None)
        for days in range(3):
            # The second one changes nothing, so that only the freshness is new.
            write(tmp_path, "people", {"person": "ana", "name": "Anna" if days > 1 else "Ana", "role": "rep"})
            await take(database, path, now=NOON + timedelta(days=days))
            async with store.read(1) as repo:
                expected = Glance(repo.revision, await ledger.freshness(*repo.at))
            assert await glances.now(1) == expected
            present = await store.present(1)
            assert (present.revision, present.fresh_at) == (expected.revision, expected.fresh_at)
            assert present.company is repo.company, "loaded once for each revision"


async def test_nothing_stays_open_when_the_database_is_closed(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    async with open_at(f"sqlite:///{tmp_path}/turf.db") as database:
        await take(database, write(tmp_path, "people", {"person": "ana", "name": "Ana", "role": "rep"}))
        await Store(database).present(1)
        assert set(threading.enumerate()) > before
    left = [thread for thread in threading.enumerate() if thread not in before and not thread.daemon]
    for thread in left:
        thread.join(timeout=5)
    assert not any(thread.is_alive() for thread in left), "an open connection keeps the process alive"


async def test_a_database_that_is_away_is_asked_again_once_it_is_back(tmp_path: Path) -> None:
    path = tmp_path / "with space & 100%.db"
    async with open_at(f"sqlite:///{path}") as database:
        await take(database, write(tmp_path, "people", {"person": "ana", "name": "Ana", "role": "rep"}))
    glances = Glances(Database(f"sqlite:///{path}"))
    away = path.rename(tmp_path / "away.db")
    with pytest.raises(Unavailable):
        await glances.now(1)
    assert not path.exists(), "asking makes no file"
    away.rename(path)
    assert (await glances.now(1)).revision == 2
    await glances.close()
