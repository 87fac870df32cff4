"""Asking that a change is given back: a request of its own, from its own day on."""

from dataclasses import dataclass
from datetime import date

from commands.kit import Call, Errors, Reply, Turf, action
from commands.kit.inputs import Filled
from commands.kit.registry import Registry, Submission
from commands.requests.asking.form import default_day
from commands.requests.cards import controls, views
from commands.requests.cards.about import About, about, about_of
from commands.requests.cards.handlers import listed, number, numbers
from commands.requests.planned import planned
from commands.requests.sending import Sends
from domain import policies
from domain.company import Person
from domain.errors import DataError, NotAllowed
from domain.requests.machine import Event
from domain.requests.model import RequestId, Reversal, State
from domain.requests.planning.checks import check_day
from domain.requests.planning.facts import Impossible
from domain.requests.rights import may_reverse
from domain.requests.routing import Undecidable
from storage import requests
from storage.notes import write_note
from storage.request_policies import read_policy
from storage.requests import AlreadyAsked, Request
from storage.store import Repositories
from storage.writing import Writing


@action(controls.REVERSE, opens=views.REVERSE)
async def ask_from_when(call: Call, turf: Turf) -> Reply:
    async with turf.read(call) as repo:
        found = await _reversible(repo, number(call.value), listed(repo, call), call.today)
        first = max(default_day(found.kind, call.today, repo.model.calendar), found.request.effective_on)
        return views.reverse_modal(found, repo, numbers(call, repo), first=first)


async def _reversible(repo: Repositories, wanted: RequestId, by: Person, today: date) -> About:
    """Raises NotAllowed with why not."""
    found = await about(repo, wanted)
    said = await requests.verdicts(repo.connection, repo.workspace_id, wanted)
    decided = {one.by for one in said if one.verdict == Event.APPROVE}
    policies.require(may_reverse(by, found.request.change, decided, repo.model.lines, today))
    if found.request.state is not State.EFFECTIVE:
        raise NotAllowed("Only what is in effect can be given back. Withdraw a request that is not yet.")
    return found


@dataclass(frozen=True, slots=True)
class Reversing:
    """Sends what gives a request back on its way."""

    sends: Sends

    async def send(self, call: Call, repo: Writing) -> Reply:
        filled, by = Filled.of(call.view), listed(repo, call)
        try:
            day = date.fromisoformat(filled.one("effective_on"))
        except ValueError:
            return Errors({"effective_on": "Choose a day."})
        if not filled.one("said"):
            return Errors({"said": "Say why."})
        wanted = number(call.view.metadata if call.view else "")
        found = await _reversible(repo, wanted, by, call.today)
        if day < found.request.effective_on:
            return Errors({"effective_on": "It was not in effect yet on that day. Choose a later one."})
        try:
            sent = await self._sent(repo, wanted, day, filled.one("said"), by, call.today)
        except (Impossible, DataError, Undecidable, AlreadyAsked) as error:
            return Errors({"effective_on": error.message})
        after = await about_of(repo, sent)
        return views.done_modal(views.REVERSE, after, repo, numbers(call, repo), what="sent")

    async def _sent(self, repo: Writing, wanted: RequestId, day: date, said: str, by: Person, today: date) -> Request:
        """Raises Impossible, DataError, Undecidable, AlreadyAsked."""
        stored = await read_policy(repo)
        check_day(day, today, stored.policy)
        here, now = (repo.connection, repo.workspace_id), repo.occasion.now
        note = await write_note(*here, by.id, "requests.reason", said, now)
        kept = await requests.add(
            *here,
            Reversal(wanted),
            requester=by.id,
            effective_on=day,
            now=now,
            state=State.DRAFT,
            reason=note,
            policy_version=stored.version,
        )
        made = await requests.read(*here, kept)
        await planned(repo, made, today=today)
        return await self.sends.advance(repo, made, by, today)


def register(registry: Registry, sends: Sends) -> None:
    registry.add(Submission(views.SEND_REVERSAL, Reversing(sends).send, effect=True))
