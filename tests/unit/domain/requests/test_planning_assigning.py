"""Another primary, cover, another target: rows, refusals, and who holds what on which day."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from domain.company import WHOLE, Absence, AssignmentRole, Metric, Role, SubjectKind
from domain.errors import DataError
from domain.requests.model import ChangeRep, ChangeTarget, Cover, HoldOver, TargetRule, Terms
from domain.requests.planning.checks import check_day, restated
from domain.requests.planning.facts import Impossible, Note
from domain.requests.planning.planner import plan
from domain.requests.policy import RequestPolicy
from domain.requests.writes import OpenDeal, Row
from tests.unit.domain.companies import D, Dice, holds, model, person, span, target, territories
from tests.unit.domain.requests.plans import DAY, TODAY, after, carried, deal, facts, few, random_company, sums

T, P = SubjectKind.TERRITORY, SubjectKind.PERSON
HALF = WHOLE // 2
COVER = AssignmentRole.COVER


def known(*numbers: int, **others):
    found = {number: person(number, slack_user_id=f"U{number}") for number in numbers}
    return {**found, **{one.id: one for one in others.values()}}


def company(*assignments, **more):
    parts = {"people": known(1, 2, 3, 4), "territories": territories(t1=None, t2=None), **more}
    return model(assignments=list(assignments), **parts)


def rep(person: int | None, previous: int | None = 1, **terms) -> ChangeRep:
    return ChangeRep(1, person, previous, Terms(**terms))


def refused(change, given, field) -> str:
    with pytest.raises(Impossible) as caught:
        plan(change, given)
    assert caught.value.field == field
    return caught.value.message


def holders(model, day: str, territory: int = 1) -> dict:
    [tenure] = [one for one in model.lines.primaries(territory) if D(day) in one.span]
    return dict(tenure.holders)


# Another primary


def test_the_old_primary_s_days_end_and_the_new_one_s_begin():
    old = company(holds(1, 1), holds(1, 2))
    found = plan(rep(2), facts(old))
    assert found.writes.assignments == (
        Row(holds(1, 1), holds(1, 1, "", "2026-12-01")),
        Row(None, holds(2, 1, "2026-12-01")),
    )
    now = after(old, found.writes)
    assert [holders(now, day) for day in ("2026-11-30", "2026-12-01")] == [{1: WHOLE}, {2: WHOLE}]
    assert found.notes == frozenset()


def test_a_territory_is_left_vacant_and_filled_again():
    empty = after(company(holds(1, 1)), plan(rep(None), facts(company(holds(1, 1)))).writes)
    assert holders(empty, "2026-12-01") == {}
    filled = plan(rep(3, None), facts(empty))
    assert holders(after(empty, filled.writes), "2026-12-01") == {3: WHOLE}
    assert Note.VACANT in plan(rep(None), facts(company(holds(1, 1)))).notes


def test_one_of_several_passes_the_share_on():
    shared = company(holds(1, 1, share=HALF), holds(2, 1, share=HALF))
    assert holders(after(shared, plan(rep(3), facts(shared)).writes), "2026-12-01") == {2: HALF, 3: HALF}
    assert holders(after(shared, plan(rep(2), facts(shared)).writes), "2026-12-01") == {2: WHOLE}
    open_half = company(holds(1, 1, share=HALF))
    assert holders(after(open_half, plan(rep(3, None), facts(open_half)).writes), "2026-12-01") == {1: HALF, 3: HALF}


def test_shares_that_would_not_add_up_are_refused():
    uneven = company(holds(1, 1, share=499_900), holds(2, 1, share=HALF))
    said = refused(rep(3), facts(uneven), "person")
    assert said == (
        "From 1 Dec on the shares of Territory 1 would add up to 99.99 %. "
        "Who holds a territory together has to hold 100 % of it."
    )
    shared = company(holds(1, 1, share=HALF), holds(2, 1, share=HALF))
    assert "add up to 50 %" in refused(rep(None), facts(shared), "person")
    ending = company(
        holds(1, 1, share=HALF), holds(2, 1, "", "2027-02-01", share=HALF), holds(4, 1, "2027-02-01", share=HALF)
    )
    assert refused(rep(3), facts(ending), "person").startswith("From 1 Feb 2027 on the shares")


def test_what_was_to_begin_later_is_given_up():
    planned = company(holds(1, 1, "", "2027-01-01"), holds(4, 1, "2027-01-01"))
    found = plan(rep(2), facts(planned))
    assert holders(after(planned, found.writes), "2027-06-01") == {2: WHOLE}
    assert found.notes == {Note.LATER_HOLDERS}


def test_who_has_left_holds_nothing_even_if_the_row_says_so():
    gone = company(holds(5, 1), people=known(1, 2, five=person(5, left_on=D("2026-10-31"))))
    for previous in (None, 5):
        found = plan(rep(2, previous), facts(gone))
        assert holders(after(gone, found.writes), "2026-12-01") == {2: WHOLE}
        assert found.writes.assignments[1] == Row(holds(5, 1), holds(5, 1, "", "2026-12-01"))


def test_open_deals_of_whoever_has_left_go_along():
    gone = company(holds(5, 1), people=known(1, 2, five=person(5, left_on=D("2026-10-31"))))
    found = plan(rep(2, None), facts(gone, deals=[deal(1, 5, within=1), deal(2, 1, within=1), deal(3, 5, within=2)]))
    assert found.writes.deals == (Row(OpenDeal(1, 5, None), OpenDeal(1, 2, None)),)


def test_open_deals_of_the_old_primary_within_the_territory_change_hands():
    deals = [deal(1, 1, within=1), deal(2, 1, within=2), deal(3, 2, within=1), deal(4, None, within=1),
             deal(5, 1, within=1, territory=1), deal(6, 1, within=1, stage="late")]  # fmt: skip
    hold = HoldOver(D("2027-01-01"), frozenset({"late"}))
    found = plan(rep(3, hold_over=hold), facts(company(holds(1, 1)), deals=deals))
    assert found.writes.deals == (
        Row(OpenDeal(1, 1, None), OpenDeal(1, 3, None)),
        Row(OpenDeal(5, 1, 1), OpenDeal(5, 3, 1)),
    )
    assert found.held == (Row(OpenDeal(6, 1, None), OpenDeal(6, 3, None)),)


def test_the_territory_s_target_stays_with_it_and_own_ones_pass_it_on():
    rows = [
        target("territory", 1, "2026-12", 2300),
        target("person", 1, "2026-12", 5000),
        target("person", 2, "2026-12", 7),
    ]
    old = company(holds(1, 1), targets=rows)
    found = plan(rep(2), facts(old, day=D("2026-12-16")))
    assert [(one.days_left, one.moved) for one in found.months] == [(12, 1200)]
    assert {row.after.subject: row.after.amount for row in found.writes.targets} == {1: 3800, 2: 1207}
    assert plan(rep(2, target=TargetRule.STAYS), facts(old)).writes.targets == ()
    assert "The target stays with Territory 1" in refused(rep(2, target=TargetRule.RELIEVED), facts(old), "terms")
    one = company(holds(1, 1), targets=rows[:2])
    assert plan(rep(2), facts(one)).notes == {Note.OWN_STAYS}
    assert plan(rep(2), facts(one)).moved == 2300


def test_who_cannot_take_a_territory():
    others = known(
        1, 2,
        gone=person(5, left_on=D("2026-11-30")), partner=person(6, role=Role.PARTNER), new=person(7, hired_on=D("2027-01-01")),
        last=person(8, left_on=DAY, slack_user_id="U8"),
    )  # fmt: skip
    given = facts(company(holds(1, 1), people=others))
    assert refused(rep(5), given, "person") == "Person 5's last day is 30 Nov. Choose somebody else, or an earlier day."
    assert "is a partner" in refused(rep(6), given, "person")
    assert refused(rep(7), given, "person") == "Person 7 starts on 1 Jan 2027. Choose that day or a later one."
    assert refused(rep(99), given, "person") == "This person is not known any more. Choose somebody else."
    assert "holds Territory 1 already" in refused(rep(1), given, "person")
    assert plan(rep(8), given).notes == frozenset()


def test_who_is_away_or_not_in_slack_is_pointed_out():
    absent = company(
        holds(1, 1), people=known(1, two=person(2)), absences=[Absence(2, span("2026-11-25", "2026-12-05"))]
    )
    assert plan(rep(2), facts(absent)).notes == {Note.ABSENT, Note.NOT_IN_SLACK}
    assert plan(rep(2), facts(absent, day=D("2026-12-05"))).notes == {
        Note.NOT_IN_SLACK,
        Note.NO_BUSINESS_DAY,
    }


def test_somebody_else_holds_it_by_then():
    since = company(holds(4, 1, "", "2026-12-15"), holds(1, 1, "2026-12-15"))
    assert refused(rep(2), facts(since), "effective_on") == (
        "Person 1 does not hold Territory 1 on 1 Dec: Person 4 does. Choose another day, or ask again."
    )
    assert "is held by Person 4 on that day" in refused(rep(2, None), facts(since), "territory")
    empty = company()
    assert "nobody does" in refused(rep(2), facts(empty), "effective_on")
    assert refused(rep(None, None), facts(empty), "person") == "Nobody holds Territory 1 as it is. Choose who shall."
    closed = {1: replace(territories(t1=None)[1], closed_on=D("2026-11-02"))}
    assert refused(rep(2), facts(company(holds(1, 1), territories=closed)), "territory") == (
        "Territory 1 was closed on 2 Nov. Choose another territory."
    )


@few
@given(st.integers(0, 2**32 - 1))
def test_targets_do_not_change_in_sum_and_no_day_has_two_primaries(seed):
    dice = Dice(seed)
    old = random_company(dice)
    day = D("2026-01-05") + timedelta(days=dice.randrange(300))
    before = old.lines.holders_on(1, day)
    change = ChangeRep(1, dice.choice([None, 1, 2, 3, 4, 5]), dice.choice(before) if before else None)
    try:
        found = plan(change, facts(old, day=day))
    except Impossible:
        reject()
    now = after(old, found.writes)
    assert (sums(now, T), sums(now, P), carried(now)) == (sums(old, T), sums(old, P), carried(old))
    for tenure in now.lines.primaries(1):
        if tenure.holders and tenure.span.start >= day:
            assert sum(share for _, share in tenure.holders) == WHOLE
            assert sum(row.share for row in now.company.assignments if row.territory == 1 and tenure.span.start in row.span
                       and row.role is AssignmentRole.PRIMARY and row.person in dict(tenure.holders)) == WHOLE  # fmt: skip
    assert now.lines.holders_on(1, day - timedelta(days=1)) == old.lines.holders_on(1, day - timedelta(days=1))
    own = after(now, found.writes.inverse())
    assert set(own.company.assignments) == set(old.company.assignments)
    assert set(own.company.targets) == set(old.company.targets)


# Cover


def test_cover_gives_rights_for_a_while():
    old = company(holds(1, 1))
    found = plan(Cover(1, 2, D("2026-12-24")), facts(old))
    assert found.writes.assignments == (Row(None, holds(2, 1, "2026-12-01", "2026-12-24", role=COVER)),)
    assert found.moved == 0


def test_credited_cover_is_cut_out_of_the_primary_s_days():
    old = company(holds(1, 1), holds(2, 2))
    found = plan(Cover(1, 2, D("2026-12-24"), credited=True), facts(old))
    now = after(old, found.writes)
    days = ("2026-11-30", "2026-12-01", "2026-12-23", "2026-12-24")
    assert [holders(now, day) for day in days] == [{1: WHOLE}, {2: WHOLE}, {2: WHOLE}, {1: WHOLE}]
    shared = company(holds(1, 1, "2026-12-01", share=HALF), holds(2, 1, share=HALF))
    now = after(shared, plan(Cover(1, 2, D("2026-12-24"), credited=True), facts(shared)).writes)
    assert [holders(now, day) for day in days] == [{2: HALF}, {2: WHOLE}, {2: WHOLE}, {1: HALF, 2: HALF}]


def test_credited_cover_carries_the_target_of_its_days():
    rows = [
        target("territory", 1, "2026-11", 99),
        target("territory", 1, "2026-12", 2300),
        target("territory", 1, "2027-01", 2100),
    ]
    found = plan(
        Cover(1, 2, D("2027-01-04"), credited=True), facts(company(holds(1, 1), targets=rows), day=D("2026-12-16"))
    )
    assert [(one.month.label, one.days_left, one.days, one.moved) for one in found.months] == [
        ("2026-12", 12, 23, 1200),
        ("2027-01", 1, 21, 100),
    ]
    assert found.writes.targets == ()


def test_what_was_wrong_after_the_cover_is_not_its_doing():
    half = company(holds(1, 1, share=HALF))
    now = after(half, plan(Cover(1, 2, D("2026-12-24"), credited=True), facts(half)).writes)
    assert [holders(now, day) for day in ("2026-12-23", "2026-12-24")] == [{2: WHOLE}, {1: HALF}]


def test_cover_is_prolonged_by_another_one():
    old = company(holds(1, 1), holds(2, 1, "2026-11-01", "2026-12-10", role=COVER), holds(3, 1, role=COVER))
    now = after(old, plan(Cover(1, 2, D("2026-12-24")), facts(old)).writes)
    assert [now.lines.holders_on(1, D(day), COVER) for day in ("2026-11-05", "2026-12-12", "2026-12-24")] == [
        (2, 3),
        (2, 3),
        (3,),
    ]


def test_who_cannot_stand_in():
    absent = [Absence(2, span("2026-12-10", "2026-12-12"))]
    given = facts(company(holds(1, 1), absences=absent, people=known(1, 2, 3, four=person(4, left_on=D("2026-12-10")))))
    assert refused(Cover(1, 2, D("2026-12-24")), given, "person") == (
        "Person 2 is away from 10 Dec to before 12 Dec. Choose somebody else, or other days."
    )
    assert plan(Cover(1, 2, D("2026-12-10")), given).notes == frozenset()
    assert "holds Territory 1 in that time" in refused(Cover(1, 1, D("2026-12-24")), given, "person")
    assert "has to end after 1 Dec" in refused(Cover(1, 3, DAY), given, "until")
    assert "Person 4's last day is 10 Dec" in refused(Cover(1, 4, D("2026-12-12")), given, "until")
    assert plan(Cover(1, 4, D("2026-12-11")), given).writes.assignments


# Another target


def change_target(amount: int, period: str = "2026-12", currency: str | None = "USD", **more) -> ChangeTarget:
    return ChangeTarget(
        more.pop("kind", T), more.pop("subject", 1), period, more.pop("metric", Metric.REVENUE), amount, currency
    )


def test_another_target_keeps_how_it_is_spread_and_is_published():
    draft = target("territory", 1, "FY2026", 1200, profile="season", published=False)
    old = company(targets=[draft, target("territory", 1, "2026-12", 5)])
    found = plan(change_target(2400, "FY2026"), facts(old))
    assert found.writes.targets == (Row(draft, replace(draft, amount=2400, published=True)),)
    assert found.notes == {Note.FINER}
    assert plan(change_target(70), facts(old)).moved == 65
    assert plan(change_target(0), facts(old)).moved == -5
    meetings = plan(change_target(7, currency=None, metric=Metric.MEETINGS), facts(old))
    assert (meetings.moved, meetings.writes.targets[0].before) == (0, None)


def test_targets_that_are_refused():
    given = facts(company(targets=[target("territory", 1, "2026-12", 5)]))
    assert "target as it is" in refused(change_target(5), given, "amount")
    assert "0 or more" in refused(change_target(-1), given, "amount")
    assert "0 or more" in refused(change_target(2**63), given, "amount")
    assert "is not a currency" in refused(change_target(9, currency="XYZ"), given, "currency")
    assert "are counted" in refused(change_target(9, metric=Metric.MEETINGS), given, "currency")
    assert "does not exist any more" in refused(change_target(9, subject=9), given, "subject")
    assert "does not exist any more" in refused(change_target(9, kind=P, subject=9), given, "subject")
    with pytest.raises(DataError, match="is not a period"):
        plan(change_target(9, "Q9"), given)
    with pytest.raises(DataError, match="no exchange rate for EUR"):
        plan(change_target(9, currency="EUR"), given)


# Days


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2026-11-20", None),
        ("2026-11-18", None),
        ("2026-11-17", "17 Nov is more than 2 days back. Choose a later day, or ask sales operations."),
        ("2026-12-20", None),
        ("2027-01-20", "20 Jan 2027 is more than 30 days ahead. Choose an earlier day."),
    ],
)
def test_how_far_a_day_may_lie_back_or_ahead(day, said):
    policy = RequestPolicy(back_days=2, ahead_days=30)
    if said is None:
        check_day(D(day), TODAY, policy)
    else:
        with pytest.raises(Impossible) as caught:
            check_day(D(day), TODAY, policy)
        assert (caught.value.message, caught.value.field) == (said, "effective_on")
    with pytest.raises(Impossible, match="is in the past"):
        check_day(D("2026-11-19"), TODAY, RequestPolicy(back_days=0))


def test_which_quarters_a_back_dated_change_restates():
    labels = [period.label for period in restated(D("2026-05-15"), D("2026-11-20"), 1)]
    assert labels == ["2026Q2", "2026Q3", "2026Q4"]
    assert restated(D("2026-11-20"), D("2026-11-20"), 1) == ()
    assert [one.label for one in restated(D("2026-09-30"), D("2026-10-01"), 1)] == ["2026Q3"]
    assert [one.label for one in restated(D("2026-06-30"), D("2026-07-05"), 7)] == ["2026Q4", "2027Q1"]
