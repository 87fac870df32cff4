"""Rules that change, territories that are split and merged: rows, refusals, sums."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from domain.company import Role, SubjectKind, Territory
from domain.errors import DataError
from domain.holdings import Account, Condition, How, Pin, resolve
from domain.requests.model import Basis, ChangeBoundary, Merge, Split, TargetRule, Terms
from domain.requests.planning.facts import Impossible, Note
from domain.requests.planning.planner import plan
from domain.requests.writes import OpenDeal, Row
from tests.unit.domain.companies import D, Dice, holds, model, people, person, span, target, territories
from tests.unit.domain.requests.plans import (
    DAY,
    account,
    after,
    carried,
    conditions_after,
    deal,
    facts,
    few,
    pins_after,
    random_company,
    random_facts,
    sums,
)

T, P = SubjectKind.TERRITORY, SubjectKind.PERSON
COMPANY = model(
    people={number: person(number, slack_user_id=f"U{number}") for number in (1, 2, 3)},
    territories=territories(t1=None, t2=None),
    assignments=[holds(1, 1), holds(2, 2)],
    targets=[target("territory", 1, "2026-12", 1000), target("territory", 2, "2026-12", 300)],
)


def refused(change, given, field) -> str:
    with pytest.raises(Impossible) as caught:
        plan(change, given)
    assert caught.value.field == field
    return caught.value.message


# Rules


def rule(name: str, dimension="country", value="DE", territory=1, start="", end="") -> Condition:
    return Condition(territory, name, dimension, value, span(start, end))


def bounded(name: str, rules, **conditions) -> list[Condition]:
    given = facts(COMPANY, conditions=rules)
    found = plan(ChangeBoundary(1, name, conditions), given)
    return sorted(conditions_after(rules, found.writes), key=lambda one: (one.rule, one.dimension))


def test_a_rule_with_other_conditions_follows_under_another_name():
    rules = [rule("north"), rule("north", "industry", "Steel"), rule("south")]
    assert bounded("north", rules, country="DE ; AT;") == [
        rule("north", end="2026-12-01"),
        rule("north", "industry", "Steel", end="2026-12-01"),
        rule("north from 2026-12-01", value="DE;AT", start="2026-12-01"),
        rule("south"),
    ]


def test_each_following_rule_has_a_name_of_its_own():
    rules = [rule("north", end="2026-12-01"), rule("north from 2026-12-01", value="AT", start="2026-12-01")]
    third = bounded("north from 2026-12-01", rules, country="CH")
    assert third == [rule("north", end="2026-12-01"), rule("north from 2026-12-01 (2)", value="CH", start="2026-12-01")]
    elsewhere = [rule("north from 2026-12-01", territory=2), rule("north")]
    assert rule("north from 2026-12-01", value="CH", start="2026-12-01") in bounded("north", elsewhere, country="CH")


def test_a_rule_begins_and_ends():
    assert bounded("new", [rule("north")], employees_min="50") == [
        rule("new", "employees_min", "50", start="2026-12-01"),
        rule("north"),
    ]
    assert bounded("north", [rule("north"), rule("south")]) == [rule("north", end="2026-12-01"), rule("south")]
    assert bounded("north", [rule("north", start="2027-01-01")]) == []


def test_a_rule_that_never_held_before_does_not_begin_to():
    # Both conditions are needed, and the second one begins after the day: of the first alone nothing may be left.
    rules = [
        rule("north"),
        rule("north", "industry", "Steel", start="2027-01-01"),
        rule("past", end="2026-11-01"),
        rule("past", "region", "x"),
    ]
    assert bounded("north", rules, country="AT") == [
        rule("north from 2026-12-01", value="AT", start="2026-12-01"),
        rule("past", end="2026-11-01"),
        rule("past", "region", "x"),
    ]


def test_rules_that_are_refused():
    given = facts(COMPANY, conditions=[rule("north"), rule("old", end="2026-11-01")])

    def said(name: str, field: str, **conditions) -> str:
        return refused(ChangeBoundary(1, name, conditions), given, field)

    assert said("north", "conditions", country=" DE;") == "These are the conditions as they are. Change one of them."
    assert "has no rule 'east' on that day" in said("east", "rule")
    assert "has no rule 'old' on that day" in said("old", "rule")
    assert (
        said("north", "conditions", postal_prefix=" ;") == "What is the postal prefix? Write a value, or leave it out."
    )
    assert "both that large and that small" in said("north", "conditions", employees_min="9", employees_max="8")
    assert "needs a name" in said(" ", "rule", country="DE")
    assert "needs a name" in said("x" * 300, "rule", country="DE")
    assert "does not exist any more" in refused(ChangeBoundary(9, "north", {}), given, "territory")
    with pytest.raises(DataError, match="unknown dimension 'colour'"):
        plan(ChangeBoundary(1, "north", {"colour": "red"}), given)
    with pytest.raises(DataError, match="is no number"):
        plan(ChangeBoundary(1, "north", {"revenue_min": "lots"}), given)


@few
@given(st.integers(0, 2**32 - 1))
def test_before_the_day_the_old_rules_hold_and_from_it_on_the_new_ones(seed):
    dice = Dice(seed)
    rules = {}
    for _ in range(dice.randint(0, 6)):
        one = Condition(
            dice.choice([1, 2]),
            dice.choice("ab"),
            dice.choice(["country", "industry"]),
            dice.choice(["x", "y", "x;y"]),
            dice.span(),
        )
        rules[one.territory, one.rule, one.dimension] = one
    known = [
        Account(n, country=c, industry=i) for n, (c, i) in enumerate([("x", "x"), ("x", "y"), ("y", "x"), ("y", "y")])
    ]
    wanted = {name: dice.choice(["x", "y"]) for name in dice.sample(["country", "industry"], dice.randint(0, 2))}
    given_ = replace(facts(COMPANY, conditions=rules.values()), effective_on=dice.day())
    try:
        found = plan(ChangeBoundary(1, "a", wanted), given_)
    except Impossible:
        reject()
    now = conditions_after(rules.values(), found.writes)
    kept = [one for one in rules.values() if (one.territory, one.rule) != (1, "a")]
    new = [Condition(1, "n", name, value) for name, value in wanted.items()]
    days = {given_.effective_on + timedelta(days=n) for n in (-400, -40, -1, 0, 1, 40, 400)}
    for expected, rows in (
        (rules.values(), [d for d in days if d < given_.effective_on]),
        (kept + new, [d for d in days if d >= given_.effective_on]),
    ):
        then, is_ = resolve(known, [], expected, "USD"), resolve(known, [], now, "USD")
        for day in rows:
            assert {n: line.at(day) for n, line in then.items() if line.at(day).how is not How.GAP} == {
                n: line.at(day) for n, line in is_.items() if line.at(day).how is not How.GAP
            }  # fmt: skip


# Split


FOUR = [account(1, 1, 300), account(2, 1, 100), account(3, 1, 0), account(4, 2, 900)]


def split(*accounts: int, key="new", name="New", holder: int | None = 2, **terms) -> Split:
    return Split(1, key, name, accounts, holder, Terms(**terms))


def splitting(*more, company=COMPANY, **parts):
    return replace(facts(company, *FOUR, *more, **parts), fresh=77)


def test_a_new_territory_beside_the_old_one():
    area = {1: Territory(1, "t1", "Territory 1", 2, team=5, channel="C1", currency="EUR"), **territories(t2=None)}
    given = splitting(company=model(people=COMPANY.company.people, territories=area, assignments=[holds(1, 1)],
                      targets=[target("territory", 1, "2026-12", 1000)]), deals=[deal(1, 1, 1, territory=1), deal(2, 3, 1)])  # fmt: skip
    found = plan(split(1, key=" new ", name="New "), given)
    assert found.writes.territories == (Row(None, Territory(77, "new", "New", 2, 5, None, None, "EUR")),)
    assert found.writes.pins == (Row(None, Pin(1, 77, span("2026-12-01", ""))),)
    assert found.writes.assignments == (Row(None, holds(2, 77, "2026-12-01")),)
    assert {(row.after.subject, row.after.amount) for row in found.writes.targets} == {(1, 250), (77, 750)}
    assert found.writes.deals == (Row(OpenDeal(1, 1, 1), OpenDeal(1, 2, 77)),)
    vacant = plan(split(1, holder=None), given)
    assert vacant.writes.assignments == ()
    assert Note.VACANT in vacant.notes


def test_splits_that_are_refused():
    given = splitting()
    assert refused(split(1, key="T2"), given, "key") == "Territory 2 has the key 't2' already. Choose another one."
    assert refused(split(1, name="territory 2"), given, "name") == (
        "There is a territory Territory 2 already. Choose another name."
    )
    assert "needs a key" in refused(split(1, key=" "), given, "key")
    assert "needs a name" in refused(split(1, name="x" * 101), given, "name")
    assert "These are all accounts of Territory 1" in refused(split(1, 2, 3), given, "accounts")
    assert "Account 4 is not in Territory 1" in refused(split(4), given, "accounts")
    partner = model(people={4: person(4, role=Role.PARTNER)}, territories=COMPANY.company.territories)
    assert "is a partner" in refused(split(1, holder=4), splitting(company=partner), "person")


# Merge


def merge(territory=1, into=2, **terms) -> Merge:
    return Merge(territory, into, Terms(**terms))


def test_everything_goes_to_the_other_territory():
    rules = [rule("all"), rule("late", start="2027-01-01"), rule("past", end="2026-11-01"), rule("all", territory=2)]
    pins = [Pin(1, 1), Pin(2, 1, span("2026-12-15", "")), Pin(3, 1, span("", "2026-11-01"))]
    old = model(
        people=people(1, 2, 3), territories={**territories(t1=None, t2=None), 3: Territory(3, "t3", "T3", 1)},
        assignments=[holds(1, 1), holds(3, 1, "2026-11-15"), holds(2, 2)],
        targets=COMPANY.company.targets,
    )  # fmt: skip
    deals = [
        deal(1, 1, 1, within=1),
        deal(2, 2, 1, within=1),
        deal(3, 3, territory=1, within=1),
        deal(4, 1, 4, within=2),
    ]
    given = facts(old, *FOUR, conditions=rules, pins=pins, deals=deals)
    found = plan(merge(), given)
    assert conditions_after(rules, found.writes) == [
        rule("past", end="2026-11-01"), rule("all", territory=2), rule("all", end="2026-12-01"),
        rule("all from 2026-12-01", territory=2, start="2026-12-01"), rule("late", territory=2, start="2027-01-01"),
    ]  # fmt: skip
    assert sorted(pins_after(pins, found.writes), key=lambda one: (one.account, one.span.start)) == [
        Pin(1, 1, span("", "2026-12-01")), Pin(1, 2, span("2026-12-01", "")), Pin(2, 2, span("2026-12-15", "")), pins[2],
    ]  # fmt: skip
    now = after(old, found.writes)
    assert now.company.territories[1] == replace(old.company.territories[1], closed_on=DAY, merged_into=2)
    assert now.company.territories[3].parent == 2
    assert (now.lines.holders_on(1, DAY), now.lines.holders_on(1, D("2026-11-30"))) == ((), (1, 3))
    assert {row.after.subject: row.after.amount for row in found.writes.targets} == {1: 0, 2: 1300}
    assert found.accounts == (1, 2, 3)
    assert found.writes.deals == (
        Row(OpenDeal(1, 1, None), OpenDeal(1, 2, None)),
        Row(OpenDeal(3, 3, 1), OpenDeal(3, 2, 2)),
    )


def test_a_territory_may_go_to_one_above_or_below_it():
    nested = model(territories={**territories(t1=None), 2: Territory(2, "t2", "T2", 1), 3: Territory(3, "t3", "T3", 1)})
    now = after(nested, plan(merge(1, 2), facts(nested)).writes).company.territories
    assert [(now[n].parent, now[n].closed_on) for n in (1, 2, 3)] == [(None, DAY), (None, None), (2, None)]
    deeper = model(territories={**territories(t1=None), 3: Territory(3, "t3", "T3", 1), 2: Territory(2, "t2", "T2", 3)})
    now = after(deeper, plan(merge(1, 2), facts(deeper)).writes).company.territories
    assert [now[n].parent for n in (1, 2, 3)] == [None, None, 2]
    up = after(nested, plan(merge(2, 1), facts(nested)).writes).company.territories
    assert [(up[n].parent, up[n].merged_into) for n in (1, 2, 3)] == [(None, None), (1, 1), (1, None)]


def test_merges_that_are_refused():
    given = facts(COMPANY, *FOUR)
    assert "can't be merged into itself" in refused(merge(1, 1), given, "into")
    assert "its target can't stay" in refused(merge(target=TargetRule.STAYS), given, "terms")
    closed = {**COMPANY.company.territories, 1: replace(COMPANY.company.territories[1], closed_on=DAY, merged_into=2)}
    assert refused(merge(), facts(model(territories=closed)), "territory") == (
        "Territory 1 was merged into Territory 2 on 1 Dec. Choose another territory."
    )


def test_a_merge_that_would_leave_a_target_to_nobody_is_refused():
    # 2 has a target that somebody carries; with the children of 1 below it, it would be a sum that nobody does.
    above = model(
        territories={**territories(t1=None, t2=None), 3: Territory(3, "t3", "T3", 1)},
        targets=[target("territory", 3, "2026-12", 10), target("territory", 2, "2026-12", 20)],
    )
    assert "count twice, or not at all" in refused(merge(), facts(above), "into")
    before = model(territories=above.company.territories, targets=above.company.targets[:1])
    assert plan(merge(), facts(before)).writes.territories


def test_own_targets_do_not_follow_a_target_that_nobody_carries():
    area = model(
        people=people(1, 2),
        territories={**territories(t1=None, t2=None), 3: Territory(3, "t3", "T3", 1)},
        assignments=[holds(1, 1), holds(2, 2)],
        targets=[
            target("territory", 1, "2026-12", 900), target("territory", 3, "2026-12", 1000),
            target("person", 1, "2026-12", 900), target("person", 2, "2026-12", 900),
        ],
    )  # fmt: skip
    found = plan(merge(), facts(area))
    assert {(row.after.kind, row.after.subject): row.after.amount for row in found.writes.targets} == {
        (T, 1): 0,
        (T, 2): 900,
    }


def test_a_patch_goes_to_its_area_on_the_first_of_a_month():
    patch = model(
        territories={**territories(t1=None), 2: Territory(2, "t2", "Territory 2", 1)},
        targets=[target("territory", 2, "2026-12", 1000), target("territory", 2, "2026-11", 500)],
    )
    assert carried(after(patch, plan(merge(2, 1), facts(patch)).writes)) == carried(patch)
    said = refused(merge(2, 1), facts(patch, day=D("2026-12-16")), "into")
    assert said.endswith("Choose the first day of a month, or change those targets first.")


def test_a_merge_may_relieve_the_target():
    found = plan(merge(target=TargetRule.RELIEVED), facts(COMPANY, *FOUR))
    assert {row.after.subject: row.after.amount for row in found.writes.targets} == {1: 0}
    assert found.moved == 1000


@few
@given(st.integers(0, 2**32 - 1), st.sampled_from([TargetRule.MOVES, TargetRule.RELIEVED]))
def test_splits_and_merges_conserve_targets_to_the_cent(seed, rule_):
    dice = Dice(seed)
    company = random_company(dice)
    day = D("2025-12-20") + timedelta(days=dice.randrange(365))
    source, into = dice.sample(range(1, 6), 2)
    _, given_ = random_facts(dice, company, day, source)
    within = [one for one in given_.accounts if given_.territory_of(one) == source]
    terms = Terms(rule_, dice.choice([Basis.CREDIT, Basis.EQUAL]))
    parts = Split(source, "new", "New", tuple(within[:2]), dice.choice([None, 1, 2]), terms)
    change = dice.choice([Merge(source, into, terms), parts])
    try:
        found = plan(change, replace(given_, fresh=77))
    except Impossible:
        reject()
    now = after(company, found.writes)
    moved = Counter({one.month.label: one.moved for one in found.months if rule_ is TargetRule.RELIEVED and one.moved})
    for was, then in ((sums(company, T), sums(now, T)), (carried(company), carried(now))):
        was.subtract(then)
        assert {label: amount for label, amount in was.items() if amount} == dict(moved)
    if rule_ is TargetRule.MOVES:
        assert sums(now, P) == sums(company, P)
    if isinstance(change, Merge):
        assert not any(tenure.holders for tenure in now.lines.primaries(source, span(day.isoformat(), "")))
        assert now.lines.primaries(into) == company.lines.primaries(into)
    else:
        assert now.lines.primaries(source) == company.lines.primaries(source)
    assert now.lines.holders_on(source, day - timedelta(days=1)) == company.lines.holders_on(
        source, day - timedelta(days=1)
    )
    assert all(one.amount >= 0 or one in company.company.targets for one in now.company.targets)
    back = after(now, found.writes.inverse())
    assert back.company.territories == company.company.territories
    assert set(back.company.targets) == set(company.company.targets)
    assert set(back.company.assignments) == set(company.company.assignments)
