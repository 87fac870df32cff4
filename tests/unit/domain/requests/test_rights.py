"""Who may ask, withdraw, retry, give back and look: every role and relation."""

from itertools import product

import pytest

from domain.company import AssignmentRole, Metric, Role, SubjectKind, Team, Territory
from domain.policies import Refusal
from domain.requests.concerned import is_confidential, people_of, territories_of
from domain.requests.model import (
    ChangeBoundary,
    ChangeRep,
    ChangeTarget,
    Cover,
    Merge,
    MoveAccounts,
    RequestKind,
    Reversal,
    Split,
    State,
)
from domain.requests.rights import (
    Concerned,
    may_ask,
    may_retry,
    may_reverse,
    may_see_impact,
    may_withdraw,
    needs_request,
)
from tests.unit.domain.companies import D, holds, model, people, person, reports

TODAY = D("2026-11-20")
# 1 manages 2; 3 manages 4. Territory n is held by person n; 6 is vacant, of the team that 1 leads. 5 covers territory 4.
COMPANY = model(
    people=people(1, 2, 3, 4, 5),
    reporting=[reports(2, 1, team=1), reports(4, 3, team=2)],
    teams={1: Team(1, "a", "A", lead=1), 2: Team(2, "b", "B")},
    territories={n: Territory(n, f"t{n}", f"T{n}", team=1 if n == 6 else None) for n in (2, 4, 6, 7)},
    assignments=[holds(2, 2), holds(4, 4), holds(5, 4, role=AssignmentRole.COVER)],
)
LINES = COMPANY.lines


def target(kind: str, subject: int) -> ChangeTarget:
    return ChangeTarget(SubjectKind(kind), subject, "2026-12", Metric.REVENUE, 1, None)


CHANGES = {
    "own territory": MoveAccounts((1,), 2, 4),
    "to own": MoveAccounts((1,), 4, 2),
    "own rules": ChangeBoundary(2, "r", {}),
    "own vacancy": ChangeRep(2, None, 2),
    "to be named": ChangeRep(7, 2, None),
    "own target": target("person", 2),
    "own territory's target": target("territory", 2),
    "split": Split(2, "k", "K", (1,), None),
    "merged": Merge(4, 2),
    "cover": Cover(2, 4, D("2026-12-24")),
}
ELSEWHERE = {
    "others": MoveAccounts((1,), 4, 7),
    "others' target": target("person", 4),
    "others' rep": ChangeRep(4, 3, 4),
}
ALL = {Role.OPS, Role.LEADER}


def viewer(number: int, role: Role):
    return person(number, role=role)


@pytest.mark.parametrize(("role", "change"), [*product(Role, CHANGES)])
def test_who_is_concerned_and_their_manager_may_ask(role, change):
    assert bool(may_ask(viewer(2, role), CHANGES[change], LINES, TODAY)) == (role is not Role.PARTNER)
    above = may_ask(viewer(1, role), CHANGES[change], LINES, TODAY)
    assert bool(above) == (role in {Role.MANAGER, *ALL})
    assert not may_ask(person(2, role=role, left_on=D("2026-11-19")), CHANGES[change], LINES, TODAY)


@pytest.mark.parametrize(("role", "change"), [*product(Role, ELSEWHERE)])
def test_who_is_not_concerned_may_not(role, change):
    for number in (1, 2):
        assert bool(may_ask(viewer(number, role), ELSEWHERE[change], LINES, TODAY)) == (role in ALL)


def test_who_stands_in_and_who_leads_a_team_may_ask():
    assert may_ask(viewer(5, Role.REP), ELSEWHERE["others"], LINES, TODAY)
    vacant = MoveAccounts((1,), 6, 7)
    assert may_ask(viewer(1, Role.MANAGER), vacant, LINES, TODAY)
    assert not may_ask(viewer(3, Role.MANAGER), vacant, LINES, TODAY)
    assert not may_ask(viewer(1, Role.REP), vacant, LINES, TODAY)
    assert may_ask(viewer(1, Role.MANAGER), target("team", 1), LINES, TODAY)
    assert may_ask(viewer(3, Role.MANAGER), target("team", 2), LINES, TODAY)
    assert not may_ask(viewer(1, Role.MANAGER), target("team", 2), LINES, TODAY)
    assert not may_ask(viewer(2, Role.REP), target("team", 1), LINES, TODAY)


