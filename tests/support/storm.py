"""Workers in processes of their own, which are killed while the local workspace fails in every way it can.

Each job writes a head and two answers in its thread; what arrives says whether anything was lost, doubled or out of order.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import signal
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from random import Random
from typing import Any

import aiohttp
from sqlalchemy import func, select

from bot.jobs import Runner
from bot.outbox import plan
from bot.outbox.api import SlackApi
from bot.outbox.sender import Sender
from bot.worker import Worker
from commands.kit import Done, Due, JobOutcome, Message, Rendered, Sending
from commands.kit.blocks import section
from commands.kit.jobs import JobKind
from commands.kit.outgoing import Outgoing
from commands.kit.registry import Registry
from domain.clock import FileClock
from sandbox.server import build
from sandbox.workspace import Workspace
from storage.audit import Occasion
from storage.database import Database
from storage.jobs import JOBS, JobState
from storage.leases import TEST_SECONDS
from storage.outbox import OPEN, OUTBOX, State
from storage.store import Repositories, Store, adopt
from storage.writing import Writing, write
from tests.support.company_of_two import two_people
from tests.support.local_workspace import ManualClock, free_socket, seed, serving
from tests.support.sending import TEAM, client

ANSWERS = 2
LEASE_SECONDS = 2
"""Of the machine's time: for so long a killed worker holds up what it was at."""
_MAKE = multiprocessing.get_context("forkserver")


async def run_job(due: Due, repo: Writing) -> JobOutcome:
    channel, said = due.arguments["channel"], {"text": due.key}
    head = await repo.outbox.post(channel, "storm", said)
    for number in range(ANSWERS):
        await repo.outbox.post(channel, "storm", {"text": f"{due.key} answer {number}"}, thread_of=head)
    return Done()


async def say(sending: Sending, repo: Repositories) -> Rendered:
    text = str(sending.arguments["text"])
    return Message(text, [section(text, id="storm")])


def registry() -> Registry:
    made = Registry()
    made.add(JobKind("storm", run=run_job))
    made.add(Outgoing("storm", say))
    return made


def work(database_url: str, slack_url: str, clock: str, naive: bool) -> None:
    """The whole of a worker's process, until it is told to stop or killed."""
    if naive:
        # A sender as one writes it at first: what was not recorded as sent is sent.
        plan.step_of = lambda _claim, _now: plan.Step.SEND  # type: ignore[assignment]
        plan.LOOK_AFTER = plan.SECOND
    asyncio.run(_work(database_url, slack_url, Path(clock)))


async def _work(database_url: str, slack_url: str, clock: Path) -> None:
    told = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
    database = Database(database_url)
    async with aiohttp.ClientSession() as session:
        store, known = Store(database), registry()
        sender = Sender(store, known, SlackApi(client(slack_url, session)))
        worker = Worker(sender, FileClock(clock), (), Runner(store, known))
        tasks = [asyncio.create_task(worker.send()), asyncio.create_task(worker.do_jobs())]
        while not told.is_set():
            worker.wake()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(told.wait(), 0.05)
        await worker.finish(*tasks)
    await database.close()


