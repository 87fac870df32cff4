"""Numbers and dates as people of a locale write them; a locale is Slack's, such as `en-GB`."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cache
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton
from babel.numbers import format_currency, format_decimal

from domain.attainment import printable_percent
from domain.company import WHOLE
from domain.money import full_count, to_decimal
from domain.periods import Period, PeriodKind
from templates.compact import compact_currency

FALLBACK = "en-US"
_UNGROUPED = re.compile(r"\d{5}")
_PERCENT = "\u00a0%"
COMPACT_FROM = 10_000
"""Smaller amounts are short enough when written out."""


@cache
def locale_of(tag: str) -> Locale:
    """Babel's locale for Slack's; American English for one that Babel does not know."""
    try:
        return Locale.parse(tag.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale.parse(FALLBACK.replace("-", "_"))


def short_money(minor: int, currency: str, locale: str = FALLBACK) -> str:
    """Rounded for a card: `$1.46M`, `$62k`, `$850`. Never rounded to zero: a small amount keeps its minor units."""
    amount = to_decimal(minor, currency)
    where = locale_of(locale)
    if abs(amount) >= COMPACT_FROM:
        digits = 2 if abs(amount) >= 1_000_000 else 0
        written = compact_currency(amount, currency, digits=digits, where=where)
        # Some languages have no short form for thousands (German: 62.400 $), and none has one for the largest amounts.
        if written is not None and not _UNGROUPED.search(written):
            return written.replace("K", "k") if where.language == "en" else written
    return exact_money(minor, currency, locale) if 0 < abs(amount) < 1 else _whole_units(amount, currency, where)


def _whole_units(amount: Decimal, currency: str, where: Locale) -> str:
    # A pattern of our own is the only way to Babel's currency format without minor units.
    pattern = where.currency_formats["standard"].pattern.replace(".00", "")
    return format_currency(amount.quantize(Decimal(1)), currency, pattern, locale=where, currency_digits=False)


def exact_money(minor: int, currency: str, locale: str = FALLBACK) -> str:
    """To the minor unit: `$1,460,000.05`."""
    return format_currency(to_decimal(minor, currency), currency, locale=locale_of(locale))


def short_count(millionths: int, locale: str = FALLBACK) -> str:
    """A number of things for a card, with one place where it needs one: `4`, `4.5`. Never rounded to zero."""
    exact, tenth = full_count(millionths), Decimal("0.1")
    if 0 < abs(exact) < tenth / 2:
        return f"under {format_decimal(tenth, locale=locale_of(locale))}"
    return format_decimal(exact, format="#,##0.#", locale=locale_of(locale))


def percent(ratio: Fraction, locale: str = FALLBACK, places: int = 1) -> str:
    """`45.6 %`, which stays on one line; below one it never prints as 100 %."""
    shown = printable_percent(ratio, places)
    pattern = "#,##0." + "0" * places if places else "#,##0"
    return f"{format_decimal(shown, format=pattern, locale=locale_of(locale))}{_PERCENT}"


def share(millionths: int, locale: str = FALLBACK) -> str:
    """A share in percent with as many places as it needs: `60 %`, `33.3333 %`."""
    return f"{format_decimal(Decimal(millionths) / 10_000, format='#,##0.####', locale=locale_of(locale))}{_PERCENT}"


def day(when: date, locale: str = FALLBACK) -> str:
    """A day of this year or a near one: `Sep 28`."""
    return format_skeleton("MMMd", when, locale=locale_of(locale))


def full_day(when: date, locale: str = FALLBACK) -> str:
    """A day with its year: `Sep 28, 2026`."""
    return format_date(when, "medium", locale=locale_of(locale))


def month(when: date, locale: str = FALLBACK) -> str:
    """`Sep 2026`."""
    return format_skeleton("yMMM", when, locale=locale_of(locale))


@dataclass(frozen=True, slots=True)
class Numbers:
    """One card's way of writing: its one currency and the reader's locale."""

    currency: str
    locale: str = FALLBACK

    def units(self, minor: int) -> float:
        """Whole units, for sorting and for a chart's axis."""
        return float(to_decimal(minor, self.currency))

    def short(self, minor: int, currency: str | None = None) -> str:
        return short_money(minor, currency or self.currency, self.locale)

    def exact(self, minor: int, currency: str | None = None) -> str:
        return exact_money(minor, currency or self.currency, self.locale)

    def a_day(self, minor: int) -> str:
        """What each working day has to bring, or has brought: `$62k a day`."""
        return f"{self.short(minor)} a day"

    def percent(self, ratio: Fraction, places: int = 1) -> str:
        return percent(ratio, self.locale, places)

    def times(self, ratio: Fraction) -> str:
        """A ratio said as a multiple: `2.4x`."""
        tenths = Decimal(round(ratio * 10)) / 10
        return f"{format_decimal(tenths, format='#,##0.0', locale=locale_of(self.locale))}x"

    def share(self, millionths: int) -> str:
        return share(millionths, self.locale)

    def rate(self, e12: int) -> str:
        """An exchange rate with as many places as it has."""
        return format_decimal(Decimal(e12) / 10**12, format="#,##0.############", locale=locale_of(self.locale))

    def day(self, when: date) -> str:
        return day(when, self.locale)

    def full_day(self, when: date) -> str:
        return full_day(when, self.locale)

    def moment(self, when: datetime, timezone: str) -> str:
        """A moment in the workspace's zone: `Sep 28, 06:10`."""
        local = when.astimezone(ZoneInfo(timezone))
        return f"{day(local.date(), self.locale)}, {local:%H:%M}"

    def part_of_year(self, period: Period) -> str:
        """`Q3`, `Sep`, `FY2026`: where a year stands beside it."""
        match period.kind:
            case PeriodKind.MONTH:
                return format_skeleton("MMM", period.start, locale=locale_of(self.locale))
            case PeriodKind.QUARTER:
                return period.label[4:]
            case PeriodKind.YEAR:
                return period.label

    def period(self, period: Period) -> str:
        """`Q3 2026`, `Sep 2026`, `FY2026`."""
        match period.kind:
            case PeriodKind.MONTH:
                return month(period.start, self.locale)
            case PeriodKind.QUARTER:
                return f"{period.label[4:]} {period.label[:4]}"
            case PeriodKind.YEAR:
                return period.label


@dataclass(frozen=True, slots=True)
class Counts(Numbers):
    """The same for things that are counted, in millionths of one; they have no currency."""

    def units(self, minor: int) -> float:
        return float(full_count(minor))

    def short(self, minor: int, currency: str | None = None) -> str:
        return short_count(minor, self.locale)

    def exact(self, minor: int, currency: str | None = None) -> str:
        return format_decimal(full_count(minor), format="#,##0.######", locale=locale_of(self.locale))

    def a_day(self, minor: int) -> str:
        """`1.4 a day`; less than one is said as `one every 9 working days`."""
        days = WHOLE // minor if 0 < minor < WHOLE else 1
        return f"{self.short(minor)} a day" if days == 1 else f"one every {days} working days"
