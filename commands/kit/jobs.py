"""What workers do by themselves: each job once, however many workers there are and whenever one dies.

    @job("digests/slot")
    async def make(due: Due, repo: Writing) -> JobOutcome:
        ...

What the function writes, and that the job is done, is one transaction. An exception rolls back, and the job is tried again
later. What takes longer than a transaction may is a `long_job`: it runs outside, and says itself what it has done.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeAlias, TypeVar

from storage.store import Store
from storage.writing import Writing


@dataclass(frozen=True, slots=True)
class Due:
    """A job whose time has come; `attempts` counts this one too, `today` is the workspace's date."""

    workspace_id: int
    id: int
    kind: str
    key: str
    arguments: Mapping[str, Any]
    attempts: int
    now: datetime
    today: date


@dataclass(frozen=True, slots=True)
class Done:
    """It is done."""


@dataclass(frozen=True, slots=True)
class Later:
    """It is too early, and that is no failure: what was written is kept, and the job comes again at `at`."""

    at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """There is nothing to do any more."""

    why: str


JobOutcome: TypeAlias = Done | Later | Skipped
JobHandler: TypeAlias = Callable[[Due, Writing], Awaitable[JobOutcome]]
LongJobHandler: TypeAlias = Callable[[Due, Store], Awaitable[JobOutcome]]
"""Runs outside of a transaction while its worker says that it is alive. It may be run again if the worker dies before the
outcome is recorded, so what it does must be the same when done twice."""
J = TypeVar("J", bound=JobHandler)
LJ = TypeVar("LJ", bound=LongJobHandler)


Preparation: TypeAlias = Callable[[Due, Store], Awaitable[None]]
GivingUp: TypeAlias = Callable[[Due, Writing], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class JobKind:
    """Does the jobs of one kind, by `run` or by `run_long`.

    `prepare` comes before the transaction of `run`: what it reads is remembered, so that others who write wait for less.
    `given_up` tells whoever waits for a job that is tried no more, in the transaction that ends it.
    """

    kind: str
    run: JobHandler | None = None
    run_long: LongJobHandler | None = None
    prepare: Preparation | None = None
    given_up: GivingUp | None = None
