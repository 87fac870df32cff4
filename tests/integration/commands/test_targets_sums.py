"""The figures of the sample company add up: Why? to the card, people and territories to the company, at any revision."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from commands.kit.names import COMPANY
from commands.targets import service, why
from commands.targets.query import TargetsQuery
from commands.targets.reference import CardReference
from commands.targets.report import By
from commands.targets.why import Part, WhyPage
from domain.company import Role
from domain.periods import Period, PeriodKind, containing, parse_label
from storage.database import Database
from storage.store import Store
from tests.support.adding_up import assert_adds_up
from tests.support.explaining import all_pages, assert_explained, someone, subjects
from tests.support.sample import TODAY, import_folder

QUARTER = containing(TODAY, PeriodKind.QUARTER, 1)
PERIODS = [QUARTER]
MORE = [
    QUARTER.previous(),
    QUARTER.next(),
    containing(TODAY, PeriodKind.MONTH, 1),
    containing(TODAY, PeriodKind.YEAR, 1),
    containing(TODAY, PeriodKind.YEAR, 1).previous(),
]
QUARTERS = [f"{year}Q{number}" for year in (2023, 2024, 2025, 2026) for number in (1, 2, 3, 4)]
OTHERS = ["2027Q1", "2026-02", "2026-11", "2026-12", "FY2023", "FY2025", "FY2026", "FY2027"]
EVERY_PERIOD = [parse_label(label, 1) for label in (*QUARTERS, *OTHERS)]


@pytest.fixture
async def store(sample_to_read: str) -> AsyncIterator[Store]:
    database = Database(sample_to_read)
    yield Store(database)
    await database.close()


@pytest.fixture(autouse=True)
def long_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer of them: each page is made from the data anew."""
    monkeypatch.setattr(why, "LINES", 500)


@pytest.mark.slow_on_postgresql
@pytest.mark.parametrize(
    "period", [*PERIODS, *(pytest.param(one, marks=pytest.mark.slow) for one in MORE)], ids=lambda period: period.label
)
async def test_why_sums_to_the_card_of_everyone_and_everything(store: Store, period: Period) -> None:
    async with store.read(1) as repo:
        ops = someone(repo, Role.OPS)
        explained = 0
        for subject in subjects(repo):
            card = await service.build(repo, subject=subject, period=period, today=TODAY)
            await assert_explained(repo, card, ops)
            explained += card.score.standing.credited != 0
    assert explained > 20 or period == QUARTER.next()


async def test_why_sums_to_the_card_of_each_manager_and_rep_in_their_own_eyes(store: Store) -> None:
    async with store.read(1) as repo:
        asked = 0
        for person in repo.company.people.values():
            if person.role not in (Role.REP, Role.MANAGER) or (person.left_on and person.left_on < TODAY):
                continue
            ask = TargetsQuery.parse("", today=TODAY, fiscal_start=1)
            card = await service.card(repo, ask=ask, by=person, today=TODAY)
            await assert_explained(repo, card, person)
            asked += bool(card.score.standing.credited)
        assert asked > 40


@pytest.mark.slow
async def test_why_of_an_old_card_still_sums_after_a_later_import(sample_url: str, tmp_path: Path) -> None:
    store = Store(Database(sample_url))
    async with store.read(1) as repo:
        ops = someone(repo, Role.OPS)
        cards = [await service.build(repo, subject=one, period=QUARTER, today=TODAY) for one in subjects(repo)]
        earlier = repo.revision
        won = [line.deal for line in (await all_pages(repo, CardReference.of(cards[0]), Part.CREDIT, ops))[0].credit][
            :10
        ]
    changed = tmp_path / "deals.csv"
    rows = "".join(f"{deal},won,1.25,{QUARTER.start.isoformat()}\n" for deal in won)
    changed.write_text(f"deal,status,amount,closed_on\n{rows}")
    await import_folder(sample_url, changed)
    async with store.read(1) as repo:
        assert repo.revision > earlier
        now = await service.build(repo, subject=COMPANY, period=QUARTER, today=TODAY)
        assert now.score.standing.credited != cards[0].score.standing.credited
        for card in cards:
            await assert_explained(repo, card, ops)
        page = await why.explain(repo, page=WhyPage(CardReference.of(cards[0])), by=ops, today=TODAY)
        assert page.now is not None
        assert page.now.standing.credited == now.score.standing.credited
    await store.database.close()


async def test_the_rows_of_every_report_add_up_to_the_company_s_card_in_every_period(store: Store) -> None:
    told = 0
    async with store.read(1) as repo:
        for period in EVERY_PERIOD:
            for by in By:
                told += await assert_adds_up(repo, period, by, TODAY)
    # The sample company's regions ask for less than what is assigned below them.
    assert told > 20


async def test_so_they_do_on_another_day_and_as_known_earlier(store: Store) -> None:
    day = QUARTER.start + timedelta(days=4)
    async with store.read_as_of(1, TODAY) as repo:
        for by in By:
            await assert_adds_up(repo, QUARTER, by, day)
