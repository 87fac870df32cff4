"""Webs and workers as processes of their own on one database, a balancer in front of them, and people who keep them busy."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import signal
import socket
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.demo import workspace
from bot.demo.company import AHEAD, BEHIND, CHANGES_MANAGER, MANAGER, REP
from sandbox.clock import FileClock
from sandbox.seed import parse_seed
from sandbox.server import build as build_sandbox
from storage.database import Database
from storage.outbox import OPEN, OUTBOX
from storage.tables import people, table_of
from storage.workers import workers
from tests.support.local_workspace import free_socket, serving
from tests.support.sample import NOW, TODAY
from tests.support.slack import BotFailed, Card, SlackClient
from tools.files import ROOT

STARTS_WITHIN, STOPS_WITHIN, SETTLES_WITHIN = 120, 10, 60
"""Seconds."""
FASTER = 5
"""The product's clock runs so much faster than the machine's."""
PEOPLE = table_of(people.Person)
BUSY = (REP, AHEAD, BEHIND, MANAGER, CHANGES_MANAGER)
BETWEEN = 1.5
"""Seconds from someone's press to their next one: more than a lane takes to send what comes of it."""
KEEP, KEPT = "Keep in my messages", "targets/kept"


_WAITING = select(OUTBOX.c.id, OUTBOX.c.lane, OUTBOX.c.state, OUTBOX.c.error).where(OUTBOX.c.state.in_(OPEN))


@dataclass
class Process:
    """A web or a worker; `log` has everything that it said."""

    kind: str
    port: int
    running: asyncio.subprocess.Process
    log: Path

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    async def end(self) -> None:
        """SIGTERM: it ends with 0 in time."""
        started = time.monotonic()
        self.running.send_signal(signal.SIGTERM)
        await asyncio.wait_for(self.running.wait(), STOPS_WITHIN + 20)
        seconds = time.monotonic() - started
        assert (self.running.returncode, seconds < STOPS_WITHIN) == (0, True), f"{seconds:.1f} s; {self.said()[-2000:]}"


@dataclass
class Balancer:
    """Brings what Slack sends to the webs by turns; one that takes no connection is passed over.

    `open` counts what each has in hand.
    """

    http: httpx.AsyncClient
    webs: list[int] = field(default_factory=list)
    open: Counter[int] = field(default_factory=Counter)
    _turns: Any = field(default_factory=itertools.count)

    async def receive(self, request: Request) -> Response:
        body, headers = await request.body(), dict(request.headers)
        for _ in range(len(self.webs)):
            port = self.webs[next(self._turns) % len(self.webs)]
            self.open[port] += 1
            try:
                answer = await self.http.post(f"http://127.0.0.1:{port}/slack/events", content=body, headers=headers)
            except httpx.ConnectError:
                continue
            except httpx.TransportError:
                break
            finally:
                self.open[port] -= 1
            return Response(answer.content, answer.status_code, media_type=answer.headers.get("content-type"))
        return Response("no web", 502)


