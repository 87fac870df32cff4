"""Jobs: each once and all or nothing, however many workers there are; one that fails ends where it can be seen."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.jobs import Runner
from commands.kit import Done, Due, JobOutcome, Later, Skipped
from commands.kit.jobs import JobKind
from commands.kit.registry import Registry
from domain.errors import Busy
from storage import jobs, leases
from storage.audit import Occasion
from storage.database import Database
from storage.jobs import JOBS
from storage.outbox import OUTBOX
from storage.store import Store
from storage.writing import Writing, write
from tests.support.company_of_two import NOW, two_people

LONG_AFTER = NOW + timedelta(days=1)


class Shop:
    """A company of two, some jobs, and what they do as their arguments say."""

    def __init__(self, database: Database) -> None:
        self.database, self.store = database, Store(database)
        self.runs: list[Due] = []
        registry = Registry()
        registry.add(JobKind("tell", run=self.tell, given_up=self.mourn))
        registry.add(JobKind("dig", run_long=self.dig))
        self.runner = Runner(self.store, registry, jitter=lambda: 0.0)
        self.other = Runner(self.store, registry, jitter=lambda: 0.0)

    async def tell(self, due: Due, repo: Writing) -> JobOutcome:
        self.runs.append(due)
        await repo.outbox.post("CGEN", "told", {"by": due.key})
        match due.arguments.get("end"):
            case "breaks":
                raise ZeroDivisionError("no way")
            case "busy":
                raise Busy("Someone else writes.")
            case "later":
                return Later(due.now + timedelta(hours=1), "the data are not there yet")
            case "skip":
                return Skipped("nobody wants it")
        return Done()

    async def mourn(self, due: Due, repo: Writing) -> None:
        await repo.outbox.post("CGEN", "lost", {"key": due.key})
        if due.arguments.get("mourning") == "breaks":
            raise ZeroDivisionError("not even that")

    async def dig(self, due: Due, store: Store) -> JobOutcome:
        self.runs.append(due)
        await asyncio.sleep(0)
        return Done()

    async def add(self, key: str, kind: str = "tell", due_at: datetime = NOW, **arguments: Any) -> bool:
        async with write(self.store, 1, Occasion(None, "worker", NOW)) as repo:
            return await repo.jobs.add(kind, key, arguments, due_at)

    async def states(self) -> list[str]:
        return [row.state for row in await self._rows(select(JOBS).order_by(JOBS.c.id))]

    async def row(self) -> Any:
        return (await self._rows(select(JOBS).order_by(JOBS.c.id)))[0]

    async def told(self) -> int:
        return len(await self.messages())

    async def messages(self) -> Sequence[Any]:
        return await self._rows(select(OUTBOX).order_by(OUTBOX.c.id))

    async def _rows(self, query: Any) -> Sequence[Any]:
        async with self.database.read() as connection:
            return (await connection.execute(query)).all()

    async def leave(self, **values: Any) -> None:
        """As a worker that died left the jobs behind."""
        async with self.database.write() as connection:
            await connection.execute(update(JOBS).values(values))


@pytest.fixture
async def shop(database_url: str, tmp_path: Path) -> AsyncIterator[Shop]:
    await two_people(database_url, tmp_path)
    database = Database(database_url)
    yield Shop(database)
    await database.close()


async def test_a_job_is_done_once_and_its_key_stays_taken(shop: Shop) -> None:
    assert await shop.add("monday")
    assert await shop.runner.run_once(NOW) == 1
    assert not await shop.add("monday")
    assert await shop.runner.run_once(LONG_AFTER) == 0
    assert (await shop.states(), await shop.told()) == (["done"], 1)
    assert (shop.runs[0].key, shop.runs[0].attempts, shop.runs[0].today) == ("monday", 1, NOW.date())


async def test_the_same_key_of_another_kind_is_another_job(shop: Shop) -> None:
    assert await shop.add("monday")
    assert await shop.add("monday", "dig")
    assert await shop.runner.run_once(NOW) == 2


async def test_nothing_is_done_before_its_time(shop: Shop) -> None:
    await shop.add("monday", due_at=NOW + timedelta(seconds=1))
    assert await shop.runner.run_once(NOW) == 0
    assert await shop.runner.run_once(NOW + timedelta(seconds=1)) == 1


async def test_what_fails_writes_nothing_is_tried_again_and_given_up_at_last(shop: Shop) -> None:
    await shop.add("bad", end="breaks")
    await shop.add("good")
    assert await shop.runner.run_once(NOW) == 2
    assert await shop.states() == ["waiting", "done"]
    assert await shop.told() == 1
    at = NOW
    for _ in range(jobs.ATTEMPTS):
        at += jobs.LONGEST
        await shop.runner.run_once(at)
    assert await shop.states() == ["dead", "done"]
    assert [run.attempts for run in shop.runs if run.key == "bad"] == [1, 2, 3, 4, 5]
    row = await shop.row()
    assert (row.error, row.attempts, row.lease) == ("ZeroDivisionError: no way", 5, None)


async def test_attempts_are_further_and_further_apart() -> None:
    waits = [jobs.backoff(attempt, 0.0).total_seconds() for attempt in range(1, 8)]
    assert waits == [30, 60, 120, 240, 480, 600, 600]
    assert jobs.backoff(1, 1.0) == timedelta(seconds=15)


async def test_what_is_too_early_keeps_what_it_wrote_and_comes_again(shop: Shop) -> None:
    await shop.add("monday", end="later")
    assert await shop.runner.run_once(NOW) == 1
    assert await shop.runner.run_once(NOW + timedelta(minutes=59)) == 0
    assert await shop.runner.run_once(NOW + timedelta(hours=1)) == 1
    row = await shop.row()
    assert (row.state, row.attempts, row.error) == ("waiting", 0, "the data are not there yet")


async def test_someone_else_who_writes_is_no_failure_of_the_job(shop: Shop) -> None:
    await shop.add("monday", end="busy")
    for hour in range(10):
        await shop.runner.run_once(NOW + timedelta(hours=hour))
    row = await shop.row()
    assert (row.state, row.attempts, await shop.told()) == ("waiting", 0, 0)


async def test_what_nobody_wants_any_more_is_skipped_with_the_reason(shop: Shop) -> None:
    await shop.add("monday", end="skip")
    await shop.runner.run_once(NOW)
    row = await shop.row()
    assert (row.state, row.error) == ("skipped", "nobody wants it")


async def test_several_workers_do_each_job_once(shop: Shop) -> None:
    for number in range(12):
        await shop.add(f"job {number}")
    counts = await asyncio.gather(shop.runner.run_once(NOW), shop.other.run_once(NOW))
    assert sum(counts) == 12
    assert sorted(run.key for run in shop.runs) == sorted(f"job {number}" for number in range(12))
    assert (set(await shop.states()), await shop.told()) == ({"done"}, 12)


async def test_what_a_dead_worker_left_is_taken_when_its_lease_is_over_by_the_machines_clock(shop: Shop) -> None:
    await shop.add("monday")
    await shop.leave(lease="dead", lease_until=datetime.now(UTC) + timedelta(seconds=50), attempts=1)
    assert await shop.runner.run_once(LONG_AFTER) == 0
    await shop.leave(lease_until=datetime.now(UTC))
    assert await shop.runner.run_once(NOW) == 1
    assert (shop.runs[0].attempts, await shop.told()) == (2, 1)


@pytest.mark.parametrize(("seconds", "is_free"), [(65, 0), (119, 0), (125, 1)])
async def test_what_is_held_by_a_clock_that_is_ahead_is_held(shop: Shop, seconds: int, is_free: int) -> None:
    """Another worker's clock, or ours before a wait; further ahead it is a clock that was set back since."""
    await shop.add("monday")
    await shop.leave(lease="other", lease_until=datetime.now(UTC) + timedelta(seconds=seconds), attempts=1)
    assert await shop.runner.run_once(NOW) == is_free


