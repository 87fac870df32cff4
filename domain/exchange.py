"""Exchange into the workspace's currency, in exact integers."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from domain.company import Rate, Settings
from domain.errors import DataError
from domain.money import divide, exponent
from domain.periods import fiscal_year_of, month_of

ONE = 10**12
"""The rate 1, as rates are stored."""


class MissingRate(DataError):
    """There is no rate for a currency, neither for the month asked for nor for an earlier one."""

    def __init__(self, currency: str, month: str) -> None:
        super().__init__(f"There is no exchange rate for {currency} in {month} or earlier. Import one (kind: rates).")
        self.currency = currency
        self.month = month


@dataclass(frozen=True, slots=True)
class Quote:
    """One unit of `currency` in the workspace's currency, times 10**12.

    `period` is the month or fiscal year whose rate it is, None for the workspace's own currency. `stale`: the month
    asked for has no rate, this is the latest earlier one.
    """

    currency: str
    e12: int
    period: str | None = None
    stale: bool = False


class Exchange:
    """The rates of a workspace. Quotes are remembered: an import asks for the same ones over and over."""

    def __init__(self, settings: Settings, rates: Iterable[Rate]) -> None:
        self._settings = settings
        self._plan: dict[tuple[str, str], int] = {}
        self._monthly: defaultdict[str, dict[str, int]] = defaultdict(dict)
        for rate in rates:
            if rate.period.startswith("FY"):
                self._plan[rate.currency, rate.period] = rate.e12
            else:
                self._monthly[rate.currency][rate.period] = rate.e12
        self._months = {currency: sorted(known) for currency, known in self._monthly.items()}
        self._quotes: dict[tuple[str, str], Quote] = {}
        self._own = Quote(settings.currency, ONE)

    def rate(self, currency: str, on: date) -> Quote:
        """The rate for credit on a day: its fiscal year's plan rate where the workspace wants that, else its month's.

        Raises MissingRate if there is none for the month or an earlier one.
        """
        if currency == self._settings.currency:
            return self._own
        label = month_of(on).label
        quote = self._quotes.get((currency, label))
        if quote is None:
            quote = self._quotes[currency, label] = self._planned(currency, on) or self._latest(currency, label)
        return quote

    def latest(self, currency: str, today: date) -> Quote:
        """The rate for open amounts: the latest month's at or before today, whatever the basis.

        A workspace that only has plan rates gets today's plan rate. Raises MissingRate if there is none at all.
        """
        if currency == self._settings.currency:
            return self._own
        try:
            return self._latest(currency, month_of(today).label)
        except MissingRate:
            planned = self._planned(currency, today)
            if planned is None:
                raise
            return planned

    def convert(self, minor: int, currency: str, quote: Quote) -> int:
        """Minor units of the workspace's currency for `minor` units of `currency`, half-even."""
        if quote.period is None:
            return minor
        shift = exponent(self._settings.currency) - exponent(currency)
        if shift >= 0:
            return divide(minor * quote.e12 * 10**shift, ONE)
        return divide(minor * quote.e12, ONE * 10**-shift)

    def part(self, before: int, minor: int, currency: str, quote: Quote) -> int:
        """What one of several amounts that are converted as one adds to those before it: together they add up to that."""
        return self.convert(before + minor, currency, quote) - self.convert(before, currency, quote)

    def to_base(self, minor: int, currency: str, on: date) -> tuple[int, Quote]:
        """An amount of a credit day in the workspace's currency, and the rate that was used. Raises MissingRate."""
        quote = self.rate(currency, on)
        return self.convert(minor, currency, quote), quote

    def _planned(self, currency: str, on: date) -> Quote | None:
        if self._settings.rate_basis != "plan":
            return None
        period = f"FY{fiscal_year_of(on, self._settings.fiscal_start):04}"
        e12 = self._plan.get((currency, period))
        return None if e12 is None else Quote(currency, e12, period)

    def _latest(self, currency: str, label: str) -> Quote:
        months = self._months.get(currency, [])
        at = bisect_right(months, label)
        if at == 0:
            raise MissingRate(currency, label)
        period = months[at - 1]
        return Quote(currency, self._monthly[currency][period], period, stale=period != label)
