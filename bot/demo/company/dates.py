"""The days around which the company's story is told; everything is measured from today."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

CLOSED_DAYS = ((1, 1, "New Year's Day"), (5, 1, "Labour Day"), (12, 25, "Christmas Day"), (12, 26, "Boxing Day"))
_CLOSED = frozenset((month, day) for month, day, _ in CLOSED_DAYS)


def month_start(day: date, months: int = 0) -> date:
    """The first day of the month that lies `months` after the month of `day` (negative: before)."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def quarter_start(day: date, quarters: int = 0) -> date:
    """The first day of the calendar quarter of `day`, moved by whole quarters."""
    return month_start(date(day.year, (day.month - 1) // 3 * 3 + 1, 1), quarters * 3)


def is_business_day(day: date) -> bool:
    """Monday to Friday, less the company's holidays."""
    return day.weekday() < 5 and (day.month, day.day) not in _CLOSED


def business_days(first: date, end: date) -> list[date]:
    """The business days in [first, end)."""
    days = (first + timedelta(days=n) for n in range((end - first).days))
    return [day for day in days if is_business_day(day)]


@dataclass(frozen=True)
class Dates:
    """The dates of one company, all derived from `today`."""

    today: date

    @cached_property
    def start(self) -> date:
        """The first day on which deals close: three years ago."""
        return month_start(self.today, -36) + timedelta(days=min(self.today.day, 28) - 1)

    @cached_property
    def quarter(self) -> date:
        """The first day of the current quarter."""
        return quarter_start(self.today)

    @property
    def elapsed(self) -> int:
        """Calendar days of the current quarter before today."""
        return (self.today - self.quarter).days

    @cached_property
    def midway(self) -> date:
        """A day inside the current quarter, halfway between its first day and today."""
        return self.quarter + timedelta(days=max(1, self.elapsed // 2))

    @cached_property
    def hired(self) -> date:
        """The first day of the new hire."""
        return month_start(self.today, -2) + timedelta(days=14)

    @cached_property
    def left(self) -> date:
        """The last day of the rep whose patch is vacant since."""
        return self.quarter - timedelta(days=40)

    @cached_property
    def absence(self) -> tuple[date, date]:
        """First and last day of the absence that is covered."""
        first = self.quarter + timedelta(days=self.elapsed // 3)
        return first, first + timedelta(days=24)

    @property
    def years(self) -> range:
        """The fiscal years with published targets."""
        return range(self.start.year, self.today.year + 1)
