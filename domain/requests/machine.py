"""How far a request may come, and by what: one table, from which `docs/requests.md` is drawn.

Each transition is one conditional update (where the state is still `from`), its effects are done or ordered in the same
transaction. What is not in the table is refused with a sentence that says what became of the request.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias

from domain.policies import Refusal
from domain.requests.model import State
from domain.requests.words import day_words


class Event(StrEnum):
    SUBMIT = "submit"
    APPROVE = "approve"
    """One agrees, others have yet to."""
    APPROVE_LAST = "approve as last"
    """With this everybody has agreed; also right after submitting, if nobody else has to."""
    REJECT = "reject"
    ASK_FOR_CHANGES = "ask for changes"
    RESUBMIT = "resubmit"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"
    SCHEDULE = "schedule"
    TAKE_EFFECT = "take effect"
    FAIL = "fail"
    RETRY = "retry"
    REVERSE = "reverse"


class Guard(StrEnum):
    """What must hold, checked in the transaction that does it; the words continue "only if"."""

    OWN = "it is their own request, or they are sales operations"
    DECIDES = "they decide for a side that is still open"
    SOME_OPEN = "another side is still open"
    NONE_OPEN = "no side is open any more"
    NOBODY_ELSE = "no other open request is about the same"
    POSSIBLE = "the change can be made as the data is now"
    SEEN = "the preview that was shown still holds"
    IN_TIME = "its day has not passed, or a leader agrees to a back-dated change"
    REASON = "a reason is given"
    COMMENT = "a comment says what to change"
    WAITED = "nobody decided for as long as the policy waits"
    DUE = "its day has come"
    MENDS = "they are sales operations, or decided it"
    GIVEN_BACK = "the request that gives it back takes effect in the same moment"


class Effect(StrEnum):
    """What goes with it."""

    RECORD = "append to the audit"
    CARD = "post the card, or bring it up to date"
    ASK = "ask who decides"
    TELL_REQUESTER = "tell who asked"
    TELL_CONCERNED = "tell everyone concerned what changes for them"
    TELL_SALES_OPERATIONS = "tell sales operations"
    REMIND = "start the reminders"
    STOP_REMINDING = "stop the reminders"
    ORDER = "order the job of its day"
    CANCEL = "cancel the job of its day"
    APPLY = "write the data and credit, all or nothing"
    CRM_FILE = "make the file for the CRM"
    RELEASE = "set what it is about free for other requests"


@dataclass(frozen=True, slots=True)
class Transition:
    to: State
    guards: frozenset[Guard] = frozenset()
    effects: tuple[Effect, ...] = (Effect.RECORD, Effect.CARD)


def _move(to: State, guards: tuple[Guard, ...], *effects: Effect) -> Transition:
    """Every step is recorded and shown on the card."""
    return Transition(to, frozenset(guards), (Effect.RECORD, *effects, Effect.CARD))


Step: TypeAlias = tuple[State, Event]
_ENDS = (Effect.STOP_REMINDING, Effect.RELEASE)
_SUBMITTED = _move(
    State.SUBMITTED,
    (Guard.OWN, Guard.POSSIBLE, Guard.NOBODY_ELSE, Guard.IN_TIME),
    Effect.ASK,
    Effect.REMIND,
)
_AGREES = (Guard.DECIDES, Guard.SEEN, Guard.IN_TIME, Guard.POSSIBLE)
_WITHDRAWN = _move(State.WITHDRAWN, (Guard.OWN,), *_ENDS)
_STOPPED = _move(State.WITHDRAWN, (Guard.OWN,), Effect.CANCEL, Effect.TELL_CONCERNED, *_ENDS)
_EXPIRED = _move(State.EXPIRED, (Guard.WAITED,), Effect.TELL_REQUESTER, *_ENDS)

TRANSITIONS: Mapping[Step, Transition] = MappingProxyType(
    {
        (State.DRAFT, Event.SUBMIT): _SUBMITTED,
        (State.SUBMITTED, Event.APPROVE): _move(State.SUBMITTED, (*_AGREES, Guard.SOME_OPEN)),
        (State.SUBMITTED, Event.APPROVE_LAST): _move(
            State.APPROVED, (*_AGREES, Guard.NONE_OPEN), Effect.STOP_REMINDING, Effect.TELL_REQUESTER
        ),
        (State.SUBMITTED, Event.REJECT): _move(
            State.REJECTED, (Guard.DECIDES, Guard.REASON), Effect.TELL_REQUESTER, *_ENDS
        ),
        (State.SUBMITTED, Event.ASK_FOR_CHANGES): _move(
            State.CHANGES_REQUESTED, (Guard.DECIDES, Guard.COMMENT), Effect.TELL_REQUESTER
        ),
        (State.SUBMITTED, Event.WITHDRAW): _WITHDRAWN,
        (State.SUBMITTED, Event.EXPIRE): _EXPIRED,
        (State.CHANGES_REQUESTED, Event.RESUBMIT): _SUBMITTED,
        (State.CHANGES_REQUESTED, Event.WITHDRAW): _WITHDRAWN,
        (State.CHANGES_REQUESTED, Event.EXPIRE): _EXPIRED,
        (State.APPROVED, Event.SCHEDULE): _move(State.SCHEDULED, (), Effect.ORDER, Effect.TELL_CONCERNED),
        (State.SCHEDULED, Event.WITHDRAW): _STOPPED,
        (State.SCHEDULED, Event.TAKE_EFFECT): _move(
            State.EFFECTIVE,
            (Guard.DUE, Guard.POSSIBLE),
            Effect.APPLY,
            Effect.TELL_CONCERNED,
            Effect.CRM_FILE,
            Effect.RELEASE,
        ),
        (State.SCHEDULED, Event.FAIL): _move(
            State.FAILED, (Guard.DUE,), Effect.TELL_REQUESTER, Effect.TELL_SALES_OPERATIONS
        ),
        (State.FAILED, Event.RETRY): _move(State.SCHEDULED, (Guard.MENDS,), Effect.ORDER),
        (State.FAILED, Event.WITHDRAW): _STOPPED,
        (State.EFFECTIVE, Event.REVERSE): _move(State.REVERSED, (Guard.GIVEN_BACK,)),
    }
)


@dataclass(frozen=True, slots=True)
class Last:
    """The last step of a request: on which day, and by whom (their name; None if nobody in particular)."""

    on: date | None = None
    by: str | None = None


def step(state: State, event: Event, last: Last, today: date) -> Transition | Refusal:
    """What becomes of a request; or why that is not possible, as a sentence for the person who tried."""
    found = TRANSITIONS.get((state, event))
    return found if found is not None else Refusal(f"This request {_became(state, last, today)}. {_advice(state)}")


_BECAME: Mapping[State, str] = {
    State.DRAFT: "has not been submitted yet",
    State.SUBMITTED: "waits for a decision",
    State.CHANGES_REQUESTED: "waits for the changes that were asked for",
    State.APPROVED: "was approved",
    State.SCHEDULED: "was approved and is scheduled",
    State.FAILED: "was approved, but did not take effect",
    State.EFFECTIVE: "took effect",
    State.REVERSED: "was reversed",
    State.REJECTED: "was rejected",
    State.WITHDRAWN: "was withdrawn",
    State.EXPIRED: "expired",
}
_ADVICE: Mapping[State, str] = {
    State.DRAFT: "Submit it first.",
    State.SUBMITTED: "Whoever decides can approve it, reject it or ask for changes.",
    State.CHANGES_REQUESTED: "Whoever asked for it can change and resubmit it, or withdraw it.",
    State.APPROVED: "It is being scheduled.",
    State.SCHEDULED: "Until it takes effect, whoever asked for it can withdraw it.",
    State.FAILED: "It can be tried again, or withdrawn.",
    State.EFFECTIVE: "To give it back, ask for its reversal.",
}
_PASSIVE = frozenset({State.APPROVED, State.REVERSED, State.REJECTED, State.WITHDRAWN})
"""Where "by somebody" reads well after the words."""


def _became(state: State, last: Last, today: date) -> str:
    on = f" on {day_words(last.on, today)}" if last.on and state not in _WAITS else ""
    by = f" by {last.by}" if last.by and state in _PASSIVE else ""
    return f"{_BECAME[state]}{on}{by}"


_WAITS = frozenset({State.DRAFT, State.SUBMITTED, State.CHANGES_REQUESTED, State.SCHEDULED})
"""States that go on, so that a day would say since when and not when."""


def _advice(state: State) -> str:
    return _ADVICE.get(state, "Ask for a new one if it is still needed.")
