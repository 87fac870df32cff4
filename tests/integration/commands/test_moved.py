"""What moved someone's number: random companies add up exactly; who is told, and when; nobody else's figures are in it."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from random import Random

import pytest
from sqlalchemy import update

from bot.demo.company import AHEAD, REP
from commands.kit import Dropped, Message, Rendered, Sending
from commands.kit.outgoing import Audience
from commands.targets.moved import handlers, service, views
from commands.targets.moved.service import MOVED_KIND
from domain.company import PersonId
from domain.movement import Cause
from domain.periods import PeriodKind, containing, parse_label
from storage import ledger, telling
from storage.audit import Occasion
from storage.database import Database
from storage.ledger import Scope
from storage.outbox import OUTBOX
from storage.store import Store
from storage.tables import crm, delivery, people, targets, workspace
from storage.writing import write
from tests.integration.commands.random_company import change, fill, random_today, settings
from tests.integration.commands.test_targets_privacy import person
from tests.support.ledger import START, World, open_world
from tests.support.looking import look_elsewhere
from tests.support.sample import TODAY
from tests.support.scrambling import Seen, scramble

ANA, BEN = 1, 2
Q2 = parse_label("2026Q2", 1)
NOON = START.replace(month=6, day=15)


# Random companies


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """So few deals are named that there are others."""
    monkeypatch.setattr(service, "DEALS", 3)


async def adds_up(world: World, seed: int) -> int:
    """How many people's numbers moved; each is explained to the last cent."""
    rng = Random(seed)
    fill(world, seed)
    await world.import_(today=random_today(rng))
    before = world.revision
    change(world, seed + 1_000)
    await world.import_(today=random_today(rng))
    found = 0
    async with Store(world.database).read(1) as repo:
        day, earlier = random_today(rng), await repo.earlier(before)
        for kind in (PeriodKind.YEAR, rng.choice([PeriodKind.QUARTER, PeriodKind.MONTH])):
            period = containing(day, kind, repo.settings.fiscal_start)
            for one in repo.company.people:
                movement = (await service.told_of(repo, one, period, before)).movement
                scope = Scope(period.span, people={one})
                sums = [sum(row.base for row in await ledger.credited(*side.at, scope)) for side in (earlier, repo)]
                assert [movement.before, movement.after] == sums
                assert sum(move.change for move in movement.moves) + movement.rest == movement.change
                assert len(movement.moves) <= service.DEALS
                found += bool(movement.others)
    return found


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("seed", [1, 3])
async def test_the_deals_sum_to_the_change_on_sqlite(sqlite_url: str, seed: int) -> None:
    async with open_world(sqlite_url, **settings(seed)) as world:
        assert await adds_up(world, seed) > 1


@pytest.mark.usefixtures("few")
async def test_the_deals_sum_to_the_change_on_postgresql(postgresql_url: str) -> None:
    async with open_world(postgresql_url, **settings(5)) as world:
        assert await adds_up(world, 5) > 1


# A company of two


@asynccontextmanager
async def two(url: str) -> AsyncIterator[World]:
    """Ana has a deal, and is told; Ben has none, and is not."""
    async with open_world(url) as world:
        for one in (ANA, BEN):
            world.put(people.PersonVersion, id=one, role="rep")
        deal(world, 1)
        await world.import_()
        await begin(world, ANA)
        yield world


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    async with two(sqlite_url) as world:
        yield world


def deal(world: World, number: int, **values: object) -> None:
    row = {"owner_id": ANA, "amount": 10_000, "currency": "USD", "status": "won", "closed_on": date(2026, 5, 5)}
    world.put(crm.DealVersion, id=number, **{"name": f"D{number}"} | row | values)


async def begin(world: World, one: PersonId) -> bool:
    async with write(Store(world.database), 1, Occasion(one, "button", NOON)) as repo:
        return await service.begin(repo, by=repo.company.people[one], today=NOON.date())


async def look(world: World) -> int:
    return await service.look(Store(world.database), NOON)


async def messages(world: World) -> list[tuple[int, dict[str, object]]]:
    rows = await world.all(delivery.OutgoingMessage, "person_id", "kind", "arguments")
    assert {row.kind for row in rows} <= {MOVED_KIND}
    return [(row.person_id, json.loads(row.arguments)) for row in rows]


