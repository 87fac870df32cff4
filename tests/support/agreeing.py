"""Cards, reports and Why? in tests: whatever they are about, they say the same."""

from datetime import date
from decimal import Decimal
from functools import partial

from commands.kit.names import Kind
from commands.targets import service
from commands.targets.behind import NAMES, behind
from commands.targets.reference import CardReference
from commands.targets.report import By, ReportRow, report
from commands.targets.service import TargetsCard
from domain.attainment import NotAvailable, Pace, full_precision
from domain.company import Metric, Person
from domain.credit import Kind as CreditKind
from domain.forecast import Coverage
from domain.money import full_count, to_decimal
from domain.periods import Period
from storage import ledger
from storage.ledger import Scope
from storage.store import Repositories
from tests.support.adding_up import assert_adds_up
from tests.support.explaining import assert_explained, subjects

VIEWS = {Kind.PERSON: By.PERSON, Kind.TERRITORY: By.TERRITORY, Kind.TEAM: By.TEAM, Kind.COMPANY: By.TERRITORY}


async def assert_agree(
    repo: Repositories, period: Period, today: date, ops: Person, metric: Metric = Metric.REVENUE
) -> int:
    """Everyone's and everything's card, its row in the report, and its Why? as `ops` sees it. How many cards have a row."""
    rows = {by: await report(repo, period=period, by=by, today=today, metric=metric) for by in By}
    for by in By:
        await assert_adds_up(repo, period, by, today, metric)
    if metric.is_money:
        await assert_territories(repo, period)
    found = 0
    for subject in subjects(repo):
        card = await service.build(repo, subject=subject, period=period, metric=metric, today=today)
        await assert_explained(repo, card, ops)
        if metric.is_money:
            await assert_exported(repo, card, ops)
            await assert_vacant(repo, card)
        assert_rows(card)
        await assert_months(repo, card)
        assert_trend(card)
        row = row_of(card, rows[VIEWS[subject.kind]])
        found += row is not None
        if row is None:
            assert card.score.is_empty, subject
            assert card.outlook.is_empty, subject
        else:
            assert_same(card, row)
    return found


def row_of(card: TargetsCard, rows: list[ReportRow]) -> ReportRow | None:
    """The row that is about what a card is about."""
    score = card.score.subject
    of = (score.kind, score.key, card.score.is_leaf)
    return next((row for row in rows if (row.subject_kind, row.subject, row.is_leaf) == of), None)


def assert_same(card: TargetsCard, row: ReportRow) -> None:
    standing, currency, where = card.score.standing, card.currency, f"{card.subject} {card.period.label}"
    coverage = card.outlook.coverage.ratio if isinstance(card.outlook.coverage, Coverage) else card.outlook.coverage
    said = {
        "target": standing.target,
        "credited": standing.credited,
        "overlay": standing.overlay,
        "expected": standing.expected,
        "pace": standing.pace.amount if isinstance(standing.pace, Pace) else None,
        "gap": None if isinstance(standing.gap, NotAvailable) else standing.gap,
        "open": card.outlook.pipeline.amount,
    }
    if not card.metric.is_money:
        del said["open"]
        assert row.open is None
    units = partial(to_decimal, currency=currency) if card.metric.is_money else full_count
    assert {name: None if value is None else units(value) for name, value in said.items()} == {
        name: getattr(row, name) for name in said
    }, where
    ratios = {"attainment": standing.attainment, "coverage": coverage}
    assert {name: None if isinstance(one, NotAvailable) else full_precision(one) for name, one in ratios.items()} == {
        name: getattr(row, name) for name in ratios
    }, where


def assert_rows(card: TargetsCard) -> None:
    """What a card's table adds up to."""
    if not card.rows:
        return
    standing, where = card.score.standing, f"{card.subject} {card.period.label}"
    assert sum(row.standing.credited for row in card.rows) == standing.credited, where
    below = sum(row.standing.target or 0 for row in card.rows)
    if card.compared is None or card.subject.kind is Kind.COMPANY:
        assert below == (standing.target or 0), where
    else:
        assert below == (card.compared.below.effective if card.compared.has_own else standing.target or 0), where


async def assert_exported(repo: Repositories, card: TargetsCard, by: Person) -> None:
    """The rows behind a card, as a file has them, sum to it."""
    found = await behind(repo, CardReference.of(card), by=by, today=card.today)
    rows = [dict(zip(NAMES, row, strict=True)) for row in found.rows]

    def total(column: str, *parts: str) -> Decimal:
        return sum((Decimal(str(row[column] or 0)) for row in rows if row["part"] in parts), Decimal(0))

    standing, where = card.score.standing, f"{card.subject} {card.period.label}"
    achieved = total("credited", "credit", "elsewhere") + total("overlay", "credit")
    assert achieved == to_decimal(standing.achieved, card.currency), where
    assert total("target", "target", "target elsewhere") == to_decimal(standing.target or 0, card.currency), where
    assert total("open", "open", "open elsewhere") == to_decimal(card.outlook.pipeline.amount, card.currency), where


async def assert_vacant(repo: Repositories, card: TargetsCard) -> None:
    """What stands beside a manager's table is the credit that nobody has in those territories."""
    for row in card.vacant:
        where = Scope(card.period.span, unassigned=True, territories=[row.subject.id])
        sums = await ledger.credited(*repo.at, where)
        assert row.standing.credited == sum(one.base for one in sums), f"{card.subject} {row.subject}"


async def assert_months(repo: Repositories, card: TargetsCard) -> None:
    """The months of a card add up to it; of a manager's, whose team may differ by month, credit and target do."""
    months = [
        await service.build(repo, subject=card.subject, period=month, metric=card.metric, today=card.today)
        for month in card.period.months()
    ]
    where = f"{card.subject} {card.period.label}"
    standings = [month.score.standing for month in months]
    assert sum(one.credited for one in standings) == card.score.standing.credited, where
    assert sum(one.target or 0 for one in standings) == (card.score.standing.target or 0), where
    if card.score.is_leaf or card.subject.kind is not Kind.PERSON:
        assert sum(month.outlook.pipeline.amount for month in months) == card.outlook.pipeline.amount, where


def assert_trend(card: TargetsCard) -> None:
    """The chart ends where the card stands."""
    if card.points and card.score.standing.progress.begun:
        standing, last = card.score.standing, card.points[-1]
        assert last.expected == standing.expected, card.subject
        assert last.credited == standing.achieved, card.subject


async def assert_territories(repo: Repositories, period: Period) -> None:
    """People and nobody add up to each territory, territories and none to the company."""
    sums = await ledger.credited(*repo.at, Scope(period.span))
    revenue = [one for one in sums if one.kind is CreditKind.REVENUE]
    for territory in (*repo.company.territories, None):
        inside = Scope(
            period.span, territories=[] if territory is None else [territory], no_territory=territory is None
        )
        found = [one for one in await ledger.credited(*repo.at, inside) if one.kind is CreditKind.REVENUE]
        assert sum(one.base for one in found) == sum(one.base for one in revenue if one.territory == territory)
    people = {*repo.company.people, None}
    assert all(one.person in people for one in sums)
