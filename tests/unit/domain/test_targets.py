"""Targets: spread by month, replaced, converted, carried day by day."""

from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.company import WHOLE, Absence, Metric, Rate, Span, SubjectKind
from domain.exchange import MissingRate
from domain.money import Money
from domain.periods import PeriodKind, containing, fiscal_year, month, parse_label, quarter
from domain.targets import Amounts, Basis, basis, total
from tests.unit.domain.companies import (
    PEOPLE,
    TERRITORIES,
    D,
    companies,
    days,
    holds,
    model,
    people,
    person,
    span,
    target,
    territories,
)

Q1 = quarter(2026, 1, 1)
JANUARY, FEBRUARY, MARCH = Q1.months()
PERSON, TERRITORY, TEAM = SubjectKind


@st.composite
def periods(draw, company):
    kind = draw(st.sampled_from(PeriodKind))
    return containing(draw(days), kind, company.settings.fiscal_start)


def fulls(parts):
    return [(part.person, part.amounts.full) for part in parts]


# Month pieces


def test_a_year_is_spread_by_its_season_exactly():
    company = model(
        targets=[target("person", 1, "FY2026", 100_001, profile="flat top")],
        seasonality={"flat top": {month: 50_000 if month <= 4 else 100_000 for month in range(1, 13)}},
    )
    pieces = company.targets.pieces(PERSON, 1, fiscal_year(2026, 1))
    assert [piece.amount for piece in pieces] == [5000] * 4 + [10_001] + [10_000] * 7


def test_a_season_is_renormalised_over_a_quarter():
    company = model(
        targets=[target("person", 1, "2026Q1", 600, profile="s")],
        seasonality={"s": {1: 10_000, 2: 20_000, 3: 30_000, 4: 940_000}},
    )
    assert [piece.amount for piece in company.targets.pieces(PERSON, 1, Q1)] == [100, 200, 300]


@pytest.mark.parametrize("profile", [None, "unknown", "zero in winter"])
def test_without_a_usable_season_business_days_decide(profile):
    company = model(
        targets=[target("person", 1, "2026Q1", 63_000, profile=profile)],
        seasonality={"zero in winter": {6: WHOLE}},
        holidays=frozenset({D("2026-01-01")}),
    )
    assert [piece.amount for piece in company.targets.pieces(PERSON, 1, Q1)] == [21_000, 20_000, 22_000]


def test_a_finer_target_replaces_its_months_and_says_what_it_replaced():
    year, third, march = (
        target("territory", 1, "FY2026", 1200, profile="even"),
        target("territory", 1, "2026Q1", 600, profile="even"),
        target("territory", 1, "2026-03", 7),
    )
    company = model(targets=[march, year, third], seasonality={"even": dict.fromkeys(range(1, 13), 83_333)})
    pieces = company.targets.pieces(TERRITORY, 1, fiscal_year(2026, 1))
    assert [piece.amount for piece in pieces] == [200, 200, 7] + [100] * 9
    assert [(piece.source, piece.replaced) for piece in pieces[1:4]] == [(third, year), (march, third), (year, None)]


def test_drafts_and_other_metrics_do_not_count():
    company = model(
        targets=[
            target("person", 1, "2026-01", 5, published=False),
            target("person", 1, "2026-02", 7, None, metric=Metric.MEETINGS),
        ]
    )
    assert company.targets.pieces(PERSON, 1, Q1) == ()
    (meetings,) = company.targets.pieces(PERSON, 1, Q1, Metric.MEETINGS)
    assert (meetings.amount, meetings.original) == (7 * WHOLE, None)


def test_a_foreign_target_is_compared_at_the_rate_of_each_month():
    rates = (Rate("EUR", "2026-01", 10**12), Rate("EUR", "2026-02", 2 * 10**12))
    company = model(targets=[target("person", 1, "2026Q1", 300, "EUR", profile="s")], rates=rates,
                    seasonality={"s": dict.fromkeys((1, 2, 3), 333_333)})  # fmt: skip
    pieces = company.targets.pieces(PERSON, 1, Q1)
    assert [piece.amount for piece in pieces] == [100, 200, 200]
    assert [piece.original for piece in pieces] == [Money(100, "EUR")] * 3
    assert [piece.quote.stale for piece in pieces] == [False, False, True]


def test_only_the_months_that_are_asked_for_need_a_rate():
    company = model(targets=[target("person", 1, "FY2026", 1200, "EUR")], rates=(Rate("EUR", "2026-03", 10**12),))
    assert company.targets.pieces(PERSON, 1, MARCH)
    with pytest.raises(MissingRate):
        company.targets.pieces(PERSON, 1, Q1)


