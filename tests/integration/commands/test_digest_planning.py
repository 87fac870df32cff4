"""Who is due gets one order for each local date: through clock changes, pauses, outages, several workers and kills."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import event, select, update
from structlog.testing import capture_logs

from commands.digests.planning import AT_ONCE, Order, look
from domain.schedules import HolidayRule
from storage.audit import AUDIT, Occasion
from storage.database import Database
from storage.store import Store
from storage.subscriptions import SUBSCRIPTIONS, State, change_subscription
from storage.tables import people, targets
from storage.writing import write
from tests.support.clocks import TIMES, ZONES
from tests.support.ledger import open_world
from tests.support.subscribing import EVERY_DAY, Desk, every, mondays, team_in

MONDAY = date(2026, 11, 23)
NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@asynccontextmanager
async def company(url: str) -> AsyncIterator[Desk]:
    async with open_world(url, business_days=[0, 1, 2, 3, 4]) as world:
        world.put(people.PersonVersion, id=1, role="ops")
        world.put(people.PersonVersion, id=2, role="manager")
        world.put(people.TeamVersion, id=1, name="Field", lead_id=2)
        await world.import_()
        yield Desk(world.database)


@pytest.fixture
async def desk(sqlite_url: str) -> AsyncIterator[Desk]:
    async with company(sqlite_url) as desk:
        yield desk


async def subscribe(desk: Desk, *, last: date = MONDAY - 7 * DAY, **schedule: object) -> int:
    return await desk.subscribe(team_in("C1", mondays(**schedule)), last=last, now=NINE - DAY)


# Clocks


async def ordered(desk: Desk, year: int, span: tuple[date, date], step: timedelta) -> None:
    """Everybody who is subscribed in that year's zones gets one order for each date of the span."""
    zones = [zone for zone, wanted in ZONES.items() if wanted == year]
    first, last = span
    numbers = [
        await desk.subscribe(
            team_in("C1", mondays(weekdays=EVERY_DAY, at=clock, zone=zone, ends_on=last)), last=first - DAY, now=NINE
        )
        for zone in zones
        for clock in TIMES
    ]
    begin = datetime(first.year, first.month, first.day, tzinfo=UTC) - DAY
    for now in every(step, begin, begin + (last - first) + 4 * DAY):
        await desk.look(now)
    skipped = await desk.rows(select(AUDIT.c.subject_id, AUDIT.c.after).where(AUDIT.c.action == "digest.skip"))
    # Two slots of Apia fall on one instant, or nearly: the next one is due already, as is recorded.
    assert {json.loads(after)["to"] for _, after in skipped} <= {"2011-12-30"}
    for number in numbers:
        met = [slot.removesuffix(" waiting") for slot in await desk.slots(number)]
        met += [json.loads(after)["to"] for subscription, after in skipped if subscription == number]
        assert sorted(met) == [str(first + n * DAY) for n in range((last - first).days + 1)]


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2026, 3, 27), date(2026, 3, 30)),
        (date(2026, 10, 24), date(2026, 10, 26)),
        (date(2011, 12, 29), date(2012, 1, 1)),
    ],
)
async def test_each_local_date_is_ordered_once_across_a_clock_change(desk: Desk, first: date, last: date) -> None:
    await ordered(desk, first.year, (first, last), timedelta(hours=1))


@pytest.mark.slow
@pytest.mark.parametrize("year", [2026, 2011])
async def test_each_local_date_of_a_year_is_ordered_once(desk: Desk, year: int) -> None:
    await ordered(desk, year, (date(year, 1, 1), date(year, 12, 31)), timedelta(hours=6))


async def test_a_clock_that_is_put_back_orders_nothing_twice(desk: Desk) -> None:
    number = await subscribe(desk)
    for now in (NINE, NINE - HOUR, NINE, NINE + HOUR):
        await desk.look(now)
    assert await desk.slots(number) == [f"{MONDAY} waiting"]


# Missed


async def test_of_what_was_missed_the_newest_is_ordered_late_and_the_rest_is_recorded(desk: Desk) -> None:
    number = await subscribe(desk, last=MONDAY - 28 * DAY)
    with capture_logs() as logs:
        assert await desk.look(NINE + DAY) == 1
    [line] = [one for one in logs if one["event"] == "digests were missed and are skipped"]
    assert (line["from"], line["to"]) == ("2026-11-02", "2026-11-16")
    [job] = await desk.jobs("digests/slot")
    assert job.key == f"{number}:{MONDAY}"
    assert '"late": true' in job.arguments
    [row] = await desk.rows(select(AUDIT).where(AUDIT.c.action == "digest.skip"))
    assert row.after == '{"slots": 3, "from": "2026-11-02", "to": "2026-11-16"}'
    assert (await desk.known(number)).next.day == MONDAY + 7 * DAY  # type: ignore[union-attr]


