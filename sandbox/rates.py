"""How often an app may call: what is too often is answered 429 with Retry-After."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from sandbox.errors import RateLimited
from sandbox.limits import most
from sandbox.timers import Timers

_MINUTE = 60


@dataclass(slots=True)
class Rates:
    """A bucket for each thing that is counted; it fills again with time."""

    timers: Timers
    _spent: dict[tuple[str, ...], tuple[float, float]] = field(default_factory=dict)

    def clear(self) -> None:
        self._spent.clear()

    def posted(self, channel: str) -> None:
        """One more message into a channel; raises RateLimited."""
        self._take(("post", channel), burst=most("post.burst"), every=1 / most("post.per_second"))

    def read_history(self, method: str) -> None:
        """One more look at the history by an app that is not in the Marketplace; raises RateLimited."""
        self._take(("history", method), burst=most("history.per_minute"), every=_MINUTE / most("history.per_minute"))

    def _take(self, key: tuple[str, ...], *, burst: int, every: float) -> None:
        """Take one out of a bucket that holds `burst` and gets one back every `every` seconds."""
        now = self.timers.at()
        spent, since = self._spent.get(key, (0.0, now))
        spent = max(0.0, spent - (now - since) / every)
        if spent + 1 > burst + 1e-6:
            raise RateLimited(max(1, math.ceil((spent + 1 - burst) * every - 1e-6)))
        self._spent[key] = (spent + 1, now)