async def sent(world: World) -> None:
    async with world.database.write() as connection:
        await connection.execute(update(OUTBOX).values(state="sent"))


async def told(world: World, number: int = -1, **more: object) -> Rendered:
    """A message as the sender makes it."""
    to, what = (await messages(world))[number]
    async with Store(world.database).read(1) as repo:
        sending = Sending(MOVED_KIND, what, Audience([]), NOON.date(), NOON, recipient=repo.company.people[to])
        return await handlers.moved(sending, repo)


async def words(world: World, number: int = -1) -> str:
    message = await told(world, number)
    assert isinstance(message, Message)
    return json.dumps(message.to_post(), ensure_ascii=False)


async def test_each_import_is_told_once_to_who_asked(database_url: str) -> None:
    async with two(database_url) as world:
        assert await look(world) == 0
        deal(world, 2, amount=5_000)
        deal(world, 3, owner_id=BEN)
        await world.import_()
        assert [await look(world), await look(world)] == [1, 0]
        assert await messages(world) == [(ANA, {"before": 2, "after": 3, "period": "2026Q2"})]
        assert "*Your Q2 number moved from $100 to $150* (+$50): 1 deal." in await words(world)


@pytest.mark.parametrize(("point", "written"), [("telling", 0), ("told", 1)])
async def test_a_worker_that_is_killed_on_the_way_tells_once(world: World, point: str, written: int) -> None:
    deal(world, 2)
    await world.import_()
    assert await look_elsewhere(world.database.url, NOON, point) == -signal.SIGKILL
    assert len(await messages(world)) == written
    assert await look(world) == 1 - written
    assert len(await messages(world)) == 1


async def test_of_two_workers_at_once_one_tells(world: World) -> None:
    deal(world, 2)
    await world.import_()
    assert sorted(await asyncio.gather(look(world), look(world))) == [0, 1]


async def test_imports_that_came_meanwhile_are_told_in_one_message(world: World) -> None:
    for number in (2, 3):
        deal(world, number)
        await world.import_()
    assert await look(world) == 1
    for number in (4, 5):
        deal(world, number)
        await world.import_()
        assert await look(world) == 0, "the first message is still on its way"
    await sent(world)
    assert await look(world) == 1
    assert [what for _, what in await messages(world)] == [
        {"before": 2, "after": 4, "period": "2026Q2"},
        {"before": 4, "after": 6, "period": "2026Q2"},
    ]


async def test_nothing_is_told_of_what_moves_no_number(world: World) -> None:
    """Another quarter's deal, another's deal, an open deal, two deals that make up for each other."""
    deal(world, 2, closed_on=date(2026, 1, 5))
    deal(world, 3, owner_id=BEN)
    deal(world, 4, status="open", closed_on=None, expected_close_on=date(2026, 6, 30))
    deal(world, 5, amount=700)
    deal(world, 6, amount=-700, type="return")
    await world.import_()
    assert await look(world) == 0
    async with world.database.read() as connection:
        assert await telling.behind(connection) == []


async def test_it_begins_once_ends_once_and_begins_again_where_it_is(world: World) -> None:
    assert not await begin(world, ANA)
    for stopped in (True, False):
        async with write(Store(world.database), 1, Occasion(ANA, "button", NOON)) as repo:
            assert await service.stop(repo, by=repo.company.people[ANA]) is stopped
    deal(world, 2)
    await world.import_()
    assert await look(world) == 0
    assert await begin(world, ANA)
    assert await look(world) == 0, "what came before is not told"
    deal(world, 3)
    await world.import_()
    assert await look(world) == 1
    actions = [row.action for row in await world.all(workspace.Audit, "action")]
    assert actions == ["targets.moved.on", "targets.moved.off", "targets.moved.on"]


async def test_who_stops_before_it_is_sent_gets_nothing(world: World) -> None:
    deal(world, 2)
    await world.import_()
    await look(world)
    async with write(Store(world.database), 1, Occasion(ANA, "button", NOON)) as repo:
        await service.stop(repo, by=repo.company.people[ANA])
    assert await told(world) == Dropped("they do not want to be told any more")