async def test_what_is_due_is_ordered_on_time(desk: Desk) -> None:
    number = await subscribe(desk)
    assert await desk.look(NINE - timedelta(seconds=1)) == 0
    assert await desk.look(NINE) == 1
    [job] = await desk.jobs("digests/slot")
    assert Order(number, MONDAY, NINE).arguments == {
        "subscription": number, "late": False, "extra": False, "slot": "2026-11-23", "due": NINE.isoformat(),
    }  # fmt: skip
    assert '"late": false' in job.arguments


async def test_a_holiday_that_was_brought_meanwhile_moves_it(sqlite_url: str) -> None:
    async with open_world(sqlite_url, business_days=[0, 1, 2, 3, 4], holidays="H") as world:
        world.put(people.PersonVersion, id=1, role="ops")
        await world.import_()
        desk = Desk(world.database)
        number = await desk.subscribe(team_in("C1", mondays()), last=MONDAY - 7 * DAY, now=NINE - DAY)
        world.put(targets.Holiday, calendar="H", on_day=MONDAY, name="Day off")
        await world.import_()
        assert await desk.look(NINE) == 0
        assert (await desk.known(number)).next.day == MONDAY + DAY  # type: ignore[union-attr]
        assert await desk.look(NINE + DAY) == 1
        assert await desk.slots(number) == [f"{MONDAY + DAY} waiting"]


@pytest.mark.parametrize("state", [State.PAUSED, State.RESTING, State.ENDED])
async def test_what_is_not_active_is_not_due(desk: Desk, state: State) -> None:
    number = await subscribe(desk)
    known = await desk.known(number)
    async with write(desk.store, 1, Occasion(1, "command", NINE)) as repo:
        assert await change_subscription(repo.connection, 1, known, known.wish, following=known.next, state=state)
    assert await desk.look(NINE + 7 * DAY) == 0


async def test_a_rule_for_holidays_is_part_of_the_schedule(desk: Desk) -> None:
    number = await subscribe(desk, holiday_rule=HolidayRule.SKIP)
    assert (await desk.known(number)).schedule.holiday_rule is HolidayRule.SKIP


# Several workers, and many subscriptions


async def test_of_several_workers_one_orders(database_url: str) -> None:
    async with company(database_url) as desk:
        for number in range(5):
            await desk.subscribe(team_in(f"C{number}", mondays()), last=MONDAY - 7 * DAY, now=NINE)
        others = [Store(Database(database_url)) for _ in range(3)]
        found = await asyncio.gather(*(look(store, NINE) for store in others))
        assert sum(found) == 5
        assert len(await desk.jobs("digests/slot")) == 5
        for store in others:
            await store.database.close()


async def test_more_than_one_transaction_takes_are_all_ordered(desk: Desk) -> None:
    await subscribe(desk)
    async with desk.database.write() as connection:
        row = (await connection.execute(select(SUBSCRIPTIONS))).mappings().one()
        rows = [{**row, "id": number} for number in range(2, AT_ONCE * 2 + 5)]
        await connection.execute(SUBSCRIPTIONS.insert(), rows)
        await connection.commit()
    assert await desk.look(NINE) == AT_ONCE * 2 + 4
    assert await desk.look(NINE) == 0


async def test_a_look_finds_what_is_due_by_an_index(desk: Desk) -> None:
    seen: list[tuple[str, object]] = []

    def remember(_c: object, _k: object, statement: str, parameters: object, *_more: object) -> None:
        if "subscriptions" in statement and "due_at <=" in statement:
            seen.append((statement, parameters))

    number = await subscribe(desk)
    event.listen(desk.database.engine.sync_engine, "before_cursor_execute", remember)
    await desk.look(NINE)
    event.remove(desk.database.engine.sync_engine, "before_cursor_execute", remember)
    assert number
    assert len(seen) >= 2
    async with desk.database.read() as connection:
        for statement, parameters in seen:
            rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)  # type: ignore[arg-type]
            plan = " | ".join(row[3] for row in rows)
            assert "ix_subscriptions_workspace_id_due_at (workspace_id=? AND due_at<?)" in plan, plan
            assert "SCAN subscriptions" not in plan


async def test_what_was_dealt_with_stays_so_if_its_job_is_gone(desk: Desk) -> None:
    number = await subscribe(desk)
    await desk.look(NINE)
    async with desk.database.write() as connection:
        await connection.execute(update(SUBSCRIPTIONS).values(due_at=NINE))
        await connection.commit()
    assert await desk.look(NINE) == 0
    assert await desk.slots(number) == [f"{MONDAY} waiting"]


async def test_one_that_cannot_be_planned_rests_and_holds_up_no_other(desk: Desk) -> None:
    lost, fine = await subscribe(desk), await subscribe(desk)
    async with desk.database.write() as connection:
        await connection.execute(update(SUBSCRIPTIONS).where(SUBSCRIPTIONS.c.id == lost).values(timezone="Mars/Base"))
    assert await look(desk.store, NINE) == 1
    async with desk.database.read() as connection:
        rows = (await connection.execute(select(SUBSCRIPTIONS).order_by(SUBSCRIPTIONS.c.id))).all()
    assert [(row.id, row.state, row.why) for row in rows] == [(lost, "resting", "unplanned"), (fine, "active", None)]
    assert await look(desk.store, NINE + HOUR) == 0
