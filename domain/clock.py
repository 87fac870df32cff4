"""The instant that counts as now. Read once per operation and passed on."""

from dataclasses import dataclass
from datetime import UTC, datetime
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
    """The ISO 8601 instant that a file holds, read anew each time; without an offset it is UTC."""

    path: Path

    def now(self) -> datetime:
        """Raises DataError if the file is missing or holds no instant."""
        try:
            instant = datetime.fromisoformat(self.path.read_text(encoding="utf-8").strip())
        except (OSError, ValueError) as error:
            raise DataError(
                f"{self.path} holds no ISO 8601 instant such as 2026-03-02T09:00:00+00:00. Write one into it."
            ) from error
        return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(UTC)
