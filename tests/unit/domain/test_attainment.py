"""Attainment, pace, gap, required per day, and how ratios are printed."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.attainment import (
    NotAvailable,
    Pace,
    Progress,
    Reason,
    RequiredPerDay,
    Standing,
    attainment,
    full_precision,
    gap,
    pace,
    printable_percent,
    required_per_day,
)
from domain.calendar import BusinessCalendar
from domain.periods import month, quarter

CALENDAR = BusinessCalendar(range(5))
FEBRUARY = month(2026, 2)
Q1 = quarter(2026, 1, 1)
amounts = st.integers(-(10**12), 10**12)


def progress(today: str, period=FEBRUARY):
    return Progress.of(period, date.fromisoformat(today), CALENDAR)


def test_attainment_of_nothing_says_why():
    assert attainment(5, None) == NotAvailable(Reason.NO_TARGET)
    assert attainment(5, 0) == NotAvailable(Reason.ZERO_TARGET)
    assert attainment(0, 100) == 0
    assert attainment(-50, 100) == Fraction(-1, 2)


@pytest.mark.parametrize(
    ("today", "answer"),
    [
        ("2026-01-31", NotAvailable(Reason.NOT_BEGUN)),
        ("2026-02-01", NotAvailable(Reason.TOO_EARLY)),
        ("2026-02-03", NotAvailable(Reason.TOO_EARLY)),
        ("2026-02-04", Pace(-20, Fraction(4, 5))),
        ("2026-03-01", Pace(-20, Fraction(4, 5))),
        ("2027-01-01", Pace(-20, Fraction(4, 5))),
    ],
)
def test_pace_is_withheld_in_the_first_tenth_of_the_business_days(today, answer):
    assert pace(80, 100, progress(today)) == answer


def test_pace_without_expectation_has_an_amount_but_no_ratio():
    assert pace(80, 0, progress("2026-02-20")) == Pace(80, NotAvailable(Reason.NOTHING_EXPECTED))
    assert pace(80, None, progress("2026-02-20")) == NotAvailable(Reason.NO_TARGET)


@pytest.mark.parametrize(
    ("achieved", "target", "today", "answer"),
    [
        (0, 2000, "2026-01-01", RequiredPerDay(100, 20, last_day=False)),
        (0, 2000, "2026-02-02", RequiredPerDay(100, 20, last_day=False)),
        (0, 2001, "2026-02-03", RequiredPerDay(106, 19, last_day=False)),
        (0, 2000, "2026-02-27", RequiredPerDay(2000, 1, last_day=True)),
        (0, 2000, "2026-02-28", RequiredPerDay(2000, 1, last_day=True)),
        (0, 2000, "2026-03-01", NotAvailable(Reason.ENDED)),
        (2000, 2000, "2026-03-01", NotAvailable(Reason.MET)),
        (2000, 2000, "2026-02-10", NotAvailable(Reason.MET)),
        (0, None, "2026-02-10", NotAvailable(Reason.NO_TARGET)),
    ],
)
def test_required_per_day(achieved, target, today, answer):
    assert required_per_day(achieved, target, progress(today)) == answer


@given(amounts, amounts, st.integers(0, 89))
def test_what_is_required_each_day_is_enough_and_no_more(achieved, target, offset):
    today = Q1.start + timedelta(days=offset)
    answer = required_per_day(achieved, target, Progress.of(Q1, today, CALENDAR))
    if isinstance(answer, RequiredPerDay):
        assert 0 <= answer.amount * answer.days - (target - achieved) < answer.days
    else:
        assert achieved >= target


@given(amounts, amounts.filter(bool))
def test_gap_and_attainment_say_the_same(achieved, target):
    missing, ratio = gap(achieved, target), attainment(achieved, target)
    assert (missing > 0) == (ratio < 1 if target > 0 else ratio > 1)
    assert achieved == target - missing == ratio * target


def test_overlay_counts_for_a_standing():
    standing = Standing(progress("2026-02-16"), credited=60, overlay=20, target=200, expected=100)
    assert standing.achieved == 80
    assert standing.attainment == Fraction(2, 5)
    assert standing.pace == Pace(-20, Fraction(4, 5))
    assert standing.gap == 120
    assert standing.required_per_day == RequiredPerDay(12, 10, last_day=False)


@pytest.mark.parametrize(
    ("ratio", "printed"),
    [("0.9996", "99.9"), ("0.99949", "99.9"), ("0.999999999999", "99.9"), ("1", "100.0"), ("1.0004", "100.0"), ("0", "0.0"),
     ("0.4565", "45.6"), ("0.4566", "45.7"), ("-0.125", "-12.5"), ("12.3456", "1234.6")],
)  # fmt: skip
def test_percents_are_rounded_but_never_up_to_met(ratio, printed):
    assert str(printable_percent(Fraction(ratio))) == printed


def test_percents_without_places():
    assert [str(printable_percent(Fraction(text), 0)) for text in ("0.996", "0.994", "1.004")] == ["99", "99", "100"]


@given(amounts, st.integers(1, 10**12))
def test_no_ratio_is_printed_as_met_before_it_is(achieved, target):
    ratio = Fraction(achieved, target)
    for places in (0, 1, 2):
        assert (printable_percent(ratio, places) >= 100) == (ratio >= 1)
    assert (full_precision(ratio) >= 1) == (ratio >= 1)
    assert abs(Fraction(full_precision(ratio)) - ratio) <= abs(ratio) / 10**14


def test_exports_keep_fifteen_digits():
    assert full_precision(Fraction(1, 3)) == Decimal("0.333333333333333")
    assert full_precision(Fraction(10**18 - 1, 10**18)) == Decimal("0.999999999999999")
    assert full_precision(Fraction(5, 2)) == Decimal("2.5")
