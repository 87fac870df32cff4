"""Two notions of time: what the workspace shows, and what leases, signatures and timeouts count by."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    """Seconds since 1970 (UTC), twice: `now` may be set by a file, `machine` never."""

    def now(self) -> float: ...

    def machine(self) -> float: ...


class SystemClock:
    """The computer's clock for both."""

    def now(self) -> float:
        return time.time()

    def machine(self) -> float:
        return time.time()


@dataclass(slots=True)
class FileClock:
    """Shows the ISO 8601 instant that stands in a file; an empty or absent file means the computer's clock."""

    path: Path

    def now(self) -> float:
        try:
            words = self.path.read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return time.time()
        if not words:
            return time.time()
        instant = datetime.fromisoformat(words)
        return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).timestamp()

    def machine(self) -> float:
        return time.time()
