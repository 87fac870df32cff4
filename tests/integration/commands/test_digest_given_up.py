"""A digest that can't be made: whoever looks after it is told, once."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from commands.digests import slots
from commands.digests.planning import SLOT, Order
from commands.digests.telling_owners import say_that_it_was_not_made
from commands.kit import Audience, Dropped, Sending
from storage.audit import Occasion
from storage.writing import write
from tests.integration.commands.test_digest_slots import HOUR, LEAD, MONDAY, NINE, OPS, company, subscribed
from tests.support.subscribing import Desk


@pytest.fixture
async def desk(sqlite_url: str) -> AsyncIterator[Desk]:
    async with company(sqlite_url) as (_, found):
        yield found


async def test_whoever_looks_after_it_is_told_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> None:
        raise ZeroDivisionError("no way")

    number = await subscribed(desk)
    with monkeypatch.context() as patched:
        patched.setattr(slots, "make", broken)
        for hour in range(8):
            await desk.work(NINE + hour * HOUR)
    assert await desk.slots(number) == [f"{MONDAY} dead"]
    what = {"subscription": number, "slot": str(MONDAY)}
    assert await desk.outbox() == [(f"person:{LEAD}", "digests/unmade", what)]
    assert "for Nov 23 in <#C1> could not be made" in str(await unmade(desk, LEAD, what))
    assert "turf outbox list" in str(await unmade(desk, OPS, what))
    async with write(desk.store, 1, Occasion(LEAD, "command", NINE + 8 * HOUR)) as repo:
        order = Order(number, MONDAY, NINE, extra=True)
        await repo.jobs.again(SLOT, order.key, order.arguments)
    await desk.work(NINE + 8 * HOUR)
    assert await unmade(desk, LEAD, what) == Dropped("it was made after all")


async def unmade(desk: Desk, reader: int, what: dict[str, Any]) -> object:
    """What is said to `reader`."""
    async with desk.store.read(1) as repo:
        told = Sending("digests/unmade", what, Audience([]), MONDAY, NINE, recipient=repo.company.people.get(reader))
        found = await say_that_it_was_not_made(told, repo)
        return found if isinstance(found, Dropped) else found.to_json()