class Counting:
    """Counts the calls of the Web API by method, and their answers by status; 0 is none."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self.state = app.state
        self.calls: Counter[str] = Counter()
        self.statuses: Counter[int] = Counter()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/api/"):
            await self._app(scope, receive, send)
            return
        self.calls[scope["path"].removeprefix("/api/")] += 1
        said = [0]

        async def listen(event: Any) -> None:
            if event["type"] == "http.response.start":
                said[0] = event["status"]
            await send(event)

        try:
            await self._app(scope, receive, listen)
        finally:
            self.statuses[said[0]] += 1


@dataclass
class Storm:
    """Workers, a workspace, a clock, and the dice."""

    database: Database
    url: str
    ws: Workspace
    clock: ManualClock
    clock_file: Path
    heard: Counting
    rng: Random
    size: int
    naive: bool = False
    workers: list[ForkServerProcess] = field(default_factory=list)
    kills: int = 0

    @property
    def now(self) -> datetime:
        return datetime.fromtimestamp(self.clock.at, UTC)

    def advance(self, seconds: float) -> None:
        self.clock.at += seconds
        self.ws.timers.step(0)
        fresh = self.clock_file.with_suffix(".new")
        fresh.write_text(self.now.isoformat())
        fresh.replace(self.clock_file)

    async def plant(self, numbers: Iterable[int], channels: int) -> None:
        """Digests that are due at once."""
        async with write(Store(self.database), 1, Occasion(None, "worker", self.now)) as repo:
            for number in numbers:
                await repo.jobs.add("storm", f"digest {number}", {"channel": f"C{number % channels:03}"}, self.now)

    def start(self) -> None:
        arguments = (self.database.url, self.url, str(self.clock_file), self.naive)
        process = _MAKE.Process(target=work, args=arguments, daemon=True)
        process.start()
        self.workers.append(process)

    def keep_going(self) -> None:
        """Every worker that is not at work was killed by us."""
        assert all(process.is_alive() for process in self.workers), [process.exitcode for process in self.workers]
        while len(self.workers) < self.size:
            self.start()

    def kill_one(self) -> None:
        """SIGKILL, whatever it is at."""
        victim = self.workers.pop(self.rng.randrange(len(self.workers)))
        assert victim.pid
        os.kill(victim.pid, signal.SIGKILL)
        victim.join()
        self.kills += 1

    def stop(self) -> list[int | None]:
        """SIGTERM; their return codes."""
        for process in self.workers:
            process.terminate()
        for process in self.workers:
            process.join(15)
        return [process.exitcode for process in self.workers]

    async def open(self) -> int:
        """How much is not settled yet."""
        async with self.database.read() as connection:
            jobs = select(func.count()).where(JOBS.c.state == JobState.WAITING)
            messages = select(func.count()).where(OUTBOX.c.state.in_(OPEN))
            return int(
                (await connection.execute(jobs)).scalar_one() + (await connection.execute(messages)).scalar_one()
            )

    async def states(self) -> tuple[dict[str, int], dict[str, int]]:
        """How many jobs and messages are in each state."""
        return await self._states(JOBS), await self._states(OUTBOX)

    async def unhappy(self) -> list[tuple[Any, ...]]:
        """What was given up, and why."""
        async with self.database.read() as connection:
            jobs = select(JOBS.c.key, JOBS.c.state, JOBS.c.attempts, JOBS.c.error).where(JOBS.c.state != JobState.DONE)
            columns = OUTBOX.c.id, OUTBOX.c.lane, OUTBOX.c.state, OUTBOX.c.attempts, OUTBOX.c.error
            messages = select(*columns).where(OUTBOX.c.state != State.SENT)
            return [tuple(row) for query in (jobs, messages) for row in await connection.execute(query)]

    async def _states(self, table: Any) -> dict[str, int]:
        async with self.database.read() as connection:
            rows = (await connection.execute(select(table.c.state, func.count()).group_by(table.c.state))).all()
        return {str(row[0]): int(row[1]) for row in rows}

    def come(self) -> int:
        """How many messages stand in the channels."""
        return sum(len(channel.messages) for channel in self.ws.channels.values())

    def arrived(self, channel: str) -> tuple[list[str], dict[str, list[str]]]:
        """The heads in a channel, in their order, and the answers in each one's thread."""
        messages = self.ws.channels[channel].messages
        by_ts = {one.ts: one.text for one in messages}
        threads: dict[str, list[str]] = {}
        heads = []
        for one in messages:
            if one.thread_ts and one.thread_ts != one.ts:
                threads.setdefault(by_ts[one.thread_ts], []).append(one.text)
            else:
                heads.append(one.text)
        return heads, threads


@contextlib.asynccontextmanager
async def storm(
    database_url: str, folder: Path, *, size: int, seed_of: int, channels: int, naive: bool = False
) -> AsyncIterator[Storm]:
    await two_people(database_url, folder)
    clock, file = ManualClock(), folder / "clock"
    listening, url = free_socket()
    app = build(seed(None, more=channels), url, clock, slowness=0)
    counting = Counting(app)
    os.environ[TEST_SECONDS] = str(LEASE_SECONDS)
    _MAKE.set_forkserver_preload(["tests.support.storm"])
    database = Database(database_url)
    await adopt(database, TEAM)
    async with serving(counting, listening):  # type: ignore[arg-type]
        made = Storm(database, url, app.state.workspace, clock, file, counting, Random(seed_of), size, naive)
        made.advance(0)
        try:
            yield made
        finally:
            del os.environ[TEST_SECONDS]
            for process in made.workers:
                process.kill()
                process.join()
            await database.close()


def weather(rng: Random) -> list[dict[str, Any]]:
    """What may go wrong in the next minute or so."""
    return [
        {"kind": "lost_answer", "on": "chat.postMessage", "chance": 0.2, "lasts": 30},
        {"kind": "error", "on": "chat.postMessage", "chance": 0.15, "lasts": 30},
        {"kind": "rate_limited", "chance": 0.2, "retry_after": rng.randint(1, 8), "lasts": 20},
        {"kind": "unavailable", "on": "conversations.history", "chance": 0.3, "lasts": 30},
        {"kind": "refused", "chance": 0.1, "lasts": 30},
    ]


def hour_of(kind: str) -> dict[str, Any]:
    return {"kind": kind, "lasts": timedelta(hours=1).total_seconds()}