async def test_a_job_that_kills_its_workers_is_given_up(shop: Shop) -> None:
    await shop.add("poison")
    await shop.leave(lease="dead", lease_until=datetime.now(UTC), attempts=jobs.DEATHS)
    await shop.add("good")
    assert await shop.runner.run_once(NOW) == 2
    assert await shop.states() == ["dead", "done"]
    assert (await shop.row()).error == "the worker that was at it died"


async def test_whoever_waits_for_what_is_given_up_is_told_once(shop: Shop) -> None:
    await shop.add("bad", end="breaks")
    await shop.add("poison")
    await shop.leave(attempts=jobs.DEATHS)
    for hour in range(8):
        await shop.runner.run_once(NOW + timedelta(hours=hour))
    assert await shop.states() == ["dead", "dead"]
    lost = [json.loads(row.arguments)["key"] for row in await shop.messages() if row.kind == "lost"]
    assert (sorted(lost), shop.runs) == (["bad", "poison"], [])


async def test_a_job_is_given_up_even_if_nobody_can_be_told(shop: Shop) -> None:
    await shop.add("bad", end="breaks", mourning="breaks")
    await shop.leave(attempts=jobs.ATTEMPTS - 1)
    await shop.add("good")
    assert await shop.runner.run_once(NOW) == 2
    assert (await shop.states(), [row.kind for row in await shop.messages()]) == (["dead", "done"], ["told"])


