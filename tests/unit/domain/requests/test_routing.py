"""Who decides: sides, thresholds, who stands in, and whether a click counts."""

from dataclasses import replace

import pytest

from domain.company import Absence, Metric, Role, SubjectKind, Team, Territory
from domain.model import CompanyModel
from domain.policies import Refusal
from domain.requests.model import ChangeBoundary, ChangeRep, ChangeTarget, Cover, Merge, MoveAccounts, Reversal, Split
from domain.requests.policy import RequestPolicy
from domain.requests.routing import Asked, Side, Slot, Standing, Undecidable, may_decide, route, slot_for
from tests.unit.domain.companies import D, holds, model, person, reports, span

TODAY, DAY = D("2026-11-20"), D("2026-12-01")
LITTLE, MUCH = 1000, 1001
POLICY = RequestPolicy(threshold=LITTLE)
RELEASING, RECEIVING, SUPERIOR, LEADER = Side


def who(number: int, role: Role = Role.REP, **more):
    return person(number, role=role, slack_user_id=f"U{number}", **more)


# 1 leads; 2 manages 3 and 4; 3 manages 5 and 6, 4 manages 7; 8 is operations. Territory n is held by person n for 5, 6, 7.
# 14 is vacant (team of 4), 15 too (below 13, which 3 holds), 16 belongs to nobody at all.
COMPANY = model(
    people={one.id: one for one in (who(1, Role.LEADER), who(2, Role.MANAGER), who(3, Role.MANAGER), who(4, Role.MANAGER),
                                    who(5), who(6), who(7), who(8, Role.OPS))},
    reporting=[reports(2, 1), reports(3, 2), reports(4, 2), reports(5, 3, team=1), reports(6, 3, team=1), reports(7, 4, team=2)],
    teams={1: Team(1, "a", "A", lead=3), 2: Team(2, "b", "B", lead=4), 3: Team(3, "c", "C", 2)},
    territories={5: Territory(5, "t5", "T5"), 6: Territory(6, "t6", "T6"), 7: Territory(7, "t7", "T7"),
                 13: Territory(13, "t13", "T13"), 14: Territory(14, "t14", "T14", team=2), 15: Territory(15, "t15", "T15", 13),
                 16: Territory(16, "t16", "T16")},
    assignments=[holds(5, 5), holds(6, 6), holds(7, 7), holds(3, 13)],
)  # fmt: skip


def altered(people=(), **parts) -> CompanyModel:
    company = COMPANY.company
    changed = {**company.people, **{one.id: one for one in people}}
    return CompanyModel(replace(company, people=changed, **{name: tuple(rows) for name, rows in parts.items()}))


def absent(number: int, delegate: int | None = None) -> Absence:
    return Absence(number, span("2026-11-16", "2026-11-28"), delegate=delegate)


def move(source: int, target: int) -> MoveAccounts:
    return MoveAccounts((1,), source, target)


def routed(change, requester=5, moved=0, company=COMPANY, policy=POLICY, day=DAY, others=()):
    return route(Asked(change, requester, day, moved, frozenset(others)), company, policy, TODAY)


def deciders(*args, **more) -> dict:
    """Who has to decide for which sides."""
    return {slot.key: slot.decider for slot in routed(*args, **more).open({})}


# Sides and the threshold

WITHIN, BETWEEN = move(5, 6), move(5, 7)


