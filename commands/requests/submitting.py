"""Sending a request: checked, kept, and on its way to those who decide."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from commands.requests.checking import check
from domain.company import Person
from domain.requests.model import Change, RequestId, State
from domain.requests.policy import RequestPolicy
from storage import requests
from storage.notes import write_note
from storage.requests import Request
from storage.writing import Writing

Advance: TypeAlias = Callable[[Writing, Request, Person, date], Awaitable[Request]]
"""Brings a request that is kept as a draft to its next state, with everything that goes with it."""


@dataclass(frozen=True, slots=True)
class Submitted:
    """A request on its way; `waits` are the names of those who have to decide."""

    request: RequestId
    state: State
    effective_on: date
    waits: Sequence[str]


async def submit(
    repo: Writing,
    change: Change,
    *,
    effective_on: date,
    reason: str,
    by: Person,
    today: date,
    policy: RequestPolicy,
    advance: Advance,
) -> Submitted:
    """Check once more on what holds now, keep it, and send it. Raises what `checking.check` does, and AlreadyAsked."""
    checked = await check(repo, change, effective_on=effective_on, by=by, today=today, policy=policy)
    here, now = (repo.connection, repo.workspace_id), repo.occasion.now
    note = await write_note(*here, by.id, "requests.reason", reason, now)
    number = await requests.add(
        *here, change, requester=by.id, effective_on=effective_on, now=now, state=State.DRAFT, reason=note
    )
    sent = await advance(repo, await requests.read(*here, number), by, today)
    waits = [repo.company.people[slot.decider].name for slot in checked.route.open({})]
    return Submitted(number, sent.state, effective_on, waits)
