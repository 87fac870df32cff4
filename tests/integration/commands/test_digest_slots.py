"""The digest of a slot: made once with its messages, after the day's import, and followed until it is sent or told."""

import json
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, update

from commands.digests.asking import ask_of
from commands.digests.content import making
from commands.digests.content.sending import stored
from commands.digests.planning import SLOT, Order
from commands.digests.subscribing import service
from storage.audit import Occasion
from storage.digests import DIGESTS, told_totals
from storage.import_runs import RUNS
from storage.jobs import JOBS
from storage.outbox import OUTBOX
from storage.subscriptions import State, Wish, change_subscription, mute
from storage.tables import crm, people
from storage.writing import write
from tests.support.ledger import World, open_world
from tests.support.looking import look_elsewhere
from tests.support.subscribing import Desk, mondays, team_in

OPS, LEAD, REP = 1, 2, 3
MONDAY = date(2026, 11, 23)
NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
WEEK = 7 * DAY


@asynccontextmanager
async def company(url: str) -> AsyncIterator[tuple[World, Desk]]:
    async with open_world(url, business_days=[0, 1, 2, 3, 4]) as world:
        for number, role in ((OPS, "ops"), (LEAD, "manager"), (REP, "rep")):
            world.put(people.PersonVersion, id=number, role=role)
        world.put(people.TeamVersion, id=1, name="Field", lead_id=LEAD)
        world.put(people.Reporting, person_id=REP, manager_id=LEAD, team_id=1)
        sold(world, 1, date(2026, 11, 3))
        await world.import_(today=MONDAY)
        yield world, Desk(world.database)


def sold(world: World, number: int, day: date) -> None:
    row = {"owner_id": REP, "status": "won", "amount": 10_000, "currency": "USD", "closed_on": day}
    world.put(crm.DealVersion, id=number, **row)


@pytest.fixture
async def office(sqlite_url: str) -> AsyncIterator[tuple[World, Desk]]:
    async with company(sqlite_url) as found:
        yield found


@pytest.fixture
def desk(office: tuple[World, Desk]) -> Desk:
    return office[1]


async def subscribed(desk: Desk, **more: object) -> int:
    return await desk.subscribe(team_in("C1", mondays(), owner=LEAD, **more), last=MONDAY - WEEK, now=NINE - DAY)


async def to(desk: Desk, person: int, kind: str = "person", scope: int | None = None) -> int:
    wish = Wish(None, person, person, kind, scope or person, mondays())
    return await desk.subscribe(wish, last=MONDAY - WEEK, now=NINE - DAY)


async def imported(desk: Desk, *at: datetime, kind: str = "deals") -> None:
    report = json.dumps({"kinds": [{"kind": kind, "read": 1}]})
    async with desk.database.write() as connection:
        for when in at:
            row = {"workspace_id": 1, "id": int(when.timestamp()), "source": "x", "report": report}
            await connection.execute(insert(RUNS).values(**row, started_at=when, finished_at=when))


async def settled(desk: Desk, state: str, why: str | None = None) -> None:
    """What the sender made of all messages."""
    async with desk.database.write() as connection:
        await connection.execute(update(OUTBOX).where(OUTBOX.c.state == "waiting").values(state=state, error=why))


# Made


async def test_a_digest_and_its_two_messages_are_made_at_once(database_url: str) -> None:
    async with company(database_url) as (_, desk):
        number = await subscribed(desk)
        await desk.work(NINE)
        assert await desk.slots(number) == [f"{MONDAY} done"]
        [digest] = await desk.digests()
        assert (digest.subscription_id, digest.slot, digest.kind, digest.late) == (number, MONDAY, "channel", False)
        assert (digest.today, digest.message, json.loads(digest.figures)["credited"]) == (MONDAY, 1, 10_000)
        assert await desk.outbox() == [
            ("C1", "digests/head", {"digest": digest.id}),
            ("C1", "digests/thread", {"digest": digest.id}),
        ]


