"""The open pipeline: whose each open deal is, on which days, that time alone moves it on, and what is read of it."""

from collections.abc import AsyncIterator
from datetime import date

import pytest

from domain.company import WHOLE
from storage.pipeline import open_lines, open_sums
from storage.scopes import Whose
from storage.snapshot import AtRevision
from storage.tables import ALWAYS, OPEN_END, OPEN_REV, crm, people, territories
from storage.tables.ledger import Credit, OpenShare
from tests.support.ledger import World, open_world

pytestmark = pytest.mark.slow_on_postgresql

ANA, BEN, OVE = 1, 2, 3
OHIO = 1
AUG, SEP, OCT = date(2026, 8, 14), date(2026, 9, 1), date(2026, 10, 1)
TODAY = date(2026, 6, 15)
JUNE = {"today": TODAY, "since": TODAY, "until": date(2026, 7, 1)}


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    async with open_world(database_url) as world:
        for person in (ANA, BEN, OVE):
            world.put(people.PersonVersion, id=person, role="rep")
        world.put(territories.TerritoryVersion, id=OHIO, name="Ohio")
        world.put(territories.Assignment, territory_id=OHIO, person_id=ANA)
        yield world


def split(world: World, person: int, share: int) -> None:
    world.put(crm.Split, deal_id=1, person_id=person, kind="revenue", share=share)


async def nothing_more(world: World, today: date) -> None:
    """The pass, done again, finds everything as it should be."""
    again = await world.import_(today=today)
    assert (again.open_new, again.open_ended) == (0, 0)


COLUMNS = ("deal_id", "part", "rev_from", "rev_to", "person_id", "territory_id", "amount")
HELD = ("part", "person_id", "territory_id", "amount", "from_on", "to_on")


def deal(world: World, **values: object) -> None:
    row = {"status": "open", "expected_close_on": AUG, "owner_id": ANA, "amount": 1_000_00, "currency": "USD"}
    world.put(crm.DealVersion, id=1, **row | values)


async def test_they_are_attributed_and_versioned(world: World) -> None:
    deal(world)
    split(world, ANA, 300_000)
    split(world, BEN, 700_000)
    await world.import_(today=TODAY)
    await nothing_more(world, today=TODAY)
    deal(world, amount=5_00)
    world.drop(crm.Split, 1, ANA, "revenue")
    split(world, BEN, WHOLE)
    report = await world.import_(today=TODAY)
    assert (report.open_new, report.open_ended) == (1, 2)
    assert await world.all(OpenShare, *COLUMNS) == [
        (1, 0, 2, 4, ANA, OHIO, 300_00),
        (1, 0, 4, OPEN_REV, BEN, OHIO, 5_00),
        (1, 1, 2, 4, BEN, OHIO, 700_00),
    ]
    assert await world.all(Credit) == []


async def test_a_deal_that_is_won_leaves_the_pipeline(world: World) -> None:
    deal(world)
    await world.import_()
    deal(world, status="won", closed_on=AUG)
    report = await world.import_(touch=[1])
    assert (report.open_ended, report.credits_new) == (1, 1)


def three_holders(world: World) -> None:
    """Ohio is Ove's until today, Ana's until September, then Ben's."""
    world.drop(territories.Assignment, OHIO, ANA, "primary", date.min)
    world.put(territories.Assignment, territory_id=OHIO, person_id=OVE, to_on=TODAY)
    world.put(territories.Assignment, territory_id=OHIO, person_id=ANA, from_on=TODAY, to_on=SEP)
    world.put(territories.Assignment, territory_id=OHIO, person_id=BEN, from_on=SEP)


@pytest.mark.parametrize(
    ("expected", "holders"),
    [
        (SEP, [(BEN, ALWAYS, OPEN_END)]),
        (AUG, [(ANA, ALWAYS, SEP), (BEN, SEP, OPEN_END)]),
        (date(2026, 1, 1), [(OVE, ALWAYS, TODAY), (ANA, TODAY, SEP), (BEN, SEP, OPEN_END)]),
        (None, [(OVE, ALWAYS, TODAY), (ANA, TODAY, SEP), (BEN, SEP, OPEN_END)]),
    ],
)
async def test_without_an_owner_they_are_the_holder_s_on_their_day_and_today_s_once_it_has_passed(
    world: World, expected: date | None, holders: list[tuple[int, date, date]]
) -> None:
    three_holders(world)
    deal(world, owner_id=None, territory_id=OHIO, expected_close_on=expected, amount=None)
    await world.import_(today=TODAY)
    assert await world.all(OpenShare, *HELD) == [
        (part, holder, OHIO, None, start, end) for part, (holder, start, end) in enumerate(holders)
    ]
    await nothing_more(world, today=TODAY)
    await nothing_more(world, today=SEP)


