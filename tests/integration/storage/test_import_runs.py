"""What is told of imports is what they did."""

from datetime import timedelta
from pathlib import Path

from storage.database import Database
from storage.import_runs import recent_runs
from tests.support.imports import NOON, open_at, take, write


async def test_the_newest_first(database_url: str, tmp_path: Path) -> None:
    ana = {"person": "ana", "name": "Ana", "role": "rep"}
    async with open_at(database_url) as database:
        await take(database, write(tmp_path, "people", ana))
        await take(
            database,
            write(tmp_path, "people", ana, ana | {"person": "ben", "role": "boss"}),
            now=NOON + timedelta(days=1),
        )
        assert await _told(database, 5) == [(2, 2, 0, 1), (1, 1, 1, 0)]
        assert await _told(database, 1) == [(2, 2, 0, 1)]


async def _told(database: Database, limit: int) -> list[tuple[int, int, int, int]]:
    async with database.read() as connection:
        runs = await recent_runs(connection, 1, limit)
    assert all(run.kinds == {"people": run.read} for run in runs)
    return [(run.number, run.read, run.changed, run.refused) for run in runs]