@pytest.mark.parametrize(("role", "kind"), [*product(Role, RequestKind)])
def test_operations_change_rules_at_once(role, kind):
    assert needs_request(viewer(1, role), kind, TODAY) == ((role, kind) != (Role.OPS, RequestKind.BOUNDARY))
    assert needs_request(person(1, role=role, left_on=D("2026-11-19")), kind, TODAY)


@pytest.mark.parametrize("role", Role)
def test_who_may_withdraw_retry_and_give_back(role):
    asks, decides = role is not Role.PARTNER, role in {Role.MANAGER, *ALL}
    assert bool(may_withdraw(viewer(2, role), 2, TODAY)) == asks
    assert bool(may_withdraw(viewer(1, role), 2, TODAY)) == (role is Role.OPS)
    assert bool(may_retry(viewer(1, role), {1, 3}, TODAY)) == decides
    assert bool(may_retry(viewer(2, role), {1, 3}, TODAY)) == (role is Role.OPS)
    change = ELSEWHERE["others"]
    assert bool(may_reverse(viewer(1, role), change, {1}, LINES, TODAY)) == decides
    assert bool(may_reverse(viewer(1, role), change, {3}, LINES, TODAY)) == (role in ALL)
    assert bool(may_reverse(viewer(4, role), change, {3}, LINES, TODAY)) == asks
    assert "ask for it anew" in may_reverse(viewer(2, role), Reversal(1), {2}, LINES, TODAY).reason
    gone = person(2, role=role, left_on=D("2026-11-19"))
    for decision in (
        may_withdraw(gone, 2, TODAY), may_retry(gone, {2}, TODAY), may_reverse(gone, CHANGES["to own"], {2}, LINES, TODAY),
    ):  # fmt: skip
        assert isinstance(decision, Refusal)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(
    ("number", "told", "who"),
    [
        (5, False, {Role.REP, Role.MANAGER}),  # asked for it
        (3, False, {Role.REP, Role.MANAGER}),  # decides
        (1, False, {Role.MANAGER}),  # above
        (2, False, set()),  # concerned, and not told yet
        (2, True, {Role.REP, Role.MANAGER}),
        (4, True, set()),
    ],
)
def test_who_may_see_the_impact(role, number, told, who):
    concerned = Concerned(requester=5, deciders=frozenset({3}), people=frozenset({2}), told=told)
    assert bool(may_see_impact(viewer(number, role), concerned, LINES, TODAY)) == (role in who | ALL)
    assert not may_see_impact(person(number, role=role, left_on=D("2026-11-19")), concerned, LINES, TODAY)


def test_what_a_change_is_about():
    assert [territories_of(change) for change in (*CHANGES.values(), Reversal(1))] == [
        (2, 4), (4, 2), (2,), (2,), (7,), (), (2,), (2,), (4, 2), (2,), (),
    ]  # fmt: skip
    assert people_of(CHANGES["cover"], LINES, TODAY) == {2, 4}
    assert people_of(CHANGES["own target"], LINES, TODAY) == {2}
    assert people_of(CHANGES["own territory"], LINES, TODAY) == {2, 4}
    assert people_of(target("team", 1), LINES, TODAY) == set()


@pytest.mark.parametrize("state", State)
def test_what_is_confidential_until_it_is_effective(state):
    hidden = state not in {State.EFFECTIVE, State.REVERSED}
    for name in ("own vacancy", "own target", "cover"):
        assert is_confidential(CHANGES[name], state) == hidden
    assert not is_confidential(CHANGES["own territory"], state)
