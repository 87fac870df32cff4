"""Socket Mode: two connections at once, so that one can be replaced or lost without a gap.

An envelope is acknowledged on the socket that it came by. If that is gone by then, Slack delivers it again on another
one, and the dispatcher answers alike without doing it twice.
"""

import asyncio
import json
import random
import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any, Protocol

import aiohttp
import structlog

from bot.runner import Tasks
from bot.shape import Malformed, checked
from domain.errors import TurfError

log = structlog.get_logger("turf.socket")

CONNECTIONS = 2
HEARTBEAT_SECONDS = 10
WATCH_SECONDS = 60
QUIET_SECONDS = 600
"""A connection that brought nothing for so long is replaced: one that has fallen silent looks just like an idle one."""
LEAVING_SECONDS = 30
"""How long a connection that Slack is about to close is still read, while its successor takes over."""
ACK_SECONDS = 2.0
LONGEST_WAIT = 30.0
SHORT_LIVED_SECONDS = 1.0

Answer = Callable[[Mapping[str, Any]], Awaitable[Mapping[str, Any] | str | None]]
"""None: it is not to be acknowledged, so that Slack brings it again."""


class Watched(Protocol):
    """Where the state of the connections is shown."""

    def connected(self, change: int) -> None: ...

    def reconnected(self) -> None: ...


class Connection:
    """One open socket, read until it ends."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, answer: Answer, acks: Tasks) -> None:
        self._socket = socket
        self._answer = answer
        self._acks = acks
        self.leaving = asyncio.Event()
        """Slack has announced that it will close, or it has closed."""
        self.last_event = time.monotonic()

    async def read(self) -> None:
        """Take in what comes until the socket closes."""
        try:
            async for message in self._socket:
                if message.type is aiohttp.WSMsgType.TEXT:
                    self._take(message.data)
        finally:
            self.leaving.set()

    def _take(self, data: str) -> None:
        try:
            envelope = json.loads(data)
            kind = envelope.get("type")
        except (ValueError, AttributeError, RecursionError):
            log.warning("a frame that is no JSON object")
            return
        if kind == "disconnect":
            self.leaving.set()
        elif isinstance(envelope.get("envelope_id"), str):
            self.last_event = time.monotonic()
            self._acks.spawn(self._acknowledge(envelope))

    async def _acknowledge(self, envelope: Mapping[str, Any]) -> None:
        try:
            answer = await self._answer(checked(envelope.get("payload")))
        except Malformed as error:
            log.warning("an envelope of another shape", why=str(error))
            answer = ""
        if answer is None:
            return
        body: dict[str, Any] = {"envelope_id": envelope["envelope_id"]}
        if answer:
            body["payload"] = answer if not isinstance(answer, str) else {"text": answer}
        try:
            await self._socket.send_str(json.dumps(body))
        except (ConnectionError, aiohttp.ClientError):
            log.info("the socket was gone before the acknowledgement; Slack will deliver again")

    async def close(self) -> None:
        await self._socket.close()


class Sockets:
    """Keeps the connections up. `open_url` asks Slack for an address; `alive` is a cheap call that tells whether it answers."""

    def __init__(
        self,
        open_url: Callable[[], Awaitable[str]],
        alive: Callable[[], Awaitable[object]],
        answer: Answer,
        watched: Watched,
        *,
        connections: int = CONNECTIONS,
    ) -> None:
        self._open_url = open_url
        self._alive = alive
        self._answer = answer
        self._watched = watched
        self._count = connections
        self._acks = Tasks()
        self._loops: list[asyncio.Task[None]] = []
        self._readers: dict[Connection, asyncio.Task[None]] = {}
        self._session: aiohttp.ClientSession | None = None

    @property
    def connections(self) -> Collection[Connection]:
        return self._readers.keys()

    @property
    def connected(self) -> int:
        """Connections that are open and not about to close."""
        return sum(not connection.leaving.is_set() for connection in self._readers)

    async def start(self) -> None:
        """Begin to connect; does not wait for it."""
        self._session = aiohttp.ClientSession()
        keepers = [self._keep() for _ in range(self._count)]
        self._loops = [asyncio.create_task(loop) for loop in (*keepers, self._watch())]

    async def stop(self) -> None:
        """Read no more, send the acknowledgements in flight, close. What was read and not acknowledged by then is delivered again."""
        for task in (*self._loops, *self._readers.values()):
            task.cancel()
        await asyncio.gather(*self._loops, *self._readers.values(), return_exceptions=True)
        await self._acks.drain(ACK_SECONDS)
        await asyncio.gather(*(connection.close() for connection in self._readers), return_exceptions=True)
        if self._session:
            await self._session.close()

    async def _keep(self) -> None:
        """One place that always has a connection. A failed or very short one is followed by a longer and longer wait."""
        failures = 0
        while True:
            try:
                connection = await self._connect()
            except (TurfError, aiohttp.ClientError, TimeoutError, OSError) as error:
                failures += 1
                log.warning("no connection to Slack", why=str(error), failures=failures)
            else:
                started = time.monotonic()
                await connection.leaving.wait()
                self._watched.reconnected()
                failures = failures + 1 if time.monotonic() - started < SHORT_LIVED_SECONDS else 0
            if failures:
                await asyncio.sleep(min(LONGEST_WAIT, 0.1 * 2**failures) * random.uniform(0.5, 1))

    async def _connect(self) -> Connection:
        assert self._session is not None
        url = await self._open_url()
        closing = aiohttp.ClientWSTimeout(ws_close=0.5)
        socket = await self._session.ws_connect(url, heartbeat=HEARTBEAT_SECONDS, timeout=closing)
        connection = Connection(socket, self._answer, self._acks)
        self._readers[connection] = asyncio.create_task(self._read(connection))
        return connection

    async def _read(self, connection: Connection) -> None:
        self._watched.connected(1)
        reading = asyncio.ensure_future(connection.read())
        try:
            await connection.leaving.wait()
            await asyncio.wait({reading}, timeout=LEAVING_SECONDS)
        finally:
            reading.cancel()
            self._watched.connected(-1)
        await connection.close()
        del self._readers[connection]

    async def _watch(self) -> None:
        """Once a minute: does Slack answer, and does each connection still bring something?"""
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            await self.check(time.monotonic())

    async def check(self, now: float) -> None:
        """Replace the connections that are quiet although Slack answers."""
        try:
            await self._alive()
        except TurfError as error:
            log.warning("Slack does not answer", why=error.message)
            return
        for connection in self._readers:
            if now - connection.last_event > QUIET_SECONDS:
                connection.leaving.set()
