"""How quickly and cheaply `/turf help` is answered over HTTP, beside plain Bolt with a constant answer.

The servers run side by side and take turns within each round, so that a busy machine is busy for all of them; a ratio
is taken within a round, and the median of the ratios counts. CPU time is the server process's own.
"""

import asyncio
import contextlib
import hashlib
import hmac
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Self
from urllib.parse import urlencode

from aiohttp import web

from bench.ack_servers import SECRET, TEAM
from bench.rows import Row, table

ROUNDS = 5
WARM_UP = 200
ONE_CLIENT = 200
CLIENTS = 16
MANY = 1600
PER_SECOND = 500
OPEN_SECONDS = 2.0
TURF, BOLT, BOLT_FIRST = "turf", "bolt", "bolt-first"
_trigger = count()


@dataclass(frozen=True, slots=True)
class Measured:
    """One server in one round: seconds."""

    cpu: float
    p50: float
    p99: float
    p99_open: float


@dataclass(frozen=True, slots=True)
class Command:
    """What is typed; `answer_url` is where the answer goes that follows the acknowledgement."""

    name: str = "/turf"
    text: str = "help"
    answer_url: str = "http://127.0.0.1:9/commands/x"


HELP = Command()


def _request(command: Command) -> bytes:
    form = {
        "command": command.name,
        "text": command.text,
        "team_id": TEAM,
        "user_id": "U1",
        "user_name": "ana",
        "channel_id": "C1",
        "channel_name": "directmessage",
        "trigger_id": f"{next(_trigger)}.bench",
        "response_url": command.answer_url,
    }
    body = urlencode(form).encode()
    timestamp = str(int(time.time()))
    digest = hmac.new(SECRET.encode(), f"v0:{timestamp}:".encode() + body, hashlib.sha256).hexdigest()
    head = (
        "POST /slack/events HTTP/1.1\r\nhost: 127.0.0.1\r\nuser-agent: Slackbot 1.0\r\naccept: application/json,*/*\r\n"
        f"content-type: application/x-www-form-urlencoded\r\nx-slack-request-timestamp: {timestamp}\r\n"
        f"x-slack-signature: v0={digest}\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class Client:
    """One keep-alive connection."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def __aenter__(self) -> Self:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._writer.close()
        await self._writer.wait_closed()

    async def ask(self, command: Command = HELP) -> None:
        """One command, until its acknowledgement is read. Raises RuntimeError unless it is a 200."""
        self._writer.write(_request(command))
        head = await self._reader.readuntil(b"\r\n\r\n")
        if b" 200 " not in head[:16]:
            raise RuntimeError(f"the server answered {head[:40]!r}")
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        await self._reader.readexactly(length)


async def _timed(client: Client, times: list[float], since: float | None = None) -> None:
    started = time.perf_counter() if since is None else since
    await client.ask()
    times.append(time.perf_counter() - started)


async def _closed_loop(port: int, clients: int, requests: int) -> list[float]:
    times: list[float] = []

    async def one() -> None:
        async with Client(port) as client:
            for _ in range(requests // clients):
                await _timed(client, times)

    await asyncio.gather(*(one() for _ in range(clients)))
    return times


async def _open_loop(port: int, per_second: int, seconds: float) -> list[float]:
    """Requests at fixed instants, whether or not earlier ones are answered; each is timed from its instant."""
    times: list[float] = []
    async with contextlib.AsyncExitStack() as stack:
        idle: asyncio.LifoQueue[Client] = asyncio.LifoQueue()
        for _ in range(64):
            idle.put_nowait(await stack.enter_async_context(Client(port)))
        start = time.perf_counter() + 0.05

        async def one(at: float) -> None:
            await asyncio.sleep(max(0.0, at - time.perf_counter()))
            client = await idle.get()
            await _timed(client, times, since=at)
            idle.put_nowait(client)

        await asyncio.gather(*(one(start + place / per_second) for place in range(int(per_second * seconds))))
    return times


def cpu_seconds(pid: int) -> float:
    """Seconds of CPU that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def p99(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.99)]


async def _measure(port: int, pid: int) -> Measured:
    single = await _closed_loop(port, 1, ONE_CLIENT)
    before = cpu_seconds(pid)
    many = await _closed_loop(port, CLIENTS, MANY)
    cpu = (cpu_seconds(pid) - before) / len(many)
    opened = await _open_loop(port, PER_SECOND, OPEN_SECONDS)
    return Measured(cpu, statistics.median(single), p99(many), p99(opened))


@contextlib.asynccontextmanager
async def _slack() -> AsyncIterator[str]:
    """The two Web API calls that the servers make once."""

    async def answer(request: web.Request) -> web.Response:
        user = {"id": "U1", "team_id": TEAM, "profile": {"email": "ana@example.com"}}
        return web.json_response({"ok": True, "team_id": TEAM, "user_id": "UBOT", "bot_id": "B1", "user": user})

    application = web.Application()
    application.router.add_route("*", "/{tail:.*}", answer)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield f"http://127.0.0.1:{port}/api/"
    finally:
        await runner.cleanup()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def server(name: str, slack_url: str, **environment: str) -> Iterator[tuple[int, int]]:
    """A running server: its port and process id."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.ack_servers", name, str(port), slack_url],
        stderr=subprocess.DEVNULL,
        env={**os.environ, **environment},
    )
    try:
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(10)


async def listening(port: int, seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            if time.monotonic() > end:
                raise
            await asyncio.sleep(0.1)
        else:
            writer.close()
            return


async def _rounds(rounds: int) -> list[Mapping[str, Measured]]:
    async with _slack() as slack_url:
        with contextlib.ExitStack() as stack:
            servers = {name: stack.enter_context(server(name, slack_url)) for name in (TURF, BOLT, BOLT_FIRST)}
            for port, _ in servers.values():
                await listening(port)
                await _closed_loop(port, 1, WARM_UP)
            return [{name: await _measure(*server) for name, server in servers.items()} for _ in range(rounds)]


def _row(
    what: str, rounds: list[Mapping[str, Measured]], figure: str, unit: str, budget: float, peer: str = BOLT
) -> Row:
    ours = [getattr(measured[TURF], figure) for measured in rounds]
    theirs = [getattr(measured[peer], figure) for measured in rounds]
    ratio = statistics.median(mine / its for mine, its in zip(ours, theirs, strict=True))
    scale = 1e6 if unit == "us" else 1e3
    own, other = (f"{statistics.median(values) * scale:,.1f} {unit}" for values in (ours, theirs))
    return Row(what, own, other, ratio, budget)


def run(rounds: int = ROUNDS) -> list[Row]:
    """Measure, and return the table's rows. Takes about 15 s a round on an idle machine with two cores."""
    measured = asyncio.run(_rounds(rounds))
    return [
        _row("/turf help: CPU per request", measured, "cpu", "us", 1.0),
        _row("/turf help: CPU, beside Bolt that acknowledges at the end", measured, "cpu", "us", 1.15, BOLT_FIRST),
        _row("/turf help: p50 of one client", measured, "p50", "ms", 0.15),
        _row(f"/turf help: p99 at {CLIENTS} clients", measured, "p99", "ms", 0.8),
        _row(f"/turf help: p99 at {PER_SECOND} a second", measured, "p99_open", "ms", 0.6),
    ]


if __name__ == "__main__":
    print(table(run(int(sys.argv[1]) if sys.argv[1:] else ROUNDS)))
