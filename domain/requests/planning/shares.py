"""The target that goes along with what is moved: how much of each month, and from which row to which.

A month gives its piece, for the share of its business days from the effective day on, times the moved share. The months
are rounded together by largest remainder. What one row loses, another gains, in the workspace's currency and to its
smallest unit, whatever currencies the two are set in.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from domain.calendar import BusinessCalendar
from domain.company import Metric, SubjectKind, Target
from domain.exchange import ONE, Exchange, Quote
from domain.model import CompanyModel
from domain.money import exponent
from domain.periods import Period, parse_label
from domain.targets import MonthPiece, Row

NEARBY = 2
"""How far from its estimate an amount in another currency is looked for, in the smallest units of both."""


@dataclass(frozen=True, slots=True)
class Purse:
    """What a row has in one month, in minor units of its own currency, and what that is worth."""

    amount: int
    currency: str | None
    quote: Quote
    exchange: Exchange

    def worth(self, amount: int) -> int:
        """In minor units of the workspace's currency."""
        return self.exchange.convert(amount, self.quote.currency, self.quote)

    @property
    def whole(self) -> int:
        return self.worth(self.amount)

    def spent(self, amount: int) -> int:
        """What the row is worth less without an amount."""
        return self.whole - self.worth(self.amount - amount)

    def gained(self, amount: int) -> int:
        """What the row is worth more with an amount."""
        return self.worth(self.amount + amount) - self.whole

    def estimate(self, base: int, base_currency: str) -> int:
        """About how much of the row's own currency an amount of the workspace's is."""
        if self.quote.period is None:
            return base
        shift = exponent(self.quote.currency) - exponent(base_currency)
        return round(Fraction(base) * ONE / self.quote.e12 * Fraction(10) ** shift)


class Passed(NamedTuple):
    """What one purse gives and another takes, each in its own currency, and what that is in the workspace's."""

    given: int
    taken: int
    base: int


def pass_on(giver: Purse, taker: Purse, wanted: int, base_currency: str) -> Passed:
    """As near to `wanted` (of the giver's currency) as an amount that is worth the same to both; never more than there is.

    Rounding may make that impossible for the very amount: one of its neighbours then fits, in the end nothing at all.
    """
    for given in _outwards(wanted, giver.amount):
        base = giver.spent(given)
        if giver.quote.currency == taker.quote.currency:
            candidates: Iterable[int] = (given,)
        else:
            near = taker.estimate(base, base_currency)
            candidates = _outwards(near, near + NEARBY, max(near - NEARBY, 0))
        for taken in candidates:
            if taker.gained(taken) == base:
                return Passed(given, taken, base)
    return Passed(0, 0, 0)


def _outwards(wanted: int, most: int, least: int = 0) -> Iterator[int]:
    """From an amount to its neighbours, the nearest first, within [least, most]."""
    for distance in range(most - least + 1):
        for near in sorted({wanted - distance, wanted + distance}):
            if least <= near <= most:
                yield near


def round_together(exact: Sequence[Fraction]) -> list[int]:
    """Each up or down to a whole number, so that they add up to the rounded sum: the largest remainders go up."""
    parts = [int(one // 1) for one in exact]
    missing = round(sum(exact)) - sum(parts)
    for index in sorted(range(len(exact)), key=lambda i: -(exact[i] - parts[i]))[:missing]:
        parts[index] += 1
    return parts


class Left(NamedTuple):
    """A month piece, and how many of the month's business days lie on or after a day."""

    piece: MonthPiece
    days: int
    of: int

    @property
    def own(self) -> int:
        """The piece in minor units of its own currency."""
        return self.piece.original.minor if self.piece.original else self.piece.amount

    @property
    def fraction(self) -> Fraction:
        return Fraction(self.days, self.of)


def days_left(month: Period, day: date, calendar: BusinessCalendar) -> tuple[int, int]:
    """The business days of a month from a day on, and all of them."""
    return calendar.count(max(day, month.start), month.end), month.business_days(calendar)


def remaining(model: CompanyModel, row: Row, day: date) -> list[Left]:
    """What is left of a row's months from a day on, in order. Raises MissingRate."""
    found = []
    for month in months_from(model, row, day):
        piece = model.targets.piece(row, month)
        days, of = days_left(month, day, model.calendar)
        if piece is not None and days:
            found.append(Left(piece, days, of))
    return found


def months_from(model: CompanyModel, row: Row, day: date) -> list[Period]:
    """The months that end after a day for which a row has a published target."""
    kind, subject, metric = row
    found: dict[str, Period] = {}
    for target in model.company.targets:
        if (target.kind, target.subject, target.metric) == (kind, subject, metric) and target.published:
            period = parse_label(target.period, model.settings.fiscal_start)
            found.update((month.label, month) for month in period.months() if month.end > day)
    return sorted(found.values(), key=lambda month: month.start)


def revenue(kind: SubjectKind, subject: int) -> Row:
    """Only targets of revenue move: a number of new customers or meetings has no parts."""
    return kind, subject, Metric.REVENUE


def purse_of(model: CompanyModel, row: Row, month: Period, currency: str | None) -> Purse:
    """What a row has in a month; without a piece nothing, in `currency`. Raises MissingRate."""
    piece = model.targets.piece(row, month)
    if piece is not None:
        currency = piece.source.currency
    quote = model.exchange.rate(currency or model.settings.currency, month.start)
    amount = 0 if piece is None else piece.original.minor if piece.original else piece.amount
    return Purse(amount, currency, quote, model.exchange)


def month_target(row: Row, month: Period, amount: int, currency: str | None) -> Target:
    """The month's target that a row has in place of a coarser one."""
    kind, subject, metric = row
    return Target(kind, subject, month.label, metric, amount, currency)
