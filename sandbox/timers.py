"""Deadlines and waits that a test can shorten: the computer's clock, moved on by hand."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from sandbox.clock import Clock


@dataclass(slots=True)
class Timers:
    """What leases, limits and redeliveries count by, in seconds. Signatures keep the computer's clock."""

    clock: Clock
    ahead: float = 0.0
    _sleeping: set[asyncio.Future[None]] = field(default_factory=set)

    def at(self) -> float:
        return self.clock.machine() + self.ahead

    def step(self, seconds: float) -> None:
        """Move on, never back; whoever waits looks again."""
        self.ahead += max(0.0, seconds)
        for waiting in self._sleeping:
            if not waiting.done():
                waiting.set_result(None)

    async def until(self, at: float) -> None:
        """Wait until `at`, or until it is stepped over."""
        while (left := at - self.at()) > 0:
            stepped: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._sleeping.add(stepped)
            try:
                await asyncio.wait([stepped], timeout=left)
            finally:
                self._sleeping.discard(stepped)