@pytest.mark.parametrize(
    ("change", "requester", "moved", "expected"),
    [
        (WITHIN, 5, LITTLE, {"releasing+receiving": 3}),
        (WITHIN, 5, MUCH, {"releasing+receiving": 3, "superior": 2}),
        (WITHIN, 3, LITTLE, {}),
        (WITHIN, 3, MUCH, {"superior": 2}),
        (WITHIN, 2, MUCH, {}),
        (WITHIN, 1, MUCH, {}),
        (WITHIN, 8, LITTLE, {"releasing+receiving": 3}),
        (BETWEEN, 5, LITTLE, {"releasing": 3, "receiving": 4}),
        (BETWEEN, 5, MUCH, {"releasing": 3, "receiving": 4, "superior": 2}),
        (BETWEEN, 3, LITTLE, {"receiving": 4}),
        (BETWEEN, 4, MUCH, {"releasing": 3, "superior": 2}),
        (BETWEEN, 2, MUCH, {}),
        (BETWEEN, 8, MUCH, {"releasing": 3, "receiving": 4, "superior": 2}),
        (Merge(5, 7), 3, LITTLE, {"receiving": 4}),
        (ChangeRep(5, 7, 5), 3, LITTLE, {"receiving": 4}),
        (ChangeRep(5, 6, 5), 5, LITTLE, {"releasing+receiving": 3}),
        (ChangeRep(5, None, 5), 5, LITTLE, {"releasing": 3}),
        (ChangeRep(5, 3, 5), 5, LITTLE, {"releasing": 3, "receiving": 2}),
        (Cover(5, 7, D("2026-12-24")), 5, 0, {"releasing": 3, "receiving": 4}),
        (Cover(5, 7, D("2026-12-24"), credited=True), 5, MUCH, {"releasing": 3, "receiving": 4, "superior": 2}),
        (Split(5, "x", "X", (1,), 6), 5, LITTLE, {"releasing+receiving": 3}),
        (Split(5, "x", "X", (1,), None), 3, LITTLE, {}),
        (ChangeBoundary(5, "r", {}), 5, 0, {"receiving": 3}),
    ],
)  # fmt: skip
def test_who_decides(change, requester, moved, expected):
    assert deciders(change, requester, moved) == expected


def test_a_lowered_target_counts_like_a_raised_one():
    def another(kind: SubjectKind, subject: int, period="2026-12") -> ChangeTarget:
        return ChangeTarget(kind, subject, period, Metric.REVENUE, 1, None)

    for moved in (MUCH, -MUCH):
        assert deciders(another(SubjectKind.TERRITORY, 5), 5, moved) == {"receiving": 3, "superior": 2}
    assert deciders(another(SubjectKind.PERSON, 5), 5) == {"receiving": 3}
    assert deciders(another(SubjectKind.PERSON, 5), 3) == {}
    assert deciders(another(SubjectKind.TEAM, 1), 3) == {"receiving": 2}
    assert deciders(another(SubjectKind.TEAM, 3), 7) == {"receiving": 4}
    assert deciders(another(SubjectKind.PERSON, 5, "2026-10"), 5) == {"receiving": 3, "leader": 1}


def test_a_change_of_rules_asks_those_who_lose_by_it():
    change = ChangeBoundary(5, "r", {})
    assert deciders(change, 5, others={6}) == {"receiving+releasing": 3}
    assert deciders(change, 3, others={7}) == {"releasing": 4}
    assert deciders(change, 5, others={6, 7}) == {"receiving": 3, "releasing": 2}


def test_a_back_dated_change_needs_a_leader():
    yesterday = D("2026-11-19")
    assert deciders(WITHIN, 3, day=yesterday) == {"leader": 1}
    assert deciders(WITHIN, 5, day=TODAY) == {"releasing+receiving": 3}
    assert deciders(WITHIN, 1, day=yesterday) == {}
    top = altered(reporting=[reports(5, 1), reports(6, 1)])
    assert deciders(WITHIN, 5, MUCH, top, day=yesterday) == {"releasing+receiving+superior+leader": 1}
    two = altered([who(9, Role.LEADER)])
    [slot] = routed(WITHIN, 3, company=two, day=yesterday).open({})
    assert (slot.decider, slot.also, slot.on_behalf_of(9)) == (1, {9}, None)
    none = altered([who(1, Role.MANAGER)])
    assert deciders(WITHIN, 3, company=none, day=yesterday) == {"leader": 8}


def test_a_reversal_is_routed_like_what_it_gives_back():
    with pytest.raises(ValueError, match="like what it gives back"):
        routed(Reversal(1))


# Who sits where, and who stands in


