"""A new request on its way: what was shown is kept with it, and where nobody else has to decide it is scheduled at once."""

from dataclasses import dataclass
from datetime import date

from commands.requests.planned import planned
from commands.requests.stepping import Act, Steps
from domain.company import Person
from domain.requests.machine import Event
from storage import requests
from storage.requests import Request
from storage.writing import Writing


@dataclass(frozen=True, slots=True)
class Sends:
    """Brings what is kept as a draft to those who decide."""

    steps: Steps

    async def advance(self, repo: Writing, draft: Request, by: Person, today: date) -> Request:
        """Raises Impossible, Undecidable, AlreadyAsked."""
        here = repo.connection, repo.workspace_id
        now = await planned(repo, draft, today=today)
        await requests.show(*here, draft, rev=repo.revision, digest=now.digest)
        sent = await self.steps.advance(repo, await requests.read(*here, draft.id), Event.SUBMIT, Act(by, today))
        if now.open:
            return sent
        sides = [side.value for slot in now.route.slots for side in slot.sides]
        agreed = await self.steps.advance(repo, sent, Event.APPROVE_LAST, Act(by, today, sides=sides))
        return await self.steps.advance(repo, agreed, Event.SCHEDULE, Act(None, today))
