"""Brings requests from state to state, with everything that goes with a step, in one transaction. Nothing else does."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from commands.kit.turf import local_date
from domain import policies
from domain.company import Person, PersonId
from domain.errors import NotAllowed
from domain.requests import waiting
from domain.requests.machine import Effect, Event, Last, Transition, step
from domain.requests.model import State
from storage import requests
from storage.audit import last_about
from storage.notes import write_note
from storage.request_policies import read_policy
from storage.requests import Request
from storage.store import Repositories
from storage.writing import Writing

SUBJECT = "request"
"""What the audit calls them."""
MORNING = time(9)
EFFECT_JOB, REMINDER_JOB = "requests/effect", "requests/reminder"
VERDICTS = frozenset({Event.APPROVE, Event.APPROVE_LAST, Event.REJECT, Event.ASK_FOR_CHANGES})
"""Events that are somebody's decision."""
AGREEING = frozenset({Event.APPROVE, Event.APPROVE_LAST})


@dataclass(frozen=True, slots=True)
class Act:
    """Who does it (None: Turf itself) on which day, what they say with it; of a decision for which sides and whom."""

    by: Person | None
    today: date
    note: str = ""
    sides: Collection[str] = ()
    on_behalf_of: PersonId | None = None
    failure: str | None = None


@dataclass(frozen=True, slots=True)
class Stepped:
    """What has happened: the request before and after."""

    event: Event
    act: Act
    before: Request
    after: Request


Follow = Callable[[Writing, Stepped], Awaitable[None]]
"""Does, or orders, one of the effects of a step."""


@dataclass(frozen=True, slots=True)
class Steps:
    """Makes steps. `follows` are the effects that others bring: cards, messages, what is written on the day."""

    follows: Mapping[Effect, Follow]

    async def advance(self, repo: Writing, seen: Request, event: Event, act: Act) -> Request:
        """The request after the step. Raises NotAllowed with what became of it, if it is not what was `seen` any more."""
        found = await require_possible(repo, seen, event, act.today)
        if not await _changed(repo, seen, event, act, found.to):
            now = await requests.read(repo.connection, repo.workspace_id, seen.id)
            await require_possible(repo, now, event, act.today)
            raise NotAllowed("Somebody else was quicker: look at the request again before you decide.")
        after = await requests.read(repo.connection, repo.workspace_id, seen.id)
        done = Stepped(event, act, seen, after)
        for effect in found.effects:
            await (_OWN.get(effect) or self.follows[effect])(repo, done)
        return after


async def require_possible(repo: Repositories, seen: Request, event: Event, today: date) -> Transition:
    """Raises NotAllowed with what became of the request."""
    found = step(seen.state, event, await last_step(repo, seen), today)
    if isinstance(found, Transition):
        return found
    policies.require(found)
    raise AssertionError("a refusal was let through")


async def last_step(repo: Repositories, seen: Request) -> Last:
    """When something happened to a request last, and by whom."""
    found = await last_about(repo.connection, repo.workspace_id, SUBJECT, seen.id)
    if found is None:
        return Last()
    at, by = found
    person = repo.company.people.get(by) if by is not None else None
    return Last(local_date(at, repo.settings.timezone), person.name if person else None)


async def _changed(repo: Writing, seen: Request, event: Event, act: Act, to: State) -> bool:
    """False if somebody else was quicker."""
    here, now = (repo.connection, repo.workspace_id, seen), repo.occasion.now
    if event not in VERDICTS:
        return await requests.transit(*here, to, now=now, failure=act.failure)
    assert act.by is not None
    note = None
    if act.note:
        note = await write_note(repo.connection, repo.workspace_id, act.by.id, "requests.decision", act.note, now)
    verdict = Event.APPROVE if event in AGREEING else event
    said = {"by": act.by.id, "on_behalf_of": act.on_behalf_of, "note": note, "now": now}
    return await requests.decide(*here, act.sides, verdict.value, to, **said)  # type: ignore[arg-type]


async def _record(repo: Writing, done: Stepped) -> None:
    """The audit's row: ids, never words."""
    before, after, act = done.before, done.after, done.act
    told: dict[str, object] = {"state": after.state.value, "turn": after.turn, "policy": after.policy_version}
    if act.sides:
        told |= {"sides": sorted(act.sides), "on_behalf_of": act.on_behalf_of}
    await repo.audit(
        f"requests.{done.event.value.replace(' ', '_')}",
        SUBJECT,
        after.id,
        before={"state": before.state.value, "turn": before.turn},
        after=told,
    )


async def _order(repo: Writing, done: Stepped) -> None:
    """The job of its day, at midnight there; each time that it is scheduled it is another one."""
    at = datetime.combine(done.after.effective_on, time.min, ZoneInfo(repo.settings.timezone))
    key = f"{done.after.id}:{done.after.version}"
    await repo.jobs.add(EFFECT_JOB, key, {"request": done.after.id, "version": done.after.version}, at)


async def _remind(repo: Writing, done: Stepped) -> None:
    policy = (await read_policy(repo)).policy
    await order_reminder(repo, done.after, waiting.after(done.act.today, None, policy))


async def order_reminder(repo: Writing, request: Request, due: waiting.Due | None) -> None:
    """The job that looks on that day, in the morning there, whether the request still waits in the same turn."""
    if due is None:
        return
    at = datetime.combine(due.on, MORNING, ZoneInfo(repo.settings.timezone))
    what = {"request": request.id, "turn": request.turn, "on": due.on.isoformat()}
    await repo.jobs.add(REMINDER_JOB, f"{request.id}:{request.turn}:{due.on}", what, at)


async def _nothing(repo: Writing, done: Stepped) -> None:
    """A job that was ordered looks at the state when its time has come; what is held is let go with the state."""


_OWN: Mapping[Effect, Follow] = {
    Effect.RECORD: _record,
    Effect.ORDER: _order,
    Effect.REMIND: _remind,
    Effect.CANCEL: _nothing,
    Effect.STOP_REMINDING: _nothing,
    Effect.RELEASE: _nothing,
}