async def test_a_job_is_not_given_up_while_somebody_else_writes(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither ended without a word nor told twice: who takes it next does it."""

    async def busy(due: Due, repo: Writing) -> None:
        raise Busy("An import is running.")

    await shop.add("bad", end="breaks")
    await shop.leave(attempts=jobs.ATTEMPTS - 1)
    monkeypatch.setattr(shop, "mourn", busy)
    registry = Registry()
    registry.add(JobKind("tell", run=shop.tell, given_up=shop.mourn))
    await Runner(shop.store, registry).run_once(NOW)
    assert (await shop.states(), await shop.messages()) == (["waiting"], [])
    await shop.leave(lease_until=datetime.now(UTC))
    await shop.runner.run_once(NOW)
    assert (await shop.states(), [row.kind for row in await shop.messages()]) == (["dead"], ["lost"])


async def test_who_lost_a_job_keeps_nothing_of_it(shop: Shop) -> None:
    await shop.add("monday")
    claimed = await jobs.claim(shop.database, ["tell"], NOW)
    assert claimed
    await shop.leave(lease="someone else")
    async with shop.database.write() as connection:
        assert not await jobs.hold(connection, claimed)
        assert not await jobs.settle(connection, claimed, jobs.JobState.DONE, NOW)
        assert not await jobs.put_off(connection, claimed, NOW, "why", counts=True)


async def test_a_long_job_holds_its_lease_and_is_settled(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "BEAT", timedelta(milliseconds=5))
    go = asyncio.Event()

    async def slow(due: Due, store: Store) -> JobOutcome:
        before = (await shop.row()).lease_until
        while (await shop.row()).lease_until == before:  # noqa: ASYNC110 - another connection changes it
            await asyncio.sleep(0.005)
        go.set()
        return Done()

    registry = Registry()
    registry.add(JobKind("dig", run_long=slow))
    await shop.add("deep", "dig")
    async with asyncio.timeout(20):
        assert await Runner(shop.store, registry).run_once(NOW) == 1
    assert go.is_set()
    assert await shop.states() == ["done"]


async def test_a_job_that_is_cancelled_is_free_at_once(shop: Shop) -> None:
    started = asyncio.Event()

    async def endless(due: Due, store: Store) -> JobOutcome:
        started.set()
        await asyncio.Event().wait()
        return Done()

    registry = Registry()
    registry.add(JobKind("dig", run_long=endless))
    await shop.add("deep", "dig")
    running = asyncio.create_task(Runner(shop.store, registry).step(NOW))
    await started.wait()
    running.cancel()
    await asyncio.wait({running})
    row = await shop.row()
    assert (row.state, row.attempts, row.lease) == ("waiting", 0, None)


async def test_what_is_prepared_holds_up_nobody_who_writes(shop: Shop) -> None:
    prepared = list[str]()

    async def prepare(due: Due, store: Store) -> None:
        async with write(store, due.workspace_id, Occasion(None, "worker", NOW)):
            prepared.append(due.key)

    registry = Registry()
    registry.add(JobKind("tell", run=shop.tell, prepare=prepare))
    await shop.add("monday")
    assert await Runner(shop.store, registry).run_once(NOW) == 1
    assert (prepared, await shop.states(), await shop.told()) == (["monday"], ["done"], 1)
