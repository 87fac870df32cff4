"""`turf report targets`: every subject with a target or credit in a period, from the same scores as the cards."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

from commands.targets.pipeline import Outlook, outlooks
from domain.attainment import NotAvailable, Pace, Ratio, full_precision, printable_percent
from domain.forecast import Coverage
from domain.money import to_decimal
from domain.periods import Period
from domain.scorecard import WHOLE_COMPANY, Score, Scorecard, line_changes
from storage import ledger
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

    `reason` says why a figure is n/a, why the leaves' targets do not add up to the row's, and what is left out.
    """

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

    @property
    def about_target(self) -> str:
        """What `reason` says about the target, if anything."""
        said = [part for part in self.reason.split("; ") if part.startswith(_TARGET)]
        return said[0].removeprefix(_TARGET) if said else ""


async def report(repo: Repositories, *, period: Period, by: By, today: date) -> list[ReportRow]:
    """The rows of a report, the company last; those with `is_leaf` sum to the company.

    Whoever has a target, credit or an open deal that closes in the rest of the period has a row.
    """
    if by is By.MONTH:
        return await _by_month(repo, period, today)
    scores = await _scorecard(repo, period, today)
    made = {By.PERSON: scores.people, By.TERRITORY: scores.territories, By.TEAM: scores.teams}[by]()
    found = zip(made, await outlooks(repo, made), strict=True)
    return [
        _row(repo, score, outlook)
        for score, outlook in found
        if score.subject == WHOLE_COMPANY or not (score.is_empty and outlook.is_empty)
    ]


async def _by_month(repo: Repositories, period: Period, today: date) -> list[ReportRow]:
    """The company by month, and the whole period."""
    stretches = [*((month, True) for month in period.months()), (period, False)]
    rows: list[ReportRow] = []
    for stretch, is_leaf in stretches:
        # The leaves are months here: they do add up.
        score = replace((await _scorecard(repo, stretch, today)).company(), is_leaf=is_leaf, compared=None)
        [found] = await outlooks(repo, [score])
        rows.append(_row(repo, score, found))
    return rows


async def _scorecard(repo: Repositories, period: Period, today: date) -> Scorecard:
    cuts = line_changes(repo.model, period)
    return Scorecard(repo.model, period, today, await ledger.credited(*repo.at, Scope(period.span), cuts), cuts)


def _row(repo: Repositories, score: Score, found: Outlook) -> ReportRow:
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
        is_leaf=score.is_leaf,
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
        reason="; ".join([*_beside(score, currency), *_reasons(**ratios, pace=pace), *_left_out(found)]),
    )


def _units(minor: int | None, currency: str) -> Decimal | None:
    return None if minor is None else to_decimal(minor, currency)


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
    yield f"{_TARGET}{said} {to_decimal(compared.below.effective, currency)}{_more(compared.over_assignment)}"


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
