"""Clicks on requests: what they would change, deciding them, taking them back, giving them back."""

from dataclasses import dataclass

from commands.kit import Call, Errors, Modal, Reply, Turf, action
from commands.kit.inputs import Filled
from commands.kit.registry import ActionHandler, Registry, Submission
from commands.kit.reply import Message
from commands.requests.cards import controls, views
from commands.requests.cards.about import About, about, about_of
from commands.requests.cards.impact import impact
from commands.requests.deciding import Deciding, Outdated
from commands.requests.planned import Planned, planned
from commands.requests.stepping import require_possible
from domain import policies
from domain.company import Person, PersonId
from domain.errors import NotAllowed, NotFound, UsageError
from domain.policies import Refusal
from domain.requests.machine import Event
from domain.requests.model import RequestId, State
from domain.requests.routing import Slot, slot_for
from storage.audit import Occasion
from storage.requests import Request
from storage.store import Known, Repositories
from storage.writing import Writing
from templates.numbers import Numbers

UNKNOWN = "This button is from another version of Turf. See /territory requests."


@action(controls.IMPACT, opens=views.IMPACT)
async def look(call: Call, turf: Turf) -> Reply:
    occasion = Occasion(call.person.id, call.via, call.now)
    async with turf.read(call) as repo:
        n = numbers(call, repo)
        shown = await impact(repo, number(call.value), by=call.person, today=call.today, occasion=occasion, n=n)
        return views.impact_modal(shown, repo, n)


@action(controls.APPROVE, opens=views.APPROVE)
async def ask_to_approve(call: Call, turf: Turf) -> Reply:
    """What they would agree to. That the data changed since the request was sent is said before, not after."""
    async with turf.read(call) as repo:
        found, plan, slot = await _deciding(call, repo, Event.APPROVE)
        changed = found.request.basis_digest not in (None, plan.digest)
        return views.approve_modal(
            approval(found, plan, slot, call.person.id, changed=changed), repo, numbers(call, repo)
        )


def approval(found: About, plan: Planned, slot: Slot, by: PersonId, *, changed: bool) -> views.Approval:
    rest = tuple(one.decider for one in plan.route.open({**plan.decided, **dict.fromkeys(slot.sides, by)}))
    return views.Approval(found, plan, rest, slot.on_behalf_of(by), changed)


@action(controls.CHANGES, opens=views.CHANGES)
async def ask_for_comment(call: Call, turf: Turf) -> Reply:
    async with turf.read(call) as repo:
        found, _, _ = await _deciding(call, repo, Event.ASK_FOR_CHANGES)
        label, sent = "What should be changed", views.SEND_CHANGES
        n = numbers(call, repo)
        return views.reason_modal(views.CHANGES, found, repo, n, label=label, submit="Send", callback=sent)


@action(controls.REJECT, opens=views.REJECT)
async def ask_for_reason(call: Call, turf: Turf) -> Reply:
    async with turf.read(call) as repo:
        found, _, _ = await _deciding(call, repo, Event.REJECT)
        n = numbers(call, repo)
        sent = views.SEND_REJECTION
        return views.reason_modal(views.REJECT, found, repo, n, label="Why", submit="Reject", callback=sent)


async def _deciding(call: Call, repo: Repositories, event: Event) -> tuple[About, Planned, Slot]:
    """What somebody is to decide, if it still waits and is theirs. Raises NotAllowed with what became of it."""
    found = await about(repo, number(call.value))
    by = listed(repo, call)
    policies.require(policies.has(by, policies.Permission.DECIDE, call.today))
    await require_possible(repo, found.request, event, call.today)
    plan = await planned(repo, found.request, today=call.today)
    slot = slot_for(by, plan.open, repo.model, call.today)
    if isinstance(slot, Refusal):
        policies.require(slot)
        raise AssertionError("a refusal was let through")
    return found, plan, slot


