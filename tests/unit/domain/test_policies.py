"""Who may see and do what: every role, every relation, every action."""

from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import policies
from domain.company import AssignmentRole, Person, Role, SubjectKind, Team, Territory
from domain.disclosure import Portion
from domain.errors import NotAllowed
from domain.policies import DigestRights, Readable, Refusal, safe_totals, total_is_safe
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
        (policies.may_see_with_team, {Role.MANAGER, *ALL}),
        (policies.may_see_names, set(Role)),
        (policies.may_import, {Role.OPS}),
        (policies.may_change_settings, {Role.OPS}),
        (policies.may_set_roles, {Role.OPS}),
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


def test_whose_figures_are_readable_one_by_one_is_what_the_policy_says():
    for number, role in product(COMPANY.company.people, Role):
        someone = viewer(number, role)
        alone = policies.readable_people(someone, LINES, TODAY)
        if role not in ALL:
            seen = {one for one in COMPANY.company.people if policies.may_see_person(someone, one, LINES, TODAY)}
            assert alone == seen


# Totals


def of(*numbers: int) -> frozenset[Portion]:
    return frozenset(Portion(number) for number in numbers)


def span_of(first: int, last: int) -> frozenset[Portion]:
    return of(*range(first, last + 1))


def read(*numbers: int) -> Readable:
    return Readable(people=frozenset(numbers))


@pytest.mark.parametrize(
    ("total", "readable", "shown", "safe"),
    [
        (span_of(1, 4), read(), [], True),
        (span_of(1, 3), read(), [], False),
        (span_of(1, 4), read(1), [], True),
        (span_of(1, 5), read(), [span_of(1, 4)], False),
        (span_of(1, 8), read(), [span_of(1, 4)], True),
        (span_of(1, 7), read(), [span_of(1, 4)], False),
        (span_of(1, 9), read(), [span_of(1, 4), span_of(5, 8)], False),
        (span_of(1, 4), read(), [span_of(5, 8)], True),
        (span_of(1, 4), read(), [span_of(4, 7)], True),
        (span_of(1, 4), read(), [span_of(1, 4)], True),
        # The difference of two people's figures is about two people.
        (of(1, 2, 3, 4, 5), read(), [of(1, 2, 3, 4, 6)], False),
        # Several totals together: (1..8) - (1..4) + (5..8) is twice (5..8), which is known anyway.
        (span_of(1, 8), read(), [span_of(1, 4), span_of(5, 8)], True),
        # A manager reads the figures of all but a few, and of all but one.
        (span_of(1, 8), read(1, 2, 3, 4, 5), [], True),
        (span_of(1, 8), read(1, 2, 3, 4, 5, 6), [], False),
        (span_of(1, 8), read(1, 2, 3, 4, 5, 6, 7), [], False),
        (span_of(1, 8), read(*range(1, 9)), [], True),
        # The figures that are read and another total together leave one person: 9 of (5..9).
        (span_of(1, 9), read(1, 2, 3, 4), [span_of(1, 8)], False),
        (span_of(1, 9), read(9), [span_of(1, 8)], False),
    ],
)
def test_a_total_is_safe(total, readable, shown, safe):
    assert bool(total_is_safe([total], readable, 4, shown)) == safe


def test_with_small_groups_allowed_one_other_person_is_still_nobody_s_to_see():
    assert not total_is_safe([of(1, 2)], read(1), 2)
    assert total_is_safe([of(1, 2, 3)], read(1), 2)
    assert total_is_safe([of(1, 2)], read(), 2)
    assert total_is_safe([of(1)], read(1), 1)
    assert not total_is_safe([of(2)], read(1), 1)
    assert not total_is_safe([of(1, 2, 3, 4)], read(1), 2, [of(1, 2, 3)])


def test_what_is_read_of_a_territory_is_taken_off_too():
    total = frozenset(Portion(number, territory=number % 2) for number in range(1, 9))
    assert total_is_safe([total], read(), 4)
    assert total_is_safe([total], Readable(territories=frozenset({0})), 4)
    assert not total_is_safe([total], Readable(frozenset({1, 3}), frozenset({0})), 4)


