"""What is done with a message: each state, each word of Slack."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.outbox import plan
from bot.outbox.api import is_of, named
from bot.outbox.failures import Failure, Verdict, verdict_of
from bot.outbox.plan import ATTEMPTS, LOOK_AFTER, PAUSE, RENDERINGS, Step
from storage.lanes import Claim, Related
from storage.outbox import Operation, State

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
CLAIM = Claim(
    workspace_id=1,
    id=1,
    lane="C1",
    lease="lease",
    delivery="d" * 32,
    operation=Operation.POST,
    kind="note",
    raw_arguments="{}",
    person_id=None,
    state=State.WAITING,
    attempts=0,
    first_attempt_at=None,
    attempted_at=None,
    channel=None,
    file_id=None,
    cursor=None,
    related=None,
    in_thread=False,
)
UNSURE = replace(CLAIM, state=State.SENDING, attempts=1, first_attempt_at=NOW, attempted_at=NOW, channel="C1")


@pytest.mark.parametrize(
    ("claim", "after", "step"),
    [
        (CLAIM, timedelta(), Step.SEND),
        (UNSURE, timedelta(), Step.WAIT),
        (UNSURE, LOOK_AFTER - timedelta(seconds=1), Step.WAIT),
        (UNSURE, LOOK_AFTER, Step.LOOK),
        (replace(UNSURE, operation=Operation.FILE), LOOK_AFTER, Step.LOOK),
        (replace(UNSURE, operation=Operation.FILE, file_id="F1"), timedelta(), Step.CHECK_FILE),
        (replace(UNSURE, operation=Operation.UPDATE), timedelta(), Step.SEND),
        (replace(CLAIM, related=Related(State.SENT, "C1", "1.2")), timedelta(), Step.SEND),
        (replace(CLAIM, related=Related(State.DEAD, None, None)), timedelta(), Step.GIVE_UP),
        (replace(UNSURE, related=Related(State.DROPPED, None, None)), timedelta(), Step.GIVE_UP),
    ],
)
def test_the_next_step(claim: Claim, after: timedelta, step: Step) -> None:
    assert plan.step_of(claim, NOW + after) is step


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ("channel_not_found", Verdict.DEAD),
        ("msg_too_long", Verdict.DEAD),
        ("a_word_of_next_year", Verdict.DEAD),
        ("token_revoked", Verdict.PAUSED),
        ("missing_scope", Verdict.PAUSED),
        ("invalid_blocks", Verdict.PLAIN),
        ("ratelimited", Verdict.AGAIN),
        ("fatal_error", Verdict.UNKNOWN),
    ],
)
def test_what_slack_says_means_something(said: str, verdict: Verdict) -> None:
    assert verdict_of(said) is verdict


@pytest.mark.parametrize(
    ("verdict", "begun", "state", "wait"),
    [
        (Verdict.DEAD, True, State.DEAD, timedelta()),
        (Verdict.PAUSED, True, State.WAITING, PAUSE),
        (Verdict.AGAIN, True, State.WAITING, timedelta(seconds=2)),
        (Verdict.UNKNOWN, True, State.SENDING, LOOK_AFTER),
        (Verdict.UNKNOWN, False, State.WAITING, timedelta(seconds=2)),
    ],
)
def test_after_a_failure(verdict: Verdict, begun: bool, state: State, wait: timedelta) -> None:
    found = plan.failed(CLAIM, Failure(verdict, "said"), NOW, begun=begun, jitter=0)
    assert (found.state, found.next_at - NOW, found.error) == (state, wait, "said")


def test_slacks_own_wish_comes_first() -> None:
    found = plan.failed(CLAIM, Failure(Verdict.AGAIN, "ratelimited", 30), NOW, begun=True, jitter=1)
    assert found.next_at - NOW == found.pause == timedelta(seconds=30)


def test_nothing_is_tried_for_ever() -> None:
    often = replace(UNSURE, attempts=ATTEMPTS)
    assert plan.failed(often, Failure(Verdict.AGAIN, "no"), NOW, begun=True, jitter=0).state is State.DEAD
    assert plan.not_found(often, NOW).state is State.DEAD
    assert plan.not_found(UNSURE, NOW).state is State.WAITING
    assert plan.unspeakable(often, ValueError("x"), NOW, jitter=0).state is State.DEAD
    assert plan.unspeakable(replace(CLAIM, attempts=RENDERINGS - 2), ValueError(), NOW, jitter=0).state is State.WAITING


def test_what_nobody_knows_is_never_given_up_or_sent_while_slack_does_not_let_us_look() -> None:
    for verdict in (Verdict.AGAIN, Verdict.UNKNOWN, Verdict.PAUSED):
        found = plan.not_looked(UNSURE, Failure(verdict, "no"), NOW, cursor="c", jitter=0)
        assert (found.state, found.cursor) == (State.SENDING, "c")
        assert found.next_at > NOW


def test_a_file_is_found_by_its_name() -> None:
    delivery = "0123456789abcdef"
    assert named("week 3.csv", delivery) == "week 3-0123456789ab.csv"
    assert is_of({"files": [{"name": named("week 3.csv", delivery)}]}, delivery)
    assert not is_of({"files": [{"name": "week 3.csv"}]}, delivery)


def test_a_message_is_found_by_its_metadata() -> None:
    metadata = {"event_type": "turf_delivery", "event_payload": {"id": "d1"}}
    assert is_of({"metadata": metadata}, "d1")
    assert not is_of({"metadata": metadata}, "d2")
    assert not is_of({"metadata": metadata | {"event_type": "other"}}, "d1")
