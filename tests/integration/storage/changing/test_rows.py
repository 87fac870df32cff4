"""The rows of a change: what they end and begin, what they carry over, and what they are refused for."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from domain.company import WHOLE, Assignment, AssignmentRole, Metric, Span, SubjectKind, Target, Territory
from domain.errors import ChangedMeanwhile
from domain.holdings import Condition, Pin
from domain.requests.writes import OpenDeal, Row, Writes
from storage.audit import Occasion
from storage.changing import apply
from storage.changing.kinds import WRITTEN
from storage.decisions import KEYS, decided, key_in_sql
from storage.snapshot import Latest
from storage.store import Store
from storage.tables import OPEN_REV, crm, ledger, people, table_of, targets, territories
from storage.writing import write
from tests.support.ledger import START, World, open_world

ANA, BEN = 1, 2
OHIO, IOWA = 1, 2
ACME, ACME_LABS = 1, 2
DAY = date(2026, 7, 1)
UNTIL, SINCE = Span(end=DAY), Span(DAY)

PIN = Pin(ACME, OHIO)
RULE = Condition(OHIO, "north", "region", "north")
HOLDER = Assignment(OHIO, ANA, AssignmentRole.PRIMARY, Span())
TARGET = Target(SubjectKind.TERRITORY, OHIO, "2026Q3", Metric.REVENUE, 900, "USD", "season")
OPEN = OpenDeal(1, ANA, None)
LAND = Territory(OHIO, "t1", "Ohio", potential=7)


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    async with open_world(database_url) as world:
        for person in (ANA, BEN):
            world.put(people.PersonVersion, id=person, role="rep")
        world.put(territories.TerritoryVersion, id=OHIO, name="Ohio", potential=7)
        world.put(territories.TerritoryVersion, id=IOWA, name="Iowa")
        world.put(territories.Assignment, territory_id=OHIO, person_id=ANA, share=WHOLE)
        world.put(territories.Assignment, territory_id=IOWA, person_id=BEN)
        world.put(territories.Rule, territory_id=OHIO, rule="north", dimension="region", value="north")
        world.put(crm.AccountVersion, id=ACME, name="Acme")
        world.put(crm.AccountVersion, id=ACME_LABS, name="Acme Labs", parent_id=ACME)
        world.put(territories.Pin, account_id=ACME, territory_id=OHIO)
        same = {"subject_kind": "territory", "subject_id": OHIO, "period": "2026Q3", "profile": "season"}
        world.put(targets.Target, **same, amount=900, currency="USD")
        day = {"currency": "USD", "amount": 100_00, "account_id": ACME_LABS}
        world.put(crm.DealVersion, id=1, status="open", owner_id=ANA, name="Rockets", product="R2", **day)
        world.put(crm.DealVersion, id=2, status="won", closed_on=DAY, owner_id=ANA, **day)
        await world.import_()
        yield world


async def done(world: World, writes: Writes, **more: Any) -> int:
    async with write(Store(world.database), 1, Occasion(ANA, "button", START)) as repo:
        return (await apply(repo, writes, cause="request", **more)).revision


async def now(world: World, model: Any, *columns: str) -> list[Any]:
    """Rows that hold, in the order of their keys."""
    found = await world.all(model, "rev_to", *columns)
    return [tuple(row[1:]) for row in found if row.rev_to == OPEN_REV]


async def test_accounts_move_from_a_day_on_with_what_is_open(world: World) -> None:
    moved = (Row(PIN, replace(PIN, span=UNTIL)), Row(None, Pin(ACME, IOWA, SINCE)))
    revision = await done(world, Writes(pins=moved, deals=(Row(OPEN, replace(OPEN, owner=BEN)),)))
    assert revision == world.revision + 1
    assert await now(world, territories.Pin, "territory_id", "from_on", "to_on") == [
        (OHIO, date.min, DAY),
        (IOWA, DAY, date.max),
    ]
    columns = ("id", "owner_id", "name", "product", "amount", "rev_from")
    assert (await now(world, crm.DealVersion, *columns))[0] == (1, BEN, "Rockets", "R2", 100_00, revision)
    shares = await now(world, ledger.OpenShare, "person_id", "territory_id", "from_on", "to_on")
    assert shares == [(BEN, OHIO, date.min, DAY), (BEN, IOWA, DAY, date.max)]


async def test_what_was_known_before_stays_known(world: World) -> None:
    before = {kind.model: (await _at(world, kind.model, world.revision)) for kind in WRITTEN}
    before[ledger.OpenShare] = await _at(world, ledger.OpenShare, world.revision)
    await done(world, EVERYTHING)
    for model, rows in before.items():
        assert await _at(world, model, world.revision) == rows, model


async def _at(world: World, model: Any, revision: int) -> list[Any]:
    names = [column.name for column in table_of(model).c if column.name != "rev_to"]
    rows = await world.all(model, "rev_to", *names)
    return [row[1:] for row in rows if row.rev_from <= revision < row.rev_to]


EVERYTHING = Writes(
    territories=(Row(LAND, replace(LAND, closed_on=DAY, merged_into=IOWA)), Row(None, Territory(3, "t3", "New", OHIO))),
    rules=(Row(RULE, replace(RULE, span=UNTIL)), Row(None, replace(RULE, territory=IOWA, span=SINCE))),
    pins=(Row(PIN, replace(PIN, territory=IOWA)),),
    assignments=(Row(HOLDER, None), Row(None, replace(HOLDER, territory=3, person=BEN, share=WHOLE // 2))),
    targets=(Row(TARGET, replace(TARGET, amount=400)),),
    deals=(Row(OPEN, replace(OPEN, territory=3)),),
)


async def test_all_kinds_at_once_and_back_again(world: World) -> None:
    await done(world, EVERYTHING)
    land = ("id", "name", "potential", "closed_on", "merged_into_id", "parent_id")
    assert await now(world, territories.TerritoryVersion, *land) == [
        (OHIO, "Ohio", 7, DAY, IOWA, None),
        (IOWA, "Iowa", None, None, None, None),
        (3, "New", None, None, None, OHIO),
    ]
    assert await world.all(territories.Territory, "id", "key") == [(OHIO, "t1"), (IOWA, "t2"), (3, "t3")]
    held = await now(world, territories.Assignment, "territory_id", "person_id", "share")
    assert held == [(IOWA, BEN, None), (3, BEN, WHOLE // 2)]
    assert await now(world, targets.Target, "amount", "currency", "profile") == [(400, "USD", "season")]
    assert await now(world, ledger.OpenShare, "person_id", "territory_id") == [(ANA, 3)]
    await done(world, EVERYTHING.inverse())
    assert await now(world, ledger.OpenShare, "person_id", "territory_id") == [(ANA, OHIO)]
    assert await now(world, targets.Target, "amount") == [(900,)]
    assert await now(world, territories.Rule, "territory_id", "to_on") == [(OHIO, date.max)]
    await done(world, EVERYTHING)
    assert await world.all(territories.Territory, "id", "key") == [(OHIO, "t1"), (IOWA, "t2"), (3, "t3")]


STALE = {
    "territories": Writes(territories=(Row(replace(LAND, name="Oregon"), LAND),)),
    "rules": Writes(rules=(Row(replace(RULE, value="south"), None),)),
    "pins": Writes(pins=(Row(replace(PIN, territory=IOWA), None),)),
    "assignments": Writes(assignments=(Row(replace(HOLDER, person=BEN), None),)),
    "targets": Writes(targets=(Row(replace(TARGET, amount=1), TARGET),)),
    "deals": Writes(deals=(Row(replace(OPEN, owner=BEN), OPEN),)),
    "deals that are closed": Writes(deals=(Row(OpenDeal(2, ANA, None), OpenDeal(2, BEN, None)),)),
    "pins in the place of others": Writes(pins=(Row(None, replace(PIN, territory=IOWA)),)),
    "territories of the same name": Writes(territories=(Row(None, Territory(9, "t1", "Other")),)),
}


async def test_what_is_no_longer_so_is_refused_and_nothing_is_written(world: World) -> None:
    for what, writes in STALE.items():
        with pytest.raises(ChangedMeanwhile, match=f"The {what.split()[0]} that this changes"):
            await done(world, writes)
    async with Store(world.database).read(1) as repo:
        assert repo.revision == world.revision


async def test_decisions_name_the_rows_as_imports_will(world: World) -> None:
    await done(world, EVERYTHING)
    assert not [one for kind in WRITTEN if kind.decided for one in await _decided(world, kind.decided)]
    await done(world, EVERYTHING.inverse(), decided_by=BEN)
    named = {kind.name: await _decided(world, kind.decided) for kind in WRITTEN if kind.decided}
    assert named == {
        "rules": ["1:north:region", "2:north:region"],
        "pins": ["1:0001-01-01"],
        "assignments": ["1:1:primary:0001-01-01", "3:2:primary:0001-01-01"],
        "targets": ["territory:1:2026Q3:revenue"],
        "deals": ["1"],
    }
    for kind in WRITTEN:
        if kind.decided:
            source = Latest(1, world.revision + 2).source(kind.model)
            async with world.database.read() as connection:
                keys = (await connection.execute(select(key_in_sql(kind.decided, source.c)))).scalars().all()
            assert set(keys) & set(named[kind.name]), kind.name
            assert KEYS[kind.decided] == kind.key


async def _decided(world: World, what: Any) -> list[str]:
    async with world.database.read() as connection:
        found = await decided(connection, 1, what)
    assert {(one.by, one.at) for one in found} <= {(BEN, START)}
    return [one.key for one in found]
