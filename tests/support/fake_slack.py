"""As much of Slack as the transports need, on loopback: a Web API, response_urls and a socket. The local workspace does the rest."""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import urlencode

import httpx
from aiohttp import WSMsgType, web

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
TEAM = "T0001"

_ids = count(1)


def unique(prefix: str) -> str:
    return f"{prefix}{next(_ids)}"


@dataclass
class FakeSlack:
    """What was asked of it, and what it is to answer."""

    url: str = ""
    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    responses: list[dict[str, Any]] = field(default_factory=list)
    refuse_newer_blocks: bool = False
    down: bool = False
    envelopes: asyncio.Queue[dict[str, Any]] = field(default_factory=asyncio.Queue)
    acks: list[dict[str, Any]] = field(default_factory=list)
    sockets: list[web.WebSocketResponse] = field(default_factory=list)
    opened: int = 0
    too_soon: int = 0
    """So many calls are refused because they come too soon."""
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    def add_user(self, id: str, email: str = "", **more: Any) -> None:  # noqa: A002
        self.users[id] = {"id": id, "team_id": TEAM, "locale": "en-GB", "profile": {"email": email}, **more}

    def called(self, method: str) -> list[dict[str, Any]]:
        return [args for name, args in self.calls if name == method]

    async def until(self, happened: Any, seconds: float = 5) -> None:
        """Wait until `happened()` is true; it is asked whenever something arrives here."""
        async with asyncio.timeout(seconds), self.changed:
            await self.changed.wait_for(happened)

    async def tell(self) -> None:
        async with self.changed:
            self.changed.notify_all()

    # The endpoints

    async def api(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        args = await _arguments(request)
        self.calls.append((method, args))
        if self.down:
            return web.Response(status=503)
        if self.too_soon:
            self.too_soon -= 1
            return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": "0"})
        answer = getattr(self, "_" + method.replace(".", "_"))(args)
        await self.tell()
        return web.json_response(answer)

    async def respond(self, request: web.Request) -> web.Response:
        body = await request.json()
        newer = {"data_table", "data_visualization"}
        if self.refuse_newer_blocks and any(block["type"] in newer for block in body.get("blocks", [])):
            return web.json_response({"ok": False, "error": "invalid_blocks"})
        self.responses.append(body)
        await self.tell()
        return web.Response(text="ok")

    async def socket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.sockets.append(socket)
        await socket.send_json({"type": "hello"})
        await self.tell()
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                self.acks.append(json.loads(message.data))
                await self.tell()
        self.sockets.remove(socket)
        await self.tell()
        return socket

    def _auth_test(self, _: Mapping[str, Any]) -> dict[str, Any]:
        return {"ok": True, "team_id": TEAM, "user_id": "UBOT", "bot_id": "BBOT"}

    def _users_info(self, args: Mapping[str, Any]) -> dict[str, Any]:
        user = self.users.get(args["user"])
        return {"ok": True, "user": user} if user else {"ok": False, "error": "user_not_found"}

    def _views_open(self, args: Mapping[str, Any]) -> dict[str, Any]:
        return {"ok": True, "view": {"id": unique("V"), **args["view"]}}

    _views_push = _views_open

    def _views_update(self, args: Mapping[str, Any]) -> dict[str, Any]:
        return {"ok": True, "view": {"id": args["view_id"], **args["view"]}}

    def _views_publish(self, args: Mapping[str, Any]) -> dict[str, Any]:
        return {"ok": True, "view": {"id": unique("V"), **args["view"]}}

    def _chat_postMessage(self, args: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        return {"ok": True, "channel": args["channel"], "ts": "1.1"}

    def _apps_connections_open(self, _: Mapping[str, Any]) -> dict[str, Any]:
        self.opened += 1
        return {"ok": True, "url": self.url.replace("http:", "ws:") + "socket"}


async def _arguments(request: web.Request) -> dict[str, Any]:
    if request.content_type == "application/json":
        made: dict[str, Any] = await request.json()
        return made
    form = {**request.query, **await request.post()}
    return {
        name: json.loads(value) if name == "view" else value for name, value in form.items() if isinstance(value, str)
    }


@asynccontextmanager
async def running_slack() -> AsyncIterator[FakeSlack]:
    """A fake Slack that listens on a free port of loopback."""
    slack = FakeSlack()
    application = web.Application()
    application.add_routes(
        [
            web.route("*", "/api/{method}", slack.api),
            web.post("/commands/{rest}", slack.respond),
            web.get("/socket", slack.socket),
        ]
    )
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    slack.url = f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}/"  # type: ignore[union-attr]
    try:
        yield slack
    finally:
        await runner.cleanup()


def signed(body: bytes, *, secret: str = SECRET, at: float | None = None) -> dict[str, str]:
    """The headers with which Slack would send `body`."""
    timestamp = str(int(time.time() if at is None else at))
    digest = hmac.new(secret.encode(), f"v0:{timestamp}:".encode() + body, hashlib.sha256).hexdigest()
    return {"x-slack-request-timestamp": timestamp, "x-slack-signature": f"v0={digest}"}


def command_form(
    command: str, text: str = "", *, user: str = "U1", slack: FakeSlack | None = None, **more: str
) -> dict[str, str]:
    """A slash command as Slack sends it."""
    return {
        "command": command,
        "text": text,
        "team_id": TEAM,
        "user_id": user,
        "channel_id": "C1",
        "trigger_id": unique("trigger."),
        "response_url": f"{slack.url}commands/{unique('r')}" if slack else "",
        **more,
    }


def click(
    action_id: str, value: str = "", *, user: str = "U1", slack: FakeSlack | None = None, **more: Any
) -> dict[str, Any]:
    """A click on a button in a message as Slack sends it."""
    return {
        "type": "block_actions",
        "team": {"id": TEAM},
        "user": {"id": user, "team_id": TEAM},
        "channel": {"id": "C1"},
        "container": {"type": "message"},
        "trigger_id": unique("trigger."),
        "response_url": f"{slack.url}commands/{unique('r')}" if slack else "",
        "actions": [{"action_id": action_id, "block_id": "b0", "type": "button", "value": value}],
        **more,
    }


@dataclass
class Sender:
    """Posts what Slack would post, signed, straight into the ASGI application."""

    http: httpx.AsyncClient

    async def form(self, form: Mapping[str, str], **headers: str) -> httpx.Response:
        body = urlencode(form).encode()
        kind = {"content-type": "application/x-www-form-urlencoded"}
        return await self.http.post("/slack/events", content=body, headers={**kind, **signed(body), **headers})

    async def interaction(self, payload: Mapping[str, Any]) -> httpx.Response:
        return await self.form({"payload": json.dumps(payload)})

    async def event(self, payload: object) -> httpx.Response:
        body = json.dumps(payload).encode()
        return await self.http.post(
            "/slack/events", content=body, headers={"content-type": "application/json", **signed(body)}
        )

    async def raw(self, body: bytes, content_type: str = "application/json", **headers: str) -> httpx.Response:
        return await self.http.post(
            "/slack/events", content=body, headers={"content-type": content_type, **signed(body), **headers}
        )
