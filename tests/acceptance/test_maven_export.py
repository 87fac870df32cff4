"""A real CRM export, as a company would bring it: every figure is the one that its files add up to."""

import csv
import shutil
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import SQLModel

from commands.kit.names import Kind, Subject
from commands.targets import service, why
from commands.targets.reference import CardReference
from commands.targets.report import By, report
from commands.targets.why import Part
from domain.company import Role
from domain.money import to_decimal
from domain.periods import parse_label
from storage.database import Database
from storage.kinds import KINDS
from storage.store import Repositories, Store
from storage.tables import crm, ledger, people, table_of, territories
from tests.support import imports, maven
from tests.support.adding_up import assert_adds_up
from tests.support.command_line import turf
from tests.support.explaining import all_pages, someone, subjects
from tests.support.imports import everything, exported, open_at, take
from tests.support.maven import Export
from tests.support.postgres import Server

NOW = datetime(2018, 1, 9, 9, tzinfo=UTC)
TODAY = NOW.date()
NEXT_DAY = NOW + timedelta(days=1)
SETTINGS = {"currency": "USD", "timezone": "UTC", "fiscal_start": 1, "business_days": [0, 1, 2, 3, 4], "holidays": None}
MAPPING = "maven-crm"
OF_RUNS = ("import_runs", "audit")
QUARTERS = ["2017Q1", "2017Q2", "2017Q3", "2017Q4"]
LEAVES = {
    By.PERSON: {"person", "unassigned"},
    By.TERRITORY: {"territory", "no_territory"},
    By.TEAM: {"team", "unassigned"},
    By.MONTH: {"company"},
}
"""What a report's rows are about that sum to the company."""
LEDGER: tuple[type[SQLModel], ...] = (ledger.Credit, ledger.OpenShare)


@dataclass(frozen=True)
class Imported:
    """A SQLite file with the export in it, and what the import said."""

    path: Path
    said: str


@pytest.fixture(scope="module")
def export() -> Export:
    return Export(maven.export_folder())


def import_new(export: Export, url: str, folder: Path) -> str:
    done = turf("import", export.folder, "--mapping", MAPPING, url=url, now=NOW, folder=folder)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def imported(export: Export, tmp_path_factory: pytest.TempPathFactory) -> Imported:
    """For tests that only read; those that change something take a `copy`."""
    folder = tmp_path_factory.mktemp("maven")
    path = folder / "turf.db"
    return Imported(path, import_new(export, f"sqlite:///{path}", folder))


