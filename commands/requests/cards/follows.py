"""What goes with each step of a request: the card and its thread, direct messages, Home tabs, the file for the CRM."""

import re
from collections.abc import Iterable, Mapping

from commands.kit.outgoing import HOME_KIND
from commands.kit.turf import local_date
from commands.requests.cards.about import About, about_of, plan_of
from commands.requests.cards.people import Part, concerned, is_there, operations
from commands.requests.planned import Planned
from commands.requests.stepping import Follow, Stepped
from commands.requests.working import Nudging
from domain.company import PersonId, SubjectKind, TeamId
from domain.requests.concerned import territories_of
from domain.requests.machine import Effect, Event
from domain.requests.model import ChangeTarget, RequestKind, State
from domain.requests.waiting import Nudge
from storage import requests
from storage.request_policies import read_policy
from storage.requests import Request
from storage.writing import Writing

CARD, LINE = "requests/card", "requests/line"
ASK, ASKED, STILL, ESCALATED = "requests/ask", "requests/asked", "requests/still", "requests/escalated"
TOLD, CONCERNED, NOW_SO, FAILED = "requests/told", "requests/concerned", "requests/now_so", "requests/failed"
CRM_FILE = "requests/crm_file"
ASKED_BEFORE = 50
"""More people than are ever asked at once: they are in the transaction that posts the card, just before it."""
_CHANNEL = re.compile(r"[CG][A-Z0-9]+")


def follows() -> Mapping[Effect, Follow]:
    """For every effect that somebody reads; what is written on the day is the job's."""
    return {
        Effect.CARD: show_card,
        Effect.ASK: ask,
        Effect.TELL_REQUESTER: tell_requester,
        Effect.TELL_CONCERNED: tell_concerned,
        Effect.TELL_SALES_OPERATIONS: tell_operations,
        Effect.CRM_FILE: send_file,
        Effect.APPLY: _by_the_job,
    }


def nudges() -> Mapping[Nudge, Nudging]:
    """What is said while it waits."""
    return {Nudge.REMIND: remind, Nudge.ESCALATE: escalate}


async def _by_the_job(repo: Writing, done: Stepped) -> None:
    """It has written everything before the step."""


async def show_card(repo: Writing, done: Stepped) -> None:
    """The card, posted once; a line in its thread; and what those who were asked have before them."""
    now, number = done.after, {"request": done.after.id}
    if now.card is not None:
        await repo.outbox.update(now.card, CARD, number)
        await _add_line(repo, now.card, done)
    elif (channel := await _channel(repo, await about_of(repo, now))) is not None:
        message = await repo.outbox.post(channel, CARD, number)
        await requests.set_card(repo.connection, repo.workspace_id, now.id, message)
    await _show_those_asked(repo, done.after)


async def _add_line(repo: Writing, card: int, done: Stepped) -> None:
    by = done.act.by.id if done.act.by is not None else None
    said = {"request": done.after.id, "event": done.event.value, "by": by, "state": done.after.state.value}
    await repo.outbox.answer(card, LINE, said)


async def _show_those_asked(repo: Writing, now: Request) -> None:
    """What somebody was sent is not left asking for what is decided."""
    for turn in range(1, now.turn + 1):
        said = {"request": now.id, "turn": turn}
        for message, person in (await repo.outbox.posted(ASK, said, after=_since(now))).items():
            await repo.outbox.update(message, ASKED, said)
            await repo.outbox.home(person, HOME_KIND)


def _since(request: Request) -> int:
    """The first message that can be about a request."""
    return max((request.card or 0) - ASKED_BEFORE, 0)


async def _channel(repo: Writing, about: About) -> str | None:
    """The policy's channel; without one that of the team that gives, or of the nearest above it that has one."""
    policy = (await read_policy(repo)).policy
    if policy.requests_channel:
        return policy.requests_channel
    team, seen = _releasing_team(repo, about), set[TeamId]()
    while team is not None and team not in seen:
        seen.add(team)
        known = repo.company.teams[team]
        if known.channel and _CHANNEL.fullmatch(known.channel):
            return known.channel
        team = known.parent
    return None


