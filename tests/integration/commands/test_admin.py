"""What operations change: the last one stays, a country's holidays come with its name."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from commands.admin import roles, settings
from domain.changes import stored
from domain.company import Role, Settings
from domain.errors import NotAllowed, NotFound
from storage.audit import Occasion
from storage.store import Store
from storage.writing import Writing, write
from tests.support.imports import open_at, take
from tests.support.imports import write as write_file

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
TODAY = NOW.date()
PEOPLE = ({"person": "olga", "name": "Olga", "role": "ops"}, {"person": "ana", "name": "Ana", "role": "rep"})


@pytest.fixture
async def store(database_url: str, tmp_path: Path) -> AsyncIterator[Store]:
    async with open_at(database_url) as database:
        await take(database, write_file(tmp_path, "people", *PEOPLE), now=NOW)
        yield Store(database)


@asynccontextmanager
async def as_olga(store: Store) -> AsyncIterator[Writing]:
    async with store.read(1) as repo:
        olga = next(one for one in repo.company.people.values() if one.key == "olga")
    async with write(store, 1, Occasion(olga.id, "modal", NOW)) as repo:
        yield repo


async def test_somebody_stays_in_operations(store: Store) -> None:
    async with as_olga(store) as repo:
        olga, ana = sorted(repo.company.people.values(), key=lambda one: one.key, reverse=True)
        with pytest.raises(NotAllowed, match="Nobody would be left in operations"):
            await roles.give(repo, olga.id, Role.REP, by=olga, today=TODAY)
        await roles.give(repo, ana.id, Role.OPS, by=olga, today=TODAY)
    async with as_olga(store) as repo:
        await roles.give(repo, olga.id, Role.REP, by=olga, today=TODAY)
    async with as_olga(store) as repo:
        assert {one.key: one.role for one in repo.company.people.values()} == {"olga": Role.REP, "ana": Role.OPS}
        with pytest.raises(NotAllowed, match="may not give people roles"):
            await roles.give(repo, ana.id, Role.REP, by=olga, today=TODAY)


async def test_an_earlier_revision_keeps_the_role(store: Store) -> None:
    async with as_olga(store) as repo:
        olga, ana = sorted(repo.company.people.values(), key=lambda one: one.key, reverse=True)
        await roles.give(repo, ana.id, Role.MANAGER, by=olga, today=TODAY)
        before = repo.revision
    async with store.read(1, revision=before) as repo:
        assert repo.company.people[ana.id].role is Role.REP


async def test_a_country_s_holidays_come_with_its_name(store: Store) -> None:
    async with as_olga(store) as repo:
        olga = next(one for one in repo.company.people.values() if one.key == "olga")
        values = stored(Settings(holidays="DE-BY"))
        saved = await settings.save(repo, values, seen=stored(Settings()), by=olga, today=TODAY)
        assert saved.changed == ("holidays",)
    async with store.read(1) as repo:
        assert datetime(2026, 12, 25, tzinfo=UTC).date() in repo.company.holidays
    async with as_olga(store) as repo:
        with pytest.raises(NotFound, match="no calendar 'Atlantis'"):
            await settings.save(repo, values | {"holidays": "Atlantis"}, seen=values, by=olga, today=TODAY)