@pytest.mark.parametrize(
    ("person", "kind", "scope", "expected"),
    [(REP, "person", REP, "rep"), (LEAD, "person", LEAD, "manager"), (OPS, "company", None, "leadership")],
)
async def test_whom_it_speaks_to_follows_from_who_reads_it(
    desk: Desk, person: int, kind: str, scope: int | None, expected: str
) -> None:
    await desk.subscribe(Wish(None, person, person, kind, scope, mondays()), last=MONDAY - WEEK, now=NINE - DAY)
    await desk.work(NINE)
    assert [row.kind for row in await desk.digests()] == [expected]
    assert (await desk.outbox())[0][:2] == (f"person:{person}", "digests/head")


async def test_the_next_one_is_compared_with_the_last_that_was_seen(office: tuple[World, Desk]) -> None:
    world, desk = office
    await subscribed(desk)
    await desk.work(NINE)
    await settled(desk, "sent")
    sold(world, 2, MONDAY + DAY)
    await world.import_(today=MONDAY + DAY)
    await desk.work(NINE + WEEK)
    await settled(desk, "dropped", "too few")
    await desk.work(NINE + 2 * WEEK)
    first, second, third = await desk.digests()
    assert (first.compared_with, second.compared_with, third.compared_with) == (None, first.id, first.id)


async def test_totals_that_were_told_are_looked_for_in_digests_of_many_only(desk: Desk) -> None:
    await subscribed(desk)
    await to(desk, REP)
    await desk.work(NINE)
    async with desk.database.write() as connection:
        broken = update(DIGESTS).where(DIGESTS.c.kind == "rep").values(figures="never read")
        assert (await connection.execute(broken)).rowcount == 1
    async with desk.database.read() as connection:
        await told_totals(connection, 1, MONDAY)


async def test_one_that_nothing_changed_for_is_left_out_if_that_is_wanted(desk: Desk) -> None:
    number = await subscribed(desk, skip_when_empty=True)
    await desk.work(NINE)
    await settled(desk, "sent")
    await desk.work(NINE + WEEK)
    assert await desk.slots(number) == [f"{MONDAY} done", f"{MONDAY + WEEK} skipped"]
    assert len(await desk.digests()) == 1


async def test_one_that_was_left_out_or_given_up_comes_if_somebody_wants_it_now(desk: Desk) -> None:
    number = await subscribed(desk, skip_when_empty=True)
    await desk.work(NINE)
    await settled(desk, "sent")
    await desk.work(NINE + WEEK)
    assert await desk.slots(number) == [f"{MONDAY} done", f"{MONDAY + WEEK} skipped"]
    for is_new in (True, False):
        async with write(desk.store, 1, Occasion(LEAD, "command", NINE + WEEK + MINUTE)) as repo:
            sent = await service.order_now(repo, await desk.known(number), now=NINE + WEEK + MINUTE)
        assert sent.is_new is is_new
    await desk.work(NINE + WEEK + MINUTE)
    assert await desk.slots(number) == [f"{MONDAY} done", f"{MONDAY + WEEK} done"]
    assert [row.slot for row in await desk.digests()] == [MONDAY, MONDAY + WEEK]


async def test_one_that_was_missed_says_that_it_is_late(desk: Desk) -> None:
    await subscribed(desk)
    await desk.work(NINE + 5 * HOUR)
    assert [row.late for row in await desk.digests()] == [True]


async def test_an_order_of_which_nothing_is_there_any_more_is_skipped(desk: Desk) -> None:
    async with write(desk.store, 1, Occasion(None, "worker", NINE)) as repo:
        order = Order(77, MONDAY, NINE)
        await repo.jobs.add(SLOT, order.key, order.arguments, NINE)
    await desk.work(NINE)
    assert await desk.slots(77) == [f"{MONDAY} skipped"]


async def test_one_that_waited_until_the_next_is_due_is_skipped(desk: Desk) -> None:
    number = await subscribed(desk)
    await desk.look(NINE)
    await desk.look(NINE + WEEK)
    await desk.work(NINE + WEEK)
    assert await desk.slots(number) == [f"{MONDAY} skipped", f"{MONDAY + WEEK} done"]


@pytest.mark.parametrize(("state", "why"), [(State.PAUSED, None), (State.RESTING, "is_archived"), (State.ENDED, None)])
async def test_what_is_stopped_between_its_order_and_its_making_is_not_sent(
    desk: Desk, state: State, why: str | None
) -> None:
    number = await subscribed(desk)
    await desk.look(NINE)
    known = await desk.known(number)
    async with write(desk.store, 1, Occasion(LEAD, "command", NINE)) as repo:
        await change_subscription(repo.connection, 1, known, known.wish, following=None, state=state, why=why)
    await desk.work(NINE)
    assert await desk.slots(number) == [f"{MONDAY} skipped"]
    assert await desk.outbox() == []