@dataclass(frozen=True, slots=True)
class Clicks:
    """What is decided by clicks, with everything that goes with it."""

    deciding: Deciding

    async def approve(self, call: Call, repo: Writing) -> Reply:
        seen, note = _seen(call), Filled.of(call.view).one("note")
        by, today = listed(repo, call), call.today
        done = await self.deciding.approve(repo, seen.request, by=by, today=today, digest=seen.digest, note=note)
        if not isinstance(done, Outdated):
            return await _answer(call, repo, views.APPROVE, done, "you agreed")
        slot = slot_for(by, done.planned.open, repo.model, today)
        assert isinstance(slot, Slot), "who may not decide was refused before"
        found = await about_of(repo, done.request)
        made = approval(found, done.planned, slot, by.id, changed=True)
        return views.approve_modal(views.with_former(made, seen.figures), repo, numbers(call, repo), note)

    async def ask_for_changes(self, call: Call, repo: Writing) -> Reply:
        said, by = Filled.of(call.view).one("said"), listed(repo, call)
        try:
            done = await self.deciding.ask_for_changes(repo, _number(call), by=by, today=call.today, comment=said)
        except UsageError as error:
            return Errors({"said": error.message})
        return await _answer(call, repo, views.CHANGES, done, "you asked for changes")

    async def reject(self, call: Call, repo: Writing) -> Reply:
        said, by = Filled.of(call.view).one("said"), listed(repo, call)
        try:
            done = await self.deciding.reject(repo, _number(call), by=by, today=call.today, reason=said)
        except UsageError as error:
            return Errors({"said": error.message})
        return await _answer(call, repo, views.REJECT, done, "you rejected it")

    async def withdraw(self, call: Call, repo: Writing) -> Reply:
        by = listed(repo, call)
        done = await self.deciding.withdraw(repo, number(call.value), by=by, today=call.today)
        return await _message(call, repo, done, "you withdrew it")

    async def retry(self, call: Call, repo: Writing) -> Reply:
        by = listed(repo, call)
        done = await self.deciding.retry(repo, number(call.value), by=by, today=call.today)
        return await _message(call, repo, done, "it is tried again")


def register(registry: Registry, deciding: Deciding) -> None:
    clicks = Clicks(deciding)
    registry.add(Submission(views.SEND_APPROVAL, clicks.approve, effect=True))
    registry.add(Submission(views.SEND_CHANGES, clicks.ask_for_changes, effect=True))
    registry.add(Submission(views.SEND_REJECTION, clicks.reject, effect=True))
    registry.add(ActionHandler(controls.WITHDRAW, clicks.withdraw, effect=True))
    registry.add(ActionHandler(controls.RETRY, clicks.retry, effect=True))


async def _answer(call: Call, repo: Repositories, title: str, done: Request, what: str) -> Modal:
    """What came of it, and for whom it waits now."""
    found = await about_of(repo, done)
    waits: tuple[int, ...] = ()
    if done.state is State.SUBMITTED:
        waits = tuple(slot.decider for slot in (await planned(repo, done, today=call.today)).open)
    return views.done_modal(title, found, repo, numbers(call, repo), what=what, waits=waits)


async def _message(call: Call, repo: Repositories, done: Request, what: str) -> Message:
    found = await about_of(repo, done)
    return Message(views.done_words(found, repo, numbers(call, repo), what=what))


def _seen(call: Call) -> views.Seen:
    """Raises NotFound for what no modal of ours carries."""
    try:
        return views.Seen.load(call.view.metadata if call.view else "")
    except (ValueError, TypeError) as error:
        raise NotFound(UNKNOWN) from error


def _number(call: Call) -> RequestId:
    return number(call.view.metadata if call.view else "")


def number(value: str) -> RequestId:
    """Raises NotFound for a value that no button of ours carries."""
    if not value.isdecimal() or len(value) > 9:
        raise NotFound(UNKNOWN)
    return int(value)


def listed(repo: Known, call: Call) -> Person:
    """The person as the list of people has them now. Raises NotAllowed."""
    found = repo.company.people.get(call.person.id)
    if found is None:
        raise NotAllowed("You are no longer in Turf's list of people. Ask sales operations if that is wrong.")
    return found


def numbers(call: Call, repo: Known) -> Numbers:
    return Numbers(repo.settings.currency, call.locale)
