"""Who may see and do what: every role, every relation, every action."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import policies
from domain.company import AssignmentRole, Person, Role, Team, Territory
from domain.errors import NotAllowed
from domain.policies import Refusal, total_is_safe
from tests.unit.domain.companies import D, holds, model, people, person, reports

TODAY = D("2026-08-20")

# 1 manages 2 and 3 (team 1), 4 manages 5 (team 2, below team 1 in the tree of teams); 6 reports to nobody.
COMPANY = model(
    people=people(1, 2, 3, 4, 5, 6),
    teams={1: Team(1, "a", "A", lead=1), 2: Team(2, "b", "B", lead=4), 3: Team(3, "c", "C")},
    reporting=[reports(2, 1, team=1), reports(3, 1, "", "2026-08-20", team=1), reports(3, 4, "2026-08-20", team=2),
               reports(5, 4, team=2), reports(1, None, team=1)],
    territories={1: Territory(1, "t1", "T1", team=1), 2: Territory(2, "t2", "T2", 1), 3: Territory(3, "t3", "T3", 1),
                 4: Territory(4, "t4", "T4", team=2), 5: Territory(5, "t5", "T5"), 6: Territory(6, "t6", "T6", 4)},
    assignments=[holds(2, 2), holds(3, 3), holds(5, 5), holds(2, 5, role=AssignmentRole.COVER), holds(5, 6)],
)  # fmt: skip
LINES = COMPANY.lines


def viewer(number: int, role: Role) -> Person:
    return person(number, role=role)


ALL = {Role.OPS, Role.LEADER}
OWN = {Role.REP, Role.MANAGER, *ALL}
RELATIONS = {"self": (1, 1), "below": (1, 2), "once below": (1, 3), "above": (2, 1), "peer": (5, 3), "elsewhere": (1, 5),
             "nobody": (1, 99)}  # fmt: skip


@pytest.mark.parametrize(("role", "relation"), [*product(Role, RELATIONS)])
def test_figures_of_a_person(role, relation):
    number, other = RELATIONS[relation]
    allowed = {"self": OWN, "below": {Role.MANAGER, *ALL}}.get(relation, ALL)
    decision = policies.may_see_person(viewer(number, role), other, LINES, TODAY)
    assert bool(decision) == (role in allowed)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(
    ("action", "roles"),
    [
        (policies.may_see_company, ALL),
        (policies.may_see_names, set(Role)),
        (policies.may_import, {Role.OPS}),
        (policies.may_change_settings, {Role.OPS}),
        (policies.may_set_roles, {Role.OPS}),
        (policies.may_see_audit, ALL),
    ],
)
def test_what_a_role_may_do(role, action, roles):
    assert bool(action(viewer(1, role), TODAY)) == (role in roles)
    gone = person(1, role=role, left_on=D("2026-08-19"))
    assert isinstance(action(gone, TODAY), Refusal)
    assert bool(action(person(1, role=role, left_on=TODAY), TODAY)) == (role in roles)


def test_who_has_left_sees_nothing_at_all():
    for role in Role:
        gone = person(1, role=role, left_on=D("2026-08-19"))
        assert not policies.may_see_person(gone, 1, LINES, TODAY)
        assert not policies.may_see_person(gone, 2, LINES, TODAY)
        assert not policies.may_see_team(gone, 1, LINES, TODAY)
        assert not policies.may_see_team_total(gone, 1, LINES, TODAY)
        assert not policies.may_see_territory_figures(gone, 1, LINES, TODAY)


@pytest.mark.parametrize(
    ("number", "role", "team", "detail", "total"),
    [
        (1, Role.MANAGER, 1, True, True),
        (1, Role.MANAGER, 2, False, False),
        (4, Role.MANAGER, 2, True, True),
        (2, Role.REP, 1, False, True),
        (1, Role.REP, 1, False, True),
        (5, Role.REP, 1, False, False),
        (2, Role.PARTNER, 1, False, False),
        (6, Role.LEADER, 1, True, True),
        (6, Role.OPS, 3, True, True),
        (6, Role.MANAGER, 3, False, False),
    ],
)
def test_figures_of_a_team(number, role, team, detail, total):
    assert bool(policies.may_see_team(viewer(number, role), team, LINES, TODAY)) == detail
    assert bool(policies.may_see_team_total(viewer(number, role), team, LINES, TODAY)) == total


@pytest.mark.parametrize(
    ("number", "role", "territory", "allowed"),
    [
        (2, Role.REP, 2, True),
        (2, Role.REP, 3, False),
        (2, Role.REP, 1, False),
        (2, Role.REP, 5, True),
        (5, Role.REP, 5, True),
        (2, Role.PARTNER, 2, False),
        (1, Role.MANAGER, 2, True),
        (1, Role.MANAGER, 1, False),
        (1, Role.MANAGER, 4, False),
        (1, Role.MANAGER, 5, True),
        (4, Role.MANAGER, 4, True),
        (4, Role.MANAGER, 5, True),
        (4, Role.MANAGER, 1, False),
        (6, Role.MANAGER, 4, False),
        (6, Role.LEADER, 1, True),
        (6, Role.OPS, 99, True),
        (6, Role.REP, 99, False),
    ],
)
def test_figures_of_a_territory(number, role, territory, allowed):
    assert bool(policies.may_see_territory_figures(viewer(number, role), territory, LINES, TODAY)) == allowed


def test_a_region_that_contains_what_others_hold_stays_closed_to_its_holder():
    company = model(
        people=people(1, 2),
        territories={1: Territory(1, "r", "R"), 2: Territory(2, "p", "P", 1)},
        assignments=[holds(1, 1), holds(2, 2)],
    )
    assert not policies.may_see_territory_figures(viewer(1, Role.REP), 1, company.lines, TODAY)


def test_a_refusal_does_not_tell_whether_the_other_exists():
    rep = viewer(2, Role.REP)
    refused = [policies.may_see_person(rep, other, LINES, TODAY) for other in (1, 5, 99)]
    refused += [policies.may_see_territory_figures(rep, other, LINES, TODAY) for other in (4, 99)]
    assert len(set(refused)) == 1
    assert not refused[0]


def test_a_refusal_is_raised_with_its_reason():
    policies.require(True)
    with pytest.raises(NotAllowed, match="may not import"):
        policies.require(policies.may_import(viewer(2, Role.REP), TODAY))


# Totals


@pytest.mark.parametrize(
    ("contributors", "viewer", "others", "safe"),
    [
        ({1, 2, 3, 4}, None, [], True),
        ({1, 2, 3}, None, [], False),
        ({1, 2, 3, 4}, 1, [], True),
        (set(), 1, [], False),
        ({1, 2, 3, 4, 5}, None, [{1, 2, 3, 4}], False),
        ({1, 2, 3, 4, 5, 6, 7, 8}, None, [{1, 2, 3, 4}], True),
        ({1, 2, 3, 4}, None, [{1, 2, 3, 4, 5}], True),
        ({1, 2, 3, 4, 5, 6, 7, 8, 9}, None, [{1, 2, 3, 4}, {5, 6, 7, 8}], False),
        ({1, 2, 3, 4}, None, [{5, 6, 7, 8}], True),
        ({1, 2, 3, 4}, None, [{4, 5, 6, 7}], True),
        ({1, 2, 3, 4}, None, [{1, 2, 3, 4}], True),
        ({1, 2, 3, 4}, None, [set()], True),
    ],
)
def test_a_total_is_safe(contributors, viewer, others, safe):
    assert bool(total_is_safe(contributors, viewer, 4, others)) == safe


def test_with_small_groups_allowed_the_viewer_s_own_figure_still_counts():
    assert not total_is_safe({1, 2}, 1, 2)
    assert total_is_safe({1, 2, 3}, 1, 2)
    assert total_is_safe({1, 2}, 9, 2)
    assert total_is_safe({1}, 1, 1)
    assert not total_is_safe({1, 2, 3, 4}, 1, 2, [{1, 2, 3}])


groups = st.frozensets(st.integers(1, 10), max_size=10)


@given(groups, groups, st.integers(1, 5), st.none() | st.integers(1, 10))
def test_a_safe_total_less_a_part_of_it_is_never_one_person(contributors, part, small_group, viewer):
    if not total_is_safe(contributors, viewer, small_group, [part]):
        return
    rest = contributors - part if part <= contributors else contributors
    assert len(rest) not in range(1, small_group)
    assert len(rest - {viewer}) != 1 or small_group == 1