async def test_a_territory_that_is_shared_from_a_day_on_has_parts_for_each_stretch(world: World) -> None:
    world.drop(territories.Assignment, OHIO, ANA, "primary", date.min)
    world.put(territories.Assignment, territory_id=OHIO, person_id=ANA, to_on=SEP)
    world.put(territories.Assignment, territory_id=OHIO, person_id=BEN, from_on=SEP, share=333_333)
    deal(world, owner_id=None, territory_id=OHIO, amount=100)
    await world.import_()
    assert await world.all(OpenShare, *HELD) == [
        (0, ANA, OHIO, 100, ALWAYS, SEP),
        (1, BEN, OHIO, 33, SEP, OPEN_END),
        (2, None, OHIO, 67, SEP, OPEN_END),
    ]


async def test_time_passes_without_an_import(world: World) -> None:
    three_holders(world)
    deal(world, owner_id=None, territory_id=OHIO)
    await world.import_(today=TODAY)
    known_then = world.at
    world.put(territories.Assignment, territory_id=OHIO, person_id=BEN, from_on=SEP, to_on=OCT)
    world.put(territories.Assignment, territory_id=OHIO, person_id=OVE, from_on=OCT)
    await world.import_(today=TODAY)
    async with world.database.read() as connection:

        async def holders(at: AtRevision, today: date) -> list[tuple[int | None, int]]:
            sums = await open_sums(connection, at, today=today, since=date.min, until=date.max)
            lines = await open_lines(connection, at, today=today, since=date.min, until=date.max)
            assert [(row.person, row.amount) for row in sums] == [(line.person, line.amount) for line in lines]
            return [(line.person, line.amount or 0) for line in lines]

        assert await holders(world.at, AUG) == [(ANA, 1_000_00)]
        assert await holders(world.at, SEP) == [(BEN, 1_000_00)]
        assert await holders(world.at, OCT) == [(OVE, 1_000_00)]
        assert await holders(known_then, OCT) == [(BEN, 1_000_00)]


async def test_open_deals_are_told_apart_by_when_they_are_expected(world: World) -> None:
    for number, expected in enumerate([date(2026, 6, 14), TODAY, date(2026, 6, 30), date(2026, 7, 1), None], start=1):
        world.put(
            crm.DealVersion,
            id=number,
            owner_id=1,
            currency="USD",
            amount=number,
            status="open",
            expected_close_on=expected,
        )
    await world.import_(today=TODAY)
    async with world.database.read() as connection:
        sums = await open_sums(connection, world.at, **JUNE)
        lines = await open_lines(connection, world.at, **JUNE)
        nobody_s = await open_lines(connection, world.at, Whose(unassigned=True), **JUNE)
    assert {(row.overdue, row.in_period): (row.amount, row.count) for row in sums} == {
        (False, False): (4 + 5, 2),
        (False, True): (2 + 3, 2),
        (True, False): (1, 1),
    }
    assert [line.amount for line in lines] == [2, 3]
    assert nobody_s == []


async def test_open_lines_say_what_comes_before_them_in_their_month_also_on_later_pages(world: World) -> None:
    days = [date(2026, 6, 30), date(2026, 6, 20), date(2026, 7, 2), None, date(2026, 6, 25), date(2026, 7, 9)]
    for number, expected in enumerate(days, start=1):
        amount = None if number == 2 else number
        more = {"currency": "EUR", "amount": amount, "status": "open", "expected_close_on": expected}
        world.put(crm.DealVersion, id=number, owner_id=1, territory_id=1, **more)
    await world.import_(today=TODAY)
    whole = TODAY, date(2027, 1, 1)
    async with world.database.read() as connection:
        pages = [
            await open_lines(connection, world.at, today=TODAY, since=whole[0], until=whole[1], limit=2, offset=offset)
            for offset in (0, 2, 4)
        ]
    found = [[(line.deal, line.amount, line.before) for line in page] for page in pages]
    assert found == [[("d2", None, 0), ("d5", 5, 0)], [("d1", 1, 5), ("d3", 3, 0)], [("d6", 6, 3)]]