def _releasing_team(repo: Writing, about: About) -> TeamId | None:
    lines, change = repo.model.lines, about.change
    if isinstance(change, ChangeTarget) and change.subject_kind is SubjectKind.TEAM:
        return change.subject
    if isinstance(change, ChangeTarget) and change.subject_kind is SubjectKind.PERSON:
        return lines.team_of(change.subject, about.request.effective_on)
    return lines.team_of_territory(territories_of(change)[0])


async def ask(repo: Writing, done: Stepped) -> None:
    """Each of those who decide now, once."""
    said = {"request": done.after.id, "turn": done.after.turn}
    for person in await _deciders(repo, done.after, done):
        await repo.outbox.direct(person, ASK, said)
        await repo.outbox.home(person, HOME_KIND)


async def _deciders(repo: Writing, request: Request, done: Stepped | None = None) -> list[PersonId]:
    today = done.act.today if done is not None else local_date(repo.occasion.now, repo.settings.timezone)
    found = await plan_of(repo, request, today)
    slots = found.open if isinstance(found, Planned) else ()
    return [one for one in dict.fromkeys(slot.decider for slot in slots) if is_there(repo.model, one, today)]


async def tell_requester(repo: Writing, done: Stepped) -> None:
    """What became of it; who is concerned as well hears that with what changes for them."""
    person, today = done.after.requester, done.act.today
    if not is_there(repo.model, person, today):
        return
    if done.event is Event.APPROVE_LAST:
        own = (await _concerned(repo, done)).get(person, Part.MANAGES) is not Part.MANAGES
        if own or (done.act.by is not None and done.act.by.id == person):
            return
    by = done.act.by.id if done.act.by is not None else None
    said = {"request": done.after.id, "event": done.event.value, "by": by, "turn": done.after.turn}
    await repo.outbox.direct(person, TOLD, said)


async def tell_concerned(repo: Writing, done: Stepped) -> None:
    """Everyone once: what was said to them is brought up to date when it takes effect, or does not."""
    told = {"request": done.after.id}
    before = await repo.outbox.posted(CONCERNED, told, after=_since(done.after))
    for message in before:
        await repo.outbox.update(message, NOW_SO, told)
    if done.after.state is State.WITHDRAWN:
        return
    knows = set(before.values()) | await _knowing(repo, done)
    for person, part in (await _concerned(repo, done)).items():
        if person in before.values() or (part is Part.MANAGES and person in knows):
            continue
        if is_there(repo.model, person, done.act.today):
            await repo.outbox.direct(person, CONCERNED, told)


async def _knowing(repo: Writing, done: Stepped) -> set[PersonId]:
    """Who asked for it, and who agreed."""
    said = await requests.verdicts(repo.connection, repo.workspace_id, done.after.id)
    return {done.after.requester, *(one.by for one in said)}


async def _concerned(repo: Writing, done: Stepped) -> Mapping[PersonId, Part]:
    return concerned(await about_of(repo, done.after), repo.model, done.act.today)


async def tell_operations(repo: Writing, done: Stepped) -> None:
    await _to_all(repo, operations(repo.model, done.act.today), FAILED, {"request": done.after.id})


async def send_file(repo: Writing, done: Stepped) -> None:
    """A target is nothing that accounts have in the CRM."""
    if (await about_of(repo, done.after)).kind is RequestKind.TARGET:
        return
    for person in operations(repo.model, done.act.today):
        await repo.outbox.file(person, CRM_FILE, {"request": done.after.id})


async def remind(repo: Writing, request: Request) -> None:
    said = {"request": request.id, "turn": request.turn}
    await _to_all(repo, await _deciders(repo, request), STILL, said)


async def escalate(repo: Writing, request: Request) -> None:
    """Those above the ones who have not decided."""
    today, lines = local_date(repo.occasion.now, repo.settings.timezone), repo.model.lines
    above = (lines.manager_of(one, today) for one in await _deciders(repo, request))
    there = [one for one in dict.fromkeys(above) if one is not None and is_there(repo.model, one, today)]
    await _to_all(repo, there, ESCALATED, {"request": request.id, "turn": request.turn})


async def _to_all(repo: Writing, people: Iterable[PersonId], kind: str, said: Mapping[str, object]) -> None:
    for person in people:
        await repo.outbox.direct(person, kind, said)
