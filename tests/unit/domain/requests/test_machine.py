"""Every state with every event: in the table, or refused with a sentence."""

from itertools import product

import pytest

from domain.policies import Refusal
from domain.requests.machine import TRANSITIONS, Effect, Event, Guard, Last, Transition, step
from domain.requests.model import State
from tests.unit.domain.companies import D

TODAY = D("2026-11-20")
LAST = Last(D("2026-11-03"), "Ana")

S, E = State, Event
EXPECTED = {
    (S.DRAFT, E.SUBMIT): S.SUBMITTED,
    (S.SUBMITTED, E.APPROVE): S.SUBMITTED,
    (S.SUBMITTED, E.APPROVE_LAST): S.APPROVED,
    (S.SUBMITTED, E.REJECT): S.REJECTED,
    (S.SUBMITTED, E.ASK_FOR_CHANGES): S.CHANGES_REQUESTED,
    (S.SUBMITTED, E.WITHDRAW): S.WITHDRAWN,
    (S.SUBMITTED, E.EXPIRE): S.EXPIRED,
    (S.CHANGES_REQUESTED, E.RESUBMIT): S.SUBMITTED,
    (S.CHANGES_REQUESTED, E.WITHDRAW): S.WITHDRAWN,
    (S.CHANGES_REQUESTED, E.EXPIRE): S.EXPIRED,
    (S.APPROVED, E.SCHEDULE): S.SCHEDULED,
    (S.SCHEDULED, E.WITHDRAW): S.WITHDRAWN,
    (S.SCHEDULED, E.TAKE_EFFECT): S.EFFECTIVE,
    (S.SCHEDULED, E.FAIL): S.FAILED,
    (S.FAILED, E.RETRY): S.SCHEDULED,
    (S.FAILED, E.WITHDRAW): S.WITHDRAWN,
    (S.EFFECTIVE, E.REVERSE): S.REVERSED,
}


@pytest.mark.parametrize(("state", "event"), [*product(State, Event)])
def test_every_pair(state, event):
    found = step(state, event, LAST, TODAY)
    if (state, event) in EXPECTED:
        assert isinstance(found, Transition)
        assert found.to is EXPECTED[state, event]
    else:
        assert isinstance(found, Refusal)
        assert found.reason.startswith("This request ")
        assert found.reason.endswith(".")


def refused(state: State, event: Event, last: Last = LAST) -> str:
    found = step(state, event, last, TODAY)
    assert isinstance(found, Refusal)
    return found.reason


def test_a_refusal_says_what_became_of_it_when_and_by_whom():
    again = "Ask for a new one if it is still needed."
    assert refused(S.WITHDRAWN, E.APPROVE) == f"This request was withdrawn on 3 Nov by Ana. {again}"
    assert refused(S.REJECTED, E.APPROVE, Last(D("2025-12-30"), "Mona")) == (
        f"This request was rejected on 30 Dec 2025 by Mona. {again}"
    )
    assert refused(S.EXPIRED, E.REJECT) == f"This request expired on 3 Nov. {again}"
    assert refused(S.EFFECTIVE, E.WITHDRAW) == (
        "This request took effect on 3 Nov. To give it back, ask for its reversal."
    )
    assert refused(S.SUBMITTED, E.RETRY, Last()).startswith("This request waits for a decision. ")


def test_who_ends_a_request_sets_its_objects_free_and_only_they():
    for (_, event), move in TRANSITIONS.items():
        ends = not move.to.is_open and event is not Event.REVERSE
        assert (Effect.RELEASE in move.effects) == ends, event


def test_data_is_written_in_one_step_only_and_every_step_is_recorded_and_shown():
    writing = [event for (_, event), move in TRANSITIONS.items() if Effect.APPLY in move.effects]
    assert writing == [Event.TAKE_EFFECT]
    for move in TRANSITIONS.values():
        assert {Effect.RECORD, Effect.CARD} <= set(move.effects)


def test_what_a_person_does_is_guarded():
    theirs = {E.SUBMIT, E.RESUBMIT, E.WITHDRAW}
    deciders = {E.APPROVE, E.APPROVE_LAST, E.REJECT, E.ASK_FOR_CHANGES}
    for (_, event), move in TRANSITIONS.items():
        assert (Guard.OWN in move.guards) == (event in theirs)
        assert (Guard.DECIDES in move.guards) == (event in deciders)


def test_every_state_can_be_reached():
    reached = {S.DRAFT}
    for _ in State:
        reached |= {move.to for (state, _), move in TRANSITIONS.items() if state in reached}
    assert reached == set(State)
