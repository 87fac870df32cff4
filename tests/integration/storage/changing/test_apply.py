"""Carrying out a change: its rows at one revision, and the credit that a whole pass would write, too."""

from collections.abc import AsyncIterator

import pytest

from storage.audit import Occasion
from storage.changing import Applied, apply
from storage.company import load_company
from storage.snapshot import Latest
from storage.store import Store
from storage.writing import Writing, write
from tests.integration.commands.random_company import fill, settings
from tests.integration.storage.changing.random_changes import add_land, held_now, random_writes
from tests.support.ledger import START, World, open_world
from tests.unit.domain.companies import Dice

TODAY = START.date()
SEEDS = [*range(3), 17, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(18, 40))]


@pytest.fixture
async def world(database_url: str, seed: int) -> AsyncIterator[World]:
    async with open_world(database_url, **settings(seed)) as world:
        fill(world, seed)
        add_land(world, Dice(seed + 1))
        await world.import_(today=TODAY)
        yield world


async def at_random(repo: Writing, dice: Dice) -> Applied:
    now = await load_company(repo.connection, Latest(repo.workspace_id, repo.revision + repo.has_revised))
    writes = random_writes(await held_now(repo.connection, now, repo.workspace_id), dice)
    applied = await apply(repo, writes, cause="test")
    assert applied.company == await load_company(repo.connection, Latest(repo.workspace_id, applied.revision))
    return applied


async def nothing_is_left_to_a_whole_pass(world: World) -> None:
    report = await world.import_(today=TODAY, merge=False)
    counts = report.credits_new, report.reversed, report.corrected, report.removed, report.open_new, report.open_ended
    assert counts == (0, 0, 0, 0, 0, 0)


@pytest.mark.slow_on_postgresql
@pytest.mark.parametrize("seed", SEEDS)
async def test_the_ledger_is_as_a_whole_pass_would_have_it(world: World, seed: int) -> None:
    dice, store = Dice(seed + 2), Store(world.database)
    moved = 0
    for _ in range(4):
        async with write(store, world.workspace_id, Occasion(None, "worker", START)) as repo:
            for _ in range(dice.choice([1, 1, 2])):
                applied = await at_random(repo, dice)
                moved += applied.credits_new + applied.open_new + applied.open_ended
            world.revision = applied.revision
        await nothing_is_left_to_a_whole_pass(world)
    assert moved, "nothing was moved, so that nothing was tested"
