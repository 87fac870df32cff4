"""Hands commands, interactions and events to the app: as signed HTTP requests, or over a Socket Mode connection."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlencode

import aiohttp

from sandbox.errors import DeliveryError
from sandbox.limits import most
from sandbox.model import Json
from sandbox.sockets import Sockets
from sandbox.workspace import Workspace

_REDIRECTS = 2
_SOCKET_TYPES = {"command": "slash_commands", "interaction": "interactive", "event": "events_api"}


@dataclass(frozen=True, slots=True)
class Ack:
    """What the app answered within three seconds: nothing, a text, or an object."""

    body: Any = None

    @property
    def object(self) -> Json:
        return self.body if isinstance(self.body, dict) else {}


@dataclass(frozen=True, slots=True)
class Attempt:
    """Which time an event is sent, and why again: 0 is the first."""

    number: int = 0
    reason: str | None = None


FIRST = Attempt()


class Delivery(Protocol):
    """Hands one payload to the app; `answers` says whether its acknowledgement may carry an answer."""

    async def send(self, kind: str, payload: Json, *, answers: bool = False, attempt: Attempt = FIRST) -> Ack: ...


def sign(secret: str, timestamp: int, body: bytes) -> str:
    """Slack's version 0 signature of a request body."""
    base = f"v0:{timestamp}:".encode() + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


def encode(kind: str, payload: Json) -> tuple[bytes, str]:
    """The HTTP body of a payload and its content type: form for commands and interactions, JSON for events."""
    if kind == "event":
        return json.dumps(payload).encode(), "application/json"
    fields = payload if kind == "command" else {"payload": json.dumps(payload)}
    return urlencode(fields).encode(), "application/x-www-form-urlencoded"


@dataclass(slots=True)
class AppDelivery:
    """Over a web socket when one is connected, else over HTTP with one session kept open."""

    ws: Workspace
    sockets: Sockets
    session: aiohttp.ClientSession

    async def send(self, kind: str, payload: Json, *, answers: bool = False, attempt: Attempt = FIRST) -> Ack:
        """Deliver; raises DeliveryError when the app takes no such thing, is late, unreachable or answers with an error."""
        if kind == "interaction" and not self.ws.app.interactivity:
            raise DeliveryError("not_interactive", "the app has not switched interactivity on")
        if late := self.ws.faults.take("late", kind):
            await self.ws.timers.until(self.ws.timers.at() + late.seconds)
        seconds = most("ack.seconds") * self.ws.slowness
        try:
            async with asyncio.timeout(seconds):
                if self.sockets.connected:
                    return await self._over_socket(kind, payload, answers, attempt)
                return await self._post(kind, payload, attempt)
        except TimeoutError as error:
            raise DeliveryError(
                "operation_timeout", f"the app did not acknowledge within {seconds:g} s", self._late()
            ) from error
        except aiohttp.TooManyRedirects as error:
            raise DeliveryError(
                "dispatch_failed", f"the app sent us elsewhere too often ({error})", "too_many_redirects"
            ) from error
        except (aiohttp.ClientError, OSError) as error:
            raise DeliveryError(
                "dispatch_failed", f"the app could not be reached ({error})", "connection_failed"
            ) from error

    def _late(self) -> str:
        return "timeout" if self.sockets.connected else "http_timeout"

    async def _over_socket(self, kind: str, payload: Json, answers: bool, attempt: Attempt) -> Ack:
        body = await self.sockets.deliver(
            _SOCKET_TYPES[kind], payload, answers=answers, attempt=attempt.number, reason=attempt.reason
        )
        return Ack(body)

    async def _post(self, kind: str, payload: Json, attempt: Attempt) -> Ack:
        url = self.ws.app.request_url
        if url is None:
            raise DeliveryError(
                "dispatch_failed",
                "no Socket Mode connection is open and there is no request url",
                "connection_failed",
            )
        body, content_type = encode(kind, payload)
        headers = self._headers(body, content_type, attempt)
        async with self.session.post(url, data=body, headers=headers, max_redirects=_REDIRECTS) as response:
            text = await response.text()
            if response.status != 200:
                final = response.headers.get("X-Slack-No-Retry") == "1"
                raise DeliveryError("dispatch_failed", f"the app answered {response.status}: {text[:200]}", final=final)
            return Ack(_decoded(text, response.content_type))

    def _headers(self, body: bytes, content_type: str, attempt: Attempt) -> dict[str, str]:
        timestamp = int(self.ws.clock.machine())
        headers = {
            "Content-Type": content_type,
            "X-Slack-Request-Timestamp": str(timestamp),
            "X-Slack-Signature": sign(self.ws.app.signing_secret, timestamp, body),
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        }
        if attempt.number:
            headers |= {"X-Slack-Retry-Num": str(attempt.number), "X-Slack-Retry-Reason": str(attempt.reason)}
        return headers


def _decoded(text: str, content_type: str) -> Any:
    if not text.strip():
        return None
    if content_type == "application/json":
        try:
            return json.loads(text)
        except ValueError as error:
            raise DeliveryError("dispatch_failed", "the acknowledgement is not JSON") from error
    return text
