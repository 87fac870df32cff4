"""Accounts that move: pins, deals, the target that goes along; by hand and at random."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import assume, given, reject
from hypothesis import strategies as st

from domain.company import SubjectKind, Territory
from domain.holdings import How, Pin, resolve
from domain.requests.model import Basis, HoldOver, MoveAccounts, TargetRule, Terms
from domain.requests.planning.deals import hand_over
from domain.requests.planning.facts import Impossible, MovedMonth, Note
from domain.requests.planning.planner import plan
from domain.requests.writes import OpenDeal, Row
from tests.unit.domain.companies import D, Dice, holds, model, people, person, span, target, territories
from tests.unit.domain.requests.plans import (
    DAY,
    account,
    after,
    carried,
    deal,
    facts,
    few,
    pieces,
    pins_after,
    random_company,
    random_facts,
    sums,
)

T, P = SubjectKind.TERRITORY, SubjectKind.PERSON
# Person 1 holds territory 1, person 2 territory 2. December 2026 has 23 business days, 12 of them from the 16th on.
COMPANY = model(
    people={number: person(number, slack_user_id=f"U{number}") for number in (1, 2, 3)},
    territories=territories(t1=None, t2=None, t3=None),
    assignments=[holds(1, 1), holds(2, 2)],
    targets=[target("territory", 1, "2026-11", 5000), target("territory", 1, "2026-12", 1000), target("territory", 2, "2026-12", 300)],
)  # fmt: skip
FOUR = [account(1, 1, 300), account(2, 1, 100), account(3, 1, 0), account(4, 2, 900)]


def move(*accounts: int, source: int = 1, into: int = 2, **terms) -> MoveAccounts:
    return MoveAccounts(accounts, source, into, Terms(**terms))


def amounts(plan, kind=T) -> dict:
    return {
        (row.after.subject, row.after.period): row.after.amount for row in plan.writes.targets if row.after.kind is kind
    }


def refused(change, given, field) -> str:
    with pytest.raises(Impossible) as caught:
        plan(change, given)
    assert caught.value.field == field
    return caught.value.message


def test_the_moved_share_of_the_target_goes_along():
    found = plan(move(1), facts(COMPANY, *FOUR))
    assert amounts(found) == {(1, "2026-12"): 250, (2, "2026-12"): 1050}
    assert (found.measure.basis, found.measure.part, found.measure.whole) == (Basis.CREDIT, 300, 400)
    assert found.moved == 750
    assert found.writes.pins == (Row(None, Pin(1, 2, span("2026-12-01", ""))),)
    assert found.accounts == (1,)
    assert found.notes == frozenset()


def test_from_the_day_on_by_business_days():
    found = plan(move(1), facts(COMPANY, *FOUR, day=D("2026-12-16")))
    assert [(one.days_left, one.days, one.target, one.moved) for one in found.months] == [(12, 23, 1000, 391)]
    assert amounts(found) == {(1, "2026-12"): 609, (2, "2026-12"): 691}


def test_a_finer_target_replaces_the_months_of_a_year():
    year = model(
        territories=territories(t1=None, t2=None), targets=[target("territory", 1, "FY2027", 1200)], fiscal_start=7
    )
    found = plan(move(1, basis=Basis.EQUAL), facts(year, *FOUR, day=D("2027-04-01")))
    assert [one.month.label for one in found.months] == ["2027-04", "2027-05", "2027-06"]
    assert sums(after(year, found.writes), T) == sums(year, T)
    assert all(row.before is None for row in found.writes.targets)


@pytest.mark.parametrize(("basis", "expected"), [(Basis.OPEN, 750), (Basis.POTENTIAL, 750), (Basis.EQUAL, 333)])
def test_each_basis(basis, expected):
    assert plan(move(1, basis=basis), facts(COMPANY, *FOUR)).moved == expected


def test_a_typed_amount_moves_as_typed():
    found = plan(move(1, basis=Basis.TYPED, typed=123), facts(COMPANY, *FOUR))
    assert found.moved == 123
    assert amounts(found) == {(1, "2026-12"): 877, (2, "2026-12"): 423}
    assert refused(move(1, basis=Basis.TYPED, typed=1001), facts(COMPANY, *FOUR), "terms") == (
        "Only 10.00 USD of the target is left from that day on, so the rest would be negative. Write at most that."
    )
    assert "Write an amount" in refused(move(1, basis=Basis.TYPED), facts(COMPANY, *FOUR), "terms")


def test_the_target_may_stay_or_be_relieved():
    assert plan(move(1, target=TargetRule.STAYS), facts(COMPANY, *FOUR)).writes.targets == ()
    relieved = plan(move(1, target=TargetRule.RELIEVED), facts(COMPANY, *FOUR))
    assert amounts(relieved) == {(1, "2026-12"): 250}
    assert relieved.moved == 750


def test_nothing_to_measure_by_asks_for_an_amount():
    said = refused(move(3), facts(COMPANY, account(3, 1, 0)), "terms")
    assert said.startswith("Territory 1 has no credit in the last 12 months to measure")
    nothing = plan(move(3), facts(COMPANY, account(3, 1, 0), day=D("2027-01-01")))
    assert nothing.notes == {Note.NO_TARGET}


def test_what_came_back_counts_as_nothing():
    found = plan(move(2), facts(COMPANY, account(1, 1, -500), account(2, 1, 100)))
    assert found.measure.share == 1


def test_pins_give_way_from_the_day_on():
    pins = [Pin(1, 1, span("", "2026-12-31")), Pin(1, 3, span("2027-02-01", "")), Pin(2, 1, span("2026-12-01", ""))]
    given = facts(COMPANY, *FOUR, pins=pins)
    found = plan(move(1, 2), given)
    assert sorted(pins_after(pins, found.writes), key=lambda pin: (pin.account, pin.span.start)) == [
        Pin(1, 1, span("", "2026-12-01")), Pin(1, 2, span("2026-12-01", "")), Pin(2, 2, span("2026-12-01", "")),
    ]  # fmt: skip
    assert found.notes == {Note.LATER_PINS}


def test_accounts_below_go_along_unless_something_pins_them():
    family = [
        account(1),
        account(5, 1, 100, parent=1),
        account(6, 1, how=How.PIN, parent=1),
        account(7, 2, parent=5),
        account(8, 1),
    ]
    found = plan(move(1), facts(COMPANY, *family))
    assert (found.accounts, found.taken_along) == ((1, 5, 7), (5, 7))
    assert found.measure.share.as_integer_ratio() == (1, 2)
    assert found.notes == {Note.TAKEN_ALONG}


def test_open_deals_go_to_the_target_s_primary():
    deals = [deal(1, 1, 1), deal(2, 3, 1), deal(3, None, 1), deal(4, 1, 1, territory=1), deal(5, 3, 1, territory=1),
             deal(6, 1, 1, territory=3), deal(7, 1, 2)]  # fmt: skip
    found = plan(move(1), facts(COMPANY, *FOUR, deals=deals))
    assert found.writes.deals == (
        Row(OpenDeal(1, 1, None), OpenDeal(1, 2, None)),
        Row(OpenDeal(4, 1, 1), OpenDeal(4, 2, 2)),
        Row(OpenDeal(5, 3, 1), OpenDeal(5, 3, 2)),
    )


def test_whoever_has_left_keeps_no_deals():
    left = {**COMPANY.company.people, 3: person(3, left_on=D("2026-11-30"))}
    gone = model(people=left, territories=COMPANY.company.territories, assignments=COMPANY.company.assignments)
    found = plan(move(1), facts(gone, *FOUR, deals=[deal(1, 3, 1)]))
    assert found.writes.deals == (Row(OpenDeal(1, 3, None), OpenDeal(1, 2, None)),)
    last_day = model(people={**left, 3: person(3, left_on=DAY)}, territories=COMPANY.company.territories)
    assert plan(move(1), facts(last_day, *FOUR, deals=[deal(1, 3, 1)])).writes.deals == ()


def test_a_vacant_target_has_nobody_to_own_the_deals_yet():
    found = plan(move(1, into=3), facts(COMPANY, *FOUR, deals=[deal(1, 1, 1)]))
    assert found.writes.deals == (Row(OpenDeal(1, 1, None), OpenDeal(1, None, None)),)
    assert Note.VACANT in found.notes


def test_a_hold_over_keeps_deals_until_it_ends():
    def staying(**conditions):
        hold = HoldOver(D("2027-01-15"), **conditions)
        deals = [deal(1, 1, 1, stage="late", amount=50, closes_on=D("2026-12-31")), deal(2, 1, 1, stage="late", amount=49),
                 deal(3, 1, 1, stage="early", amount=50, closes_on=D("2027-01-01")), deal(4, 1, 1)]  # fmt: skip
        found = plan(move(1, hold_over=hold), facts(COMPANY, *FOUR, deals=deals))
        now, later = ({row.before.deal for row in rows} for rows in (found.writes.deals, found.held))
        assert now | later == {1, 2, 3, 4}
        assert now.isdisjoint(later)
        return later

    assert staying() == {1, 2, 3, 4}
    assert staying(stages=frozenset({"late"})) == {1, 2}
    assert staying(least=50) == {1, 3}
    assert staying(closing_within=30) == {1}
    assert staying(stages=frozenset({"late", "early"}), least=50, closing_within=31) == {1, 3}


def test_who_is_handed_held_deals_is_who_holds_the_target_then():
    changing = model(
        people=people(1, 2, 3), territories=territories(t1=None, t2=None),
        assignments=[holds(1, 1), holds(2, 2, "", "2027-01-10"), holds(3, 2, "2027-01-10")],
    )  # fmt: skip
    hold = HoldOver(D("2027-01-15"))
    found = plan(move(1, hold_over=hold), facts(changing, *FOUR, deals=[deal(1, 1, 1)]))
    assert found.held == (Row(OpenDeal(1, 1, None), OpenDeal(1, 3, None)),)


def test_the_end_of_a_hold_over_hands_over_what_is_still_there():
    deals = [deal(1, 1, 1), deal(2, 1, 1), deal(3, 1, 1), deal(4, 3, 1, territory=1)]
    held = plan(move(1, hold_over=HoldOver(D("2027-01-15"))), facts(COMPANY, *FOUR, deals=deals)).held
    still = [deals[0], replace(deals[1], owner=2), deals[3]]  # the second has changed hands, the third has closed
    assert hand_over(held, still, 3) == (
        Row(OpenDeal(1, 1, None), OpenDeal(1, 3, None)),
        Row(OpenDeal(4, 3, 1), OpenDeal(4, 3, 2)),
    )


def test_a_holiday_is_pointed_out():
    closed = model(territories=COMPANY.company.territories, holidays=frozenset({DAY}))
    assert Note.NO_BUSINESS_DAY in plan(move(1), facts(closed, *FOUR)).notes
    assert Note.NO_BUSINESS_DAY in plan(move(1), facts(COMPANY, *FOUR, day=D("2026-12-05"))).notes


@pytest.mark.parametrize("until", ["2026-12-01", "2026-11-30", "2028-01-01"])
def test_a_hold_over_ends_after_the_day_within_a_year(until):
    assert "Open deals can stay" in refused(move(1, hold_over=HoldOver(D(until))), facts(COMPANY, *FOUR), "terms")


def test_what_cannot_be_moved():
    given = facts(COMPANY, *FOUR)
    assert (
        refused(move(1, into=1), given, "target")
        == "These accounts are in Territory 1 already. Choose another territory."
    )
    assert refused(move(4), given, "accounts") == (
        "Account 4 is not in Territory 1 on that day. Leave out what is elsewhere."
    )
    assert refused(move(4, 1, 99, 4), given, "accounts") == (
        "Account 4 and an account that is no more are not in Territory 1 on that day. Leave out what is elsewhere."
    )
    assert refused(move(), given, "accounts") == "Choose at least one account."
    assert "more than the 20000" in refused(move(*range(20_001)), given, "accounts")
    assert "does not exist any more" in refused(move(1, into=9), given, "target")
    assert "does not exist any more" in refused(move(1, source=9), given, "source")


def test_a_territory_that_was_merged_meanwhile():
    closed = replace(COMPANY.company.territories[2], closed_on=DAY, merged_into=3)
    merged = model(territories={**COMPANY.company.territories, 2: closed})
    assert refused(move(1), facts(merged, *FOUR), "target") == (
        "Territory 2 was merged into Territory 3 on 1 Dec. Choose another territory."
    )
    later = model(territories={**merged.company.territories, 2: replace(closed, closed_on=D("2026-12-02"))})
    assert plan(move(1), facts(later, *FOUR)).accounts == (1,)


def test_five_thousand_accounts_at_once():
    many = [account(number) for number in range(1, 5001)]
    pins = [Pin(number, 1) for number in range(1, 5001)]
    found = plan(move(*range(1, 5001)), facts(COMPANY, *many, pins=pins))
    assert len(found.writes.pins) == 10_000
    assert found.moved == 1000


# Targets of people, of territories above, in other currencies


def own(*rows) -> dict:
    found = plan(move(1), facts(model(
        people=people(1, 2), territories=territories(t1=None, t2=None), assignments=[holds(1, 1), holds(2, 2)],
        targets=[target("territory", 1, "2026-12", 1000), *rows],
    ), *FOUR))  # fmt: skip
    return amounts(found, P), found.notes


def test_own_targets_pass_the_same_amount_on_if_both_have_one():
    assert own(target("person", 1, "FY2026", 12 * 23 * 100), target("person", 2, "2026-12", 5)) == (
        {(1, "2026-12"): pytest.approx(2437 - 750, abs=40), (2, "2026-12"): 755},
        frozenset(),
    )
    assert own(target("person", 1, "2026-12", 800)) == ({}, {Note.OWN_STAYS})
    assert own(target("person", 2, "2026-12", 800)) == ({}, {Note.OWN_STAYS})
    assert own(target("person", 1, "2026-12", 749), target("person", 2, "2026-12", 1)) == ({}, {Note.OWN_TOO_SMALL})
    assert own() == ({}, frozenset())


def test_a_target_above_that_is_carried_is_not_turned_into_a_sum():
    # The area 3 has a target, its patch 2 has none: one of its own would leave the area's to nobody.
    area = model(
        territories={**territories(t1=None, t3=None), 2: Territory(2, "t2", "Territory 2", 3)},
        targets=[target("territory", 1, "2026-12", 1000), target("territory", 3, "2026-12", 50)],
    )
    found = plan(move(1), facts(area, *FOUR))
    assert amounts(found) == {(1, "2026-12"): 250, (3, "2026-12"): 800}
    assert Note.TO_THE_ONE_ABOVE in found.notes


def test_an_area_that_carries_the_target_of_its_patches_keeps_it():
    area = model(
        territories={**territories(t1=None), 2: Territory(2, "t2", "Territory 2", 1)},
        targets=[target("territory", 1, "2026-12", 1000)],
    )
    found = plan(move(1), facts(area, *FOUR))
    assert (found.writes.targets, found.moved) == ((), 0)
    assert Note.TO_THE_ONE_ABOVE in found.notes


def test_nothing_is_added_to_a_sum_of_targets_and_nothing_taken():
    below = model(
        territories={**territories(t1=None, t2=None), 4: Territory(4, "t4", "Territory 4", 2)},
        targets=[target("territory", 1, "2026-12", 1000), target("territory", 4, "2026-12", 50)],
    )
    assert refused(move(1), facts(below, *FOUR), "terms").startswith("The target of Territory 2 is made of those")
    assert plan(move(4, source=2, into=1), facts(below, *FOUR)).notes == {Note.NO_TARGET, Note.VACANT}
    sum_too = model(
        territories=below.company.territories, targets=[*below.company.targets, target("territory", 2, "2026-12", 60)]
    )
    assert plan(move(4, source=2, into=1), facts(sum_too, *FOUR)).notes == {Note.ROLLED_UP, Note.NO_TARGET, Note.VACANT}


def test_targets_in_two_currencies_are_worth_the_same_afterwards():
    euros = model(
        territories=territories(t1=None, t2=None),
        targets=[target("territory", 1, "2026-04", 1_000_003, "EUR"), target("territory", 2, "2026-04", 7)],
        rates=Dice(1).company().rates,
    )
    found = plan(move(1), facts(euros, *FOUR, day=D("2026-04-01")))
    assert sums(after(euros, found.writes), T) == sums(euros, T)
    assert [row.after.currency for row in found.writes.targets] == ["EUR", "USD"]
    [month] = found.months
    assert isinstance(month, MovedMonth)
    assert month.moved == pytest.approx(780_000, abs=5)


@few
@given(
    st.integers(0, 2**32 - 1),
    st.dates(D("2025-12-20"), D("2026-12-20")),
    st.sampled_from(TargetRule),
    st.sampled_from([Basis.CREDIT, Basis.EQUAL]),
)
def test_targets_are_conserved_to_the_cent(seed, day, rule, basis):
    dice = Dice(seed)
    company = random_company(dice)
    source, into = dice.sample(range(1, 6), 2)
    _, given_ = random_facts(dice, company, day, source)
    within = [one for one in given_.accounts if given_.territory_of(one) == source]
    assume(within)
    named = dice.sample(within, dice.randint(1, len(within)))
    found = planned(MoveAccounts(tuple(named), source, into, Terms(rule, basis)), given_)

    now = after(company, found.writes)
    for kind in (T, P):
        change = sums(now, kind)
        change.subtract(sums(company, kind))
        lost = {label: amount for label, amount in change.items() if amount}
        if rule is not TargetRule.RELIEVED:
            assert lost == {}
        elif kind is T:
            assert lost == {one.month.label: -one.moved for one in found.months if one.moved}
    if rule is not TargetRule.RELIEVED:
        assert carried(now) == carried(company)
    was = pieces(company, T)
    for key, piece in pieces(now, T).items():
        assert piece.amount >= 0 or piece.amount == was[key].amount
    assert all(0 <= one.moved <= one.target for one in found.months)
    assert all(month.moved == 0 for month in found.months if not month.days_left)
    before_the_day = {key: one.amount for key, one in was.items() if one.month.end <= day}
    assert {key: one.amount for key, one in pieces(now, T).items() if one.month.end <= day} == before_the_day


@few
@given(st.integers(0, 2**32 - 1), st.dates(D("2025-12-20"), D("2026-12-20")))
def test_accounts_are_where_they_shall_be_and_nothing_changes_before(seed, day):
    dice = Dice(seed)
    company = random_company(dice)
    source, into = dice.sample(range(1, 6), 2)
    known, given_ = random_facts(dice, company, day, source)
    within = [one for one in given_.accounts if given_.territory_of(one) == source]
    assume(within)
    named = tuple(dice.sample(within, dice.randint(1, len(within))))
    found = planned(MoveAccounts(named, source, into, Terms(TargetRule.STAYS)), given_)

    lines = resolve(known, pins_after(given_.pins, found.writes), given_.conditions, "USD")
    was = resolve(known, given_.pins, given_.conditions, "USD")
    assert {
        one for one in lines if lines[one].at(day) != was[one].at(day) and lines[one].at(day).territory == into
    } == set(found.accounts)
    for one in was:
        earlier = {start for start in (*was[one].starts, *lines[one].starts) if start < day} | {day - timedelta(days=1)}
        assert all(lines[one].at(then) == was[one].at(then) for then in earlier)
    assert all(lines[one].at(date(2030, 1, 1)).territory == into for one in named)


def planned(change: MoveAccounts, given_):
    """The plan; a draw that is refused with a sentence is no example."""
    try:
        return plan(change, given_)
    except Impossible:
        reject()
