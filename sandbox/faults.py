"""Faults that a test can switch on: what a workspace that does not know newer blocks, or a bad day, looks like."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, PrivateAttr, ValidationError, field_validator

from sandbox.errors import ClientError
from sandbox.timers import Timers

KINDS: Final = {
    # calls of the Web API and of response urls
    "delay": "the answer comes `seconds` later",
    "error": "500, nothing is done",
    "rate_limited": "429 with Retry-After `retry_after`, nothing is done",
    "unavailable": "503, nothing is done",
    "refused": "the connection ends at once, nothing is done",
    "lost_answer": "what was asked is done, and the connection ends without an answer",
    # deliveries to the app
    "late": "a delivery arrives `seconds` late",
    "doubled": "an event is delivered twice",
    "lost_ack": "the acknowledgement of an event is not seen",
    # files
    "files_late": "an uploaded file is complete `seconds` later",
}


class Fault(BaseModel):
    """One fault: of which kind, `on` what (a method, `response_url`, `command`, `interaction`, `event`; None: all).

    `times` is how often it strikes (None: until it is cleared), `chance` how likely it does each time, `lasts` for how
    many seconds it is on.
    """

    model_config = ConfigDict(extra="forbid")

    kind: str
    on: str | None = None
    times: int | None = None
    chance: float = 1.0
    seconds: float = 0.0
    retry_after: int = 1
    lasts: float | None = None
    _ends: float | None = PrivateAttr(default=None)

    def begin(self, now: float) -> Fault:
        self._ends = None if self.lasts is None else now + self.lasts
        return self

    def is_over(self, now: float) -> bool:
        return self._ends is not None and now >= self._ends

    @field_validator("kind")
    @classmethod
    def _is_known(cls, kind: str) -> str:
        if kind not in KINDS:
            raise ValueError(f"there is no fault {kind}; there are {', '.join(sorted(KINDS))}")
        return kind


@dataclass(slots=True)
class Faults:
    """The faults that are on; none is a workspace in good health. `seed` makes chances repeatable."""

    timers: Timers
    newer_blocks: bool = True
    on: list[Fault] = field(default_factory=list)
    _random: random.Random = field(default_factory=lambda: random.Random(0))

    def set(self, switches: dict[str, Any]) -> None:
        """`newer_blocks`, `seed`, `add` (a list of faults), `clear` (those that are on); raises ClientError for anything else."""
        unknown = sorted(set(switches) - {"newer_blocks", "seed", "add", "clear"})
        if unknown:
            raise ClientError(f"There is no switch {', '.join(unknown)}; there are add, clear, newer_blocks, seed.")
        fresh = [self._fault(given) for given in switches.get("add", [])]
        if switches.get("clear"):
            self.on.clear()
        if "seed" in switches:
            self._random.seed(switches["seed"])
        self.newer_blocks = bool(switches.get("newer_blocks", self.newer_blocks))
        self.on += fresh

    def _fault(self, given: Any) -> Fault:
        try:
            fault = Fault.model_validate(given)
        except ValidationError as error:
            raise ClientError(
                "; ".join(f"{'.'.join(map(str, e['loc']))} {e['msg']}" for e in error.errors())
            ) from error
        return fault.begin(self.timers.at())

    def clear(self) -> None:
        self.on.clear()
        self.newer_blocks = True
        self._random.seed(0)

    def take(self, kind: str, on: str) -> Fault | None:
        """The fault of this kind that strikes `on` now, counted, or None."""
        for fault in self.on:
            if fault.kind == kind and fault.on in (None, on) and self._strikes(fault):
                if fault.times is not None:
                    fault.times -= 1
                return fault
        return None

    def _strikes(self, fault: Fault) -> bool:
        if fault.times == 0 or fault.is_over(self.timers.at()):
            return False
        return fault.chance >= 1 or self._random.random() < fault.chance