@dataclass
class Yard:
    """Where processes are started and ended, and what they have done is counted."""

    env: dict[str, str]
    folder: Path
    balancer: Balancer
    slack: SlackClient
    database: Database
    processes: list[Process] = field(default_factory=list)
    tried: Counter[str] = field(default_factory=Counter)
    acknowledged: Counter[str] = field(default_factory=Counter)
    refused: list[str] = field(default_factory=list)

    async def start(self, *kinds: str) -> list[Process]:
        """Start webs and workers and wait until each is at work."""
        made = [await self._start(kind) for kind in kinds]
        async with asyncio.timeout(STARTS_WITHIN):
            await asyncio.gather(*(self._until_ready(one) for one in made))
        return made

    async def _start(self, kind: str) -> Process:
        port, log = free_port(), self.folder / f"{kind}-{len(self.processes)}.log"
        with log.open("wb") as output:
            running = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot", "serve" if kind == "web" else "worker"),
                env=self.env | {"PORT": str(port)},
                cwd=ROOT,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=asyncio.subprocess.STDOUT,
            )
        self.processes.append(Process(kind, port, running, log))
        return self.processes[-1]

    async def _until_ready(self, process: Process) -> None:
        while not await self._is_ready(process):
            assert process.running.returncode is None, process.said()
            await asyncio.sleep(0.05)
        if process.kind == "web":
            self.balancer.webs.append(process.port)

    async def _is_ready(self, process: Process) -> bool:
        return await is_ready(self.balancer.http, process.port) if process.kind == "web" else "ticked" in process.said()

    async def replace(self, process: Process) -> None:
        """A rolling restart's step: another one first, then this one gets nothing more, then it ends."""
        await self.start(process.kind)
        await self.leave_out(process)
        await process.end()

    async def leave_out(self, process: Process) -> None:
        """The balancer brings nothing more to it; what it has brought is answered."""
        if process.kind == "web":
            self.balancer.webs.remove(process.port)
        while self.balancer.open[process.port]:  # noqa: ASYNC110 - nothing tells us
            await asyncio.sleep(0.01)

    # What people do meanwhile

    @contextlib.asynccontextmanager
    async def busy(self) -> AsyncIterator[None]:
        """People press Keep in my messages, one after another each, until the block ends."""
        cards = [await self.slack.as_(who).types("/targets") for who in BUSY]
        over = asyncio.Event()
        people = [asyncio.create_task(self._presses(who, card, over)) for who, card in zip(BUSY, cards, strict=True)]
        try:
            yield
        finally:
            over.set()
            await asyncio.gather(*people)

    async def _presses(self, who: str, card: Card, over: asyncio.Event) -> None:
        block, menu = next((block, element) for block, element in card._elements() if KEEP in str(element))
        click = {"block_id": block["block_id"], "action_id": menu["action_id"], "value": KEEP, "values": {}}
        while not over.is_set():
            self.tried[who] += 1
            try:
                outcome = await self.slack.post(f"/_client/{who}/action", card._where() | click)
            except BotFailed:
                continue
            self.acknowledged[who] += not outcome["error"]
            if outcome["error"]:
                self.refused.append(f"{outcome['error']}: {outcome['detail']}")
            await asyncio.sleep(BETWEEN)

    async def until_acknowledged(self, more: int) -> None:
        """Until so many more presses have been taken."""
        enough = self.acknowledged.total() + more
        async with asyncio.timeout(SETTLES_WITHIN):
            while self.acknowledged.total() < enough:  # noqa: ASYNC110 - people have no event for us
                await asyncio.sleep(0.02)

    # What came of it

    async def settle(self) -> None:
        """Until nothing waits to be sent."""
        ends = time.monotonic() + SETTLES_WITHIN
        while waiting := await self._waiting():
            assert time.monotonic() < ends, waiting
            await asyncio.sleep(0.1)

    async def _waiting(self) -> list[str]:
        async with self.database.read() as connection:
            return [str(row) for row in (await connection.execute(_WAITING)).all()]

    async def ordered(self) -> Counter[str]:
        """How many messages there are for each person, all of them sent."""
        query = select(PEOPLE.c.key, OUTBOX.c.state).select_from(OUTBOX.join(PEOPLE, PEOPLE.c.id == OUTBOX.c.person_id))
        async with self.database.read() as connection:
            rows = (await connection.execute(query.where(OUTBOX.c.kind == KEPT))).all()
        assert {row.state for row in rows} == {"sent"}, Counter(row.state for row in rows)
        return Counter(row.key for row in rows)

    async def received(self) -> Counter[str]:
        """How many each person has got."""
        found = {who: await self.slack.as_(who).messages("app") for who in BUSY}
        return Counter({who: sum(not one.ephemeral for one in cards) for who, cards in found.items()})

    async def alive(self) -> int:
        """How many workers say that they are alive."""
        async with self.database.read() as connection:
            return len(await workers(connection))

    async def require_once(self, *, all_taken: bool) -> None:
        """Nothing is lost and nothing is doubled: what was acknowledged was done, what was done was sent once."""
        await self.settle()
        ordered = await self.ordered()
        assert await self.received() == ordered
        for who in BUSY:
            assert self.acknowledged[who] <= ordered[who] <= self.tried[who], who
        if all_taken:
            assert self.refused == []


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def is_ready(http: httpx.AsyncClient, port: int) -> bool:
    try:
        return (await http.get(f"http://127.0.0.1:{port}/readyz")).status_code == 200
    except httpx.TransportError:
        return False


@contextlib.asynccontextmanager
async def yard(url: str, folder: Path, *, over_socket: bool = False) -> AsyncIterator[Yard]:
    """A local workspace whose app is what is started here; whatever still runs at the end is killed."""
    clock_file = folder / "clock"
    keys = workspace.AppKeys()
    (door, door_url), (page, page_url) = free_socket(), free_socket()
    at = None if over_socket else f"{door_url}/slack/events"
    seed = parse_seed(json.dumps(workspace.seed(TODAY, keys, at)))
    env = keys.environment(f"{page_url}/api/", socket=over_socket)
    env |= {"DATABASE_URL": url, "TURF_CLOCK_FILE": str(clock_file), "HOST": "127.0.0.1", "PATH": os.environ["PATH"]}
    async with contextlib.AsyncExitStack() as stack:
        stack.callback(asyncio.create_task(_runs(clock_file)).cancel)
        await asyncio.sleep(0)
        # A connection for each request: one that a web closes while it is idle would be found out too late.
        limits = httpx.Limits(max_keepalive_connections=0)
        http = await stack.enter_async_context(httpx.AsyncClient(timeout=20, limits=limits))
        balancer = Balancer(http)
        front = Starlette(routes=[Route("/slack/events", balancer.receive, methods=["POST"])])
        await stack.enter_async_context(serving(front, door))
        await stack.enter_async_context(serving(build_sandbox(seed, page_url, FileClock(clock_file)), page))
        slack = await stack.enter_async_context(SlackClient(page_url, patience=60))
        database = Database(url)
        stack.push_async_callback(database.close)
        made = Yard(env, folder, balancer, slack, database)
        stack.push_async_callback(_kill, made)
        yield made


async def _runs(clock_file: Path) -> None:
    """The product's clock."""
    started = time.monotonic()
    while True:
        now = NOW + timedelta(seconds=(time.monotonic() - started) * FASTER)
        fresh = clock_file.with_suffix(".new")
        fresh.write_text(now.isoformat())
        fresh.rename(clock_file)
        await asyncio.sleep(0.1)


async def _kill(made: Yard) -> None:
    for one in made.processes:
        if one.running.returncode is None:
            one.running.kill()
            await one.running.wait()