@given(companies(), st.data())
def test_pieces_of_a_target_sum_to_it(company, data):
    fiscal_start = company.settings.fiscal_start
    for row in company.company.targets:
        period = parse_label(row.period, fiscal_start)
        spread = company.targets.spread(row, period)
        assert sum(amount for _, amount in spread) == row.asked
        assert [piece for piece, _ in spread] == list(period.months())


# Effective target


def test_a_territory_s_parts_follow_its_holders_and_the_days_without_one():
    company = model(
        people=people(1, 2),
        territories=territories(t1=None),
        targets=[target("territory", 1, "2026-02", 20_000)],
        assignments=[holds(1, 1, "", "2026-02-10"), holds(2, 1, "2026-02-17", "")],
    )
    parts = company.targets.territory_parts(1, Q1)
    assert fulls(parts) == [(1, 6000), (None, 5000), (2, 9000)]
    assert [part.days for part in parts] == [6, 5, 9]
    assert [part.is_unassigned for part in parts] == [False, True, False]
    assert company.targets.unassigned_parts(Q1) == (parts[1],)
    assert company.targets.person_parts(1, Q1) == (parts[0],)


def test_a_split_shares_by_percent_and_what_is_not_given_is_unassigned():
    company = model(
        people=people(1, 2),
        territories=territories(t1=None, t2=None),
        targets=[target("territory", 1, "2026-02", 101), target("territory", 2, "2026-02", 100)],
        assignments=[holds(1, 1, share=500_000), holds(2, 1, share=500_000), holds(1, 2, share=600_000)],
    )
    assert fulls(company.targets.territory_parts(1, FEBRUARY)) == [(1, 51), (2, 50)]
    assert fulls(company.targets.territory_parts(2, FEBRUARY)) == [(1, 60), (None, 40)]


def test_nobody_carries_a_target_beyond_their_last_day():
    company = model(
        people={1: person(1, left_on=D("2026-02-13"))},
        territories=territories(t1=None),
        targets=[target("territory", 1, "2026-02", 20_000)],
        assignments=[holds(1, 1)],
    )
    assert fulls(company.targets.territory_parts(1, FEBRUARY)) == [(1, 10_000), (None, 10_000)]


def test_relief_lifts_the_share_of_the_days_absent_and_reaches_nobody_else():
    company = model(
        people=people(1, 2),
        territories=territories(t1=None),
        targets=[target("territory", 1, "2026-02", 20_000)],
        assignments=[holds(1, 1, share=500_000), holds(2, 1, share=500_000)],
        absences=[Absence(1, span("2026-02-09", "2026-02-16"), 400_000), Absence(2, span("2026-02-09", ""), 0)],
    )
    mine = company.targets.person_parts(1, FEBRUARY)
    assert total(mine) == Amounts(full=10_000, relief=1000, ramp=0, effective=9000)
    assert total(company.targets.person_parts(2, FEBRUARY)) == Amounts(10_000, 0, 0, 10_000)


def test_of_two_absences_at_once_the_larger_relief_holds():
    company = model(
        targets=[target("person", 1, "2026-02", 20_000)],
        absences=[Absence(1, span("2026-02-02", "2026-02-16"), 500_000), Absence(1, span("2026-02-09", ""), WHOLE)],
    )
    assert total(company.targets.person_parts(1, FEBRUARY)) == Amounts(20_000, 17_500, 0, 2500)


@pytest.mark.parametrize(
    ("hired_on", "effective"),
    [("2026-01-31", [0, 50, 100]), ("2025-12-01", [50, 100, 100]), ("2026-03-15", [100, 100, 0]), (None, [100] * 3)],
)
def test_the_ramp_counts_calendar_months_since_the_month_of_hire(hired_on, effective):
    company = model(
        people={1: person(1, hired_on=hired_on and D(hired_on), ramp="slow")},
        ramps={"slow": {0: 0, 1: 500_000}},
        territories=territories(t1=None),
        targets=[target("territory", 1, f"2026-0{n}", 100) for n in (1, 2, 3)],
        assignments=[holds(1, 1)],
    )
    amounts = [part.amounts for part in company.targets.person_parts(1, Q1)]
    assert [one.effective for one in amounts] == effective
    assert [one.ramp for one in amounts] == [100 - one for one in effective]


