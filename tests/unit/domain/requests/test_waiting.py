"""Reminders, escalation and the end of a request that nobody decides."""

from datetime import timedelta

from hypothesis import given

from domain.requests.policy import RequestPolicy
from domain.requests.waiting import Due, Nudge, after, due, schedule
from tests.unit.domain.companies import D
from tests.unit.domain.requests.test_policy import policies

SINCE = D("2026-11-02")
REMIND, ESCALATE, EXPIRE = Nudge


def days(policy: RequestPolicy) -> list:
    return [(one.nudge, (one.on - SINCE).days, one.number) for one in schedule(SINCE, policy)]


def test_reminders_at_intervals_then_escalation_then_the_end():
    assert days(RequestPolicy(remind_after=2, remind_every=3, escalate_after=6, expire_after=10)) == [
        (REMIND, 2, 1), (REMIND, 5, 2), (ESCALATE, 6, 0), (REMIND, 8, 3), (EXPIRE, 10, 0),
    ]  # fmt: skip


def test_on_the_day_of_the_escalation_nobody_is_reminded_too():
    assert days(RequestPolicy(remind_after=2, remind_every=3, escalate_after=5, expire_after=9)) == [
        (REMIND, 2, 1), (ESCALATE, 5, 0), (REMIND, 8, 2), (EXPIRE, 9, 0),
    ]  # fmt: skip
    assert days(RequestPolicy(remind_after=1, remind_every=30, escalate_after=2, expire_after=3)) == [
        (REMIND, 1, 1), (ESCALATE, 2, 0), (EXPIRE, 3, 0),
    ]  # fmt: skip


def test_what_is_due_and_what_comes_next():
    policy = RequestPolicy(remind_after=2, remind_every=3, escalate_after=6, expire_after=10)
    assert due(SINCE, SINCE + timedelta(days=1), policy) is None
    assert due(SINCE, SINCE + timedelta(days=7), policy) == Due(ESCALATE, SINCE + timedelta(days=6))
    assert due(SINCE, SINCE + timedelta(days=400), policy) == Due(EXPIRE, SINCE + timedelta(days=10))
    first = after(SINCE, None, policy)
    assert first == Due(REMIND, SINCE + timedelta(days=2), 1)
    assert after(SINCE, first, policy) == Due(REMIND, SINCE + timedelta(days=5), 2)
    assert after(SINCE, Due(EXPIRE, SINCE + timedelta(days=10)), policy) is None


@given(policies())
def test_one_thing_a_day_one_escalation_and_the_end_at_last(policy):
    found = list(schedule(SINCE, policy))
    on = [one.on for one in found]
    assert on == sorted(set(on))
    assert [one.nudge for one in found].count(ESCALATE) == 1
    assert found[-1] == Due(EXPIRE, SINCE + timedelta(days=policy.expire_after))
    assert [one.number for one in found if one.nudge is REMIND] == list(
        range(1, 1 + sum(one.nudge is REMIND for one in found))
    )
