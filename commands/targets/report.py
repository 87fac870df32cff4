"""`turf report targets`: every subject with a target or credit in a period, from the same scores as the cards."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

from commands.targets.pipeline import Outlook, outlooks
from domain.attainment import NotAvailable, Pace, full_precision
from domain.forecast import Coverage
from domain.money import to_decimal
from domain.periods import Period
from domain.scorecard import Score, Scorecard, line_changes
from storage import ledger
from storage.ledger import Scope
from storage.store import Repositories


class By(StrEnum):
    PERSON = "person"
    TERRITORY = "territory"
    TEAM = "team"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One row, in the columns of the report; amounts in units of `currency`, ratios as decimals, n/a is None."""

    subject_kind: str
    subject: str
    name: str
    parent: str
    is_leaf: bool
    period: str
    metric: str
    currency: str
    target: Decimal | None
    credited: Decimal
    overlay: Decimal
    attainment: Decimal | None
    expected: Decimal | None
    pace: Decimal | None
    gap: Decimal | None
    open: Decimal
    coverage: Decimal | None
    reason: str


async def report(repo: Repositories, *, period: Period, by: By, today: date) -> list[ReportRow]:
    """The rows of a report; those with `is_leaf` sum to the company."""
    if by is By.MONTH:
        return await _by_month(repo, period, today)
    scores = await _scorecard(repo, period, today)
    made = {By.PERSON: scores.people, By.TERRITORY: scores.territories, By.TEAM: scores.teams}[by]()
    found = await outlooks(repo, made)
    return [_row(repo, score, outlook) for score, outlook in zip(made, found, strict=True)]


async def _by_month(repo: Repositories, period: Period, today: date) -> list[ReportRow]:
    """The company by month, and the whole period."""
    rows: list[ReportRow] = []
    for stretch in dict.fromkeys((*period.months(), period)):
        score = (await _scorecard(repo, stretch, today)).company()
        [found] = await outlooks(repo, [score])
        rows.append(_row(repo, score, found, is_leaf=len(rows) < len(period.months())))
    return rows


async def _scorecard(repo: Repositories, period: Period, today: date) -> Scorecard:
    cuts = line_changes(repo.model, period)
    return Scorecard(repo.model, period, today, await ledger.credited(*repo.at, Scope(period.span), cuts), cuts)


def _row(repo: Repositories, score: Score, found: Outlook, *, is_leaf: bool | None = None) -> ReportRow:
    standing, currency = score.standing, repo.settings.currency
    pace = standing.pace
    ratios: dict[str, Any] = {
        "attainment": standing.attainment,
        "coverage": found.coverage.ratio if isinstance(found.coverage, Coverage) else found.coverage,
    }
    return ReportRow(
        subject_kind=score.subject.kind,
        subject=score.subject.key,
        name=score.subject.name,
        parent=score.subject.parent,
        is_leaf=score.is_leaf if is_leaf is None else is_leaf,
        period=standing.progress.period.label,
        metric="revenue",
        currency=currency,
        target=_units(standing.target, currency),
        credited=to_decimal(standing.credited, currency),
        overlay=to_decimal(standing.overlay, currency),
        attainment=_ratio(ratios["attainment"]),
        expected=_units(standing.expected, currency),
        pace=_units(pace.amount if isinstance(pace, Pace) else None, currency),
        gap=_units(None if isinstance(standing.gap, NotAvailable) else standing.gap, currency),
        open=to_decimal(found.pipeline.amount, currency),
        coverage=_ratio(ratios["coverage"]),
        reason=_reasons(attainment=standing.attainment, pace=pace, coverage=ratios["coverage"]),
    )


def _units(minor: int | None, currency: str) -> Decimal | None:
    return None if minor is None else to_decimal(minor, currency)


def _ratio(value: Fraction | NotAvailable) -> Decimal | None:
    return None if isinstance(value, NotAvailable) else full_precision(value)


def _reasons(**figures: object) -> str:
    """Why figures are not available: `pace: less than a tenth of the period has passed`."""
    return "; ".join(f"{name}: {figure.reason}" for name, figure in figures.items() if isinstance(figure, NotAvailable))
