"""The policy as data: what is read, what is refused and in which words."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.company import Role
from domain.requests.model import Basis, HoldOver, TargetRule, Terms
from domain.requests.policy import MOST_DAYS, PolicyError, RequestPolicy, from_json, mismatches, to_json
from tests.unit.domain.companies import D, model, person

days = st.integers(0, MOST_DAYS)
amounts = st.integers(0, 10**15)
names = st.text(min_size=1).map(str.strip).filter(bool)


@st.composite
def policies(draw):
    first, second, third = sorted(draw(st.sets(st.integers(1, MOST_DAYS), min_size=3, max_size=3)))
    hold = draw(days)
    return RequestPolicy(
        threshold=draw(amounts),
        target=draw(st.sampled_from(TargetRule)),
        basis=draw(st.sampled_from([one for one in Basis if one is not Basis.TYPED])),
        hold_days=hold,
        hold_stages=draw(st.frozensets(names)) if hold else frozenset(),
        hold_least=draw(st.none() | amounts) if hold else None,
        hold_closing_within=draw(st.none() | days) if hold else None,
        back_days=draw(days),
        ahead_days=draw(st.integers(1, MOST_DAYS)),
        remind_after=first,
        remind_every=draw(st.integers(1, MOST_DAYS)),
        escalate_after=second,
        expire_after=third,
        fallback=draw(st.none() | names),
        requests_channel=draw(st.none() | names),
    )


@given(policies(), st.sampled_from(["USD", "JPY", "KWD"]))
def test_there_and_back(policy, currency):
    assert from_json(to_json(policy, currency), currency) == policy


def test_what_is_left_out_has_its_default():
    assert from_json("{}", "USD") == RequestPolicy()
    assert from_json('{"threshold": 1000.5, "fallback": " mona "}', "USD") == RequestPolicy(
        threshold=100_050, fallback="mona"
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{"expires": 3}', "There is no setting 'expires'. There are: threshold, target, "),
        ('{"expire_after": -1}', "expire_after: -1 is no number of days. Write a whole number from 0 to 3660."),
        ('{"expire_after": 0}', "expire_after: At least one day is needed."),
        ('{"expire_after": 1.5}', "expire_after: 1.5 is no number of days."),
        ('{"expire_after": true}', "expire_after: true is no number of days."),
        ('{"expire_after": "14"}', 'expire_after: "14" is no number of days.'),
        ('{"expire_after": 100000}', "expire_after: 100000 is no number of days."),
        ('{"threshold": -5}', "threshold: -5 is no amount in USD. Write a plain one of 0 or more, such as 50000."),
        ('{"threshold": "5k"}', 'threshold: "5k" is no amount in USD.'),
        ('{"threshold": 0.001}', "threshold: 0.001 is no amount in USD."),
        ('{"threshold": NaN}', "threshold: NaN is not an amount."),
        ('{"threshold": 1e40}', "threshold: 1.000E+40 is too large an amount."),
        ('{"threshold": false}', "threshold: false is no amount in USD."),
        ('{"threshold": null}', "threshold: null is no amount in USD."),
        ('{"target": "goes"}', 'target: "goes" is none of moves, stays, relieved.'),
        ('{"target": []}', "target: [] is none of"),
        ('{"basis": "typed"}', 'basis: "typed" is none of credit, potential, open, equal.'),
        ('{"hold_days": 9, "hold_stages": "won"}', "hold_stages: Write a list of stages"),
        ('{"hold_stages": ["late"]}', "Which deals stay is set, but not for how long: set hold_days too."),
        ('{"fallback": " "}', 'fallback: " " is no name. Write it in quotes, or null for none.'),
        ('{"requests_channel": 5}', "requests_channel: 5 is no name."),
        ('{"fallback": "a", "fallback": "b"}', "fallback is given twice."),
        ('{"remind_after": 5}', "remind_after (5 days) has to come before escalate_after (5 days)."),
        ('{"escalate_after": 20}', "escalate_after (20 days) has to come before expire_after (14 days)."),
        ("[]", "A policy is a JSON object, such as"),
        ("3", "A policy is a JSON object, such as"),
        ("{", "This is no JSON: "),
        ("[" * 100_000, "This is no JSON: "),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(text, problem):
    with pytest.raises(PolicyError) as caught:
        from_json(text, "USD")
    assert caught.value.problems[0].startswith(problem)


def test_every_problem_is_said_at_once():
    with pytest.raises(PolicyError) as caught:
        from_json(json.dumps({"a": 1, "threshold": -1, "back_days": -1}), "USD")
    assert len(caught.value.problems) == 3


COMPANY = model(
    people={1: person(1, role=Role.MANAGER, slack_user_id="U1"), 2: person(2, slack_user_id="U2"),
            3: person(3, role=Role.LEADER), 4: person(4, role=Role.OPS, slack_user_id="U4", left_on=D("2026-01-31"))},
    stage_order={"lead": 1, "proposal": 2},
).company  # fmt: skip


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        (RequestPolicy(fallback="p1", hold_days=1, hold_stages=frozenset({"lead"})), []),
        (RequestPolicy(), []),
        (RequestPolicy(fallback="nobody"), ["fallback: nobody has the key 'nobody'."]),
        (RequestPolicy(fallback="p2"), ["fallback: Person 2 may not decide requests, or has left."]),
        (RequestPolicy(fallback="p4"), ["fallback: Person 4 may not decide requests, or has left."]),
        (RequestPolicy(fallback="p3"), ["fallback: Person 3 is not in the Slack workspace."]),
        (
            RequestPolicy(hold_days=1, hold_stages=frozenset({"lead", "late"})),
            ["hold_stages: there is no stage late. There are: lead, proposal."],
        ),
    ],
)
def test_what_does_not_fit_the_company(policy, said):
    assert mismatches(policy, COMPANY, D("2026-03-01")) == said


def test_the_terms_that_a_request_starts_from():
    assert RequestPolicy().terms(D("2026-12-01")) == Terms()
    some = RequestPolicy(
        target=TargetRule.STAYS, basis=Basis.OPEN, hold_days=30, hold_stages=frozenset({"x"}), hold_least=5
    )
    hold = HoldOver(D("2026-12-31"), frozenset({"x"}), 5, None)
    assert some.terms(D("2026-12-01")) == Terms(TargetRule.STAYS, Basis.OPEN, hold_over=hold)
