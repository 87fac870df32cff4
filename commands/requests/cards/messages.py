"""The words of what is sent about requests: to a channel, to those who decide, to who asked, to everyone concerned."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from commands.kit import Dropped, FileToSend, Message, Sending, outgoing
from commands.kit.blocks import Control, section
from commands.kit.outgoing import LOCALE, Rendered
from commands.kit.turf import local_date
from commands.requests.cards import controls, words
from commands.requests.cards.about import About, about, plan_of
from commands.requests.cards.crm_file import written
from commands.requests.cards.follows import (
    ASK,
    ASKED,
    CARD,
    CONCERNED,
    CRM_FILE,
    ESCALATED,
    FAILED,
    LINE,
    NOW_SO,
    STILL,
    TOLD,
)
from commands.requests.cards.people import Part, concerned
from commands.requests.planned import Planned
from domain import policies
from domain.company import Person, PersonId
from domain.policies import Refusal
from domain.requests.concerned import territories_of
from domain.requests.machine import Event
from domain.requests.model import CONFIDENTIAL, State
from domain.requests.routing import slot_for
from storage import requests
from storage.division import accounts_called
from storage.notes import read_note
from storage.store import Repositories
from templates import Mrkdwn, name, render
from templates.numbers import Numbers

NAMED = 10
"""So many accounts are named; the rest are counted."""


@dataclass(frozen=True, slots=True)
class Told:
    """A request as a message speaks of it."""

    about: About
    repo: Repositories
    n: Numbers
    today: date

    @property
    def common(self) -> dict[str, object]:
        """What every sentence has: nothing of it is a figure."""
        return {
            "number": self.about.request.id,
            "title": words.title(self.about),
            "deed": words.deed(self.about, self.repo, self.n),
            "day": self.n.full_day(self.about.request.effective_on),
            "state": words.became(self.about, self.n),
        }

    def words(self, template: str, **more: object) -> Mrkdwn:
        return render(f"requests/cards/{template}.mrkdwn.j2", **self.common | more)

    def person(self, number: PersonId | None) -> Mrkdwn | str:
        return words.person(self.repo, number)

    async def plan(self) -> Planned | None:
        found = await plan_of(self.repo, self.about.request, self.today)
        return found if isinstance(found, Planned) else None


async def _told(sending: Sending, repo: Repositories, locale: str) -> Told:
    found = await about(repo, int(sending.arguments["request"]))
    return Told(found, repo, Numbers(repo.settings.currency, locale), sending.today)


@outgoing(CARD)
async def card(sending: Sending, repo: Repositories) -> Rendered:
    return await card_message(await _told(sending, repo, LOCALE))


async def card_message(told: Told) -> Message:
    """What a channel may see: kind, territories, number of accounts, dates, state; of what is confidential kind and state."""
    found = told.about
    hidden = found.is_confidential
    waits = [] if hidden or found.request.state is not State.SUBMITTED else await _waits(told)
    state = words.STATES[found.request.state] if hidden else words.became(found, told.n)
    said = told.words("card", waits=waits, **{"deed": None, "state": state} if hidden else {"state": state})
    buttons = controls.everybodys(found.request.id, found.request.state, is_reversal=found.reverses is not None)
    return Message(_headline(found), [section(said, id="card"), buttons])


def _headline(found: About) -> str:
    return f"Request {found.request.id} ({words.title(found)}): {words.STATES[found.request.state]}."


async def _waits(told: Told) -> list[Mrkdwn | str]:
    plan = await told.plan()
    return words.people(told.repo, [slot.decider for slot in plan.open]) if plan is not None else []


@outgoing(LINE)
async def line(sending: Sending, repo: Repositories) -> Rendered:
    """A step in the thread. Of what was confidential then only the step itself."""
    told = await _told(sending, repo, LOCALE)
    event, state = Event(sending.arguments["event"]), State(sending.arguments["state"])
    hidden = told.about.kind in CONFIDENTIAL and state not in (State.EFFECTIVE, State.REVERSED)
    by = None if hidden or sending.arguments["by"] is None else told.person(sending.arguments["by"])
    day = told.n.full_day(told.about.request.effective_on) if event is Event.SCHEDULE and not hidden else ""
    said = render("requests/cards/line.mrkdwn.j2", step=words.STEPS[event], by=by, day=day)
    return Message(said, [section(said, id="line")])


@outgoing(ASK)
async def ask(sending: Sending, repo: Repositories) -> Rendered:
    """To who decides, if they still do when it is sent."""
    return await _asking(sending, repo, still=False)


@outgoing(STILL)
async def still(sending: Sending, repo: Repositories) -> Rendered:
    return await _asking(sending, repo, still=True)


@outgoing(ASKED)
async def asked(sending: Sending, repo: Repositories) -> Rendered:
    """The same message later on."""
    told = await _told(sending, repo, sending.locale)
    if sending.recipient is None:
        return Dropped("this is for one person")
    return await decider_message(told, sending.recipient)


async def _asking(sending: Sending, repo: Repositories, *, still: bool) -> Rendered:
    told = await _told(sending, repo, sending.locale)
    if sending.recipient is None or told.about.request.turn != sending.arguments["turn"]:
        return Dropped("it was sent anew since")
    if await _open_for(told, sending.recipient) is None:
        return Dropped("the recipient does not decide it any more")
    return await decider_message(told, sending.recipient, still=still)


async def _open_for(told: Told, person: Person) -> Planned | None:
    """What somebody still has to decide; None if it is not theirs."""
    plan = await told.plan() if told.about.request.state is State.SUBMITTED else None
    listed = told.repo.company.people.get(person.id)
    if plan is None or listed is None:
        return None
    return None if isinstance(slot_for(listed, plan.open, told.repo.model, told.today), Refusal) else plan


async def decider_message(told: Told, person: Person, *, still: bool = False) -> Message:
    """With the buttons as long as they decide."""
    plan, request = await _open_for(told, person), told.about.request
    said = told.words(
        "ask",
        waits=plan is not None,
        still=still and plan is not None,
        requester=told.person(request.requester),
        moved=told.n.short(plan.plan.moved) if plan is not None and plan.plan.moved else "",
        deals=len(plan.plan.writes.deals) if plan is not None else 0,
        reason=await _note(told, request.reason) if plan is not None else "",
    )
    shown: list[Control] = [controls.impact(request.id)]
    if plan is not None:
        shown += controls.deciding(request.id)
    return Message(_headline(told.about), [section(said, id="asked"), controls.row(shown)])


async def _note(told: Told, number: int | None) -> str:
    return await read_note(told.repo.connection, told.repo.workspace_id, number)


@outgoing(TOLD)
async def told_requester(sending: Sending, repo: Repositories) -> Rendered:
    """What became of what they asked for, with what was said to them."""
    told = await _told(sending, repo, sending.locale)
    request, event = told.about.request, Event(sending.arguments["event"])
    by = sending.arguments["by"]
    said = told.words(
        "told_requester",
        event=event.value,
        by=told.person(by) if by is not None else "",
        said=await _said(told, event, sending.arguments["turn"]),
        failure=request.failure or "",
    )
    shown = [controls.impact(request.id)]
    if request.state is State.CHANGES_REQUESTED and told.about.reverses is None:
        shown.append(controls.amending(request.id))
    if request.state in controls.WITHDRAWABLE:
        shown.append(controls.withdrawing(request.id))
    return Message(_headline(told.about), [section(said, id="told"), controls.row(shown)])


async def _said(told: Told, event: Event, turn: int) -> str:
    """The words of whoever rejected it or asked for changes in that turn."""
    said = await requests.verdicts(told.repo.connection, told.repo.workspace_id, told.about.request.id)
    notes = [one.note for one in said if one.turn == turn and one.verdict == event.value]
    return await _note(told, notes[-1]) if notes else ""


@outgoing(CONCERNED)
async def told_concerned(sending: Sending, repo: Repositories) -> Rendered:
    """To everyone whose accounts or figures change, once it is approved."""
    told = await _told(sending, repo, sending.locale)
    if told.about.request.state not in (State.SCHEDULED, State.EFFECTIVE):
        return Dropped("it does not come to be")
    return await _concerned_message(told, sending.recipient)


@outgoing(NOW_SO)
async def told_anew(sending: Sending, repo: Repositories) -> Rendered:
    """The same message once it is in effect, or withdrawn."""
    return await _concerned_message(await _told(sending, repo, sending.locale), sending.recipient)


async def _concerned_message(told: Told, to: Person | None) -> Rendered:
    parts = concerned(told.about, told.repo.model, told.today)
    if to is None or told.repo.company.people.get(to.id) is None:
        return Dropped("they are no longer in the list of people")
    part = parts.get(to.id, Part.MANAGES)
    plan = await told.plan() if told.about.request.state is State.SCHEDULED else None
    accounts = await _accounts(told, plan)
    said = told.words(
        "concerned",
        part=part.value,
        withdrawn=told.about.request.state is State.WITHDRAWN,
        effective=told.about.request.state is State.EFFECTIVE,
        accounts=accounts[:NAMED],
        more=max(len(accounts) - NAMED, 0),
        deals=len(plan.plan.writes.deals) if plan is not None else 0,
        moved=_moved(told, plan, to),
        **_others(told, parts, to),
    )
    return Message(
        _headline(told.about), [section(said, id="concerned"), controls.row([controls.impact(told.about.request.id)])]
    )


def _others(told: Told, parts: Mapping[PersonId, Part], to: Person) -> dict[str, object]:
    def of(part: Part) -> list[Mrkdwn | str]:
        return words.people(told.repo, [one for one, what in parts.items() if what is part and one != to.id])

    below = told.repo.model.lines.below(to.id, told.today)
    return {
        "gains": of(Part.GAINS),
        "loses": of(Part.LOSES),
        "below": words.people(told.repo, [one for one in parts if one in below and parts[one] is not Part.MANAGES]),
    }


async def _accounts(told: Told, plan: Planned | None) -> list[Mrkdwn | str]:
    """Those that change their territory, by name; without a plan those that the request names."""
    named = plan.plan.accounts if plan is not None else getattr(told.about.change, "accounts", ())
    called = await accounts_called(told.repo, named)
    return sorted((name(one.name) for one in called.values()), key=str)


def _moved(told: Told, plan: Planned | None, to: Person) -> str:
    """The target that goes along, for who may see the figures of where it comes from."""
    if plan is None or not plan.plan.moved:
        return ""
    listed = told.repo.company.people[to.id]
    lines = told.repo.model.lines
    seen = (
        policies.may_see_territory_figures(listed, one, lines, told.today) for one in territories_of(told.about.change)
    )
    return told.n.short(plan.plan.moved) if any(seen) else ""


@outgoing(FAILED)
async def failed(sending: Sending, repo: Repositories) -> Rendered:
    """To sales operations, who can mend it."""
    told = await _told(sending, repo, sending.locale)
    request = told.about.request
    if request.state is not State.FAILED:
        return Dropped("it was tried again since")
    said = told.words("failed", failure=request.failure or "")
    number = request.id
    shown = [controls.impact(number), controls.retrying(number), controls.withdrawing(number)]
    return Message(_headline(told.about), [section(said, id="failed"), controls.row(shown)])


@outgoing(ESCALATED)
async def escalated(sending: Sending, repo: Repositories) -> Rendered:
    """To those above the ones who have not decided."""
    told = await _told(sending, repo, sending.locale)
    request = told.about.request
    if request.state is not State.SUBMITTED or request.turn != sending.arguments["turn"]:
        return Dropped("it does not wait any more")
    sent = request.submitted_at or request.created_at
    since = told.n.full_day(local_date(sent, repo.settings.timezone))
    said = told.words("escalated", waits=await _waits(told), since=since)
    return Message(_headline(told.about), [section(said, id="waits"), controls.row([controls.impact(request.id)])])


@outgoing(CRM_FILE)
async def crm_file(sending: Sending, repo: Repositories) -> Rendered:
    """For the CRM's loader: who owns which account now."""
    told = await _told(sending, repo, sending.locale)
    request, to = told.about.request, sending.recipient
    listed = repo.company.people.get(to.id) if to is not None else None
    if listed is None or not policies.may_import(listed, sending.today):
        return Dropped("this file is for sales operations")
    if request.written_rev is None:
        return Dropped("nothing was written")
    content, count = await written(repo, told.about)
    if not count:
        return Dropped("no account changed its owner or territory")
    return FileToSend(
        name=f"crm-changes-{request.id}.csv",
        content=content,
        title=f"Request {request.id} for the CRM.csv",
        comment=told.words("crm_file", count=count),
    )
