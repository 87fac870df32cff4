"""A digest that a person ended while one of it was ordered: it is not made, by no other digest, and Undo brings it back."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime

import pytest

from commands.digests.planning import SLOT, Order
from commands.digests.slots import Slots
from commands.digests.subscribing import service
from commands.kit import Due
from commands.kit.registry import Registry
from domain.company import Person
from storage.audit import Occasion
from storage.subscriptions import State
from storage.writing import Writing, write
from tests.integration.commands.test_digest_slots import (
    DAY,
    HOUR,
    LAST_WEEK,
    LEAD,
    MINUTE,
    MONDAY,
    NINE,
    OPS,
    WEEK,
    company,
    imported,
    subscribed,
)
from tests.support.subscribing import Desk, mondays, team_in

AT = NINE + 5 * MINUTE


@pytest.fixture
async def desk(sqlite_url: str) -> AsyncIterator[Desk]:
    """A company whose digests wait for the import of the day."""
    async with company(sqlite_url) as (_, found):
        await imported(found, *LAST_WEEK)
        yield found


def lead(repo: Writing) -> Person:
    return repo.company.people[LEAD]


async def stop(desk: Desk, number: int, at: datetime = AT) -> None:
    known = await desk.known(number)
    async with write(desk.store, 1, Occasion(LEAD, "command", at)) as repo:
        await service.stop(repo, known, by=lead(repo), today=MONDAY)


async def undo(desk: Desk, number: int, at: datetime) -> None:
    known = await desk.known(number)
    async with write(desk.store, 1, Occasion(LEAD, "command", at)) as repo:
        await service.restart(repo, known, by=lead(repo), now=at, today=at.date())


async def anew(desk: Desk) -> int:
    """Another subscription of the same channel, first due in a week."""
    return await desk.subscribe(team_in("C1", mondays(), owner=LEAD), last=MONDAY, now=AT + MINUTE)


async def about_the_company(desk: Desk, number: int) -> int:
    """The digest is changed to be about something else; the number that it has then."""
    known = await desk.known(number)
    async with write(desk.store, 1, Occasion(OPS, "modal", NINE + MINUTE)) as repo:
        wish, by = replace(known.wish, scope_kind="company", scope_id=None), repo.company.people[OPS]
        saved = await service.save(
            repo, wish, subscription=number, version=known.version, by=by, today=MONDAY, now=NINE + MINUTE
        )
    return saved.known.id


async def waiting(desk: Desk) -> int:
    """A digest of which one is ordered, and waits."""
    number = await subscribed(desk)
    await desk.work(NINE)
    assert await desk.slots(number) == [f"{MONDAY} waiting"]
    return number


async def test_what_was_ordered_of_it_is_not_made_by_what_is_subscribed_next(desk: Desk) -> None:
    number = await waiting(desk)
    await stop(desk, number)
    later = await anew(desk)
    await desk.work(NINE + 2 * HOUR)
    await desk.work(NINE + 2 * HOUR + MINUTE)
    assert await desk.slots(number) == [f"{MONDAY} skipped"]
    assert (await desk.slots(later), await desk.outbox()) == ([], [])


async def test_nor_what_was_ordered_before_it_was_about_something_else(desk: Desk) -> None:
    number = await waiting(desk)
    changed = await about_the_company(desk, number)
    async with write(desk.store, 1, Occasion(OPS, "command", AT)) as repo:
        await service.end(repo, await desk.known(changed), by=repo.company.people[OPS])
    later = await anew(desk)
    await desk.work(NINE + 2 * HOUR)
    await desk.work(NINE + 2 * HOUR + MINUTE)
    assert await desk.slots(changed) == [f"{MONDAY} skipped"]
    assert (await desk.slots(later), await desk.digests()) == ([], [])


async def test_nobody_is_told_that_what_was_ended_or_is_subscribed_next_could_not_be_made(desk: Desk) -> None:
    number = await waiting(desk)
    await stop(desk, number)
    await anew(desk)
    order = Order(number, MONDAY, NINE)
    async with write(desk.store, 1, Occasion(None, "worker", AT)) as repo:
        due = Due(1, 1, SLOT, order.key, order.arguments, 5, now=AT, today=MONDAY)
        await Slots(Registry()).given_up(due, repo)
    assert await desk.outbox() == []


async def test_undo_brings_back_what_was_due_with_the_rest(desk: Desk) -> None:
    number = await waiting(desk)
    await stop(desk, number)
    await desk.work(AT + MINUTE)
    assert await desk.slots(number) == [f"{MONDAY} skipped"]
    await undo(desk, number, AT + 3 * MINUTE)
    await desk.work(AT + 3 * MINUTE)
    assert await desk.slots(number) == [f"{MONDAY} waiting"], "it waits for the import, as before"
    await imported(desk, NINE + HOUR)
    await desk.work(NINE + HOUR + MINUTE)
    assert await desk.slots(number) == [f"{MONDAY} done"]
    assert [(row.slot, row.late) for row in await desk.digests()] == [(MONDAY, False)]


async def test_what_was_due_on_an_earlier_day_is_not_made_up_for(desk: Desk) -> None:
    number = await waiting(desk)
    await stop(desk, number)
    await desk.work(AT + MINUTE)
    await undo(desk, number, AT + DAY)
    await desk.work(AT + DAY)
    assert await desk.slots(number) == [f"{MONDAY} skipped"]


async def test_undo_makes_none_twice_and_none_that_was_left_out_for_another_reason(desk: Desk) -> None:
    number = await subscribed(desk, skip_when_empty=True)
    await desk.work(NINE + 2 * HOUR)
    await desk.work(NINE + WEEK + 2 * HOUR)
    assert await desk.slots(number) == [f"{MONDAY} done", f"{MONDAY + WEEK} skipped"]
    await stop(desk, number, NINE + WEEK + 3 * HOUR)
    await undo(desk, number, NINE + WEEK + 4 * HOUR)
    assert await desk.slots(number) == [f"{MONDAY} done", f"{MONDAY + WEEK} skipped"]


async def test_of_one_that_was_paused_undo_brings_nothing(desk: Desk) -> None:
    number = await waiting(desk)
    known = await desk.known(number)
    async with write(desk.store, 1, Occasion(LEAD, "command", AT)) as repo:
        await service.pause(repo, known, None, by=lead(repo), today=MONDAY)
    await stop(desk, number)
    await desk.work(AT + MINUTE)
    await undo(desk, number, AT + 2 * MINUTE)
    assert (await desk.known(number)).state is State.PAUSED
    assert await desk.slots(number) == [f"{MONDAY} skipped"]
