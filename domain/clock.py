"""The instant that counts as now. Read once per operation and passed on."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from domain.errors import DataError


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class FixedClock:
    """Always the same instant."""

    instant: datetime

    def now(self) -> datetime:
        return self.instant.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class FileClock:
    """What a file holds, read anew each time: an ISO 8601 instant (UTC without an offset), which stands still, or
    the seconds by which time is ahead of the machine's clock (`+86400`, `-0.5`), which goes on.
    """

    path: Path

    def now(self) -> datetime:
        """Raises DataError if the file is missing or holds neither."""
        try:
            words = self.path.read_text(encoding="utf-8").strip()
            return _ahead(words) if words.startswith(("+", "-")) else _instant(words)
        except (OSError, ValueError, OverflowError) as error:
            raise DataError(
                f"{self.path} holds neither an ISO 8601 instant such as 2026-03-02T09:00:00+00:00 nor seconds ahead of "
                "this machine's clock such as +86400. Write one into it."
            ) from error


def _ahead(seconds: str) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=float(seconds))


def _instant(words: str) -> datetime:
    instant = datetime.fromisoformat(words)
    return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(UTC)
