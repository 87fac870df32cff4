"""New customers and meetings of the sample company: counted one by one, they are what cards, reports and Why? say."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from commands.targets import metrics, service
from commands.targets.report import By
from domain.company import WHOLE, Metric, Role
from domain.credit import Kind
from domain.periods import Period, parse_label
from storage import counts
from storage.database import Database
from storage.ledger import Scope
from storage.store import Repositories, Store
from storage.tables import crm, ledger
from tests.support.adding_up import assert_adds_up
from tests.support.explaining import assert_explained, someone, subjects
from tests.support.sample import TODAY

QUARTER, YEAR = parse_label("2026Q4", 1), parse_label("FY2026", 1)
COUNTED = [Metric.NEW_CUSTOMERS, Metric.MEETINGS]


@pytest.fixture
async def store(sample_to_read: str) -> AsyncIterator[Store]:
    database = Database(sample_to_read)
    yield Store(database)
    await database.close()


async def rows(repo: Repositories, model: type[Any]) -> list[Any]:
    return list(await repo.connection.execute(select(repo.snapshot.source(model))))


async def first_wins(repo: Repositories, months: int | None) -> set[int]:
    """The deals that made an account a customer, found one after the other."""
    wins = [
        deal
        for deal in await rows(repo, crm.DealVersion)
        if deal.status == "won" and deal.type != "return" and (deal.amount or 0) >= 0 and deal.account_id
    ]
    last: dict[int, date] = {}
    found = set()
    for deal in sorted(wins, key=lambda deal: (deal.closed_on, deal.id)):
        before = last.get(deal.account_id)
        if before is None or (months is not None and later(before, months) < deal.closed_on):
            found.add(deal.id)
        last[deal.account_id] = deal.closed_on
    return found


def later(day: date, months: int) -> date:
    """The same day of a later month; the last one of a month without it (all months here have 28 days at least)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for number in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, number)
        except ValueError:
            continue
    raise AssertionError


@pytest.mark.parametrize("months", [None, 1, 5, 12])
@pytest.mark.parametrize("period", [QUARTER, YEAR], ids=lambda period: period.label)
async def test_an_account_is_new_with_its_first_win_or_after_so_many_months(
    store: Store, months: int | None, period: Period
) -> None:
    async with store.read(1) as repo:
        firsts = await first_wins(repo, months)
        wanted: Counter[tuple[int | None, int | None]] = Counter()
        for row in await rows(repo, ledger.Credit):
            if row.deal_id in firsts and row.kind == Kind.REVENUE and row.on_day in period:
                wanted[row.person_id, row.territory_id] += row.share
        found = await counts.new_customers(*repo.at, Scope(period.span), months=months)
        assert {(row.person, row.territory): row.base for row in found} == {key: n for key, n in wanted.items() if n}
        assert any(row.base % WHOLE for row in found) or period == QUARTER


async def test_the_longer_the_wait_the_fewer_are_new_again(store: Store) -> None:
    async with store.read(1) as repo:
        sums = [
            sum(row.base for row in await counts.new_customers(*repo.at, Scope(YEAR.span), months=months))
            for months in (1, 6, 12, None)
        ]
        assert sums == sorted(sums, reverse=True)
        assert len(set(sums)) == 4


async def test_meetings_are_those_of_each_person_and_nothing_else(store: Store) -> None:
    async with store.read(1) as repo:
        wanted = Counter(
            row.person_id
            for row in await rows(repo, crm.ActivityVersion)
            if row.kind == "meeting" and row.on_day in QUARTER
        )
        found = await metrics.credited(repo, Metric.MEETINGS, Scope(QUARTER.span, people=list(wanted)), ())
        assert {row.person: row.base for row in found} == {who: n * WHOLE for who, n in wanted.items()}
        everywhere = await metrics.credited(repo, Metric.MEETINGS, Scope(QUARTER.span), ())
        assert sum(row.base for row in everywhere) == wanted.total() * WHOLE
        assert {row.territory for row in everywhere} > {None} or all(row.territory for row in everywhere)


@pytest.mark.slow_on_postgresql
@pytest.mark.parametrize("metric", COUNTED)
@pytest.mark.parametrize("period", [QUARTER, pytest.param(YEAR, marks=pytest.mark.slow)], ids=["2026Q4", "FY2026"])
async def test_why_sums_to_every_card_and_every_report_to_the_company(
    store: Store, metric: Metric, period: Period
) -> None:
    async with store.read(1) as repo:
        ops = someone(repo, Role.OPS)
        explained = 0
        for subject in subjects(repo):
            card = await service.build(repo, subject=subject, period=period, metric=metric, today=TODAY)
            await assert_explained(repo, card, ops)
            explained += card.score.standing.credited != 0
        assert explained > 20
        for by in By:
            await assert_adds_up(repo, period, by, TODAY, metric)