async def test_what_was_ordered_before_it_was_about_something_else_is_made_once(desk: Desk) -> None:
    number = await subscribed(desk)
    await imported(desk, *LAST_WEEK)
    await desk.work(NINE)
    known = await desk.known(number)
    async with write(desk.store, 1, Occasion(OPS, "modal", NINE)) as repo:
        wish = replace(known.wish, scope_kind="company", scope_id=None)
        by = repo.company.people[OPS]
        await service.save(
            repo, wish, subscription=number, version=known.version, by=by, today=MONDAY, now=NINE + MINUTE
        )
    await desk.work(NINE + 2 * HOUR)
    await desk.work(NINE + 2 * HOUR + MINUTE)
    assert await desk.slots(number) == [f"{MONDAY} skipped"]
    assert await desk.slots(number + 1) == [f"{MONDAY} done"]
    assert [kind for _, kind, _ in await desk.outbox()] == ["digests/head", "digests/thread"]


async def test_sections_that_are_muted_are_left_out_of_direct_messages(desk: Desk) -> None:
    number = await to(desk, REP)
    async with write(desk.store, 1, Occasion(REP, "command", NINE)) as repo:
        await mute(repo.connection, 1, REP, "forecast")
    async with desk.store.read(1) as repo:
        wish = (await desk.known(number)).wish
        ask, _ = await ask_of(repo, wish, subscription=number, today=MONDAY, slot=MONDAY)
    assert ask.hidden == {"forecast"}
    await desk.work(NINE)
    async with desk.store.read(1) as repo:
        sent, _ = await stored(repo, 1, recipient=repo.company.people[REP])
        others, _ = await stored(repo, 1, recipient=repo.company.people[LEAD])
    assert (sent.hidden, others.hidden) == ({"forecast"}, frozenset())


# The import of the day

LAST_WEEK = [NINE - HOUR - n * DAY for n in (3, 4, 5, 6, 7)]


async def test_where_imports_come_daily_it_waits_for_that_of_the_day(desk: Desk) -> None:
    number = await subscribed(desk)
    await imported(desk, *LAST_WEEK)
    await desk.work(NINE)
    await desk.work(NINE + HOUR)
    assert await desk.slots(number) == [f"{MONDAY} waiting"]
    await imported(desk, NINE + HOUR)
    await desk.work(NINE + HOUR + 5 * MINUTE)
    assert await desk.slots(number) == [f"{MONDAY} done"]
    assert [row.late for row in await desk.digests()] == [False]


async def test_after_two_hours_it_comes_without(desk: Desk) -> None:
    number = await subscribed(desk)
    await imported(desk, *LAST_WEEK)
    for minutes in range(0, 120, 10):
        await desk.work(NINE + minutes * MINUTE)
    assert await desk.slots(number) == [f"{MONDAY} waiting"]
    await desk.work(NINE + 2 * HOUR)
    assert await desk.slots(number) == [f"{MONDAY} done"]
    assert [row.late for row in await desk.digests()] == [False]


@pytest.mark.parametrize(
    "runs", [[], LAST_WEEK[:1], [*LAST_WEEK, NINE - HOUR]], ids=["never", "once a week", "today already"]
)
async def test_otherwise_it_waits_for_nothing(desk: Desk, runs: list[datetime]) -> None:
    number = await subscribed(desk)
    await imported(desk, *runs)
    await desk.work(NINE)
    assert await desk.slots(number) == [f"{MONDAY} done"]


async def test_an_import_without_deals_is_not_waited_for(desk: Desk) -> None:
    number = await subscribed(desk)
    await imported(desk, *LAST_WEEK, kind="people")
    await desk.work(NINE)
    assert await desk.slots(number) == [f"{MONDAY} done"]


# What becomes of it


async def test_one_that_was_sent_is_followed_no_more(desk: Desk) -> None:
    await subscribed(desk)
    await desk.work(NINE)
    await desk.work(NINE + 2 * MINUTE)
    assert [job.state for job in await desk.jobs("digests/fate")] == ["waiting"]
    await settled(desk, "sent")
    await desk.work(NINE + 9 * MINUTE)
    assert [job.state for job in await desk.jobs("digests/fate")] == ["done"]
    assert len(await desk.outbox()) == 2


