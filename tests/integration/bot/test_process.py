"""`turf serve` as a process: it starts, answers, and ends cleanly when told to."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from storage.database import Database
from storage.migrations import upgrade
from tests.support.fake_slack import SECRET, FakeSlack, Sender, command_form


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
async def process(slack: FakeSlack, tmp_path: Path) -> AsyncIterator[tuple[asyncio.subprocess.Process, int]]:
    address, port = f"sqlite:///{tmp_path}/turf.db", free_port()
    database = Database(address)
    await upgrade(database)
    await database.close()
    env = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": address,
        "PORT": str(port),
        "HOST": "127.0.0.1",
        "SLACK_BOT_TOKEN": "xoxb-test",
        "SLACK_APP_TOKEN": "xapp-test",
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_API_URL": f"{slack.url}api/",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "serve", env=env, stderr=asyncio.subprocess.PIPE
    )
    try:
        yield process, port
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def healthy(http: httpx.AsyncClient) -> bool:
    try:
        return (await http.get("/healthz")).text == "ok"
    except httpx.TransportError:
        return False


async def test_it_serves_over_both_transports_and_ends_with_0(
    slack: FakeSlack, process: tuple[asyncio.subprocess.Process, int]
) -> None:
    running, port = process
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
        async with asyncio.timeout(120):
            while not await healthy(http):  # noqa: ASYNC110 - the other process has no event for us
                await asyncio.sleep(0.1)
        await slack.until(lambda: len(slack.sockets) == 2, seconds=30)
        assert (await http.get("/readyz")).text == "ready"
        assert (await Sender(http).form(command_form("/targets", slack=slack))).status_code == 200
        await slack.until(lambda: slack.responses, seconds=30)
        assert "no data yet" in slack.responses[0]["text"]
        assert (await http.post("/slack/events", content=b"x")).status_code == 401
    running.send_signal(signal.SIGTERM)
    _, log = await running.communicate()
    assert running.returncode == 0, log.decode()
    assert b'"event": "stopped"' in log
    assert b"xoxb" not in log
    assert b'"why": "no timestamp' in log
