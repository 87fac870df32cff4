"""The web paths: Slack's deliveries, the health checks and the metrics."""

import hmac
import ipaddress
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.guard import Gone, Guard, Receive, Refused, Scope, Send
from bot.metrics import CONTENT_TYPE, Metrics

log = structlog.get_logger("turf.web")

EVENTS = "/slack/events"
_TEXT = b"text/plain; charset=utf-8"
_JSON = b"application/json; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Answered:
    """What goes back to Slack."""

    status: int
    body: bytes
    content_type: bytes = _TEXT


Handle = Callable[[Mapping[str, Any]], Awaitable[Answered]]
Readiness = Callable[[], Awaitable[str | None]]
Measured = Callable[[], Awaitable[bytes]]
"""None when ready, else the sentence that says what is missing."""


class Web:
    """The ASGI application. Slack's path is served before any routing: it is the one that has to be quick."""

    def __init__(self, guard: Guard | None, handle: Handle, pages: Starlette, metrics: Metrics) -> None:
        self._guard = guard
        self._handle = handle
        self._pages = pages
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._guard and scope["type"] == "http" and scope["path"] == EVENTS:
            await self._events(self._guard, scope, receive, send)
        else:
            await self._pages(scope, receive, send)

    async def _events(self, guard: Guard, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            if scope["method"] != "POST":
                await _send(send, Answered(405, b"Slack posts here."), (b"allow", b"POST"))
                return
            answered = await self._answer(await guard.payload(scope, receive))
        except Gone:
            return
        except Refused as refused:
            log.warning("refused", status=refused.status, why=refused.reason)
            self._metrics.refused(refused.status)
            # What is left of the body is not read, so the connection is of no more use.
            await _send(send, Answered(refused.status, b""), (b"connection", b"close"))
            return
        await _send(send, answered)

    async def _answer(self, payload: Mapping[str, Any]) -> Answered:
        match payload.get("type"):
            case "url_verification":
                return Answered(200, payload["challenge"].encode())
            case "ssl_check":
                return Answered(200, b"")
            case _:
                return await self._handle(payload)


async def _send(send: Send, answered: Answered, *headers: tuple[bytes, bytes]) -> None:
    length = str(len(answered.body)).encode()
    kinds = [(b"content-type", answered.content_type), (b"content-length", length), *headers]
    await send({"type": "http.response.start", "status": answered.status, "headers": kinds})
    await send({"type": "http.response.body", "body": answered.body})


def json_answer(body: bytes) -> Answered:
    return Answered(200, body, _JSON)


def pages(ready: Readiness, measured: Measured, metrics_token: str | None, lifespan: Any) -> Starlette:
    """Everything but Slack's path; the two paths of the OAuth install are not served and answer 404."""

    async def healthz(_: Request) -> Response:
        return PlainTextResponse("ok")

    async def readyz(_: Request) -> Response:
        missing = await ready()
        return PlainTextResponse(missing or "ready", status_code=503 if missing else 200)

    async def show_metrics(request: Request) -> Response:
        if not _may_read_metrics(request, metrics_token):
            return PlainTextResponse(
                "Metrics are for this machine, or need the bearer token in TURF_METRICS_TOKEN.", status_code=401
            )
        return Response(await measured(), media_type=CONTENT_TYPE)

    routes = [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", show_metrics)]
    return Starlette(routes=routes, lifespan=lifespan)


def _may_read_metrics(request: Request, token: str | None) -> bool:
    given = request.headers.get("authorization", "")
    if token and hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
        return True
    # Behind a proxy on this machine everybody looks local; the proxy says so.
    if "x-forwarded-for" in request.headers or "forwarded" in request.headers or request.client is None:
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False