async def test_who_became_a_partner_or_left_gets_nothing(world: World) -> None:
    deal(world, 2)
    await world.import_()
    await look(world)
    for values in ({"role": "partner"}, {"role": "rep", "left_on": NOON.date() - timedelta(days=1)}):
        world.put(people.PersonVersion, id=ANA, **values)
        await world.import_()
        assert isinstance(await told(world), Dropped)


async def test_the_words_of_each_cause(world: World) -> None:
    for number in range(2, 9):
        deal(world, number, amount=100 * number)
    deal(world, 9, owner_id=BEN, amount=900)
    deal(world, 10, amount=1_000, closed_on=date(2026, 7, 1))
    world.put(targets.Target, subject_kind="person", subject_id=ANA, period="2026Q2", amount=9_999, currency="USD")
    await world.import_()
    await look(world)
    await sent(world)
    deal(world, 2, status="open", closed_on=None)
    deal(world, 3, status="lost")
    world.drop(crm.DealVersion, 4)
    deal(world, 5, amount=555)
    deal(world, 6, owner_id=BEN, amount=600)
    deal(world, 7, amount=700, closed_on=date(2026, 9, 9))
    deal(world, 9, owner_id=ANA, amount=900)
    deal(world, 10, amount=1_000)
    deal(world, 11, amount=-1_100, type="return")
    world.put(crm.Split, deal_id=8, person_id=ANA, share=500_000)
    world.put(crm.Split, deal_id=8, person_id=BEN, share=500_000)
    await world.import_(restate=True)
    assert await look(world) == 1
    said = await words(world)
    for line in (
        "*-$7.00*  D7: out of Q2 by its close date",
        "*+$9.00*  D9: moved to you",
        "*+$10.00*  D10: into Q2 by its close date",
        "*-$11.00*  D11: returned",
        "*-$6.00*  D6: moved from you to somebody else",
        "*-$4.00*  D4: no longer in the CRM",
        "*-$4.00*  D8: your share changed",
        "*-$3.00*  D3: lost after all",
        "and 2 more: -$1.45",
        "In all -$17.45.",
    ):
        assert line in said
    assert Cause.REOPENED not in said


async def test_a_target_that_is_another_one_now_is_said_too(world: World) -> None:
    world.put(targets.Target, subject_kind="person", subject_id=ANA, period="2026Q2", amount=20_000, currency="USD")
    deal(world, 2)
    await world.import_()
    await look(world)
    assert "Your target is $200 now; there was none." in await words(world)


async def test_a_deal_that_is_another_s_now_has_the_name_that_it_had(world: World) -> None:
    deal(world, 1, name="Secret of Ben", owner_id=BEN)
    await world.import_(restate=True)
    await look(world)
    assert "*-$100.00*  D1: moved from you" in await words(world)


# The sample company


@pytest.fixture
async def database(sample_url: str) -> AsyncIterator[Database]:
    database = Database(sample_url)
    yield database
    await database.close()


async def moved_message(database: Database, key: str, before: int) -> str:
    async with Store(database).read(1) as repo:
        who, period = person(repo, key), parse_label("2026Q4", 1)
        made = await service.told_of(repo, who.id, period, before)
        assert made.movement.change
        message = views.moved_message(
            made, who.id, revision=repo.revision, today=TODAY, locale="en-US", settings=repo.settings
        )
    return json.dumps(message.to_post())


@pytest.mark.parametrize("key", [REP, AHEAD])
async def test_it_does_not_depend_on_what_others_have(database: Database, key: str) -> None:
    """From nothing to everything: what is told are all deals of the quarter."""
    async with Store(database).read(1) as repo:
        me = person(repo, key).id
        held = frozenset(one.territory for one in repo.model.lines.held_by(me))
    before = await moved_message(database, key, 1)
    assert ": won" in before
    for seed in (1, 2):
        assert await scramble(database, Seen(people=frozenset({me}), held=held), seed) > 1000
        assert await moved_message(database, key, 1) == before
    assert await scramble(database, Seen(), 3) > 1000
    assert await moved_message(database, key, 1) != before
