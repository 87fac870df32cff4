"""Where a period will end if nothing changes, and what the open deals add to it.

Open amounts are in minor units of the workspace's currency, at the latest rate; chances are in millionths.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from domain.attainment import Amount, NotAvailable, Progress, Ratio, Reason
from domain.company import WHOLE, Span
from domain.money import apply_share, divide
from domain.periods import Period

ENOUGH = 30
"""Closed deals from which a measured stage rate is believed."""


class Category(StrEnum):
    """The forecast category that the CRM gives a deal."""

    COMMIT = "commit"
    BEST_CASE = "best_case"
    PIPELINE = "pipeline"
    OMITTED = "omitted"


class ChanceSource(StrEnum):
    """Where a deal's chance of being won comes from, best first."""

    HISTORY = "history"
    DEAL = "deal"
    CONFIGURED = "configured"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class StageCount:
    """Of the deals that entered a stage within the trailing year: how many have closed, how many of those were won."""

    stage: str
    closed: int
    won: int


@dataclass(frozen=True, slots=True)
class Chance:
    """A chance of being won; `closed` deals stand behind a measured one."""

    share: int
    source: ChanceSource
    closed: int = 0


@dataclass(frozen=True, slots=True)
class OpenDeal:
    """An open deal's part in someone's pipeline, or the sum of `count` that are alike in all but their amount.

    `probability` is the deal's own.
    """

    amount: int
    expected_close_on: date | None
    stage: str | None = None
    probability: int | None = None
    category: Category | None = None
    count: int = 1


@dataclass(frozen=True, slots=True)
class WeighedDeal:
    deal: OpenDeal
    chance: Chance
    weighted: int


@dataclass(frozen=True, slots=True)
class OpenPipeline:
    """The open deals that are to close in the rest of a period.

    Deals whose close date has passed, or is missing, are left out and counted. `commit` and `best_case` are not
    available unless some deal has a forecast category.
    """

    deals: tuple[WeighedDeal, ...]
    overdue: tuple[OpenDeal, ...]
    undated: tuple[OpenDeal, ...]
    has_categories: bool

    @property
    def amount(self) -> int:
        return sum(one.deal.amount for one in self.deals)

    @property
    def weighted(self) -> int:
        return sum(one.weighted for one in self.deals)

    @property
    def commit(self) -> Amount:
        return self._of(Category.COMMIT)

    @property
    def best_case(self) -> Amount:
        return self._of(Category.BEST_CASE)

    @property
    def count(self) -> int:
        """How many deals are to close in the rest of the period."""
        return sum(one.deal.count for one in self.deals)

    @property
    def overdue_count(self) -> int:
        return sum(deal.count for deal in self.overdue)

    def counted(self, source: ChanceSource) -> int:
        """How many deals are weighed by a chance of that source."""
        return sum(one.deal.count for one in self.deals if one.chance.source is source)

    def _of(self, category: Category) -> Amount:
        if not self.has_categories:
            return NotAvailable(Reason.NO_CATEGORY)
        return sum(one.deal.amount for one in self.deals if one.deal.category is category)


class Counting(StrEnum):
    """Which open deals a forecast counts, and how: the committed ones whole, the best case too, or all by their chances."""

    COMMIT = "commit"
    BEST_CASE = "best_case"
    CHANCES = "chances"


@dataclass(frozen=True, slots=True)
class PipelineForecast:
    """Achieved and what the open deals are expected to add: by chance; committed; committed and best case."""

    weighted: int
    commit: Amount
    best_case: Amount

    @property
    def ascending(self) -> list[tuple[Counting, int]]:
        """Those that are available, lowest first.

        Deals without a category count by their chances only, so that any of the three may be the highest.
        """
        found = (Counting.COMMIT, self.commit), (Counting.BEST_CASE, self.best_case), (Counting.CHANCES, self.weighted)
        known = [(counting, amount) for counting, amount in found if not isinstance(amount, NotAvailable)]
        return sorted(known, key=lambda one: one[1])


@dataclass(frozen=True, slots=True)
class Coverage:
    """Open amount that closes in the rest of the period / gap, and how much of that is needed at today's win rate."""

    ratio: Ratio
    needed: Ratio