def test_days_of_one_person_in_two_teams_are_told_apart():
    before, after = Portion(9, stretch=0), Portion(9, stretch=1)
    assert total_is_safe([span_of(1, 4) | {before, after}], read(), 4, [span_of(5, 8) | {after}])
    assert not total_is_safe([span_of(1, 4) | {before, after}], read(), 4, [span_of(1, 4) | {before}])


def test_who_stands_in_a_line_moved_elsewhere_is_in_no_total():
    total = [span_of(1, 8) | {Portion(9, stretch=1)}]
    assert total_is_safe(total, read(1), 4)
    assert total_is_safe(total, Readable(frozenset({1}), moved=frozenset({(9, 0)})), 4)
    assert not total_is_safe(total, Readable(frozenset({1}), moved=frozenset({(9, 1)})), 4)
    assert total_is_safe(total, Readable(frozenset({1, 9}), moved=frozenset({(9, 1)})), 4)


def test_each_figure_is_asked_about():
    credit, target = span_of(1, 5), frozenset(Portion(number, "target") for number in (1, 2, 3, 4, 5))
    assert total_is_safe([credit, target], read(1), 4)
    assert not total_is_safe([credit, frozenset(list(target)[:3])], read(1), 4)
    # Credit less target is not about the one person who has no target.
    assert total_is_safe([credit, target - {Portion(5, "target")}], read(1), 4)


def test_where_a_team_is_too_small_the_next_level_up_is_shown():
    teams = {1: [of(1, 2, 3)], 2: [span_of(1, 9)], 3: [span_of(1, 10)], 4: [span_of(1, 13)], 5: [of()]}
    decided = safe_totals(teams, read(1), 4)
    assert {team for team in teams if decided[team]} == {2, 4, 5}
    assert decided[1] == policies.TOO_SMALL
    assert decided[3] != policies.TOO_SMALL


def test_where_there_are_more_groups_than_can_be_looked_at_the_total_is_not_shown():
    """Fifteen threes, each in other ones of four totals: what they tell is of eight threes at least, but who can be sure?"""
    threes = {number: of(*range(number * 3, number * 3 + 3)) for number in range(1, 16)}
    totals = [frozenset().union(*(threes[number] for number in threes if number >> bit & 1)) for bit in range(4)]
    assert total_is_safe(totals[:1], read(), 9, totals[1:])
    assert not total_is_safe(totals[:1], read(), 24, totals[1:])


portions = st.frozensets(
    st.tuples(st.integers(1, 7), st.integers(0, 1)).map(lambda one: Portion(one[0], stretch=one[1])), max_size=14
)


@given(st.lists(portions, min_size=1, max_size=4), st.frozensets(st.integers(1, 7)), st.integers(1, 5))
def test_nothing_about_a_few_others_follows_from_what_is_shown_and_read(totals, people, small_group):
    decided = safe_totals({key: [total] for key, total in enumerate(totals)}, Readable(people), small_group)
    shown = [total for key, total in enumerate(totals) if decided[key]]
    singles = [{Portion(person, stretch=stretch)} for person in people for stretch in (0, 1)]
    everyone = frozenset().union(*totals)
    others = {portion.person for portion in everyone} - people
    for count in range(1, max(small_group - 1, 2)):
        for group in combinations(others, count):
            told = [portion for portion in everyone if portion.person in {*people, *group}]
            assert follows(shown + singles, told) == follows(singles, told)


@given(st.lists(portions, min_size=1, max_size=3), st.frozensets(st.integers(1, 7), max_size=3), st.integers(1, 4))
def test_a_total_is_refused_only_if_it_tells_of_a_few(totals, people, small_group):
    total, *shown = totals
    if total_is_safe([total], Readable(people), small_group, shown) or len({one.person for one in total}) < small_group:
        return
    everyone = frozenset().union(*totals)
    unread = [{one for one in some if one.person not in people} for some in totals]
    few = max(small_group - 1, 2)
    assert any(
        follows(sums, [portion for portion in everyone if portion.person in group])
        for sums, limit in ((totals, small_group), (unread, few))
        for count in range(1, limit)
        for group in combinations({portion.person for portion in everyone}, count)
    )


