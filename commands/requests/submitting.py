"""Sending a request: checked, kept, and on its way to those who decide."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from commands.requests.checking import Checked, check
from commands.requests.planned import digest_of
from commands.requests.stepping import Act, Steps
from domain.company import Person
from domain.errors import Busy, NotAllowed
from domain.requests.machine import Event
from domain.requests.model import Change, RequestId, State
from storage import requests
from storage.notes import write_note
from storage.request_policies import read_policy
from storage.requests import Request
from storage.store import Repositories
from storage.writing import Writing

REASON = "requests.reason"


@dataclass(frozen=True, slots=True)
class Submitted:
    """A request on its way; `waits` are the names of those who have to decide."""

    request: Request
    waits: Sequence[str]


@dataclass(frozen=True, slots=True)
class Submitting:
    """Sends requests on their way by `steps`."""

    steps: Steps

    async def submit(
        self,
        repo: Writing,
        change: Change,
        *,
        effective_on: date,
        reason: str,
        by: Person,
        today: date,
        again: RequestId | None = None,
    ) -> Submitted:
        """Check once more, on what holds now; keep it, and send it. Where nobody else has to agree, it is scheduled at once.

        `again` is a request of their own that they were asked to change: this takes its place. Raises what
        `checking.check` raises, and NotAllowed.
        """
        stored = await read_policy(repo)
        checked = await check(
            repo, change, effective_on=effective_on, by=by, today=today, policy=stored.policy, but=again
        )
        here = repo.connection, repo.workspace_id
        note = await write_note(*here, by.id, REASON, reason, repo.occasion.now)
        if again is not None:
            number = (await changeable(repo, again, by=by)).id
            await _amend(repo, number, change, effective_on, note)
        else:
            number = await requests.add(
                *here,
                change,
                requester=by.id,
                effective_on=effective_on,
                now=repo.occasion.now,
                state=State.DRAFT,
                reason=note,
                policy_version=stored.version,
            )
        digest = digest_of(checked.plan)
        await requests.show(*here, await requests.read(*here, number), rev=repo.revision, digest=digest)
        sent = await self._sent(repo, await requests.read(*here, number), checked, by, today)
        return Submitted(sent, [repo.company.people[slot.decider].name for slot in checked.route.open({})])

    async def _sent(self, repo: Writing, seen: Request, checked: Checked, by: Person, today: date) -> Request:
        event = Event.SUBMIT if seen.state is State.DRAFT else Event.RESUBMIT
        sent = await self.steps.advance(repo, seen, event, Act(by, today))
        if not checked.route.is_announced:
            return sent
        sides = tuple(side.value for slot in checked.route.slots for side in slot.sides)
        agreed = await self.steps.advance(repo, sent, Event.APPROVE_LAST, Act(by, today, sides=sides))
        return await self.steps.advance(repo, agreed, Event.SCHEDULE, Act(None, today))


async def _amend(repo: Writing, number: RequestId, change: Change, effective_on: date, note: int) -> None:
    """Raises AlreadyAsked. Nobody else writes in the meantime."""
    here = repo.connection, repo.workspace_id
    seen = await requests.read(*here, number)
    if not await requests.amend(*here, seen, change, effective_on=effective_on, reason=note):
        raise Busy("Somebody else changed this request just now. Look at it again.")


async def changeable(repo: Repositories, number: RequestId, *, by: Person) -> Request:
    """A request of their own that was asked to be changed. Raises NotFound, NotAllowed."""
    seen = await requests.read(repo.connection, repo.workspace_id, number)
    if seen.requester != by.id:
        raise NotAllowed("Only who asked for this may change it. You can talk to them in its thread.")
    if seen.state is not State.CHANGES_REQUESTED:
        raise NotAllowed("Nobody asks for changes of this request now. It stays as it is, or is withdrawn.")
    return seen
