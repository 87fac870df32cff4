"""Ids in Slack's form, counted rather than random, so that a run can be repeated."""

from __future__ import annotations

import hashlib
import itertools
from dataclasses import dataclass, field


@dataclass(slots=True)
class Ids:
    """Gives out ids; each is unguessable only as far as `salt` is, which is enough on a loopback address."""

    salt: str
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    _last_ts: float = 0.0

    def next(self, prefix: str) -> str:
        """An id such as V1A2B3C4D5E."""
        number = next(self._numbers)
        digest = hashlib.sha256(f"{self.salt}:{prefix}:{number}".encode()).hexdigest().upper()
        return f"{prefix}{digest[:10]}"

    def secret(self, prefix: str) -> str:
        """A longer id for what grants a right: a trigger, a response url, a ticket."""
        number = next(self._numbers)
        return f"{prefix}{number}.{hashlib.sha256(f'{self.salt}:{prefix}:{number}'.encode()).hexdigest()[:32]}"

    def ts(self, now: float) -> str:
        """A message timestamp, later than every one before it even when the clock stands still or goes back."""
        self._last_ts = max(round(now, 6), round(self._last_ts + 0.000001, 6))
        return f"{self._last_ts:.6f}"
