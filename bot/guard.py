"""The door of the HTTP transport: nothing reaches the application unless Slack signed it and it has the shape of a payload.

Bolt answers nonsense with 500 and reads a body of any size before it looks at the signature. Here the headers and the
announced size come first, then the signature over the raw body, then the shape; a refusal is a 401, 413 or 400, and the
log says why. Bolt's own verification is switched off, because this one has happened before Bolt sees anything.
"""

import asyncio
import hashlib
import hmac
import re
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any, TypeAlias

from bot.shape import Malformed, parse_body

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]

BODY_LIMIT = 1024 * 1024
MAX_AGE_SECONDS = 300
BODY_SECONDS = 10
"""How long a body may take to arrive."""
_TIMESTAMP = re.compile(rb"[0-9]{1,12}")
_SIGNATURE = re.compile(rb"v0=[0-9a-f]{64}")


class Refused(Exception):
    """A request that goes no further: `status` for the sender, `reason` for the log."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


class Gone(Exception):
    """The sender hung up before the end of the body."""


class Guard:
    """Reads and checks one request."""

    def __init__(
        self, signing_secret: str, *, clock: Callable[[], float] = time.time, body_limit: int = BODY_LIMIT
    ) -> None:
        self._key = signing_secret.encode()
        self._clock = clock
        self._limit = body_limit

    async def payload(self, scope: Scope, receive: Receive) -> Mapping[str, Any]:
        """The checked payload of a request. Raises Refused, or Gone if there is nobody left to answer."""
        headers = _headers(scope)
        timestamp, signature = headers.get(b"x-slack-request-timestamp", b""), headers.get(b"x-slack-signature", b"")
        self._check_headers(timestamp, signature)
        body = await self._body(headers.get(b"content-length"), receive)
        expected = hmac.new(self._key, b"v0:" + timestamp + b":" + body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(signature[3:], expected.encode()):
            raise Refused(401, "the signature is not Slack's")
        try:
            return parse_body(body, headers.get(b"content-type", b""))
        except Malformed as error:
            raise Refused(400, str(error)) from None

    def _check_headers(self, timestamp: bytes, signature: bytes) -> None:
        if not _TIMESTAMP.fullmatch(timestamp):
            raise Refused(401, "no timestamp, or one that is no number")
        if not _SIGNATURE.fullmatch(signature):
            raise Refused(401, "no signature, or one of another form")
        if abs(self._clock() - int(timestamp)) > MAX_AGE_SECONDS:
            raise Refused(401, "the timestamp is more than five minutes away")

    async def _body(self, announced: bytes | None, receive: Receive) -> bytes:
        if announced is not None and announced.isdigit() and (len(announced) > 12 or int(announced) > self._limit):
            raise Refused(413, "the announced body is too large")
        message = await receive()
        if message["type"] == "http.request" and not message.get("more_body"):
            return self._within_limit(message.get("body", b""))
        try:
            async with asyncio.timeout(BODY_SECONDS):
                return await self._rest(message, receive)
        except TimeoutError:
            raise Refused(400, "the body did not arrive in time") from None

    async def _rest(self, message: MutableMapping[str, Any], receive: Receive) -> bytes:
        body = b""
        while message["type"] == "http.request":
            body = self._within_limit(body + message.get("body", b""))
            if not message.get("more_body"):
                return body
            message = await receive()
        raise Gone

    def _within_limit(self, body: bytes) -> bytes:
        if len(body) > self._limit:
            raise Refused(413, "the body is too large")
        return body


def _headers(scope: Scope) -> dict[bytes, bytes]:
    """The headers by name; one that comes twice counts as neither."""
    found: dict[bytes, bytes] = {}
    for name, value in scope["headers"]:
        found[name] = b"" if name in found else value
    return found