class StageRates:
    """The chance of winning by stage: measured where enough deals have closed, else the deal's own, else configured."""

    def __init__(self, counts: Iterable[StageCount] = (), configured: Mapping[str, int] | None = None) -> None:
        self._measured = {count.stage: count for count in counts if count.closed >= ENOUGH}
        self._configured = configured or {}

    def chance(self, deal: OpenDeal) -> Chance:
        stage = deal.stage or ""
        measured = self._measured.get(stage)
        if measured is not None:
            return Chance(divide(measured.won * WHOLE, measured.closed), ChanceSource.HISTORY, measured.closed)
        if deal.probability is not None:
            return Chance(deal.probability, ChanceSource.DEAL)
        if stage in self._configured:
            return Chance(self._configured[stage], ChanceSource.CONFIGURED)
        return Chance(0, ChanceSource.NONE)


def trailing_year(today: date) -> Span:
    """The four quarters up to today, in which a deal must have entered a stage to count in its rate."""
    # 29 February has no day a year earlier.
    start = (
        today.replace(year=today.year - 1, day=min(today.day, 28))
        if today.month == 2
        else today.replace(year=today.year - 1)
    )
    return Span(start, today)


def rest_of(period: Period, today: date) -> Span | None:
    """The days of a period from today on; None once it has ended."""
    return period.span.clip(Span(today, date.max))


def pipeline(deals: Iterable[OpenDeal], period: Period, today: date, rates: StageRates) -> OpenPipeline:
    """Sort open deals into those that close in the rest of the period (each with its chance), overdue and undated ones."""
    rest = rest_of(period, today)
    inside: list[WeighedDeal] = []
    overdue: list[OpenDeal] = []
    undated: list[OpenDeal] = []
    has_categories = False
    for deal in deals:
        has_categories |= deal.category is not None
        if deal.expected_close_on is None:
            undated.append(deal)
        elif deal.expected_close_on < today:
            overdue.append(deal)
        elif rest is not None and deal.expected_close_on in rest:
            inside.append(_weighed(deal, rates))
    return OpenPipeline(tuple(inside), tuple(overdue), tuple(undated), has_categories)


def _weighed(deal: OpenDeal, rates: StageRates) -> WeighedDeal:
    chance = rates.chance(deal)
    return WeighedDeal(deal, chance, apply_share(deal.amount, chance.share))


def run_rate(achieved: int, target: int | None, expected: int | None, progress: Progress) -> Amount:
    """Where the period ends if nothing changes, half-even.

    Achieved / (expected to date / target): a season counts. Without a target, achieved / share of the business days
    before today. Withheld as pace is.
    """
    if progress.too_early is not None:
        return progress.too_early
    if not target:
        return divide(achieved * progress.days, progress.days_before)
    if not expected:
        return NotAvailable(Reason.NOTHING_EXPECTED)
    return divide(achieved * target, expected)


def by_pipeline(achieved: int, pipeline: OpenPipeline, progress: Progress) -> PipelineForecast | NotAvailable:
    """Achieved plus what is open; not available once the period has ended."""
    if progress.ended:
        return NotAvailable(Reason.ENDED)
    return PipelineForecast(
        weighted=achieved + pipeline.weighted,
        commit=_sum(achieved, pipeline.commit),
        best_case=_sum(achieved, pipeline.commit, pipeline.best_case),
    )


def _sum(*amounts: Amount) -> Amount:
    result = 0
    for amount in amounts:
        if isinstance(amount, NotAvailable):
            return amount
        result += amount
    return result


def win_rate(won: int, lost: int) -> Ratio:
    """Won / (won + lost); both by count or both by value."""
    return Fraction(won, won + lost) if won + lost else NotAvailable(Reason.NONE_CLOSED)


def coverage(open_amount: int, gap: Amount, progress: Progress, *, won: int, lost: int) -> Coverage | NotAvailable:
    """Open amount that closes in the rest of the period / gap; needed is 1 / win rate, from `won` and `lost` by value."""
    if isinstance(gap, NotAvailable):
        return gap
    if progress.ended:
        return NotAvailable(Reason.ENDED)
    if gap <= 0:
        return NotAvailable(Reason.MET)
    return Coverage(Fraction(open_amount, gap), _needed(win_rate(won, lost)))


def _needed(rate: Ratio) -> Ratio:
    if isinstance(rate, NotAvailable):
        return rate
    return 1 / rate if rate > 0 else NotAvailable(Reason.NONE_WON)
