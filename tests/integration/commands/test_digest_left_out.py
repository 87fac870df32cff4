"""Who wants no empty digests does not learn whether nothing has changed or too little."""

from collections.abc import AsyncIterator
from datetime import datetime

import pytest

from commands.digests.content.readers import HELD
from commands.digests.content.withheld import WITHHELD, withheld
from commands.digests.subscribing import answers, service
from commands.kit import Audience, Dropped, Sending
from commands.kit.outgoing import Rendered
from storage.audit import Occasion
from storage.writing import write
from tests.integration.commands.test_digest_slots import LEAD, MINUTE, MONDAY, NINE, WEEK, company, settled, subscribed
from tests.support.subscribing import Desk


@pytest.fixture
async def desk(sqlite_url: str) -> AsyncIterator[Desk]:
    async with company(sqlite_url) as (_, found):
        yield found


async def told_owner(desk: Desk) -> Rendered:
    """What the owner hears of the first digest."""
    what = {"digest": 1, "message": 1}
    async with desk.store.read(1) as repo:
        told = Sending(WITHHELD, what, Audience([]), MONDAY, NINE, recipient=repo.company.people[LEAD])
        return await withheld(told, repo)


async def asked_now(desk: Desk, number: int, now: datetime) -> str:
    async with write(desk.store, 1, Occasion(LEAD, "command", now)) as repo:
        sent = await service.order_now(repo, await desk.known(number), now=now)
    return str(answers.sent(sent, "Field", "en-US").to_json())


@pytest.mark.parametrize(("why", "is_told"), [(HELD, False), ("Too few people.", True)])
async def test_its_owner_hears_nothing_of_one_that_was_left_out(desk: Desk, why: str, is_told: bool) -> None:
    await subscribed(desk, skip_when_empty=True)
    await desk.work(NINE)
    await settled(desk, "dropped", why)
    found = await told_owner(desk)
    assert found == Dropped("it was left out, as empty ones are") if not is_told else "Too few" in str(found)


async def test_asked_for_now_it_says_the_same_whether_nothing_or_too_little_has_changed(desk: Desk) -> None:
    unchanged, changed = [await subscribed(desk, skip_when_empty=True) for _ in range(2)]
    await desk.work(NINE)
    await settled(desk, "sent")
    await desk.change(changed, NINE, skip_when_empty=False)
    await desk.work(NINE + WEEK)
    await settled(desk, "dropped", HELD)
    await desk.change(changed, NINE, skip_when_empty=True)
    assert await desk.slots(unchanged) == [f"{MONDAY} done", f"{MONDAY + WEEK} skipped"]
    assert await desk.slots(changed) == [f"{MONDAY} done", f"{MONDAY + WEEK} done"]
    said = {await asked_now(desk, number, NINE + WEEK + MINUTE) for number in (unchanged, changed)}
    assert len(said) == 1
    assert "too few people have changed it" in said.pop()


async def test_what_did_not_appear_for_another_reason_says_which(desk: Desk) -> None:
    number = await subscribed(desk, skip_when_empty=True)
    await desk.work(NINE)
    await settled(desk, "dropped", "Too few people.")
    assert "Too few people." in await asked_now(desk, number, NINE + MINUTE)
