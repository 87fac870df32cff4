"""What an import says of a territory that was closed in Turf."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from domain.requests.writes import Row, Writes
from storage.audit import Occasion
from storage.changing import apply
from storage.database import Database
from storage.store import Store
from storage.writing import write as writing
from tests.support.imports import NOON, exported, take, write

CLOSED = date(2026, 3, 1)


async def test_a_new_version_is_closed_still(database: Database, tmp_path: Path) -> None:
    write(tmp_path, "territories", {"territory": "ohio", "name": "Ohio"}, {"territory": "iowa", "name": "Iowa"})
    await take(database, tmp_path, new_workspace={"currency": "EUR"})
    before = await exported(database, "territories")
    async with writing(Store(database), 1, Occasion(None, "worker", NOON)) as repo:
        iowa, ohio = sorted(repo.company.territories.values(), key=lambda one: one.key)
        closed = replace(ohio, closed_on=CLOSED, merged_into=iowa.id)
        await apply(repo, Writes(territories=(Row(ohio, closed),)), cause="test")
    assert await exported(database, "territories") == before, "files do not have it"
    same = await take(database, tmp_path)
    assert same.changed == 0
    write(tmp_path, "territories", {"territory": "ohio", "name": "Old Ohio"}, {"territory": "iowa", "name": "Iowa"})
    await take(database, tmp_path)
    async with Store(database).read(1) as seen:
        assert seen.company.territories[ohio.id] == replace(closed, name="Old Ohio")
