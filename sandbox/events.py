"""The Events API: what the app subscribed to and may see, sent again while it does not acknowledge."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, Final

from sandbox import payloads
from sandbox.delivery import Attempt, Delivery
from sandbox.errors import ApiError, DeliveryError
from sandbox.limits import most
from sandbox.model import Json
from sandbox.workspace import Workspace

SCOPES: Final[dict[str, tuple[str, ...]]] = {
    "message.im": ("im:history",),
    "message.channels": ("channels:history",),
    "message.groups": ("groups:history",),
    "app_mention": ("app_mentions:read",),
    "app_home_opened": (),
    "member_joined_channel": ("channels:read", "groups:read"),
    "member_left_channel": ("channels:read", "groups:read"),
    **dict.fromkeys(("channel_archive", "channel_deleted", "channel_left"), ("channels:read",)),
    **dict.fromkeys(("group_archive", "group_deleted", "group_left"), ("groups:read",)),
    "team_join": ("users:read",),
    "user_change": ("users:read",),
    "file_shared": ("files:read",),
    "app_uninstalled": (),
    "tokens_revoked": (),
}
"""Which scopes an event needs: one of them. What is not here is never sent."""


def retry_waits() -> tuple[int, ...]:
    """Seconds before each further try."""
    return (0, most("event.second_retry"), most("event.third_retry"))


@dataclass(slots=True)
class Events:
    """Sends events without making anybody wait for the app."""

    ws: Workspace
    delivery: Delivery
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def emit(self, name: str, inner: Json) -> None:
        """Send an event if the app subscribed to it and has a scope for it."""
        scopes = SCOPES[name]
        if name not in self.ws.app.bot_events or (scopes and not self.ws.has_scope(*scopes)):
            return
        payload = payloads.event(self.ws, inner)
        for _ in range(2 if self.ws.faults.take("doubled", "event") else 1):
            self._start(self._deliver(payload))

    def later(self, at: float, then: Callable[[], None]) -> None:
        """Call `then` at the time `at` of the timers."""
        self._start(self._call_later(at, then))

    async def _call_later(self, at: float, then: Callable[[], None]) -> None:
        await self.ws.timers.until(at)
        then()

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def give_up(self) -> None:
        """Drop what is still to be sent, and wait until that is done."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _deliver(self, payload: Json) -> None:
        """Try up to four times: at once, at once again, after a minute, after five."""
        attempt = Attempt()
        for number, wait in enumerate((*retry_waits(), None), start=1):
            failed = await self._try(payload, attempt)
            if failed is None or failed.final or wait is None:
                return
            attempt = Attempt(number, failed.reason)
            await self.ws.timers.until(self.ws.timers.at() + wait)

    async def _try(self, payload: Json, attempt: Attempt) -> DeliveryError | None:
        try:
            await self.delivery.send("event", payload, attempt=attempt)
        except DeliveryError as error:
            self.ws.refused(
                f"event {payload['event']['type']}",
                ApiError(error.code, detail=error.detail, attempt=attempt.number),
            )
            return error
        if self.ws.faults.take("lost_ack", "event"):
            return DeliveryError("operation_timeout", "the acknowledgement was lost", "http_timeout")
        return None
