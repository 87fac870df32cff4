"""Fiscal years, quarters and months."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import BusinessCalendar
from domain.errors import DataError
from domain.periods import (
    PeriodKind,
    containing,
    fiscal_year,
    fiscal_year_of,
    month,
    month_of,
    parse_label,
    quarter,
)

days = st.dates(date(1950, 1, 1), date(2900, 12, 31))
starts = st.integers(1, 12)
kinds = st.sampled_from(PeriodKind)


@given(days, kinds, starts)
def test_a_day_lies_in_the_period_that_contains_it(day, kind, fiscal_start):
    period = containing(day, kind, fiscal_start)
    assert day in period
    assert period.kind is kind
    assert parse_label(period.label, fiscal_start) == period


@given(days, kinds, starts)
def test_neighbours_touch_and_lead_back(day, kind, fiscal_start):
    period = containing(day, kind, fiscal_start)
    assert period.next().start == period.end
    assert period.previous().end == period.start
    assert period.next().previous() == period
    assert parse_label(period.next().label, fiscal_start) == period.next()


@given(days, kinds, starts)
def test_months_partition_a_period(day, kind, fiscal_start):
    period = containing(day, kind, fiscal_start)
    months = period.months()
    assert len(months) == {"year": 12, "quarter": 3, "month": 1}[kind]
    assert (months[0].start, months[-1].end) == (period.start, period.end)
    assert all(a.end == b.start for a, b in pairwise(months))


@given(st.integers(1950, 2900), starts)
def test_four_quarters_make_the_fiscal_year_that_is_named_by_where_it_ends(year, fiscal_start):
    whole = fiscal_year(year, fiscal_start)
    quarters = [quarter(year, number, fiscal_start) for number in range(1, 5)]
    assert [one.start for one in quarters] == [whole.start, *(one.end for one in quarters[:3])]
    assert quarters[3].end == whole.end
    assert whole.last_day.year == year
    assert fiscal_year_of(whole.start, fiscal_start) == fiscal_year_of(whole.last_day, fiscal_start) == year


def test_a_fiscal_year_that_starts_in_july():
    assert (fiscal_year(2026, 7).start, fiscal_year(2026, 7).last_day) == (date(2025, 7, 1), date(2026, 6, 30))
    assert quarter(2026, 3, 7).start == date(2026, 1, 1)
    assert containing(date(2026, 7, 1), PeriodKind.QUARTER, 7).label == "2027Q1"


def test_a_quarter_may_run_over_new_year():
    period = quarter(2026, 4, 2)
    assert (period.start, period.last_day) == (date(2025, 11, 1), date(2026, 1, 31))


def test_february_in_a_leap_year():
    assert month_of(date(2024, 2, 29)).last_day == date(2024, 2, 29)
    assert month(2024, 2).next().label == "2024-03"


@pytest.mark.parametrize(
    "label", ["", "2026", "Q3", "2026Q5", "2026Q0", "2026-13", "2026-00", "2026-9", "FY26", "FY20266", "fy2026",
              "0001-01", "9999Q1", "2026-09-01", "٢٠٢٦Q1", " 2026Q3"]
)  # fmt: skip
def test_what_is_no_label_is_refused(label):
    with pytest.raises(DataError):
        parse_label(label, 1)


@given(days, kinds, starts, st.integers(-500, 500))
def test_the_days_before_grow_from_none_to_all(day, kind, fiscal_start, offset):
    calendar = BusinessCalendar(range(5))
    period = containing(day, kind, fiscal_start)
    today = period.start + timedelta(days=offset)
    before, whole = period.days_before(calendar, today), period.business_days(calendar)
    assert 0 <= before <= period.days_before(calendar, today + timedelta(days=1)) <= whole
    assert period.begun(today) or before == 0
    assert before == whole or not period.ended(today)


def test_today_itself_is_not_before_today():
    assert month(2026, 9).days_before(BusinessCalendar(range(5)), date(2026, 9, 2)) == 1
