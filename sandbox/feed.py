"""What each person's client is told, in order: the page and the tests read the same feed."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

_KEPT = 5_000


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened: its number, its kind, what it is about and which interaction caused it."""

    seq: int
    kind: str
    data: dict[str, Any]
    cause: str | None = None

    def as_json(self) -> dict[str, Any]:
        return {"seq": self.seq, "kind": self.kind, "cause": self.cause, **self.data}


@dataclass(slots=True)
class Feed:
    """A numbered log for each person, with waiting. The numbers are shared, so that order across people is known."""

    _logs: dict[str, deque[Event]] = field(default_factory=dict)
    _waiting: dict[str, set[asyncio.Future[None]]] = field(default_factory=dict)
    seq: int = 0

    def publish(self, people: Iterable[str], kind: str, data: dict[str, Any], cause: str | None = None) -> None:
        """Tell `people` of one event."""
        self.seq += 1
        event = Event(self.seq, kind, data, cause)
        for person in people:
            self._logs.setdefault(person, deque(maxlen=_KEPT)).append(event)
            for waiting in self._waiting.pop(person, set()):
                if not waiting.done():
                    waiting.set_result(None)

    def since(self, person: str, after: int) -> list[Event]:
        """The person's events after number `after`."""
        return [event for event in self._logs.get(person, ()) if event.seq > after]

    async def wait(self, person: str, after: int, patience: float) -> list[Event]:
        """The person's events after `after`, waiting up to `patience` seconds for the first; else an empty list."""
        events = self.since(person, after)
        if events:
            return events
        arrival: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(person, set()).add(arrival)
        try:
            await asyncio.wait_for(arrival, patience)
        except TimeoutError:
            return []
        finally:
            self._waiting.get(person, set()).discard(arrival)
        return self.since(person, after)