def test_a_vacant_territory_is_spoken_for_by_its_team_or_the_one_above():
    assert deciders(move(14, 5), 3) == {"releasing": 4}
    assert deciders(move(15, 7), 4) == {"releasing": 3}
    gone = altered([who(5, left_on=TODAY)])
    assert gone.lines.holders_on(5, DAY) == ()
    [slot] = routed(move(16, 5), 3).open({})
    assert (slot.decider, slot.principal, slot.standing) == (1, None, Standing.LEADER)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"absences": [absent(3, delegate=4)]}, (4, 3, Standing.DELEGATE)),
        ({"absences": [absent(3)]}, (2, 3, Standing.NEXT_UP)),
        ({"absences": [absent(3, delegate=6)]}, (2, 3, Standing.NEXT_UP)),  # a rep may not decide
        ({"absences": [absent(3, delegate=4), absent(4)]}, (2, 3, Standing.NEXT_UP)),
        ({"absences": [absent(3, delegate=99)]}, (2, 3, Standing.NEXT_UP)),
        ({"people": [who(3, Role.MANAGER, left_on=D("2026-11-19"))]}, (2, 3, Standing.NEXT_UP)),
        ({"people": [person(3, role=Role.MANAGER)]}, (2, 3, Standing.NEXT_UP)),  # not in Slack
        ({"people": [who(3, Role.REP)]}, (2, 3, Standing.NEXT_UP)),
        ({"absences": [absent(3), absent(2)]}, (1, 3, Standing.NEXT_UP)),
        ({"absences": [absent(3), absent(2, delegate=4)]}, (4, 2, Standing.DELEGATE)),
        ({"reporting": [reports(5, 3), reports(6, 3)], "absences": [absent(3)]}, (1, 3, Standing.LEADER)),
        ({"reporting": [], "people": [who(1, Role.REP)]}, (8, None, Standing.SALES_OPERATIONS)),
        ({"reporting": [reports(5, 3), reports(6, 3), reports(3, 5)], "absences": [absent(3)]}, (1, 3, Standing.LEADER)),
    ],
)  # fmt: skip
def test_who_stands_in(change, expected):
    [slot] = routed(WITHIN, 5, company=altered(**change)).open({})
    assert (slot.decider, slot.principal, slot.standing) == expected
    assert slot.sides == (RELEASING, RECEIVING)


def test_the_fallback_approver_comes_before_others():
    nobody = altered(reporting=[])
    policy = replace(POLICY, fallback="p4")
    [slot] = routed(WITHIN, 5, company=nobody, policy=policy).open({})
    assert (slot.decider, slot.standing) == (4, Standing.FALLBACK)
    assert deciders(WITHIN, 4, company=nobody, policy=policy) == {"releasing+receiving": 1}
    away = altered(reporting=[], absences=[absent(4)])
    assert deciders(WITHIN, 5, company=away, policy=policy) == {"releasing+receiving": 1}
    assert deciders(WITHIN, 5, company=nobody, policy=replace(POLICY, fallback="gone")) == {"releasing+receiving": 1}


def test_nobody_can_decide():
    alone = altered([who(number) for number in (1, 2, 4, 8)], reporting=[reports(5, 3), reports(6, 3)])
    assert deciders(WITHIN, 5, LITTLE, alone) == {"releasing+receiving": 3}
    with pytest.raises(Undecidable, match="for the superior side of this: name a fallback approver"):
        routed(WITHIN, 3, MUCH, alone)
    operations = altered([who(number) for number in (1, 2, 3, 4)], reporting=[])
    assert deciders(WITHIN, 8, MUCH, operations) == {}


def test_who_asked_may_be_gone_by_the_time_of_the_decision():
    left = altered([who(3, Role.MANAGER, left_on=D("2026-11-19"))])
    assert deciders(WITHIN, 3, company=left) == {"releasing+receiving": 2}
    erased = CompanyModel(
        replace(COMPANY.company, people={n: one for n, one in COMPANY.company.people.items() if n != 5})
    )
    assert deciders(move(6, 7), 5, company=erased) == {"releasing": 3, "receiving": 4}


def test_nobody_stands_in_for_the_other_side_of_their_own_request():
    lent = altered(absences=[absent(4, delegate=3)])
    assert deciders(BETWEEN, 3, company=lent) == {"receiving": 2}
    assert deciders(BETWEEN, 5, company=lent) == {"releasing+receiving": 3}


