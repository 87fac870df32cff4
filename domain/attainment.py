"""Where someone stands against a target: attainment, pace, gap and what is required per day.

Amounts are integers of minor units; ratios are exact fractions, rounded only where they are printed (`printable_percent`,
`full_precision`). What cannot be computed is `NotAvailable` with a reason, never 0 or infinity.
"""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Context, Decimal
from enum import StrEnum
from fractions import Fraction
from typing import TypeAlias

from domain.calendar import BusinessCalendar
from domain.periods import Period

PACE_FROM = Fraction(1, 10)
"""The share of a period's business days that must lie behind before pace says anything."""


class Reason(StrEnum):
    """Why a figure is not available, in words."""

    NO_TARGET = "no target is set for this period"
    ZERO_TARGET = "the target is zero"
    NOTHING_TO_COMPARE = "there is no target above and below to compare"
    TOO_EARLY = "less than a tenth of the period has passed"
    NOT_BEGUN = "the period has not begun"
    ENDED = "the period has ended"
    NOTHING_EXPECTED = "nothing was expected by now"
    MET = "the target is met"
    NO_CATEGORY = "no forecast category is imported"
    NONE_CLOSED = "no deal has closed yet"
    NONE_WON = "no deal has been won yet"
    NO_MONEY = "open deals are counted in money only"


@dataclass(frozen=True, slots=True)
class NotAvailable:
    """A figure that is undefined, and why."""

    reason: Reason


Ratio: TypeAlias = Fraction | NotAvailable
Amount: TypeAlias = int | NotAvailable


@dataclass(frozen=True, slots=True)
class Pace:
    """Credited less expected to date (negative is behind), and credited / expected."""

    amount: int
    ratio: Ratio


@dataclass(frozen=True, slots=True)
class RequiredPerDay:
    """What each of the remaining business days, today included, has to bring, rounded up so that it is enough."""

    amount: int
    days: int
    last_day: bool
    """Only today is left: the amount is the whole gap."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a period is on a day, in business days."""

    period: Period
    today: date
    days: int
    days_before: int

    @classmethod
    def of(cls, period: Period, today: date, calendar: BusinessCalendar) -> "Progress":
        return cls(period, today, period.business_days(calendar), period.days_before(calendar, today))

    @property
    def begun(self) -> bool:
        return self.period.begun(self.today)

    @property
    def ended(self) -> bool:
        return self.period.ended(self.today)

    @property
    def elapsed(self) -> Fraction:
        """The share of the business days that lie before today."""
        return Fraction(self.days_before, self.days)

    @property
    def days_left(self) -> int:
        """Business days from today on, today included."""
        return self.days - self.days_before

    @property
    def too_early(self) -> NotAvailable | None:
        """Why nothing may be extrapolated from the days so far, if so."""
        if not self.begun:
            return NotAvailable(Reason.NOT_BEGUN)
        if not self.ended and self.elapsed < PACE_FROM:
            return NotAvailable(Reason.TOO_EARLY)
        return None


def attainment(achieved: int, target: int | None) -> Ratio:
    """Achieved / effective target."""
    if target is None:
        return NotAvailable(Reason.NO_TARGET)
    return Fraction(achieved, target) if target else NotAvailable(Reason.ZERO_TARGET)


def pace(achieved: int, expected: int | None, progress: Progress) -> Pace | NotAvailable:
    """Achieved against the effective target of the days before today; withheld in the first tenth of the period."""
    if expected is None:
        return NotAvailable(Reason.NO_TARGET)
    if progress.too_early is not None:
        return progress.too_early
    ratio = Fraction(achieved, expected) if expected else NotAvailable(Reason.NOTHING_EXPECTED)
    return Pace(achieved - expected, ratio)


def gap(achieved: int, target: int | None) -> Amount:
    """Effective target less achieved: what is missing. Negative once the target is passed."""
    return NotAvailable(Reason.NO_TARGET) if target is None else target - achieved


def required_per_day(achieved: int, target: int | None, progress: Progress) -> RequiredPerDay | NotAvailable:
    """The gap over the remaining business days; not available when it is met, or the period has ended."""
    missing = gap(achieved, target)
    if isinstance(missing, NotAvailable):
        return missing
    if missing <= 0:
        return NotAvailable(Reason.MET)
    if progress.ended:
        return NotAvailable(Reason.ENDED)
    # The last days may be no business days: then all of it is due today.
    days = max(progress.days_left, 1)
    return RequiredPerDay(-(-missing // days), days, last_day=days == 1)


@dataclass(frozen=True, slots=True)
class Standing:
    """The figures of one subject in one period. `target` and `expected` are effective; None without a target.

    A person's overlay credit counts towards their own attainment, pace and gap; elsewhere it is 0.
    """

    progress: Progress
    credited: int
    overlay: int
    target: int | None
    expected: int | None

    @property
    def achieved(self) -> int:
        return self.credited + self.overlay

    @property
    def attainment(self) -> Ratio:
        return attainment(self.achieved, self.target)

    @property
    def pace(self) -> Pace | NotAvailable:
        return pace(self.achieved, self.expected, self.progress)

    @property
    def gap(self) -> Amount:
        return gap(self.achieved, self.target)

    @property
    def required_per_day(self) -> RequiredPerDay | NotAvailable:
        return required_per_day(self.achieved, self.target, self.progress)


_PRECISION = Context(prec=15)


def full_precision(ratio: Fraction) -> Decimal:
    """A ratio with 15 digits for exports; what is below 1 never becomes 1."""
    return _not_rounded_to_one(ratio, _PRECISION.divide(Decimal(ratio.numerator), Decimal(ratio.denominator)), 15)


def printable_percent(ratio: Fraction, places: int = 1) -> Decimal:
    """A ratio in percent with so many places: 0.9996 is 99.9, never 100 before it is met."""
    percent = ratio * 100
    exact = Context(prec=40).divide(Decimal(percent.numerator), Decimal(percent.denominator))
    rounding = ROUND_DOWN if ratio < 1 and exact.quantize(_quantum(places), ROUND_HALF_EVEN) >= 100 else ROUND_HALF_EVEN
    return exact.quantize(_quantum(places), rounding)


def _quantum(places: int) -> Decimal:
    return Decimal(1).scaleb(-places)


def _not_rounded_to_one(ratio: Fraction, rounded: Decimal, places: int) -> Decimal:
    return Decimal(1) - _quantum(places) if ratio < 1 <= rounded else rounded