async def test_one_that_could_not_be_told_is_told_to_its_owner(desk: Desk) -> None:
    await subscribed(desk)
    await desk.work(NINE)
    await settled(desk, "dropped", "Too few people.")
    await desk.work(NINE + 2 * MINUTE)
    assert (await desk.outbox())[2:] == [(f"person:{LEAD}", "digests/withheld", {"digest": 1, "message": 1})]


@pytest.mark.parametrize("why", ["not_in_channel", "channel_not_found", "is_archived"])
async def test_a_channel_that_is_lost_lets_it_rest_and_its_owner_is_told(desk: Desk, why: str) -> None:
    number = await subscribed(desk)
    await desk.work(NINE)
    await settled(desk, "dead", why)
    await desk.work(NINE + 2 * MINUTE)
    known = await desk.known(number)
    assert (known.state, known.why, known.next) == (State.RESTING, why, None)
    assert (await desk.outbox())[2:] == [(f"person:{LEAD}", "digests/rests", {"subscription": number})]
    await desk.work(NINE + 3 * WEEK)
    assert len(await desk.digests()) == 1


async def test_what_it_was_about_is_gone(office: tuple[World, Desk]) -> None:
    world, desk = office
    number = await subscribed(desk)
    world.drop(people.TeamVersion, 1)
    world.drop(people.Reporting, REP, date.min)
    await world.import_(today=MONDAY)
    await desk.work(NINE)
    assert ((await desk.known(number)).state, (await desk.known(number)).why) == (State.RESTING, "gone")
    assert [kind for _, kind, _ in await desk.outbox()] == ["digests/rests"]


async def test_when_its_owner_has_left_it_goes_on_and_operations_are_told_once(office: tuple[World, Desk]) -> None:
    world, desk = office
    number = await subscribed(desk)
    world.put(people.PersonVersion, id=LEAD, role="manager", left_on=MONDAY - DAY)
    await world.import_(today=MONDAY)
    for week in (0, 1):
        await desk.work(NINE + week * WEEK)
        await settled(desk, "sent")
    assert len(await desk.digests()) == 2
    told = [row for row in await desk.outbox() if row[1] == "digests/orphaned"]
    assert told == [(f"person:{OPS}", "digests/orphaned", {"subscription": number})]


async def test_who_has_left_gets_nothing_more(office: tuple[World, Desk]) -> None:
    world, desk = office
    number = await to(desk, REP)
    world.put(people.PersonVersion, id=REP, role="rep", left_on=MONDAY - DAY)
    await world.import_(today=MONDAY)
    await desk.work(NINE)
    assert (await desk.known(number)).state is State.RESTING
    assert await desk.outbox() == []
    assert len(await desk.jobs(SLOT)) == 1


# Workers that die


@pytest.mark.parametrize(
    ("point", "orders", "digests"), [("planning", 0, 0), ("planned", 1, 0), ("job-run", 1, 0), ("job-done", 1, 1)]
)
async def test_a_worker_that_is_killed_on_the_way_leaves_all_or_nothing(
    desk: Desk, point: str, orders: int, digests: int
) -> None:
    number = await subscribed(desk)
    assert await look_elsewhere(desk.database.url, NINE, point) == -signal.SIGKILL
    assert (len(await desk.jobs(SLOT)), len(await desk.digests())) == (orders, digests)
    async with desk.database.write() as connection:
        await connection.execute(update(JOBS).values(lease_until=None))
    await desk.work(NINE + MINUTE)
    assert await desk.slots(number) == [f"{MONDAY} done"]
    assert [kind for _, kind, _ in await desk.outbox()] == ["digests/head", "digests/thread"]


async def test_its_figures_are_found_before_anybody_has_to_wait(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    build, waited = making.service.build, list[bool]()

    async def watched(*given: Any, **more: Any) -> Any:
        waited.append(desk.database._writer.locked())
        return await build(*given, **more)

    monkeypatch.setattr(making.service, "build", watched)
    number = await subscribed(desk)
    await desk.work(NINE)
    assert (await desk.slots(number), waited) == (["2026-11-23 done"], [False])
