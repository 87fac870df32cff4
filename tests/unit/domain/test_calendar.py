"""Business days, against counting them one by one."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import BusinessCalendar

days = st.dates(date(2023, 11, 1), date(2025, 3, 31))
weekday_sets = st.frozensets(st.integers(0, 6))


def is_business(calendar: BusinessCalendar, day: date) -> bool:
    return calendar.count(day, day + timedelta(days=1)) == 1


@given(weekday_sets, st.frozensets(days, max_size=60), days, days)
def test_counting_agrees_with_asking_each_day(weekdays, holidays, start, end):
    calendar = BusinessCalendar(weekdays, holidays)
    one_by_one = sum(is_business(calendar, start + timedelta(days=n)) for n in range((end - start).days))
    assert calendar.count(start, end) == one_by_one


@given(weekday_sets.filter(bool), st.frozensets(days, max_size=60), days)
def test_a_business_day_is_a_weekday_and_no_holiday_where_the_month_has_one(weekdays, holidays, day):
    calendar = BusinessCalendar(weekdays, holidays)
    first = day.replace(day=1)
    month = [first + timedelta(days=n) for n in range(31) if (first + timedelta(days=n)).month == day.month]
    regular = [one for one in month if one.weekday() in weekdays and one not in holidays]
    assert is_business(calendar, day) == (day in (regular or month))


def test_a_month_without_any_business_day_counts_all_its_days():
    holidays = {date(2026, 2, 1) + timedelta(days=n) for n in range(28)}
    calendar = BusinessCalendar(range(5), holidays)
    assert calendar.count(date(2026, 2, 1), date(2026, 3, 1)) == 28
    assert calendar.count(date(2026, 1, 1), date(2026, 2, 1)) == 22
    assert calendar.count(date(2026, 1, 31), date(2026, 2, 2)) == 1


def test_without_any_weekday_every_day_is_one():
    assert BusinessCalendar([]).count(date(2024, 2, 1), date(2024, 3, 1)) == 29


def test_a_backward_span_has_no_days():
    assert BusinessCalendar(range(5)).count(date(2026, 2, 1), date(2026, 1, 1)) == 0


def test_always_and_open_can_be_counted():
    assert BusinessCalendar(range(7)).count(date.min, date.max) == (date.max - date.min).days
