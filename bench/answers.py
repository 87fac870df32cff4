"""`/targets`, which reads the database, until its card arrives, beside plain Bolt with a constant answer.

Each client waits for its card before it asks again, so the work behind the acknowledgement is part of what is measured.
"""

import asyncio
import contextlib
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from aiohttp import web

from bench.ack import BOLT, CLIENTS, HELP, Client, Command, cpu_seconds, free_port, listening, p99, server
from bench.ack_servers import TEAM
from bench.data import database
from bench.rows import Row

REQUESTS = 800
WARM_UP = 50
BUDGET_MS = {10_000: 150.0, 1_000_000: 300.0}
TARGETS = "turf-data"
CARD = b"Why?"
"""What is in a card and in no apology."""


@dataclass
class Slack:
    """The Web API and the response_urls; `cards` are those that are waited for."""

    url: str
    cards: dict[str, asyncio.Future[None]] = field(default_factory=dict)
    _names: "count[int]" = field(default_factory=count)

    async def answer(self, request: web.Request) -> web.Response:
        waiting = self.cards.pop(request.path.rpartition("/")[2], None)
        if waiting is not None and CARD in await request.read():
            waiting.set_result(None)
        elif waiting is not None:
            waiting.set_exception(RuntimeError(f"no card but {await request.text()}"))
        user = {"id": "U1", "team_id": TEAM, "profile": {}}
        return web.json_response({"ok": True, "team_id": TEAM, "user_id": "UBOT", "bot_id": "B1", "user": user})

    async def card(self, client: Client) -> None:
        name = f"card{next(self._names)}"
        self.cards[name] = asyncio.get_running_loop().create_future()
        arrived = self.cards[name]
        await client.ask(Command("/targets", "", f"{self.url}{name}"))
        await asyncio.wait_for(arrived, 60)


@contextlib.asynccontextmanager
async def _slack() -> AsyncIterator[Slack]:
    port = free_port()
    slack = Slack(f"http://127.0.0.1:{port}/api/")
    application = web.Application()
    application.router.add_route("*", "/{tail:.*}", slack.answer)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield slack
    finally:
        await runner.cleanup()


Ask = Callable[[Client], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Measured:
    """One server in one round: seconds, and answers a second."""

    cpu: float
    p50: float
    p99: float
    rate: float


async def _loop(port: int, ask: Ask, clients: int, requests: int) -> list[float]:
    times: list[float] = []

    async def one() -> None:
        async with Client(port) as client:
            for _ in range(requests // clients):
                started = time.perf_counter()
                await ask(client)
                times.append(time.perf_counter() - started)

    await asyncio.gather(*(one() for _ in range(clients)))
    return times


async def _measure(port: int, pid: int, ask: Ask) -> Measured:
    single = await _loop(port, ask, 1, WARM_UP)
    before, started = cpu_seconds(pid), time.perf_counter()
    many = await _loop(port, ask, CLIENTS, REQUESTS)
    cpu = (cpu_seconds(pid) - before) / len(many)
    return Measured(cpu, statistics.median(single), p99(many), len(many) / (time.perf_counter() - started))


async def _rounds(url: str, rounds: int) -> list[Mapping[str, Measured]]:
    async with _slack() as slack:
        asks: dict[str, Ask] = {TARGETS: slack.card, BOLT: lambda client: client.ask(HELP)}
        with contextlib.ExitStack() as stack:
            servers = {name: stack.enter_context(server(name, slack.url, DATABASE_URL=url)) for name in asks}
            for name, (port, _) in servers.items():
                await listening(port)
                await _loop(port, asks[name], 1, WARM_UP)
            return [{name: await _measure(*servers[name], asks[name]) for name in asks} for _ in range(rounds)]


def run(folder: Path, sizes: tuple[int, ...], rounds: int) -> list[Row]:
    """A few rows for each size of company."""
    rows: list[Row] = []
    for deals in sizes:
        rows += _rows(deals, asyncio.run(_rounds(database(folder, deals), rounds)))
    return rows


def _rows(deals: int, rounds: list[Mapping[str, Measured]]) -> list[Row]:
    what = f"/targets, {deals:,} deals"
    rows = [
        _row(f"{what}: CPU per request", rounds, "cpu", 1e6, "us", 2.0),
        _row(f"{what}: p99 at {CLIENTS} clients", rounds, "p99", 1e3, "ms", 1.5),
    ]
    if deals in BUDGET_MS:
        p50 = statistics.median(measured[TARGETS].p50 for measured in rounds) * 1e3
        limit = BUDGET_MS[deals]
        rows.append(
            Row(f"{what}: from the request to the card", f"{p50:,.1f} ms", f"{limit:,.0f} ms", p50 / limit, 1.0)
        )
    rate = statistics.median(measured[TARGETS].rate for measured in rounds)
    rows.append(Row(f"{what}: cards a second from one process", f"{rate:,.0f}", "1,100", 1100 / rate, 1.0))
    return rows


def _row(what: str, rounds: list[Mapping[str, Measured]], figure: str, scale: float, unit: str, budget: float) -> Row:
    ours = [getattr(measured[TARGETS], figure) for measured in rounds]
    theirs = [getattr(measured[BOLT], figure) for measured in rounds]
    ratio = statistics.median(mine / other for mine, other in zip(ours, theirs, strict=True))
    mine, peer = (f"{statistics.median(values) * scale:,.1f} {unit}" for values in (ours, theirs))
    return Row(what, mine, peer, ratio, budget)
