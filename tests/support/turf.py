"""The real bot and a local workspace with the sample company, both in the test's own event loop on free ports."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import uvicorn

from bot.app import Application, build, register_features
from bot.demo import workspace
from bot.settings import Settings
from bot.worker import Worker, working
from commands.kit.registry import Registry
from sandbox.clock import FileClock
from sandbox.seed import parse_seed
from sandbox.server import build as build_sandbox
from sandbox.workspace import Workspace as LocalWorkspace
from tests.support.local_workspace import free_socket, serving
from tests.support.sample import NOW, TODAY
from tests.support.slack import SlackClient

Mode = Literal["http", "socket"]
CONNECTED_WITHIN = 20
PATIENCE = 20.0
"""Seconds to wait for an answer: on a machine that does other things too, only a failure takes so long."""


@dataclass(slots=True)
class Turf:
    """What a test holds: someone's hands, the bot and its address."""

    slack: SlackClient
    application: Application
    url: str
    keys: workspace.AppKeys
    clock_file: Path
    local: LocalWorkspace
    worker: Worker | None = None
    recorded: int = 0
    """The last row of the audit before the test."""

    def set_clock(self, now: datetime) -> None:
        """What counts as now for the bot and the workspace."""
        fresh = self.clock_file.with_suffix(".new")
        fresh.write_text(now.isoformat(), encoding="utf-8")
        # In one go: other processes read it whenever they like.
        fresh.replace(self.clock_file)


@contextlib.asynccontextmanager
async def running_turf(
    database_url: str,
    folder: Path,
    mode: Mode = "http",
    *,
    worker: bool = False,
    door: str | None = None,
    registry: Registry | None = None,
    **env: str,
) -> AsyncIterator[Turf]:
    """The bot on `database_url`, reached over signed HTTP or a socket by the people of the sample company.

    With `worker` it sends what waits as well, as `turf serve --with-worker` does. `door` is where Slack brings its
    deliveries instead; `registry` stands in for all features.
    """
    clock_file = folder / "clock"
    clock_file.write_text(NOW.isoformat(), encoding="utf-8")
    keys = workspace.AppKeys()
    listening, url = free_socket()
    page, page_url = free_socket()
    at = f"{door or url}/slack/events" if mode == "http" else None
    seed = parse_seed(json.dumps(workspace.seed(TODAY, keys, at)))
    given = keys.environment(f"{page_url}/api/", socket=mode == "socket")
    given |= {"DATABASE_URL": database_url, "TURF_CLOCK_FILE": str(clock_file)}
    settings = Settings.from_env(given | env)
    application = build(settings, registry=registry)
    local = build_sandbox(seed, page_url, FileClock(clock_file))
    async with (
        serving(local, page),
        _working(application, settings) if worker else contextlib.nullcontext() as at_work,
        serving_bot(application, listening),
        SlackClient(page_url, patience=PATIENCE) as slack,
    ):
        await _until_connected(application)
        yield Turf(slack, application, url, keys, clock_file, local.state.workspace, at_work)


@contextlib.asynccontextmanager
async def _working(application: Application, settings: Settings) -> AsyncIterator[Worker]:
    async with working(settings, register_features()) as worker:
        application.works_with(wake=worker.wake, stop=worker.stop_soon)
        yield worker


@contextlib.asynccontextmanager
async def serving_bot(application: Application, listening: socket.socket) -> AsyncIterator[None]:
    """Serve a bot until the block ends."""
    config = uvicorn.Config(
        application.asgi, log_config=None, access_log=False, http="httptools", timeout_graceful_shutdown=2
    )
    server = uvicorn.Server(config)
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment]
    ready = asyncio.Event()
    start = server.startup

    async def startup(sockets: list[socket.socket] | None = None) -> None:
        await start(sockets)
        ready.set()

    server.startup = startup  # type: ignore[method-assign]
    running = asyncio.create_task(server.serve(sockets=[listening]))
    await ready.wait()
    try:
        yield
    finally:
        server.should_exit = True
        await running


async def _until_connected(application: Application) -> None:
    """A socket takes a moment; the workspace has no event for it."""
    async with asyncio.timeout(CONNECTED_WITHIN):
        while application.sockets and not application.sockets.connected:  # noqa: ASYNC110 - nothing tells us
            await asyncio.sleep(0.01)


def found(blocks: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    """The blocks of a type."""
    return [block for block in blocks if block["type"] == kind]
