"""How the workspace is served: like any web server, except that it can end a connection without an answer."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any, Final, cast

import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_TRANSPORT: Final = "sandbox.transport"
_KEEP_ALIVE_SECONDS: Final = 75  # longer than HTTP clients keep theirs, so that none sends into a closing connection


class _Http(HttpToolsProtocol):
    """Hands each request its connection along."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        cast("MutableMapping[str, Any]", self.scope)[_TRANSPORT] = self.transport


def hang_up(scope: MutableMapping[str, Any]) -> None:
    """End a request's connection at once; whatever is still answered goes nowhere."""
    scope[_TRANSPORT].abort()


def configured(app: Starlette, **more: Any) -> uvicorn.Config:
    """How to serve the workspace's application."""
    return uvicorn.Config(
        app,
        http=_Http,
        ws="wsproto",
        ws_ping_interval=None,
        access_log=False,
        date_header=False,  # the Web API tells its own time
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        **more,
    )
