"""Both bridges lead from one card to the other, exactly, whatever has changed in between, for everyone and everything."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest

from bot.demo.company import REP
from commands.kit.names import COMPANY
from commands.targets.changes.bridging import side_of
from commands.targets.changes.ended import told_apart
from commands.targets.service import Sight
from domain.bridges import Part
from domain.company import Span
from domain.periods import PeriodKind, containing
from storage import ledger
from storage.database import Database
from storage.scopes import Scope
from storage.store import Store
from tests.integration.commands.random_company import change, fill, random_today, settings
from tests.support.bridging import exact, subjects
from tests.support.digests import of, person
from tests.support.ledger import World, open_world
from tests.support.sample import TODAY


async def leads_over(world: World, seed: int, *, every: int = 1) -> set[Part]:
    """The causes that were found between two random states of a random company, for every so many-th subject."""
    rng = Random(seed)
    fill(world, seed)
    was = random_today(rng)
    await world.import_(today=was)
    before = world.revision
    change(world, seed + 1_000)
    today = was + timedelta(days=rng.choice([0, 7, 60]))
    await world.import_(today=today)
    found: set[Part] = set()
    async with Store(world.database).read(1) as now:
        then = await now.earlier(before)
        for kind in (PeriodKind.YEAR, PeriodKind.QUARTER):
            period = containing(was, kind, now.settings.fiscal_start)
            for subject, sight in list(subjects(now))[seed % every :: every]:
                made = await exact(then, now, subject, period, was, today, sight)
                for bridge in (made.credited, made.forecast):
                    found |= {step.part for step in bridge.steps} if bridge else set()
    return found


EVERY = {Part.WON, Part.RETURNED, Part.CORRECTED, Part.MOVED, Part.AMOUNT, Part.SLIPPED, Part.LOST}


@pytest.mark.parametrize("seed", [1, 3])
async def test_they_lead_from_one_card_to_the_other_on_sqlite(sqlite_url: str, seed: int) -> None:
    async with open_world(sqlite_url, **settings(seed)) as world:
        assert len(await leads_over(world, seed, every=5) & EVERY) >= 3


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4, 24))
async def test_they_always_do(sqlite_url: str, seed: int) -> None:
    async with open_world(sqlite_url, **settings(seed)) as world:
        assert await leads_over(world, seed)


@pytest.mark.parametrize("seed", [2])
async def test_they_lead_from_one_card_to_the_other_on_postgresql(postgresql_url: str, seed: int) -> None:
    async with open_world(postgresql_url, **settings(seed)) as world:
        assert await leads_over(world, seed, every=5)


@pytest.mark.slow_on_postgresql
async def test_three_factors_are_told_apart_where_enough_deals_closed(sample_to_read: str) -> None:
    database = Database(sample_to_read)
    period = containing(TODAY, PeriodKind.QUARTER, 1)
    try:
        async with Store(database).read(1) as repo:
            since = TODAY - timedelta(days=40)
            company = await side_of(repo, COMPANY, period, Sight.ALL, TODAY)
            found = await told_apart(company, since=since, today=TODAY)
            spans = Span(since - timedelta(days=40), since), Span(since, TODAY)
            was, now = [(await ledger.win_rate(*repo.at, Scope(span))).won_base for span in spans]
            assert found is not None
            assert found.change == now - was
            assert await told_apart(company, since=TODAY, today=TODAY) is None
            own = await side_of(repo, of(person(repo, REP)), period, Sight.OWN, TODAY)
            assert await told_apart(own, since=TODAY - timedelta(days=7), today=TODAY) is None
    finally:
        await database.close()
