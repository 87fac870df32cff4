"""Socket Mode: tickets, connections, envelopes and their acknowledgements."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from sandbox.errors import ApiError, DeliveryError
from sandbox.ids import Ids
from sandbox.limits import most
from sandbox.model import Json
from sandbox.timers import Timers


@dataclass(slots=True, eq=False)
class _Connection:
    socket: WebSocket
    waiting: dict[str, asyncio.Future[Any]] = field(default_factory=dict)


@dataclass(slots=True)
class Sockets:
    """The app's open connections. An envelope goes to one of them, in turn."""

    timers: Timers
    app_id: str
    ids: Ids
    _tickets: dict[str, float] = field(default_factory=dict)
    _connections: list[_Connection] = field(default_factory=list)
    _turn: int = 0

    @property
    def connected(self) -> int:
        return len(self._connections)

    def ticket(self) -> str:
        """A ticket for one connection; raises ApiError when ten are open."""
        if self.connected >= most("socket.connections"):
            raise ApiError("too_many_websockets")
        ticket = self.ids.secret("ticket")
        self._tickets[ticket] = self.timers.at() + most("socket.ticket_seconds")
        return ticket

    async def serve(self, socket: WebSocket) -> None:
        """Run one connection until it ends."""
        expires = self._tickets.pop(socket.query_params.get("ticket", ""), 0.0)
        if self.timers.at() > expires or self.connected >= most("socket.connections"):
            await socket.close(code=4000)
            return
        await socket.accept()
        connection = _Connection(socket)
        self._connections.append(connection)
        ageing = asyncio.create_task(self._grow_old(connection))
        try:
            await socket.send_json(self._hello())
            while True:
                self._acknowledged(connection, await socket.receive_text())
        except WebSocketDisconnect:
            pass
        finally:
            ageing.cancel()
            self._forget(connection)

    async def _grow_old(self, connection: _Connection) -> None:
        """Announce the end of a connection's life, and end it a little later."""
        end = self.timers.at() + most("socket.life_seconds")
        await self.timers.until(end - most("socket.warning_seconds"))
        await self._announce(connection, "warning")
        await self.timers.until(end)
        await self._announce(connection, "refresh_requested")

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": self.connected,
            "debug_info": {
                "host": "local-workspace",
                "build_number": 1,
                "approximate_connection_time": most("socket.life_seconds"),
            },
            "connection_info": {"app_id": self.app_id},
        }

    def _forget(self, connection: _Connection) -> None:
        if connection in self._connections:
            self._connections.remove(connection)
        for waiting in connection.waiting.values():
            if not waiting.done():
                waiting.set_exception(
                    DeliveryError("dispatch_failed", "the connection ended before the acknowledgement")
                )

    def _acknowledged(self, connection: _Connection, text: str) -> None:
        try:
            message = json.loads(text)
        except ValueError:
            return
        envelope_id = message.get("envelope_id") if isinstance(message, dict) else None
        waiting = connection.waiting.pop(envelope_id, None) if isinstance(envelope_id, str) else None
        if waiting and not waiting.done():
            waiting.set_result(message.get("payload") or None)

    async def deliver(
        self, kind: str, payload: Json, *, answers: bool, attempt: int = 0, reason: str | None = None
    ) -> Any:
        """Send one envelope and wait for its acknowledgement; returns the acknowledgement's payload.

        An event that is sent again has a new envelope that says so. Raises DeliveryError when the connection ends first. The caller limits the wait.
        """
        self._turn += 1
        connection = self._connections[self._turn % len(self._connections)]
        envelope_id = self.ids.secret("env")
        arrival: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        connection.waiting[envelope_id] = arrival
        envelope: Json = {
            "envelope_id": envelope_id,
            "type": kind,
            "payload": payload,
            "accepts_response_payload": answers,
        }
        if kind == "events_api":
            envelope |= {"retry_attempt": attempt, "retry_reason": reason or ""}
        try:
            await connection.socket.send_json(envelope)
            return await arrival
        finally:
            connection.waiting.pop(envelope_id, None)

    async def disconnect(self, reason: str, count: int | None = None) -> None:
        """Announce the end of connections: `warning` leaves them open a while, other reasons close them."""
        for connection in list(self._connections)[:count]:
            await self._announce(connection, reason)

    async def _announce(self, connection: _Connection, reason: str) -> None:
        try:
            await connection.socket.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "local"}})
        except RuntimeError:  # the app had closed it just then
            return
        if reason != "warning":
            self._forget(connection)
            await connection.socket.close()
