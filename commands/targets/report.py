"""`turf report targets`: every subject with a target or credit in a period, from the same scores as the cards."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from commands.targets import metrics
from commands.targets.pipeline import Outlook, counted, outlooks
from domain.attainment import NotAvailable, Pace, Ratio, full_precision, printable_percent
from domain.company import Metric, Span
from domain.forecast import Coverage
from domain.money import full_count, to_decimal
from domain.periods import Period
from domain.scorecard import WHOLE_COMPANY, Score, Scorecard, line_changes
from storage.ledger import Scope
from storage.store import Repositories

_TARGET = "target: "


class By(StrEnum):
    PERSON = "person"
    TERRITORY = "territory"
    TEAM = "team"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One row, in the columns of the report; amounts in units of `currency`, ratios as decimals, n/a is None.

    Where the metric is no money, `currency` is empty and amounts are numbers of things. `reason` says why a figure is
    n/a, why the leaves' targets do not add up to the row's, and what is left out.
    """

    subject_kind: str
    subject: str
    name: str
    parent: str
    is_leaf: bool
    period: str
    metric: Metric
    currency: str
    target: Decimal | None
    credited: Decimal
    overlay: Decimal
    attainment: Decimal | None
    expected: Decimal | None
    pace: Decimal | None
    gap: Decimal | None
    open: Decimal | None
    coverage: Decimal | None
    reason: str

    @property
    def about_target(self) -> str:
        """What `reason` says about the target, if anything."""
        said = [part for part in self.reason.split("; ") if part.startswith(_TARGET)]
        return said[0].removeprefix(_TARGET) if said else ""


async def report(
    repo: Repositories,
    *,
    period: Period,
    by: By,
    today: date,
    metric: Metric | None = None,
    until: date | None = None,
) -> list[ReportRow]:
    """The rows of a report, metric by metric, each with the company last; those of one with `is_leaf` sum to that.

    Whoever has a target, credit or an open deal that closes in the rest of the period has a row. Other metrics than
    revenue only where some target of them is published. Credit of days after `until` is left out.
    """
    asked = {Metric.REVENUE, *(target.metric for target in repo.company.targets if target.published)}
    found: list[ReportRow] = []
    for one in Metric:
        if one in asked and metric in (None, one):
            found += await _of_metric(repo, one, period, by, Days(today, until))
    return found


class Days(NamedTuple):
    """Which day it is, and the last one whose credit counts, if not all do."""

    today: date
    until: date | None

    def of(self, period: Period) -> Span:
        """The days of a period whose credit counts."""
        whole = period.span
        if self.until is None:
            return whole
        return Span(whole.start, max(whole.start, min(whole.end, self.until + timedelta(days=1))))


async def _of_metric(repo: Repositories, metric: Metric, period: Period, by: By, days: Days) -> list[ReportRow]:
    if by is By.MONTH:
        return await _by_month(repo, metric, period, days)
    scores = await _scorecard(repo, metric, period, days)
    made = {By.PERSON: scores.people, By.TERRITORY: scores.territories, By.TEAM: scores.teams}[by]()
    found = zip(made, await _outlooks(repo, metric, made), strict=True)
    return [
        _row(repo, metric, score, outlook)
        for score, outlook in found
        if score.subject == WHOLE_COMPANY or not (score.is_empty and outlook.is_empty)
    ]


async def _outlooks(repo: Repositories, metric: Metric, scores: Sequence[Score]) -> list[Outlook]:
    return await outlooks(repo, scores) if metric.is_money else [counted(score) for score in scores]


async def _by_month(repo: Repositories, metric: Metric, period: Period, days: Days) -> list[ReportRow]:
    """The company by month, and the whole period."""
    stretches = [*((month, True) for month in period.months()), (period, False)]
    rows: list[ReportRow] = []
    for stretch, is_leaf in stretches:
        # The leaves are months here: they do add up.
        score = replace((await _scorecard(repo, metric, stretch, days)).company(), is_leaf=is_leaf, compared=None)
        [found] = await _outlooks(repo, metric, [score])
        rows.append(_row(repo, metric, score, found))
    return rows


async def _scorecard(repo: Repositories, metric: Metric, period: Period, days: Days) -> Scorecard:
    cuts = line_changes(repo.model, period)
    credit = await metrics.credited(repo, metric, Scope(days.of(period)), cuts)
    return Scorecard(repo.model, period, days.today, credit, cuts, metric)


def _row(repo: Repositories, metric: Metric, score: Score, found: Outlook) -> ReportRow:
    standing, currency = score.standing, repo.settings.currency if metric.is_money else ""
    pace, gap = standing.pace, standing.gap
    ratio = found.coverage.ratio if isinstance(found.coverage, Coverage) else found.coverage
    coverage: dict[str, Ratio] = {"coverage": ratio} if metric.is_money else {}
    reasons = _reasons(attainment=standing.attainment, **coverage, pace=pace)
    return ReportRow(
        subject_kind=score.subject.kind,
        subject=score.subject.key,
        name=score.subject.name,
        parent=score.subject.parent,
        is_leaf=score.is_leaf,
        period=standing.progress.period.label,
        metric=metric,
        currency=currency,
        target=_known(standing.target, currency),
        credited=_units(standing.credited, currency),
        overlay=_units(standing.overlay, currency),
        attainment=_ratio(standing.attainment),
        expected=_known(standing.expected, currency),
        pace=_known(pace.amount if isinstance(pace, Pace) else None, currency),
        gap=_known(None if isinstance(gap, NotAvailable) else gap, currency),
        open=_units(found.pipeline.amount, currency) if metric.is_money else None,
        coverage=_ratio(ratio),
        reason="; ".join([*_beside(score, currency), *reasons, *_left_out(found)]),
    )


def _units(amount: int, currency: str) -> Decimal:
    """Units of a currency; without one, of things counted in millionths."""
    return to_decimal(amount, currency) if currency else full_count(amount)


def _known(amount: int | None, currency: str) -> Decimal | None:
    return None if amount is None else _units(amount, currency)


def _ratio(value: Fraction | NotAvailable) -> Decimal | None:
    return None if isinstance(value, NotAvailable) else full_precision(value)


def _beside(score: Score, currency: str) -> Iterator[str]:
    """What those below a roll-up carry, where it has another target of its own."""
    compared = score.compared
    if compared is None or not compared.differs:
        return
    if score.subject == WHOLE_COMPANY:
        said = "what is asked for at the top, while the leaf rows add up to"
    else:
        said = "its own, while those below it add up to"
    yield f"{_TARGET}{said} {_units(compared.below.effective, currency)}{_more(compared.over_assignment)}"


def _more(over: Ratio) -> str:
    if isinstance(over, NotAvailable):
        return ""
    return f", {printable_percent(abs(over))} % {'more' if over > 0 else 'less'}"


def _reasons(**figures: object) -> Iterator[str]:
    """Why figures are not available: `pace: less than a tenth of the period has passed`."""
    for name, figure in figures.items():
        if isinstance(figure, NotAvailable):
            yield f"{name}: {figure.reason}"


def _left_out(found: Outlook) -> Iterator[str]:
    if found.without_rate:
        yield f"open: left out without an exchange rate: {found.without_rate}"
