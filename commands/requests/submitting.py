"""Sending a request: checked, kept, and on its way to those who decide."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from commands.requests.checking import Checked, check
from commands.requests.planned import digest_of
from commands.requests.stepping import Act, Steps
from domain.company import Person
from domain.requests.machine import Event
from domain.requests.model import Change, State
from storage import requests
from storage.notes import write_note
from storage.request_policies import read_policy
from storage.requests import Request
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
        self, repo: Writing, change: Change, *, effective_on: date, reason: str, by: Person, today: date
    ) -> Submitted:
        """Check once more, on what holds now; keep it, and send it. Where nobody else has to agree, it is scheduled at once.

        Raises what `checking.check` raises.
        """
        kept = await read_policy(repo)
        checked = await check(repo, change, effective_on=effective_on, by=by, today=today, policy=kept.policy)
        here, now = (repo.connection, repo.workspace_id), repo.occasion.now
        number = await requests.add(
            *here,
            change,
            requester=by.id,
            effective_on=effective_on,
            now=now,
            state=State.DRAFT,
            reason=await write_note(*here, by.id, REASON, reason, now),
            policy_version=kept.version,
        )
        seen = await requests.read(*here, number)
        await requests.show(*here, seen, rev=repo.revision, digest=digest_of(checked.plan))
        sent = await self._sent(repo, await requests.read(*here, number), checked, by, today)
        return Submitted(sent, [repo.company.people[slot.decider].name for slot in checked.route.open({})])

    async def _sent(self, repo: Writing, draft: Request, checked: Checked, by: Person, today: date) -> Request:
        sent = await self.steps.advance(repo, draft, Event.SUBMIT, Act(by, today))
        if not checked.route.is_announced:
            return sent
        sides = tuple(side.value for slot in checked.route.slots for side in slot.sides)
        agreed = await self.steps.advance(repo, sent, Event.APPROVE_LAST, Act(by, today, sides=sides))
        return await self.steps.advance(repo, agreed, Event.SCHEDULE, Act(None, today))
