"""The preview of a change: the figures are those of the change itself, and nothing of it stays."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from commands.targets import service
from domain.company import Span
from domain.errors import Busy, ChangedMeanwhile
from domain.holdings import Pin
from domain.periods import PeriodKind, containing
from domain.requests.writes import Row, Writes
from storage.audit import Occasion
from storage.changing import apply, preview, previewed
from storage.company import load_company
from storage.database import Database
from storage.ledger import credit_lines, open_lines
from storage.scopes import Scope
from storage.store import Repositories, Store
from storage.writing import write
from tests.integration.commands.random_company import fill, settings
from tests.integration.storage.changing.random_changes import Held, add_land, held_now, random_writes
from tests.integration.storage.changing.test_rows import ACME, DAY, EVERYTHING, IOWA, PIN, TARGET, UNTIL, world
from tests.support.explaining import subjects
from tests.support.imports import everything
from tests.support.ledger import START, World, open_world
from tests.support.sample import NOW, TODAY
from tests.unit.domain.companies import Dice

__all__ = ["world"]

BUTTON = Occasion(1, "button", START)
MOVE = Writes(pins=(Row(PIN, replace(PIN, span=UNTIL)), Row(None, Pin(ACME, IOWA, Span(DAY)))))


async def figures(repo: Repositories, today: date, *, step: int) -> list[Any]:
    """What cards of some subjects show, and each line of the ledger and of the open pipeline."""
    period = containing(today, PeriodKind.QUARTER, repo.settings.fiscal_start)
    chosen = subjects(repo)[::step]
    made = [await service.build(repo, subject=one, period=period, today=today) for one in chosen]
    lines = await credit_lines(*repo.at, [Scope(Span())])
    opened = await open_lines(*repo.at, today=today, since=date(2020, 1, 1), until=date.max)
    return [*(replace(card, revision=0) for card in made), *(replace(line, rev=0) for line in lines), *opened]


async def shown_as_it_comes(store: Store, writes: Writes, occasion: Occasion, today: date, *, step: int) -> bool:
    """The preview of a change is what comes of it. Whether it moves any row of the ledger or of the open pipeline."""
    async with previewed(store, 1, writes, occasion) as seen:
        shown, company = await figures(seen, today, step=step), replace(seen.company, revision=0)
    async with write(store, 1, occasion) as repo:
        applied = await apply(repo, writes, cause="request")
    assert replace(applied, company=seen.applied.company) == seen.applied
    async with store.read(1) as repo:
        assert await figures(repo, today, step=step) == shown
        assert replace(repo.company, revision=0) == company
    return bool(applied.credits_new or applied.open_new or applied.open_ended)


@pytest.mark.slow_on_postgresql
async def test_it_shows_what_the_cards_will_show(database_url: str) -> None:
    moved = 0
    async with open_world(database_url, **settings(3)) as world:
        fill(world, 3)
        dice = Dice(4)
        add_land(world, dice)
        await world.import_(today=START.date())
        store = Store(world.database)
        for _ in range(4):
            async with store.read(1) as repo:
                writes = random_writes(await held_now(repo.connection, repo.company, 1), dice)
            moved += await shown_as_it_comes(store, writes, BUTTON, dice.day(), step=9)
    assert moved > 1, "most changes move something"


@pytest.mark.slow
async def test_it_shows_what_the_cards_of_the_sample_company_will_show(sample_url: str) -> None:
    database, dice, moved = Database(sample_url), Dice(5), 0
    store = Store(database)
    for _ in range(100):
        day = TODAY + timedelta(days=dice.randrange(-20, 90))
        async with store.read(1) as repo:
            held = await held_now(repo.connection, repo.company, 1)
        moved += await shown_as_it_comes(store, a_move(held, dice, day), Occasion(None, "button", NOW), day, step=100)
    await database.close()
    assert moved > 90


def a_move(held: Held, dice: Dice, day: date) -> Writes:
    """Some accounts go from the territory that they are in to another one, from a day on, with some of what is open."""
    places = sorted(held.company.territories)
    source, target = dice.sample(sorted({pin.territory for pin in held.pins if day in pin.span}), 2)
    there = [pin for pin in held.pins if pin.territory == source and pin.span.start < day < pin.span.end]
    pins = dice.sample(there, min(len(there), 10))
    ended = [Row(pin, replace(pin, span=Span(pin.span.start, day))) for pin in pins]
    begun = [Row(None, Pin(pin.account, target, Span(day, pin.span.end))) for pin in pins]
    deals = dice.sample(held.deals, 5)
    people = sorted(held.company.people)
    gone = tuple(Row(one, replace(one, owner=dice.choice(people), territory=dice.choice(places))) for one in deals)
    return Writes(pins=(*ended, *begun), deals=gone)


async def test_nothing_of_it_stays(world: World) -> None:
    store = Store(world.database)
    kept = await everything(world.database)
    async with store.read(1) as repo:
        now = repo.company
    async with previewed(store, 1, EVERYTHING, BUTTON) as seen:
        assert seen.company == await load_company(seen.connection, seen.snapshot)
        assert seen.company.territories.keys() - now.territories.keys() == {3}
        assert await seen.earlier(seen.revision) is seen
        assert (await seen.earlier(now.revision)).company == now
        seen.remember("figure", 5)

    async def interrupted() -> None:
        async with previewed(store, 1, EVERYTHING, BUTTON):
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await interrupted()
    with pytest.raises(ChangedMeanwhile):
        async with previewed(store, 1, EVERYTHING.inverse(), BUTTON):
            pass
    assert await everything(world.database) == kept
    present = await store.present(1)
    assert (present.company, present.kept) == (now, {})
    async with store.read(1) as repo:
        assert (repo.company, repo.kept) == (now, {})


async def test_previews_and_writers_at_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """On SQLite there is one writer, and a preview is one; on PostgreSQL only those of the same rows are in the way."""
    monkeypatch.setattr(preview, "PATIENCE", 0.3)
    store, same = Store(world.database), Writes(targets=(Row(TARGET, replace(TARGET, amount=1)),))
    async with write(store, 1, BUTTON) as repo:
        await repo.revise("test")
        await repo.audit("test", "nothing", 1)
        assert await can_preview(store, MOVE) is not world.database.is_sqlite
    async with previewed(store, 1, same, BUTTON):
        assert not await can_preview(store, same), "it waits no longer than it may"
        assert await can_preview(store, MOVE) is not world.database.is_sqlite
    if not world.database.is_sqlite:
        async with previewed(store, 1, same, BUTTON), write(store, 1, BUTTON) as repo:
            await apply(repo, MOVE, cause="request")
    assert await can_preview(store, same)


async def can_preview(store: Store, writes: Writes) -> bool:
    try:
        async with previewed(store, 1, writes, BUTTON):
            return True
    except Busy:
        return False
