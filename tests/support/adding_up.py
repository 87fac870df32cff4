"""Reports in tests: the leaf rows add up to the company's row, which is what the company's card says."""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from commands.kit.names import COMPANY
from commands.targets import service
from commands.targets.report import By, ReportRow, report
from domain.company import WHOLE, Metric
from domain.money import to_decimal
from domain.periods import Period
from storage.store import Repositories

SAID = re.compile(r"add up to (-?[\d.]+)")


async def assert_adds_up(
    repo: Repositories, period: Period, by: By, today: date, metric: Metric = Metric.REVENUE
) -> bool:
    """Credited, target and open of one report. Whether the targets differ, and the rows say by how much."""
    rows = await report(repo, period=period, by=by, today=today, metric=metric)
    where = f"{period.label} by {by}"
    [company] = [row for row in rows if row.subject_kind == "company" and not row.is_leaf]
    assert company is rows[-1]
    leaves = [row for row in rows if row.is_leaf]
    card = await service.build(repo, subject=COMPANY, period=period, metric=metric, today=today)
    standing = card.score.standing
    said = company.credited, company.target or 0, company.open
    assert said == (
        _units(repo, metric, standing.credited),
        _units(repo, metric, standing.target or 0),
        _units(repo, metric, card.outlook.pipeline.amount) if metric.is_money else None,
    ), where
    assert sum(row.credited for row in leaves) == company.credited, where
    assert sum(row.open or 0 for row in leaves) == (company.open or 0), where
    carried = sum(row.target or Decimal(0) for row in leaves)
    assert carried == told(company), where
    if by is By.TERRITORY:
        others = [row for row in rows if not row.is_leaf and row is not company]
        assert carried == (company.target or 0) + beside(others), where
    return carried != (company.target or 0)


def _units(repo: Repositories, metric: Metric, amount: int) -> Decimal:
    return to_decimal(amount, repo.settings.currency) if metric.is_money else Decimal(amount) / WHOLE


def told(row: ReportRow) -> Decimal:
    """What a row says that those below it add up to: its own target, unless its reason names another amount."""
    found = SAID.search(row.about_target)
    return Decimal(found[1]) if found else row.target or Decimal(0)


def beside(rows: Iterable[ReportRow]) -> Decimal:
    """By how much what is below the rows exceeds their own targets."""
    return sum((told(row) - (row.target or 0) for row in rows), Decimal(0))
