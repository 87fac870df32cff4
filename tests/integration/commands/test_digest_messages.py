"""The two messages of a digest: the second one adds up nothing again, and is for those who read it by then."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, insert

import commands.digests
from commands.digests.content.sending import HEAD, THREAD
from commands.kit.names import COMPANY
from commands.kit.outgoing import Audience, Dropped, Rendered, Sending
from commands.kit.registry import Registry
from commands.kit.reply import Message
from commands.targets import service
from commands.targets.service import Sight
from domain.periods import PeriodKind, containing
from storage.database import Database
from storage.import_runs import RUNS
from storage.store import Repositories, Store
from tests.integration.commands.test_digest_totals import MANAGER, REPS, SECOND, Field, company, first_digest, second
from tests.support.digests import PUBLIC, private, store, team
from tests.support.sample import NOW

LEDGER = ("credits", "open_shares", "deal_versions", "stage_spans", "activities")


@pytest.fixture
async def field(tmp_path: Path) -> AsyncIterator[Field]:
    async with company(tmp_path) as field:
        yield field


async def written(field: Field) -> tuple[Store, int]:
    """What the sender has, just started, and the number of Field's second digest."""
    compared = await first_digest(field)
    await field.week(REPS)
    ask, made = await second(field, compared=compared)
    return Store(field.world.database), await store(field.world.database, ask, made, compared_with=1)


async def rendered(known: Store, kind: str, number: int, readers: tuple[int, ...]) -> Rendered:
    registry = Registry()
    commands.digests.register(registry)
    outgoing = registry.outgoing(kind)
    assert outgoing is not None
    async with known.read(1) as repo:
        return await outgoing.render(Sending(kind, {"digest": number}, _readers(repo, readers), SECOND, NOW), repo)


def _readers(repo: Repositories, readers: tuple[int, ...]) -> Audience:
    return private(*(repo.company.people[one] for one in readers)) if readers else PUBLIC


def words(said: Rendered) -> str:
    """To the byte."""
    return json.dumps(said.to_post()) if isinstance(said, Message) else repr(said)


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    said: list[str] = []

    def remember(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        said.append(statement)

    event.listen(database.engine.sync_engine, "before_cursor_execute", remember)
    yield said
    event.remove(database.engine.sync_engine, "before_cursor_execute", remember)


def of_ledger(said: list[str]) -> list[str]:
    return [one for one in said if any(table in one for table in LEDGER)]


@pytest.mark.parametrize("readers", [(), (MANAGER,)])
async def test_the_second_message_reads_the_ledger_no_more(field: Field, readers: tuple[int, ...]) -> None:
    known, number = await written(field)
    with statements(field.world.database) as said:
        head = await rendered(known, HEAD, number, readers)
        assert not isinstance(head, Dropped)
        assert of_ledger(said)
        said.clear()
        await rendered(known, THREAD, number, readers)
    assert said
    assert not of_ledger(said)


@pytest.mark.parametrize(("first", "then"), [((MANAGER,), ()), ((), (MANAGER,)), ((MANAGER,), (MANAGER, REPS[0]))])
async def test_who_reads_it_is_asked_anew_for_the_second_message(
    field: Field, first: tuple[int, ...], then: tuple[int, ...]
) -> None:
    """Somebody has joined between the two, or has left: the thread is as if the head had been for the same readers."""
    known, number = await written(field)
    assert not isinstance(await rendered(known, HEAD, number, first), Dropped)
    below = await rendered(known, THREAD, number, then)
    assert isinstance(below, Dropped) is (then != (MANAGER,))
    assert words(below) == words(await rendered(Store(field.world.database), THREAD, number, then))


async def test_an_import_that_changes_nothing_in_between_makes_the_figures_fresher(field: Field) -> None:
    known, number = await written(field)
    before = await rendered(known, HEAD, number, (MANAGER,))
    async with field.world.database.write() as connection:
        run = {"workspace_id": 1, "id": 1, "source": "x", "report": "{}", "started_at": NOW, "finished_at": NOW}
        await connection.execute(insert(RUNS).values(run))
    after = await rendered(known, HEAD, number, (MANAGER,))
    assert [f"Nov {NOW.day}" in words(one) for one in (before, after)] == [False, True]


async def test_a_total_is_the_same_sum_for_who_may_see_its_parts(field: Field) -> None:
    await field.week(REPS)
    period = containing(SECOND, PeriodKind.QUARTER, 1)
    async with Store(field.world.database).read(1) as repo:
        for subject in (team(repo, "Field"), COMPANY):
            cards = [
                await service.build(repo, subject=subject, period=period, today=SECOND, sight=sight)
                for sight in (Sight.ALL, Sight.TOTAL)
            ]
            whole, total = (service.without_parts(card) for card in cards)
            assert whole == total
            assert whole.sight is Sight.TOTAL
            assert not whole.has_why
