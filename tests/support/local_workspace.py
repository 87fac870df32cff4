"""A local workspace and a toy app, both running in the test's own event loop on free ports."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import uvicorn
from starlette.applications import Starlette

from sandbox.clock import Clock
from sandbox.seed import Seed
from sandbox.server import build
from sandbox.serving import configured
from sandbox.workspace import Workspace
from tests.support.slack import SlackClient
from tests.support.toybot import ToyBot

SCOPES = (
    *("commands", "chat:write", "users:read", "users:read.email", "channels:read", "groups:read", "im:read"),
    *("channels:history", "groups:history", "im:history", "im:write", "app_mentions:read"),
    *("metadata.message:read", "files:read", "files:write", "channels:join", "channels:manage"),
)


@dataclass
class ManualClock:
    """A clock that a test sets."""

    at: float = 1_790_000_000.0

    def now(self) -> float:
        return self.at

    def machine(self) -> float:
        return self.at

    @property
    def stands(self) -> bool:
        return True

    def set(self, instant: float | None) -> None:
        assert instant is not None
        self.at = instant


def seed(request_url: str | None = None, *, more: int = 0, **app: Any) -> Seed:
    """A small workspace: a manager, a rep, a guest, a stranger, a deactivated account; two public channels, one private.

    And `more` public channels, C000 and so on, in which the bot is.
    """
    people = [
        {"id": "UMONA", "name": "mona", "real_name": "Mona Weber", "email": "mona@example.com", "tz": "Europe/Berlin", "role_label": "Manager"},
        {"id": "UBEN", "name": "ben", "real_name": "Ben Okoro", "email": "ben@example.com", "role_label": "Rep, Nordics"},
        {"id": "UGUEST", "name": "gil", "real_name": "Gil Guest", "is_restricted": True, "role_label": "Guest"},
        {"id": "UFAR", "name": "fay", "real_name": "Fay Far", "team_id": "TFAR", "is_stranger": True},
        {"id": "UGONE", "name": "gone", "real_name": "Gone Gonzo", "deleted": True},
    ]  # fmt: skip
    channels = [
        {"id": "CGEN", "name": "general", "members": ["UMONA", "UBEN", "UTOY"], "topic": "All of sales"},
        {"id": "CRND", "name": "random", "members": ["UMONA"]},
        {"id": "GDEAL", "name": "deal-desk", "is_private": True, "members": ["UMONA", "UTOY"]},
    ]
    channels += [{"id": f"C{at:03}", "name": f"more-{at}", "members": ["UMONA", "UTOY"]} for at in range(more)]
    toy = {
        "id": "ATOY", "name": "Toy", "bot_user_id": "UTOY", "bot_token": "xoxb-toy", "app_token": "xapp-toy", "signing_secret": "shh",
        "request_url": request_url, "bot_scopes": SCOPES,
        "commands": [{"command": "/toy", "description": "Plays with blocks", "usage_hint": "[form | charts]"}, {"command": "/tool", "description": "Another"}],
    }  # fmt: skip
    data = {
        "team": {"id": "TACME", "name": "Acme Sales", "domain": "acme"},
        "users": people,
        "channels": channels,
        "app": toy | app,
    }
    return Seed.model_validate(data, strict=False)


@contextlib.asynccontextmanager
async def serving(app: Starlette, listening: socket.socket) -> AsyncIterator[None]:
    """Serve an application until the block ends."""
    config = configured(app, log_level="error", timeout_graceful_shutdown=1, lifespan="on")
    server = uvicorn.Server(config)
    ready = asyncio.Event()
    start = server.startup

    async def startup(sockets: list[socket.socket] | None = None) -> None:
        await start(sockets)
        ready.set()

    server.startup = startup  # type: ignore[method-assign]
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment]
    running = asyncio.create_task(server.serve(sockets=[listening]))
    await ready.wait()
    try:
        yield
    finally:
        app.state.stopping = True
        server.should_exit = True
        await running


def free_socket() -> tuple[socket.socket, str]:
    """A bound socket and the address it will answer at."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.bind(("127.0.0.1", 0))
    return listening, f"http://127.0.0.1:{listening.getsockname()[1]}"


@dataclass
class Local:
    """What a test holds: the workspace's address and state, someone's hands, and the toy app."""

    url: str
    ws: Workspace
    slack: SlackClient
    bot: ToyBot


@contextlib.asynccontextmanager
async def local_workspace(clock: Clock | None = None, slowness: float = 5.0, **app: Any) -> AsyncIterator[Local]:
    """A workspace with the toy app connected over HTTP (unless `request_url=None` is given)."""
    bot_socket, bot_url = free_socket()
    listening, url = free_socket()
    bot = ToyBot(f"{url}/api/", secret="shh", token="xoxb-toy")
    application = build(seed(**{"request_url": f"{bot_url}/slack/events"} | app), url, clock, slowness=slowness)
    async with serving(bot.application(), bot_socket), serving(application, listening), SlackClient(url) as slack:
        try:
            yield Local(url, application.state.workspace, slack, bot)
        finally:
            if bot.session:
                await bot.session.close()