def follows(sums, portions) -> int:
    """How many different sums of these portions alone follow from sums: the rank that is lost without them."""
    others = sorted(frozenset().union(*sums) - set(portions))
    return rank([[one in some for one in [*others, *portions]] for some in sums]) - rank(
        [[one in some for one in others] for some in sums]
    )


def rank(rows) -> int:
    """By elimination modulo a prime, which is another way than the policy's."""
    prime, left, found = 2**31 - 1, [[int(value) for value in row] for row in rows], 0
    while left:
        row = left.pop()
        at = next((at for at, value in enumerate(row) if value), None)
        if at is None:
            continue
        found, inverse = found + 1, pow(row[at], -1, prime)
        left = [
            [(value - other[at] * inverse * base) % prime for value, base in zip(other, row, strict=True)]
            for other in left
        ]
    return found


@pytest.mark.parametrize(
    ("number", "role", "kind", "subject", "allowed"),
    [
        (1, Role.MANAGER, "person", 2, True),
        (1, Role.MANAGER, "person", 1, False),
        (1, Role.MANAGER, "person", 3, False),
        (4, Role.MANAGER, "person", 3, True),
        (2, Role.MANAGER, "person", 1, False),
        (1, Role.REP, "person", 2, False),
        (6, Role.LEADER, "person", 2, False),
        (1, Role.PARTNER, "person", 2, False),
        (6, Role.OPS, "person", 6, True),
        (1, Role.MANAGER, "territory", 2, True),
        (2, Role.MANAGER, "territory", 2, False),
        (1, Role.MANAGER, "territory", 1, False),
        (4, Role.MANAGER, "territory", 3, True),
        (4, Role.MANAGER, "territory", 4, True),
        (6, Role.OPS, "territory", 1, True),
        (1, Role.MANAGER, "team", 1, False),
        (4, Role.MANAGER, "team", 2, False),
        (6, Role.OPS, "team", 3, True),
    ],
)
def test_who_sets_which_target(number, role, kind, subject, allowed):
    decision = policies.may_set_target(viewer(number, role), SubjectKind(kind), subject, LINES, TODAY)
    assert bool(decision) == allowed
    gone = person(number, role=role, left_on=D("2026-08-19"))
    assert not policies.may_set_target(gone, SubjectKind(kind), subject, LINES, TODAY)


@pytest.mark.parametrize("role", Role)
def test_only_operations_set_targets_of_the_past(role):
    assert bool(policies.may_set_past_target(viewer(1, role), TODAY)) == (role is Role.OPS)
    assert bool(policies.may_set_targets(viewer(1, role), TODAY)) == (role in {Role.OPS, Role.MANAGER})


DIGESTS = {
    "their own": DigestRights(9, None, SubjectKind.TEAM, 1),
    "to them": DigestRights(1, 9, SubjectKind.PERSON, 9),
    "to another": DigestRights(1, 2, SubjectKind.PERSON, 2),
    "of a team": DigestRights(2, None, SubjectKind.TEAM, 1),
    "of a team below": DigestRights(2, None, SubjectKind.TEAM, 2),
    "of a territory": DigestRights(2, None, SubjectKind.TERRITORY, 2),
    "of somebody": DigestRights(2, None, SubjectKind.PERSON, 2),
    "of the company": DigestRights(2, None, None, 0),
}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("which", DIGESTS)
def test_who_may_change_a_digest(role, which):
    """Person 1 leads team 1 and has person 2, who holds territory 2, below them."""
    rights = DIGESTS[which]
    manages = which in ("their own", "of a team", "of a territory", "of somebody")
    allowed = role is Role.OPS or (role is Role.MANAGER and manages)
    assert bool(policies.may_change_digest(viewer(1, role), rights, LINES, TODAY)) == (
        allowed or rights.owner == 1 or rights.reader == 1
    )


@pytest.mark.parametrize("which", ["their own", "to them"])
def test_their_own_digest_is_changed_by_everybody_until_they_leave(which):
    for role in Role:
        assert policies.may_change_digest(viewer(9, role), DIGESTS[which], LINES, TODAY)
        gone = person(9, role=role, left_on=D("2026-08-19"))
        assert "having left" in policies.may_change_digest(gone, DIGESTS[which], LINES, TODAY).reason
