"""The worker: one on SQLite, woken by who writes, ended cleanly; what it could not send can be seen and tried again."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.metrics import Metrics
from bot.single_worker import only_worker
from bot.worker import SENDERS, Worker, run_once
from commands.kit import Call, Message, Reply
from commands.kit.registry import Command, Registry
from domain.clock import FixedClock
from domain.errors import Busy, Unavailable
from storage.outbox import OUTBOX
from storage.outbox_status import depth
from storage.writing import Writing
from tests.support.command_line import turf
from tests.support.company_of_two import NOW, two_people
from tests.support.fake_slack import FakeSlack, command_form
from tests.support.sending import Office, office
from tests.support.transport import FakeDirectory, running_bot, sending_to
from tools.files import ROOT

PATIENCE = 60


@pytest.fixture
async def here(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Office]:
    async with office(sqlite_url, tmp_path) as made:
        yield made


def test_a_second_worker_on_sqlite_says_so_and_exits_1(sqlite_url: str, tmp_path: Path) -> None:
    asyncio.run(two_people(sqlite_url, tmp_path))
    slack = {"SLACK_BOT_TOKEN": "xoxb-test", "SLACK_SIGNING_SECRET": "shh"}
    with only_worker(sqlite_url):
        for command in (["worker"], ["serve", "--with-worker"]):
            done = turf(*command, url=sqlite_url, now=NOW, folder=tmp_path, **slack)
            assert done.returncode == 1
            assert done.stderr.splitlines()[-1].startswith("Another worker is at work on turf.db. SQLite has one")


def test_the_place_of_the_worker_is_free_again(sqlite_url: str) -> None:
    with only_worker(sqlite_url), pytest.raises(Busy), only_worker(sqlite_url):
        pass
    with only_worker(sqlite_url):
        pass


def test_postgresql_has_room_for_several() -> None:
    with only_worker("postgresql://localhost/turf"), only_worker("postgresql://localhost/turf"):
        pass


async def test_it_ends_with_0_when_told_to(sqlite_url: str, tmp_path: Path) -> None:
    await two_people(sqlite_url, tmp_path)
    env = {"PATH": os.environ["PATH"], "DATABASE_URL": sqlite_url, "SLACK_API_URL": "http://127.0.0.1:9/api/"}
    env |= {"SLACK_BOT_TOKEN": "xoxb-test"}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "worker", env=env, cwd=ROOT, stderr=asyncio.subprocess.PIPE
    )
    assert process.stderr
    async with asyncio.timeout(PATIENCE):
        while b'"ticked"' not in (line := await process.stderr.readline()):
            assert line, "it ended by itself"
    process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(10):
        _, said = await process.communicate()
    assert process.returncode == 0, said.decode()
    assert b"xoxb" not in said


class Steps:
    """A sender with so many steps to do; a step may fail, or wait until it is let go."""

    def __init__(self, count: int, fails: Exception | None = None) -> None:
        self.count = count
        self.fails = fails
        self.taken = self.done = self.most = 0
        self.changed = asyncio.Condition()
        self.gate = asyncio.Event()
        self.gate.set()

    async def claim(self, _now: object) -> int | None:
        if self.fails:
            error, self.fails = self.fails, None
            raise error
        if self.taken == self.count:
            return None
        self.taken += 1
        return self.taken

    async def bring(self, _claimed: int, _now: object) -> None:
        self.most = max(self.most, self.taken - self.done)
        await self.gate.wait()
        self.done += 1
        async with self.changed:
            self.changed.notify_all()

    async def until(self, done: int) -> None:
        async with asyncio.timeout(PATIENCE), self.changed:
            await self.changed.wait_for(lambda: self.done == done)


@pytest.mark.parametrize("error", [None, Unavailable(), ZeroDivisionError()])
async def test_it_sends_when_it_is_woken_and_goes_on_after_a_failure(error: Exception | None) -> None:
    steps = Steps(3, error)
    worker = Worker(steps, FixedClock(NOW))
    sending = asyncio.create_task(worker.send())
    worker.wake()
    if error:
        while steps.fails:  # noqa: ASYNC110 - it fails at the next turn of the loop
            await asyncio.sleep(0)
        worker.wake()
    await steps.until(3)
    await worker.finish(sending)
    assert (sending.done(), sending.exception()) == (True, None)


async def test_it_looks_while_it_sends_and_a_look_that_fails_holds_up_nothing() -> None:
    steps, seen = Steps(1), []

    async def broken(now: object) -> int:
        raise ZeroDivisionError

    async def busy(now: object) -> int:
        raise Busy

    async def works(now: object) -> int:
        seen.append(now)
        steps.gate.set()
        return 1

    steps.gate.clear()
    worker = Worker(steps, FixedClock(NOW), [broken, busy, works])
    work = [asyncio.create_task(worker.send()), asyncio.create_task(worker.do_jobs())]
    worker.wake()
    await steps.until(1)
    await worker.finish(*work)
    assert seen == [NOW]


async def test_what_is_in_hand_is_finished_and_no_other_is_taken() -> None:
    steps = Steps(9)
    steps.gate.clear()
    worker = Worker(steps, FixedClock(NOW))
    sending = asyncio.create_task(worker.send())
    worker.wake()
    await asyncio.sleep(0)
    finishing = asyncio.create_task(worker.finish(sending))
    await asyncio.sleep(0)
    steps.gate.set()
    await finishing
    assert steps.done == steps.taken == steps.most == SENDERS


async def test_an_effect_that_writes_to_the_outbox_wakes_the_worker_after_its_commit(
    slack: FakeSlack, directory: FakeDirectory, database_url: str, tmp_path: Path
) -> None:
    await two_people(database_url, tmp_path)
    registry, woken = Registry(), []

    async def tell(call: Call, repo: Writing) -> Reply:
        if call.text == "them":
            await repo.outbox.post("C1", "note", {})
            assert woken == []
        return Message("Done")

    registry.add(Command("/tell", tell, help="Tell", effect=True))
    async with running_bot(slack, registry, directory, DATABASE_URL=database_url) as bot, sending_to(bot) as sender:
        bot.works_with(wake=lambda: woken.append(1), stop=lambda: woken.append(2))
        for count, text in enumerate(("nobody", "them"), 1):
            await sender.form(command_form("/tell", text, slack=slack))
            await slack.until(lambda count=count: len(slack.responses) == count)
            assert len(woken) == count - 1
        async with bot.database.read() as connection:
            assert len((await connection.execute(select(OUTBOX))).all()) == 1
    assert woken == [1, 2], "the worker is told to stop first"


async def test_what_was_given_up_is_listed_and_tried_again(here: Office, tmp_path: Path) -> None:
    await here.note("for ben", "CRND")
    await here.note("later", "GDEAL", breaks="x")
    await here.run()

    async def command(*words: str) -> str:
        done = await asyncio.to_thread(turf, *words, url=here.database.url, now=here.now, folder=tmp_path)
        assert done.returncode == (1 if words[0] == "doctor" else 0), done.stderr
        return done.stdout

    listed = await command("outbox", "list")
    assert "not_in_channel" in listed
    assert "ZeroDivisionError" not in listed
    assert "ZeroDivisionError" in await command("outbox", "list", "--all")
    assert "1 message was given up" in " ".join((await command("doctor")).split())
    await here.local.slack.as_("mona").joins("random", guest="UTOY")
    assert await command("outbox", "retry", "1") == "1 message is tried again.\n"
    await here.run()
    assert (await here.texts("random"))[-1] == "for ben"
    assert (await here.row(1)).state == "sent"
    none = await asyncio.to_thread(turf, "outbox", "retry", "1", url=here.database.url, now=here.now, folder=tmp_path)
    assert (none.returncode, none.stderr) == (1, "Message 1 was not given up. See: turf outbox list --all\n")


async def test_what_slack_may_have_is_looked_for_before_it_is_tried_again(here: Office, tmp_path: Path) -> None:
    await here.local.slack.fault("lost_answer", on="chat.postMessage", times=1)
    number = await here.note("once")
    await here.run()
    async with here.database.write() as connection:
        await connection.execute(update(OUTBOX).values(state="dead"))
    arguments = ("outbox", "retry")
    await asyncio.to_thread(turf, *arguments, url=here.database.url, now=here.now, folder=tmp_path)
    await here.settle(10)
    assert ((await here.row(number)).state, await here.texts()) == ("sent", ["once"])


async def test_metrics_tell_what_waits(here: Office) -> None:
    await here.note("never", "CRND")
    await here.note("unsure")
    await here.note("waits")
    await here.note("breaks", "GDEAL", breaks="x")
    await here.local.slack.fault("lost_answer", on="chat.postMessage", times=1)
    await here.run()
    async with here.database.read() as connection:
        found = await depth(connection)
    assert (found.waiting, found.retrying, found.unknown, found.dead) == (3, 2, 1, 1)
    metrics = Metrics()
    metrics.outbox(found, here.now + timedelta(seconds=7))
    said = metrics.text().decode()
    assert 'turf_outbox{state="dead"} 1.0' in said
    assert "turf_outbox_oldest_seconds 7.0" in said


async def test_the_arguments_of_what_was_sent_are_forgotten_after_a_month(here: Office) -> None:
    await here.note("sent")
    await here.note("given up", "CRND")
    await here.run()
    for days, forgotten in ((29, 0), (30, 1), (31, 0)):
        assert await run_once(here.database, here.now + timedelta(days=days)) == forgotten
    assert [row.arguments for row in await here.rows()] == ["{}", '{"text": "given up"}']
