"""Business days: the workspace's weekdays less its holidays."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from itertools import accumulate


class BusinessCalendar:
    """Counts business days in constant time, whatever the length of the span.

    In a calendar month without a single business day every day counts as one, so that a month's target always has
    days to fall on.
    """

    def __init__(self, weekdays: Iterable[int], holidays: Iterable[date] = ()) -> None:
        """`weekdays` are as `date.weekday()` counts them, Monday is 0."""
        self._weekdays = frozenset(weekdays) or frozenset(range(7))
        # Business weekdays among the first n days of a week.
        self._in_week = list(accumulate((day in self._weekdays for day in range(7)), initial=0))
        closed = {day for day in holidays if day.weekday() in self._weekdays}
        empty = self._months_without(closed)
        self._closed = sorted(day.toordinal() for day in closed if (day.year, day.month) not in empty)
        self._added = sorted(
            day.toordinal() for month in empty for day in _days_of(*month) if day.weekday() not in self._weekdays
        )

    def _months_without(self, closed: set[date]) -> set[tuple[int, int]]:
        by_month: defaultdict[tuple[int, int], set[date]] = defaultdict(set)
        for day in closed:
            by_month[day.year, day.month].add(day)
        return {
            month
            for month, days in by_month.items()
            if all(day in days or day.weekday() not in self._weekdays for day in _days_of(*month))
        }

    def count(self, start: date, end: date) -> int:
        """Business days from `start` up to, not including, `end`; 0 if that is no day at all."""
        if end <= start:
            return 0
        return self._until(end.toordinal()) - self._until(start.toordinal())

    def _until(self, ordinal: int) -> int:
        # Ordinal 1 is a Monday.
        weeks, days = divmod(ordinal - 1, 7)
        regular = weeks * self._in_week[7] + self._in_week[days]
        return regular - bisect_left(self._closed, ordinal) + bisect_left(self._added, ordinal)


def _days_of(year: int, month: int) -> Iterable[date]:
    day = date(year, month, 1)
    while day.month == month:
        yield day
        day += timedelta(days=1)
