"""Random companies: whoever and whatever is asked about, card, report and Why? say the same, also after a change."""

from random import Random
from typing import Any

import pytest

from commands.targets import service, why
from commands.targets.query import TargetsQuery
from domain.company import Metric
from domain.errors import NotAllowed
from domain.periods import PeriodKind, containing
from storage.store import Repositories, Store
from tests.integration.commands.random_company import OPS, change, fill, random_today, settings
from tests.support.agreeing import assert_agree, assert_exported
from tests.support.explaining import assert_explained, subjects
from tests.support.ledger import World, open_world


def seeds(first: int, *more: int) -> list[Any]:
    """Random companies, the first of them in the short run."""
    return [first, *(pytest.param(one, marks=pytest.mark.slow) for one in more)]


SEEDS = {"sqlite": seeds(2, 0, 1, 3), "postgresql": seeds(4, 5)}


@pytest.fixture(autouse=True)
def long_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer of them: each page is made from the data anew."""
    monkeypatch.setattr(why, "LINES", 500)


def asked_for(repo: Repositories) -> set[Metric]:
    """What a report shows: revenue, and whatever else there is a target for."""
    return {Metric.REVENUE, *(target.metric for target in repo.company.targets)}


async def agrees(world: World, seed: int) -> None:
    rng = Random(seed)
    fill(world, seed)
    await world.import_(today=random_today(rng))
    today = random_today(rng)
    async with Store(world.database).read(1) as repo:
        ops = repo.company.people[OPS]
        period = containing(random_today(rng), rng.choice(list(PeriodKind)), repo.settings.fiscal_start)
        cards = [
            await service.build(repo, subject=one, period=period, metric=metric, today=today)
            for one in subjects(repo)
            for metric in asked_for(repo)
        ]
        found = [await assert_agree(repo, period, today, ops, metric) for metric in asked_for(repo)]
        assert max(found) > 1
        for by in repo.company.people.values():
            try:
                own = await service.card(repo, ask=TargetsQuery("", period), by=by, today=today)
            except NotAllowed:
                assert by.left_on is not None or by.id == OPS
                continue
            await assert_explained(repo, own, by)
    change(world, seed + 1_000)
    await world.import_(today=today)
    async with Store(world.database).read(1) as repo:
        for card in cards:
            await assert_explained(repo, card, ops)
            if card.metric.is_money:
                await assert_exported(repo, card, ops)
        await assert_agree(repo, period, today, ops)


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS["sqlite"])
async def test_on_sqlite(sqlite_url: str, seed: int) -> None:
    async with open_world(sqlite_url, **settings(seed)) as world:
        await agrees(world, seed)


@pytest.mark.parametrize("seed", SEEDS["postgresql"])
async def test_on_postgresql(postgresql_url: str, seed: int) -> None:
    async with open_world(postgresql_url, **settings(seed)) as world:
        await agrees(world, seed)