def test_a_person_s_own_row_is_taken_as_given_and_never_added_to_territories():
    company = model(
        people={1: person(1, hired_on=D("2026-02-10"), ramp="slow")},
        ramps={"slow": {0: 0}},
        territories=territories(t1=None),
        targets=[target("territory", 1, "2026Q1", 630, profile="s"), target("person", 1, "2026-02", 70)],
        seasonality={"s": dict.fromkeys((1, 2, 3), 1)},
        assignments=[holds(1, 1)],
        absences=[Absence(1, span("2026-02-16", "2026-03-01"), 100_000)],
    )
    parts = company.targets.person_parts(1, Q1)
    assert [(part.kind, part.amounts.full) for part in parts] == [
        (TERRITORY, 210), (PERSON, 35), (PERSON, 35), (TERRITORY, 210)
    ]  # fmt: skip
    assert total(parts[1:3]) == Amounts(70, 4, 0, 66)
    assert basis(parts) is Basis.BOTH
    assert [basis(parts[:1]), basis(parts[1:3]), basis(())] == [Basis.TERRITORIES, Basis.OWN, Basis.NONE]


def test_a_roll_up_is_carried_by_nobody_where_territories_below_it_have_targets():
    company = model(
        people=people(1, 2),
        territories=territories(t1=None, t2=1, t3=2),
        targets=[target("territory", 1, "2026Q1", 900), target("territory", 3, "2026-02", 100)],
        assignments=[holds(1, 1), holds(2, 3)],
    )
    assert [part.month for part in company.targets.person_parts(1, Q1)] == [JANUARY, MARCH]
    assert fulls(company.targets.person_parts(2, Q1)) == [(2, 100)]
    assert total(company.targets.territory_parts(1, Q1)).full == 900


def test_a_month_without_business_days_falls_on_its_calendar_days():
    holidays = frozenset(D("2026-02-01") + timedelta(days=n) for n in range(28))
    company = model(
        people=people(1),
        territories=territories(t1=None),
        targets=[target("territory", 1, "2026-02", 2800)],
        assignments=[holds(1, 1, "2026-02-22", "")],
        holidays=holidays,
    )
    assert fulls(company.targets.territory_parts(1, FEBRUARY)) == [(None, 2100), (1, 700)]


def test_a_tenure_of_a_weekend_carries_nothing():
    company = model(
        people=people(1, 2),
        territories=territories(t1=None),
        targets=[target("territory", 1, "2026-02", 2800)],
        assignments=[holds(1, 1, "", "2026-02-07"), holds(2, 1, "2026-02-07", "2026-02-09"), holds(1, 1, "2026-02-09")],
    )
    assert company.targets.person_parts(2, Q1) == ()
    assert total(company.targets.person_parts(1, Q1)).full == 2800


def test_an_absence_of_a_co_holder_does_not_move_my_part_by_a_cent():
    def mine(absences):
        company = model(
            people=people(1, 2),
            territories=territories(t1=None),
            targets=[target("territory", 1, "2026-02", 10_007)],
            assignments=[holds(1, 1, share=333_333), holds(2, 1, share=666_667)],
            absences=absences,
        )
        return company.targets.person_parts(1, FEBRUARY)

    assert mine([]) == mine([Absence(2, Span(D("2026-02-03") + timedelta(days=n), D("2026-02-04") + timedelta(days=n)),
                                     1000 * n) for n in range(1, 20)])  # fmt: skip


# Invariants


@given(companies(), st.data())
def test_full_parts_of_a_territory_sum_to_its_pieces(company, data):
    period = data.draw(periods(company))
    for territory in TERRITORIES:
        pieces = company.targets.pieces(TERRITORY, territory, period)
        parts = company.targets.territory_parts(territory, period)
        for piece in pieces:
            assert total(part for part in parts if part.piece == piece).full == piece.amount
        assert total(parts).full == sum(piece.amount for piece in pieces)


@given(companies(), st.data())
def test_a_change_of_assignment_conserves_the_full_targets(company, data):
    period = data.draw(periods(company))
    rows = [territory for territory in TERRITORIES if company.targets.pieces(TERRITORY, territory, period)]
    asked = sum(piece.amount for territory in rows for piece in company.targets.pieces(TERRITORY, territory, period))
    by_holder = [part for territory in rows for part in company.targets.territory_parts(territory, period)]
    assert total(by_holder).full == asked
    assert total(part for part in by_holder if part.is_unassigned).relief == 0


