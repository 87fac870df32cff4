"""The workspace as a web application."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from sandbox import control, page, switches, web_api
from sandbox.client import Clients
from sandbox.clock import Clock, SystemClock
from sandbox.delivery import AppDelivery
from sandbox.events import Events
from sandbox.seed import Seed
from sandbox.sockets import Sockets
from sandbox.workspace import Workspace

_HERE = Path(__file__).parent


def build(seed: Seed, base_url: str, clock: Clock | None = None, *, slowness: float = 1.0) -> Starlette:
    """The application for a workspace that answers at `base_url` (no slash at the end)."""
    clock = clock or SystemClock()
    ws = Workspace(seed, clock, base_url, slowness)
    sockets = Sockets(ws.timers, seed.app.id, ws.ids)

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        # A kept connection may be closed by the app just as a delivery is on its way; a new one costs 0.2 ms.
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True)) as session:
            delivery = AppDelivery(ws, sockets, session)
            events = Events(ws, delivery)
            ws.emit, ws.later = events.emit, events.later
            app.state.clients, app.state.events = Clients(ws, delivery), events
            yield
            await events.give_up()

    routes = [
        *web_api.ROUTES,
        *control.ROUTES,
        *switches.ROUTES,
        *page.ROUTES,
        Mount("/static", StaticFiles(directory=_HERE / "static")),
    ]
    hosts = Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])
    app = Starlette(routes=routes, middleware=[hosts], lifespan=lifespan)
    app.state.workspace, app.state.sockets = ws, sockets
    app.state.stopping = False
    return app