@pytest.fixture(scope="module")
def in_postgresql(export: Export, postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    url = postgres.create("turf_maven")
    import_new(export, url, tmp_path_factory.mktemp("maven"))
    yield url
    postgres.drop("turf_maven")


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """The export in each database, for tests that only read."""
    if request.param == "sqlite":
        return f"sqlite:///{request.getfixturevalue('imported').path}"
    found: str = request.getfixturevalue("in_postgresql")
    return found


@pytest.fixture
def copy(imported: Imported, tmp_path: Path) -> str:
    return f"sqlite:///{shutil.copyfile(imported.path, tmp_path / 'copy.db')}"


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    async with open_at(url) as opened:
        yield opened


def table(url: str, folder: Path, *options: str, now: datetime = NOW) -> list[dict[str, str]]:
    """`turf report targets` as rows."""
    done = turf("report", "targets", *options, "--format", "csv", url=url, now=now, folder=folder)
    assert done.returncode == 0, done.stderr
    return list(csv.DictReader(done.stdout.splitlines()))


def credited(rows: list[dict[str, str]], kind: str = "person", *, leaf: bool = True) -> dict[str, Decimal]:
    """The credited amounts of one kind of subject that are not 0."""
    chosen = [row for row in rows if row["subject_kind"] == kind and row["is_leaf"] == str(leaf).lower()]
    return {row["subject"]: Decimal(row["credited"]) for row in chosen if Decimal(row["credited"])}


def agent(deal: maven.Row) -> str:
    return deal["sales_agent"]


def test_the_files_hold_what_is_known_of_them(export: Export) -> None:
    stages = Counter(row["deal_stage"] for row in export.deals)
    assert stages == {"Won": 4_238, "Lost": 2_473, "Engaging": 1_589, "Prospecting": 500}
    assert len(export.deals) == 8_800
    assert maven.amount(export.with_stage("Won")) == 10_005_534
    assert sum(not row["account"] for row in export.deals) == 1_425
    assert (len({row["sales_agent"] for row in export.deals}), len(export.agents)) == (30, 35)
    assert export.closing == sorted([*(f"2017-{month:02}" for month in range(3, 13)), *QUARTERS, "FY2017"])


def test_the_reconciliation_says_what_the_files_hold(export: Export, imported: Imported) -> None:
    products = Counter(row["product"] for row in export.deals)
    sectors = Counter(row["sector"] for row in export.accounts)
    offices = Counter(row["office_location"] for row in export.accounts)
    lines = [" ".join(line.split()) for line in imported.said.splitlines()]
    expected = {
        "deals 8,800 8,800 0 0 0 0 0",
        "won 4,238: 10,005,534.00 USD",
        "lost 2,473",
        "open 2,089 (Engaging 1,589, Prospecting 500)",
        "without account: 1,425",
        "Reps with deals: 30 of 35",
        f"deals: product: GTXPro -> GTX Pro: {products['GTXPro']:,}",
        f"accounts: industry: technolgy -> technology: {sectors['technolgy']:,}",
        f"accounts: country: Philipines -> Philippines: {offices['Philipines']:,}",
        f"accounts: country: Korea -> South Korea: {offices['Korea']:,}",
    }
    assert expected - set(lines) == set()
    assert not any(line.startswith("Refused") for line in lines)


@pytest.mark.slow_on_postgresql
async def test_the_deals_are_those_of_the_files(export: Export, database: Database) -> None:
    found = {row["deal"]: row for row in await imports.rows(database, "deals")}
    status = {"Won": "won", "Lost": "lost", "Engaging": "open", "Prospecting": "open"}
    assert len(found) == len(export.deals)
    for deal in export.deals:
        row = found[deal["opportunity_id"]]
        plain = (row["owner"], row["account"], row["closed_on"], row["status"])
        assert plain == (deal["sales_agent"], deal["account"], deal["close_date"], status[deal["deal_stage"]])
        assert row["amount"] == (f"{Decimal(deal['close_value']):.2f}" if deal["close_value"] else "")
        assert row["stage"] == (deal["deal_stage"] if row["status"] == "open" else "")
        assert row["product"] == deal["product"].replace("GTXPro", "GTX Pro")


def test_a_quarter_by_rep(export: Export, url: str, tmp_path: Path) -> None:
    rows = table(url, tmp_path, "--by", "rep", "--period", "2017Q4")
    assert credited(rows)["Darcel Schlecht"] == 357_666
    assert credited(rows) == export.won_by(agent, "2017Q4")
    assert credited(rows, leaf=False) == export.won_by(export.manager, "2017Q4")
    assert credited(rows, "company", leaf=False) == {"company": maven.amount(export.won("2017Q4"))}


def test_a_quarter_by_territory(export: Export, url: str, tmp_path: Path) -> None:
    rows = table(url, tmp_path, "--by", "territory", "--period", "2017Q3")
    regions = credited(rows, "territory", leaf=False)
    assert regions == {"Central": 1_053_202, "West": 1_009_286, "East": 919_767}
    assert regions == export.won_by(export.region, "2017Q3")
    patches = export.won_by(lambda deal: f"{export.region(deal)} / {agent(deal)}", "2017Q3")
    assert credited(rows, "territory") == patches


async def test_every_month_quarter_and_year_adds_up_in_every_direction(export: Export, database: Database) -> None:
    async with Store(database).read(1) as repo:
        for label in export.closing:
            whole = maven.amount(export.won(label))
            assert whole > 0
            for by in By:
                rows = await report(repo, period=parse_label(label, 1), by=by, today=TODAY)
                assert sum(row.credited for row in rows if row.is_leaf) == whole, (label, by)
                assert [row.credited for row in rows if row.subject_kind == "company"][-1] == whole
                await assert_adds_up(repo, parse_label(label, 1), by, TODAY)
                assert {row.subject_kind for row in rows if row.is_leaf} <= LEAVES[by]


@pytest.mark.parametrize("quarter", QUARTERS)
async def test_why_names_exactly_the_deals_of_everyone_and_everything(
    export: Export, copy: str, tmp_path: Path, quarter: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(why, "LINES", 200)  # fewer pages: each is made from the data anew
    async with open_at(copy) as database:
        ops = {"person": "olga", "name": "Olga", "role": "ops"}
        await take(database, imports.write(tmp_path / "ops", "people", ops), now=NEXT_DAY)
        async with Store(database).read(1) as repo:
            for subject in subjects(repo):
                await assert_explained(repo, subject, quarter, deals_of(export, subject, quarter))


def deals_of(export: Export, subject: Subject, period: str) -> list[maven.Row]:
    """The deals that were won by or in whatever a card is about."""
    won = export.won(period)
    match subject.kind:
        case Kind.COMPANY:
            return won
        case Kind.TEAM:
            return [deal for deal in won if f"Team {export.manager(deal)}" == subject.name]
        case Kind.TERRITORY:
            region = [(deal, export.region(deal)) for deal in won]
            return [deal for deal, name in region if subject.name in (name, f"{name} / {agent(deal)}")]
        case Kind.PERSON:
            return [deal for deal in won if subject.name in (agent(deal), export.manager(deal))]


async def assert_explained(repo: Repositories, subject: Subject, label: str, deals: list[maven.Row]) -> None:
    """The lines of Why? are these deals, and sum to the card."""
    card = await service.build(repo, subject=subject, period=parse_label(label, 1), today=TODAY)
    pages = await all_pages(repo, CardReference.of(card), Part.CREDIT, someone(repo, Role.OPS))
    lines = [line for page in pages for line in page.credit]
    assert pages[-1].elsewhere == 0
    assert sum(line.base for line in lines) == card.score.standing.credited
    found = sorted((line.deal, to_decimal(line.base, "USD")) for line in lines)
    assert found == sorted((deal["opportunity_id"], Decimal(deal["close_value"])) for deal in deals), subject


async def test_the_same_files_again_change_nothing(export: Export, copy: str) -> None:
    async with open_at(copy) as database:
        before = await everything(database, without=OF_RUNS)
        again = await take(database, export.folder, mapping=MAPPING, now=NEXT_DAY)
        assert (again.changed, again.refused, again.revision) == (0, 0, None)
        assert await everything(database, without=OF_RUNS) == before


@pytest.mark.slow_on_postgresql
async def test_the_order_of_rows_changes_nothing(export: Export, database: Database, tmp_path: Path) -> None:
    shuffled = export.shuffled(tmp_path / "shuffled", seed=8_800)
    assert shuffled.deals != export.deals
    async with open_at(f"sqlite:///{tmp_path}/shuffled.db") as other:
        await take(other, shuffled.folder, mapping=MAPPING, now=NOW, new_workspace=SETTINGS)
        assert await ledger_of(other) == await ledger_of(database)
        for kind in KINDS:
            assert await exported(other, kind, today=TODAY) == await exported(database, kind, today=TODAY), kind


async def ledger_of(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """The ledger and the open pipeline with the keys of deals, people and territories instead of numbers."""
    keys: dict[str, type[SQLModel]] = {
        "deal_id": crm.Deal,
        "person_id": people.Person,
        "owner_id": people.Person,
        "territory_id": territories.Territory,
    }
    found = {}
    async with database.read() as connection:
        named = {
            column: {row.id: row.key for row in await connection.execute(select(table_of(model)))}
            for column, model in keys.items()
        }
        for rows_of in LEDGER:
            rows = (await connection.execute(select(table_of(rows_of)))).mappings()
            found[table_of(rows_of).name] = sorted(
                tuple(str(named.get(name, {}).get(value, value)) for name, value in row.items() if name != "id")
                for row in rows
            )
    return found


def test_what_a_full_import_lacks_is_removed_and_still_known_for_the_day_before(
    export: Export, copy: str, tmp_path: Path
) -> None:
    rng = Random(10)
    won = rng.sample(export.won("2017Q4"), 4) + rng.sample(export.won("2017Q2"), 2)
    gone = [*won, *rng.sample(export.with_stage("Lost"), 2)]
    gone += [*rng.sample(export.with_stage("Engaging"), 1), *rng.sample(export.with_stage("Prospecting"), 1)]
    left = export.without(tmp_path / "left", gone)
    assert len(left.deals) == len(export.deals) - len(gone) == 8_790
    total = maven.amount(left.with_stage("Won"))
    assert total == 10_005_534 - maven.amount(won) < 10_005_534

    done = turf(*("import", left.folder, "--mapping", MAPPING, "--full"), url=copy, now=NEXT_DAY, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    entered = sum(1 for row in gone if row["engage_date"])
    expected = {
        "deals 8,790 0 0 8,790 10 0 0",
        f"Removed: {10 + entered}",
        f"won 4,232: {total:,.2f} USD",
    }
    assert expected - set(lines) == set()
    removed = {f"deals {row['opportunity_id']} {worth(row)}".strip() for row in gone}
    assert {line for line in lines if line.startswith("deals ") and line.split()[1].isalnum()} == removed

    assert_report(left, copy, tmp_path)
    assert_report(export, copy, tmp_path, "--as-of", TODAY.isoformat())


def worth(deal: maven.Row) -> str:
    return f"{Decimal(deal['close_value']):,.2f} USD" if deal["close_value"] else ""


def assert_report(export: Export, url: str, folder: Path, *options: str) -> None:
    """The year by rep, and a quarter by territory, are what these files add up to."""
    year = table(url, folder, "--by", "rep", "--period", "FY2017", *options, now=NEXT_DAY)
    assert credited(year) == export.won_by(agent, "FY2017")
    assert credited(year, "company", leaf=False) == {"company": maven.amount(export.won("FY2017"))}
    quarter = table(url, folder, "--by", "territory", "--period", "2017Q4", *options, now=NEXT_DAY)
    assert credited(quarter, "territory", leaf=False) == export.won_by(export.region, "2017Q4")