@given(companies(), st.data())
def test_full_less_relief_less_ramp_is_effective_in_every_part(company, data):
    period = data.draw(periods(company))
    days = data.draw(spans_within(period))
    for one in PEOPLE:
        for part in company.targets.person_parts(one, period, days):
            amounts = part.amounts
            assert amounts.effective == amounts.full - amounts.relief - amounts.ramp
            assert part.ramped < WHOLE or amounts.ramp == 0
            assert part.relieved or amounts.relief == 0
            if part.piece.amount >= 0:
                assert min(amounts.full, amounts.relief, amounts.ramp, amounts.effective) >= 0


@st.composite
def spans_within(draw, period):
    first, last = sorted(draw(st.tuples(*[st.integers(0, (period.end - period.start).days)] * 2)))
    return Span(period.start + timedelta(days=first), period.start + timedelta(days=last))


@given(companies(), st.data())
def test_any_partition_of_the_days_adds_up_exactly(company, data):
    period = data.draw(periods(company))
    length = (period.end - period.start).days
    cuts = sorted(data.draw(st.sets(st.integers(1, length), max_size=4)) | {0, length})
    pieces = [Span(period.start + timedelta(days=a), period.start + timedelta(days=b))
              for a, b in pairwise(cuts)]  # fmt: skip
    for one in PEOPLE:
        whole = company.targets.person_parts(one, period)
        parts = [part for piece in pieces for part in company.targets.person_parts(one, period, piece)]
        assert total(parts) == total(whole)
        nested = company.targets.restrict(
            company.targets.restrict(whole, Span(pieces[0].start, pieces[-1].end)), pieces[0]
        )
        assert nested == company.targets.person_parts(one, period, pieces[0])


@given(companies(), st.data())
def test_to_date_grows_from_nothing_to_the_effective_target(company, data):
    period = data.draw(periods(company))
    today = period.start + timedelta(days=data.draw(st.integers(-5, 370)))
    for territory in TERRITORIES:
        parts = company.targets.territory_parts(territory, period)
        if any(part.piece.amount < 0 for part in parts):
            continue
        expected = total(company.targets.before(parts, today)).effective
        assert 0 <= expected <= total(company.targets.before(parts, today + timedelta(days=1))).effective
        assert total(company.targets.before(parts, period.start)) == Amounts()
        assert total(company.targets.before(parts, period.end)) == total(parts)


@given(companies(), st.data())
def test_each_business_day_carries_an_equal_part_of_its_month(company, data):
    period = data.draw(periods(company))
    today = period.start + timedelta(days=data.draw(st.integers(0, 370)))
    for territory in TERRITORIES:
        parts = company.targets.territory_parts(territory, period)
        calendar = company.calendar
        elapsed = {
            one.label: Fraction(one.days_before(calendar, today), one.business_days(calendar))
            for one in period.months()
        }
        exact = sum((part.piece.amount * elapsed[part.month.label] for part in _one_of_each_piece(parts)), Fraction(0))
        assert abs(total(company.targets.before(parts, today)).full - exact) <= 2 * len(parts)


def _one_of_each_piece(parts):
    return {part.piece: part for part in parts}.values()


@given(companies(), st.data())
def test_a_month_of_a_person_comes_from_one_kind_of_row(company, data):
    period = data.draw(periods(company))
    for one in PEOPLE:
        for one_month in period.months():
            assert len({part.kind for part in company.targets.person_parts(one, one_month)}) <= 1


@given(companies(), st.data())
def test_people_without_rows_of_their_own_and_unassigned_make_up_the_lowest_territories(company, data):
    month = data.draw(periods(company).filter(lambda period: period.kind is PeriodKind.MONTH))
    own = {one for one in PEOPLE if company.targets.pieces(PERSON, one, month)}
    people = [part for one in PEOPLE if one not in own for part in company.targets.person_parts(one, month)]
    lowest = [territory for territory in TERRITORIES
              if not company.targets.is_roll_up((TERRITORY, territory, Metric.REVENUE), month)]  # fmt: skip
    parts = [part for territory in lowest for part in company.targets.territory_parts(territory, month)
             if part.person not in own]  # fmt: skip
    assert total([*people, *company.targets.unassigned_parts(month)]) == total(parts)


def test_a_leap_day_counts():
    company = model(
        people=people(1),
        territories=territories(t1=None),
        targets=[target("territory", 1, "2024-02", 2100)],
        assignments=[holds(1, 1, "2024-02-29", "2024-03-01")],
    )
    assert fulls(company.targets.territory_parts(1, month(2024, 2))) == [(None, 2000), (1, 100)]
    assert date(2024, 2, 29) in company.targets.person_parts(1, month(2024, 2))[0].span
