"""Fiscal years and quarters, and calendar months.

A fiscal year is named by the calendar year in which it ends: with a start in July, FY2026 is July 2025 to June 2026,
and 2026Q3 is its third quarter, January to March 2026.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise

from domain.calendar import BusinessCalendar
from domain.company import Span
from domain.errors import DataError

FIRST_YEAR, LAST_YEAR = 1900, 2999
"""Years outside these are a slip of the keyboard."""


class PeriodKind(StrEnum):
    YEAR = "year"
    QUARTER = "quarter"
    MONTH = "month"


_LENGTH = {PeriodKind.YEAR: 12, PeriodKind.QUARTER: 3, PeriodKind.MONTH: 1}


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `start` up to, not including, `end`; `label` is `FY2026`, `2026Q3` or `2026-09`."""

    kind: PeriodKind
    label: str
    start: date
    end: date

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.end

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)

    @property
    def last_day(self) -> date:
        return self.end - timedelta(days=1)

    def begun(self, today: date) -> bool:
        return today >= self.start

    def ended(self, today: date) -> bool:
        return today >= self.end

    def months(self) -> "tuple[Period, ...]":
        """The calendar months in it, in order."""
        return _months(self.start.year, self.start.month, _LENGTH[self.kind])

    def previous(self) -> "Period":
        return self._moved(-1)

    def next(self) -> "Period":
        return self._moved(1)

    def _moved(self, by: int) -> "Period":
        length = _LENGTH[self.kind]
        if self.kind is PeriodKind.MONTH:
            return _months(*_shifted(self.start, by), 1)[0]
        year, number = _numbers(self.label)
        # Which month the fiscal year starts in follows from where its nth quarter lies.
        fiscal_start = (self.start.month - 3 * (number - 1) - 1) % 12 + 1
        if self.kind is PeriodKind.YEAR:
            return fiscal_year(year + by, fiscal_start)
        year, index = divmod(year * 4 + number - 1 + by, 12 // length)
        return quarter(year, index + 1, fiscal_start)

    def business_days(self, calendar: BusinessCalendar) -> int:
        return calendar.count(self.start, self.end)

    def days_before(self, calendar: BusinessCalendar, today: date) -> int:
        """Business days of the period that lie before `today`."""
        return calendar.count(self.start, min(max(today, self.start), self.end))


def month(year: int, number: int) -> Period:
    """A calendar month; `number` is 1 to 12. Raises DataError outside of what Turf counts."""
    _check(year, number, 12, f"{year:04}-{number:02}")
    return _months(year, number, 1)[0]


def month_of(day: date) -> Period:
    return _months(day.year, day.month, 1)[0]


@lru_cache(maxsize=4096)
def quarter(year: int, number: int, fiscal_start: int) -> Period:
    """The nth quarter (1 to 4) of a fiscal year."""
    label = f"{year:04}Q{number}"
    _check(year, number, 4, label)
    return _block(PeriodKind.QUARTER, label, year, 3 * (number - 1), fiscal_start)


@lru_cache(maxsize=1024)
def fiscal_year(year: int, fiscal_start: int) -> Period:
    """The fiscal year that ends in the calendar year `year`."""
    label = f"FY{year:04}"
    _check(year, 1, 1, label)
    return _block(PeriodKind.YEAR, label, year, 0, fiscal_start)


def fiscal_year_of(day: date, fiscal_start: int) -> int:
    """The number of the fiscal year in which a day lies."""
    return day.year + (fiscal_start > 1 and day.month >= fiscal_start)


def containing(day: date, kind: PeriodKind, fiscal_start: int) -> Period:
    """The year, quarter or month in which a day lies."""
    if kind is PeriodKind.MONTH:
        return month_of(day)
    year = fiscal_year_of(day, fiscal_start)
    if kind is PeriodKind.YEAR:
        return fiscal_year(year, fiscal_start)
    return quarter(year, (day.month - fiscal_start) % 12 // 3 + 1, fiscal_start)


_LABEL = re.compile(r"FY(?P<fiscal>\d{4})|(?P<year>\d{4})(?:Q(?P<quarter>[1-4])|-(?P<month>\d{2}))", re.ASCII)


@lru_cache(maxsize=4096)
def parse_label(label: str, fiscal_start: int) -> Period:
    """The period that a label names. Raises DataError for anything but `2026-09`, `2026Q3` or `FY2026`."""
    match = _LABEL.fullmatch(label)
    if match is None:
        raise DataError(
            f"{label!r} is not a period. Write a month as 2026-09, a fiscal quarter as 2026Q3, a fiscal year as FY2026."
        )
    if match["fiscal"]:
        return fiscal_year(int(match["fiscal"]), fiscal_start)
    if match["quarter"]:
        return quarter(int(match["year"]), int(match["quarter"]), fiscal_start)
    return month(int(match["year"]), int(match["month"]))


def _check(year: int, number: int, most: int, label: str) -> None:
    if not (FIRST_YEAR <= year <= LAST_YEAR and 1 <= number <= most):
        raise DataError(
            f"There is no period {label}. Years run from {FIRST_YEAR} to {LAST_YEAR}, months from 01 to 12, quarters from Q1 to Q4."
        )


def _block(kind: PeriodKind, label: str, year: int, offset: int, fiscal_start: int) -> Period:
    first = date(year - (fiscal_start > 1), fiscal_start, 1)
    start = date(*_shifted(first, offset), 1)
    return Period(kind, label, start, date(*_shifted(start, _LENGTH[kind]), 1))


def _shifted(day: date, by: int) -> tuple[int, int]:
    """Year and month that lie `by` months from the month of `day`."""
    year, index = divmod(day.year * 12 + day.month - 1 + by, 12)
    return year, index + 1


@lru_cache(maxsize=4096)
def _months(year: int, number: int, how_many: int) -> tuple[Period, ...]:
    starts = [date(*_shifted(date(year, number, 1), offset), 1) for offset in range(how_many + 1)]
    return tuple(
        Period(PeriodKind.MONTH, f"{start.year:04}-{start.month:02}", start, end) for start, end in pairwise(starts)
    )


def _numbers(label: str) -> tuple[int, int]:
    """Fiscal year, and quarter (1 for a year), of a label."""
    return (int(label[2:]), 1) if label.startswith("FY") else (int(label[:4]), int(label[5:]))
