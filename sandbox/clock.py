"""What the workspace shows as the time, and the computer's clock beside it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    """Seconds since 1970 (UTC), twice: `now` may be set, `machine` never."""

    def now(self) -> float: ...

    def machine(self) -> float: ...

    @property
    def stands(self) -> bool:
        """Whether `now` stays the same until it is set."""

    def set(self, instant: float | None) -> None:
        """Show this instant from now on; None goes back to the computer's clock."""


@dataclass(slots=True)
class SystemClock:
    """The computer's clock; what is set goes on from there."""

    _ahead: float = 0.0

    def now(self) -> float:
        return time.time() + self._ahead

    def machine(self) -> float:
        return time.time()

    @property
    def stands(self) -> bool:
        return False

    def set(self, instant: float | None) -> None:
        self._ahead = 0.0 if instant is None else instant - time.time()


@dataclass(slots=True)
class FileClock:
    """Shows what stands in a file: an ISO 8601 instant, which stands still, or the seconds by which time is ahead of the
    computer's clock (`+86400`, `-0.5`), which goes on. An empty or absent file means the computer's clock.

    What is set is written there, so that whoever else reads the file lives at the same time. Time that stood still
    does so after that as well; else it goes on from what is set.
    """

    path: Path

    def now(self) -> float:
        words = self._words()
        return instant_of(words) if _is_instant(words) else time.time() + float(words or 0)

    @property
    def stands(self) -> bool:
        return _is_instant(self._words())

    def _words(self) -> str:
        try:
            return self.path.read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return ""

    def machine(self) -> float:
        return time.time()

    def set(self, instant: float | None) -> None:
        if instant is not None and self.stands:
            words = shown(instant)
        else:
            words = f"{0.0 if instant is None else instant - time.time():+f}"
        fresh = self.path.with_name(f"{self.path.name}.new")
        fresh.write_text(words, encoding="utf-8")
        fresh.replace(self.path)  # readers see the old time or the new one, never half of it


def _is_instant(words: str) -> bool:
    return bool(words) and not words.startswith(("+", "-"))


def instant_of(words: str) -> float:
    """The instant that an ISO 8601 text means, UTC unless it says otherwise. Raises ValueError."""
    instant = datetime.fromisoformat(words)
    return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).timestamp()


def shown(instant: float) -> str:
    """An instant as ISO 8601, in UTC."""
    return datetime.fromtimestamp(instant, UTC).isoformat()
