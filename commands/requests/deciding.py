"""Deciding a request: whoever sits on a side that is open, with the preview that holds before their eyes."""

from dataclasses import dataclass
from datetime import date

from commands.requests.planned import Planned, planned
from commands.requests.stepping import Act, Steps
from domain import policies
from domain.company import Person
from domain.errors import UsageError
from domain.policies import Refusal
from domain.requests.machine import Event
from domain.requests.model import RequestId
from domain.requests.rights import may_retry, may_withdraw
from domain.requests.routing import Slot, slot_for
from storage import requests
from storage.requests import Request
from storage.writing import Writing


@dataclass(frozen=True, slots=True)
class Outdated:
    """The data behind the preview changed since it was shown: nothing was decided, and this is what holds now."""

    request: Request
    planned: Planned


@dataclass(frozen=True, slots=True)
class Deciding:
    """Decisions of one workspace's requests, made by `steps`."""

    steps: Steps

    async def approve(
        self, repo: Writing, number: RequestId, *, by: Person, today: date, digest: str, note: str = ""
    ) -> Request | Outdated:
        """Agree, by the preview of `digest`. Raises NotAllowed, and Impossible if it cannot be made any more."""
        seen = await self._read(repo, number)
        now = await planned(repo, seen, today=today)
        slot = _theirs(now, by, repo, today)
        if now.digest != digest:
            await requests.show(repo.connection, repo.workspace_id, seen, rev=repo.revision, digest=now.digest)
            return Outdated(await self._read(repo, number), now)
        rest = now.route.open({**now.decided, **dict.fromkeys(slot.sides, by.id)})
        act = Act(by, today, note, slot.sides, slot.on_behalf_of(by.id))
        if rest:
            return await self.steps.advance(repo, seen, Event.APPROVE, act)
        agreed = await self.steps.advance(repo, seen, Event.APPROVE_LAST, act)
        return await self.steps.advance(repo, agreed, Event.SCHEDULE, Act(None, today))

    async def reject(self, repo: Writing, number: RequestId, *, by: Person, today: date, reason: str) -> Request:
        """Raises NotAllowed; UsageError without a reason."""
        return await self._refuse(repo, number, Event.REJECT, by, today, _said(reason, "Say why you reject it."))

    async def ask_for_changes(
        self, repo: Writing, number: RequestId, *, by: Person, today: date, comment: str
    ) -> Request:
        """Raises NotAllowed; UsageError without a comment."""
        said = _said(comment, "Say what should be changed.")
        return await self._refuse(repo, number, Event.ASK_FOR_CHANGES, by, today, said)

    async def _refuse(
        self, repo: Writing, number: RequestId, event: Event, by: Person, today: date, said: str
    ) -> Request:
        seen = await self._read(repo, number)
        slot = _theirs(await planned(repo, seen, today=today), by, repo, today)
        return await self.steps.advance(repo, seen, event, Act(by, today, said, slot.sides, slot.on_behalf_of(by.id)))

    async def withdraw(self, repo: Writing, number: RequestId, *, by: Person, today: date) -> Request:
        """Raises NotAllowed."""
        seen = await self._read(repo, number)
        policies.require(may_withdraw(by, seen.requester, today))
        return await self.steps.advance(repo, seen, Event.WITHDRAW, Act(by, today))

    async def retry(self, repo: Writing, number: RequestId, *, by: Person, today: date) -> Request:
        """Try again what did not take effect. Raises NotAllowed."""
        seen = await self._read(repo, number)
        said = await requests.verdicts(repo.connection, repo.workspace_id, number)
        policies.require(may_retry(by, {one.by for one in said}, today))
        return await self.steps.advance(repo, seen, Event.RETRY, Act(by, today))

    async def _read(self, repo: Writing, number: RequestId) -> Request:
        """Raises NotFound."""
        return await requests.read(repo.connection, repo.workspace_id, number)


def _theirs(now: Planned, by: Person, repo: Writing, today: date) -> Slot:
    """The open slot that somebody decides for. Raises NotAllowed."""
    found = slot_for(by, now.open, repo.model, today)
    if isinstance(found, Refusal):
        policies.require(found)
        raise AssertionError("a refusal was let through")
    return found


def _said(words: str, otherwise: str) -> str:
    if not words.strip():
        raise UsageError(otherwise)
    return words.strip()
