"""Faults that a test can switch on: what a workspace that does not know newer blocks, or a bad day, looks like."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from sandbox.errors import ClientError


@dataclass(slots=True)
class Faults:
    """The switches; all off is a workspace in good health.

    `api_delay` is in seconds and holds back every Web API answer. `api_errors` and `rate_limited` count how many of
    the next calls answer 500 or 429; `method` narrows the three to one Web API method.
    """

    newer_blocks: bool = True
    api_delay: float = 0.0
    api_errors: int = 0
    rate_limited: int = 0
    retry_after: int = 1
    method: str | None = None

    def set(self, switches: dict[str, Any]) -> None:
        """Set the named switches; raises ClientError for one that does not exist."""
        known = {field.name for field in dataclasses.fields(self)}
        unknown = sorted(set(switches) - known)
        if unknown:
            raise ClientError(f"There is no fault {', '.join(unknown)}; there are {', '.join(sorted(known))}.")
        for name, value in switches.items():
            setattr(self, name, value)

    def clear(self) -> None:
        self.set(dataclasses.asdict(Faults()))

    def hits(self, method: str) -> bool:
        return self.method in (None, method)

    def next_status(self, method: str) -> int:
        """The HTTP status that the next answer to `method` must have: 429, 500 or 200."""
        if self.hits(method) and self.rate_limited > 0:
            self.rate_limited -= 1
            return 429
        if self.hits(method) and self.api_errors > 0:
            self.api_errors -= 1
            return 500
        return 200
