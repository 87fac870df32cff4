"""A request as it would be carried out now: what it would write, who still has to decide."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from domain.company import PersonId
from domain.requests.model import Change, Reversal
from domain.requests.planning.facts import Done, Plan
from domain.requests.planning.planner import plan
from domain.requests.routing import Asked, Route, Side, Slot, route
from storage import requests
from storage.request_facts import request_facts
from storage.request_json import writes_to_json
from storage.request_policies import read_policy
from storage.requests import Request
from storage.rule_changes import moved_by_rules
from storage.store import Repositories

AGREED = "approve"
"""The verdict that counts towards the next step."""


@dataclass(frozen=True, slots=True)
class Planned:
    """`about` is the change that matters: of a reversal the one that it gives back."""

    request: Request
    about: Change
    plan: Plan
    route: Route
    decided: Mapping[Side, PersonId]

    @property
    def open(self) -> tuple[Slot, ...]:
        """What is still to decide."""
        return self.route.open(self.decided)

    @property
    def digest(self) -> str:
        """Tells whether the preview that somebody saw is still the one that holds."""
        return digest_of(self.plan)


def digest_of(made: Plan) -> str:
    """Two plans that write the same have the same."""
    return hashlib.sha256(writes_to_json(made.writes).encode()).hexdigest()


async def planned(repo: Repositories, request: Request, *, today: date) -> Planned:
    """Raises Impossible, DataError, MissingRate with why it cannot be made now; Undecidable."""
    done = await _done(repo, request)
    about = done.change if done is not None else request.change
    facts = await request_facts(repo, request.change, effective_on=request.effective_on, today=today, done=done)
    made = plan(request.change, facts, done)
    policy = (await read_policy(repo)).policy
    others = await _others(repo, made, request.effective_on)
    asked = Asked(about, request.requester, request.effective_on, made.moved, others)
    return Planned(request, about, made, route(asked, repo.model, policy, today), await _decided(repo, request))


async def _done(repo: Repositories, request: Request) -> Done | None:
    """What a reversal gives back."""
    if not isinstance(request.change, Reversal):
        return None
    at = repo.connection, repo.workspace_id, request.change.request
    origin, writes = await requests.read(*at), await requests.written_by(*at)
    return None if writes is None else Done(origin.change, origin.effective_on, writes)


async def _others(repo: Repositories, made: Plan, day: date) -> frozenset[int]:
    """The territories whose accounts a change of rules takes or gives, besides its own."""
    if not made.writes.rules or made.writes.territories:
        return frozenset()
    moved = await moved_by_rules(repo, made.writes.rules, day)
    own = {row.after.territory for row in made.writes.rules if row.after is not None}
    return frozenset({one for way in moved.values() for one in way if one is not None} - own)


async def _decided(repo: Repositories, request: Request) -> Mapping[Side, PersonId]:
    """Which sides agreed in this turn, and who for each."""
    found = await requests.verdicts(repo.connection, repo.workspace_id, request.id)
    return {Side(one.side): one.by for one in found if one.turn == request.turn and one.verdict == AGREED}