def test_a_manager_who_holds_a_territory_asks_the_next_above():
    assert deciders(move(13, 5), 3) == {"releasing": 2}
    top = altered(reporting=[reports(5, 3)])
    assert deciders(move(13, 5), 3, company=top) == {}


def test_two_managers_of_which_one_is_above_the_other():
    nested = altered(reporting=[reports(5, 3), reports(7, 2), reports(3, 2), reports(2, 1)])
    assert deciders(BETWEEN, 5, MUCH, nested) == {"releasing": 3, "receiving": 2, "superior": 1}


def test_nobody_is_above_a_leader():
    apart = altered(reporting=[reports(5, 3), reports(6, 3)])
    assert deciders(WITHIN, 1, MUCH, apart) == {"releasing+receiving": 3}


def test_another_leader_may_not_decide_for_the_manager_who_is_a_leader_too():
    top = altered([who(9, Role.LEADER)], reporting=[reports(5, 1), reports(6, 1)])
    [slot] = routed(WITHIN, 5, company=top, day=D("2026-11-19")).open({})
    assert (slot.key, slot.decider, slot.also) == ("releasing+receiving+leader", 1, frozenset())


def test_two_trees_have_no_common_superior():
    apart = altered(reporting=[reports(5, 3), reports(7, 4)])
    assert deciders(BETWEEN, 5, MUCH, apart) == {"releasing": 3, "receiving": 4, "superior": 1}


# At the click


def test_what_is_open_after_some_have_decided():
    found = routed(BETWEEN, 5, MUCH)
    assert [slot.key for slot in found.open({RELEASING: 3})] == ["receiving", "superior"]
    assert [slot.key for slot in found.open({RELEASING: 3, RECEIVING: 4, SUPERIOR: 2})] == []
    # Since the first decision the same manager has taken over the other side as well.
    taken_over = altered(reporting=[reports(5, 3), reports(7, 3), reports(3, 2)])
    assert [slot.key for slot in routed(BETWEEN, 5, MUCH, taken_over).open({RELEASING: 3})] == ["superior"]
    assert found.is_announced is False
    assert routed(WITHIN, 3).is_announced is True


def test_authority_at_the_click():
    people = COMPANY.company.people
    [slot] = routed(WITHIN, 5).open({})
    assert may_decide(people[3], slot, COMPANY, TODAY) is True
    assert may_decide(people[2], slot, COMPANY, TODAY) == Refusal("This waits for Person 3. Ask them.")
    assert may_decide(people[8], slot, COMPANY, TODAY) == Refusal("This waits for Person 3. Ask them.")
    assert "may not decide requests" in may_decide(people[5], slot, COMPANY, TODAY).reason
    demoted = who(3, Role.REP)
    assert "may not decide requests" in may_decide(demoted, slot, COMPANY, TODAY).reason
    left = who(3, Role.MANAGER, left_on=D("2026-11-19"))
    assert "marked as having left" in may_decide(left, slot, COMPANY, TODAY).reason


def test_who_is_away_may_decide_all_the_same():
    away = altered(absences=[absent(3, delegate=4)])
    [slot] = routed(WITHIN, 5, company=away).open({})
    assert may_decide(away.company.people[3], slot, away, TODAY) is True
    assert may_decide(away.company.people[4], slot, away, TODAY) is True
    assert (slot.on_behalf_of(3), slot.on_behalf_of(4)) == (None, 3)


def test_which_slot_somebody_decides():
    slots = routed(BETWEEN, 5, MUCH).open({})
    people = COMPANY.company.people
    assert [slot_for(people[one], slots, COMPANY, TODAY).key for one in (3, 4, 2)] == [
        "releasing",
        "receiving",
        "superior",
    ]
    assert slot_for(people[1], slots, COMPANY, TODAY) == Refusal(
        "This waits for Person 3, Person 4 and Person 2. Ask one of them."
    )
    assert "Everybody has decided" in slot_for(people[1], (), COMPANY, TODAY).reason
    assert slot_for(people[3], [Slot((RELEASING,), 4, 4)], COMPANY, TODAY) == Refusal(
        "This waits for Person 4. Ask them."
    )
