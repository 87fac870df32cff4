"""A small export of our own with the faults of real ones: misspelt words, gaps, revenue in millions, rows in any order."""

import csv
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from commands.targets.report import By, ReportRow, report
from domain.errors import DataError
from domain.periods import parse_label
from storage.database import Database
from storage.importing.limits import Limit
from storage.importing.report import Report
from storage.store import Store
from tests.support import maven
from tests.support.imports import everything, refusals, rows, take
from tests.support.maven import ACCOUNTS, DEALS, TEAMS, Export, amount
from tools.files import ROOT

pytestmark = pytest.mark.slow_on_postgresql  # a mapping is applied before any database is asked

FOLDER = ROOT / "tests" / "fixtures" / "dirty-crm"
NOW = datetime(2026, 1, 8, 9, tzinfo=UTC)
NEXT_DAY = NOW + timedelta(days=1)
TODAY = NOW.date()
RUN = {"mapping": "maven-crm", "now": NOW}
OF_RUNS = ("import_runs", "audit")
RIGHT = {"GTXPro": "GTX Pro", "technolgy": "technology", "Philipines": "PH", "Korea": "KR"}
CODES = {"United States": "US", "Kenya": "KE", "Norway": "NO", "Brazil": "BR"} | RIGHT
STATUS = {"Won": "won", "Lost": "lost", "Engaging": "open", "Prospecting": "open"}


@pytest.fixture
def export() -> Export:
    return Export(FOLDER)


@pytest.fixture
def copy(tmp_path: Path) -> Export:
    """The export, to be spoilt."""
    folder = tmp_path / "export"
    folder.mkdir()
    for path in FOLDER.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    return Export(folder)


def appended(folder: Path, file: str, *lines: str) -> None:
    with (folder / file).open("a", encoding="utf-8") as opened:
        opened.writelines(f"{line}\n" for line in lines)


def won_deal(key: str, *, agent: str = "Ilse Marrow", account: str = "", day: str = "2025-12-01", value: str) -> str:
    quoted = f'"{value}"' if "," in value else value
    return f"{key},{agent},Lumen 40,{account},Won,2025-11-01,{day},{quoted}"


def credited(found: list[ReportRow], kind: str, *, leaf: bool) -> dict[str, Decimal]:
    chosen = [row for row in found if row.subject_kind == kind and row.is_leaf == leaf and row.credited]
    return {row.subject: row.credited for row in chosen}


def test_the_fixture_has_the_faults(export: Export) -> None:
    assert len(export.deals) == 40
    assert len(export.accounts) == 6
    assert Counter(row["deal_stage"] for row in export.deals) == {
        "Won": 18,
        "Lost": 8,
        "Engaging": 9,
        "Prospecting": 5,
    }
    assert {row["sales_agent"] for row in export.deals} < set(export.agents)
    assert len({row["regional_office"] for row in export.agents.values()}) == 3
    assert any(not row["account"] for row in export.deals)
    assert {row["engage_date"] for row in export.with_stage("Prospecting")} == {""}
    assert {row["close_value"] for row in export.with_stage("Engaging", "Prospecting")} == {""}
    assert any(row["subsidiary_of"] for row in export.accounts)


async def test_the_reconciliation_counts_what_the_files_hold(database: Database, export: Export) -> None:
    found = await take(database, FOLDER, **RUN)
    assert found.refusals == []
    assert found.reconciliation == {
        "deals": 40,
        "won": {"deals": 18, "stages": {"": 18}, "amounts": {"USD": f"{amount(export.with_stage('Won')):.2f}"}},
        "lost": {"deals": 8, "stages": {"": 8}, "amounts": {"USD": "0.00"}},
        "open": {"deals": 14, "stages": {"Engaging": 9, "Prospecting": 5}, "amounts": {"USD": "0.00"}},
        "without": {"account": sum(not row["account"] for row in export.deals), "owner": 0},
        "later": {"deals": 0, "amounts": {}},
        "people": {"with deals": 4, "reps": 5, "reps with deals": 4},
    }
    assert {kind.kind: kind.inserted for kind in found.kinds.values()} == {
        "people": 7,
        "teams": 2,
        "territories": 8,
        "accounts": 6,
        "assignments": 5,
        "pipeline": 2,
        "deals": 40,
        "stages": 35,
    }


async def test_what_was_normalised_is_counted(database: Database, export: Export) -> None:
    found = await take(database, FOLDER, **RUN)
    products = Counter(row["product"] for row in export.deals)
    sectors = Counter(row["sector"] for row in export.accounts)
    stages = Counter(row["deal_stage"] for row in export.deals)
    assert found.kinds["deals"].normalised == {
        ("product", "GTXPro", "GTX Pro"): products["GTXPro"],
        **{("status", stage, STATUS[stage]): count for stage, count in stages.items()},
    }
    assert found.kinds["accounts"].normalised == {
        ("industry", "technolgy", "technology"): sectors["technolgy"],
        ("country", "Philipines", "Philippines"): 1,
        ("country", "Korea", "South Korea"): 1,
    }


async def test_every_deal_and_account_is_that_of_the_files(database: Database, export: Export) -> None:
    await take(database, FOLDER, **RUN)
    deals = {row["deal"]: row for row in await rows(database, "deals")}
    assert len(deals) == 40
    for deal in export.deals:
        row = deals[deal["opportunity_id"]]
        status = STATUS[deal["deal_stage"]]
        assert (row["owner"], row["account"], row["status"]) == (deal["sales_agent"], deal["account"], status)
        assert (row["closed_on"], row["product"]) == (deal["close_date"], RIGHT.get(deal["product"], deal["product"]))
        assert row["amount"] == (f"{Decimal(deal['close_value']):.2f}" if deal["close_value"] else "")
        assert row["stage"] == (deal["deal_stage"] if status == "open" else "")
    accounts = {row["account"]: row for row in await rows(database, "accounts")}
    for account in export.accounts:
        row = accounts[account["account"]]
        assert (row["parent"], row["employees"]) == (account["subsidiary_of"], account["employees"])
        assert row["industry"] == RIGHT.get(account["sector"], account["sector"])
        assert row["country"] == CODES[account["office_location"]]
        assert Decimal(row["annual_revenue"]) == Decimal(account["revenue"]) * 1_000_000
    entered = {(row["deal"], row["entered_on"]) for row in await rows(database, "stages")}
    assert entered == {(row["opportunity_id"], row["engage_date"]) for row in export.deals if row["engage_date"]}


async def test_agents_hold_a_patch_in_their_region_and_report_to_their_manager(
    database: Database, export: Export
) -> None:
    await take(database, FOLDER, **RUN)
    people = {row["person"]: row for row in await rows(database, "people")}
    parents = {row["territory"]: row["parent"] for row in await rows(database, "territories")}
    held = {row["person"]: row["territory"] for row in await rows(database, "assignments")}
    assert set(held) == set(export.agents)
    for agent, row in export.agents.items():
        assert (people[agent]["role"], people[agent]["manager"]) == ("rep", row["manager"])
        assert people[row["manager"]]["role"] == "manager"
        assert people[agent]["team"] == people[row["manager"]]["team"] == f"Team {row['manager']}"
        assert parents[held[agent]] == row["regional_office"]


async def test_every_period_adds_up_by_person_region_and_month(database: Database, export: Export) -> None:
    await take(database, FOLDER, **RUN)
    async with Store(database).read(1) as repo:
        for label in export.closing:
            by = {one: await report(repo, period=parse_label(label, 1), by=one, today=TODAY) for one in By}
            whole = amount(export.won(label))
            assert {sum(row.credited for row in found if row.is_leaf) for found in by.values()} == {whole}, label
            assert credited(by[By.PERSON], "person", leaf=True) == export.won_by(lambda d: d["sales_agent"], label)
            assert credited(by[By.PERSON], "person", leaf=False) == export.won_by(export.manager, label)
            assert credited(by[By.TERRITORY], "territory", leaf=False) == export.won_by(export.region, label)


async def test_the_same_again_and_in_another_order_changes_nothing(
    database: Database, export: Export, tmp_path: Path
) -> None:
    await take(database, FOLDER, **RUN)
    before = await everything(database, without=OF_RUNS)
    shuffled = export.shuffled(tmp_path / "shuffled", seed=40)
    assert shuffled.deals != export.deals
    for folder in (FOLDER, shuffled.folder):
        again = await take(database, folder, mapping="maven-crm", now=NEXT_DAY, full=True, max_removed=Limit(0))
        assert (again.changed, again.refused, again.revision) == (0, 0, None)
    assert await everything(database, without=OF_RUNS) == before


# Rows that can't be taken

BAD_DEALS = [
    (
        won_deal("BAD00001", day="2025-02-30", value="10"),
        "close_date",
        "2025-02-30",
        "is a day that does not exist",
    ),
    (
        won_deal("BAD00002", value="1,234.50"),
        "close_value",
        "1,234.50",
        "is not a plain decimal amount such as 1234.50: a mapping takes out such marks with strip",
    ),
    (won_deal("BAD00003", value="NaN"), "close_value", "NaN", "is not a plain decimal amount such as 1234.50"),
    (won_deal("BAD00004", value="1e400"), "close_value", "1e400", "is not a plain decimal amount such as 1234.50"),
    (
        won_deal("BAD00005", agent="Nobody Known", value="10"),
        "sales_agent",
        "Nobody Known",
        "is no person that Turf knows, nor one of this import",
    ),
    (
        won_deal("BAD00006", account="Nowhere Ltd", value="10"),
        "account",
        "Nowhere Ltd",
        "is no account that Turf knows, nor one of this import",
    ),
    (won_deal("NMJBRE7C", value="999"), "opportunity_id", "NMJBRE7C", "is on line 2 too, with other values"),
    ("BAD00008,Ilse Marrow,Lumen 40,,Dreaming,,,", "deal_stage", "Dreaming", "is not among the values of the mapping"),
    (won_deal("BAD00009", day="", value="10"), "close_date", "", "is empty: a won or lost deal needs its day"),
]
FIRST = 42
"""The line of the first row after those of the export."""


@pytest.fixture
def spoilt(copy: Export) -> Export:
    appended(copy.folder, DEALS, *(line for line, *_ in BAD_DEALS))
    appended(copy.folder, ACCOUNTS, "Kelp & Sons,retail,2010,3.5,40,Kenia,", "Ferry Works,retail,2011,1.2m,8,Norway,")
    return copy


def of_deals(report: Report) -> Iterator[tuple[int, str, str, str]]:
    return ((one.line, one.column, one.value, one.reason) for one in report.refusals if one.kind == "deals")


async def test_each_bad_row_is_refused_with_its_place_and_the_rest_stands(database: Database, spoilt: Export) -> None:
    found = await take(database, spoilt.folder, **RUN)
    expected = [(FIRST + at, *rest) for at, (_, *rest) in enumerate(BAD_DEALS)]
    twice = (2, "opportunity_id", "NMJBRE7C", f"is on line {FIRST + 6} too, with other values")
    assert list(of_deals(found)) == [twice, *expected]
    assert [one for one in refusals(found) if one[0] == "accounts"] == [
        ("accounts", 8, "office_location", "Kenia"),
        ("accounts", 9, "revenue", "1.2m"),
    ]
    parts = {one.value: one.reason for one in found.refusals if one.kind == "stages"}
    assert set(parts.values()) == {"refers to a refused deal"}
    assert found.kinds["deals"].inserted == 39
    assert len(await rows(database, "deals")) == 39
    assert len(await rows(database, "accounts")) == 6


async def test_too_many_bad_rows_roll_all_of_it_back(database: Database, spoilt: Export) -> None:
    found = await take(database, spoilt.folder, max_rejects=Limit(5), **RUN)
    assert found.rolled_back is not None
    assert f"{found.refused} of {found.read} rows were refused, more than --max-rejects 5%" in found.rolled_back
    assert all(not left for left in (await everything(database)).values())


async def test_the_rejects_corrected_are_taken(database: Database, spoilt: Export, tmp_path: Path) -> None:
    (spoilt.folder / ACCOUNTS).write_bytes((FOLDER / ACCOUNTS).read_bytes())
    out = tmp_path / "again" / DEALS
    out.parent.mkdir()
    await take(database, spoilt.folder, rejects=out, **RUN)
    left = maven.read(out)
    assert [row["line"] for row in left] == ["2", *(str(FIRST + at) for at in range(len(BAD_DEALS)))]
    good = {"sales_agent": "Ilse Marrow", "account": "", "deal_stage": "Won", "close_date": "2025-12-02"}
    maven.write(out, [row | good | {"close_value": "10.5"} for row in left if row["opportunity_id"] != "NMJBRE7C"])
    found = await take(database, out.parent, mapping="maven-crm", now=NEXT_DAY)
    assert (found.refused, found.kinds["deals"].inserted) == (0, len(BAD_DEALS) - 1)
    assert f"{DEALS}: columns that the mapping does not use were ignored: line, column, reason" in found.notes


async def test_bytes_of_another_encoding_cost_one_row(database: Database, copy: Export) -> None:
    path = copy.folder / DEALS
    path.write_bytes(path.read_bytes() + "LATIN001,Ilse Marrow,Caf\xe9,,Prospecting,,,\n".encode("latin-1"))
    found = await take(database, copy.folder, **RUN)
    assert [(one.kind, one.line, one.reason) for one in found.refusals] == [
        (kind, FIRST, "is not UTF-8 text: export the file as UTF-8 (in Excel: CSV UTF-8)")
        for kind in ("deals", "stages")
    ]
    assert len(await rows(database, "deals")) == 40


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
async def test_encodings_with_a_mark_are_read(database: Database, copy: Export, encoding: str) -> None:
    for name in (DEALS, TEAMS):
        path = copy.folder / name
        path.write_bytes(path.read_text("utf-8").replace("\n", "\r\n").encode(encoding))
    found = await take(database, copy.folder, **RUN)
    assert (found.refused, found.kinds["deals"].inserted) == (0, 40)


def as_workbook(path: Path) -> bytes:
    from xlsxwriter import Workbook

    file = BytesIO()
    with Workbook(file) as book:
        sheet = book.add_worksheet()
        for line, row in enumerate(csv.reader(path.read_text("utf-8").splitlines())):
            sheet.write_row(line, 0, row)
    return file.getvalue()


def without_column(path: Path, name: str) -> bytes:
    kept = [[cell for column, cell in row.items() if column != name] for row in maven.read(path)]
    header = [column for column in maven.read(path)[0] if column != name]
    return "".join(f"{','.join(row)}\n" for row in [header, *kept]).encode()


SPOILERS: dict[str, Any] = {
    "no text in UTF-8, nor in UTF-16 with a byte order mark": lambda path: path.read_text("utf-8").encode("utf-16-le"),
    "its contents look like .xlsx. Rename it": as_workbook,
    "the column 'opportunity_id' is missing. The mapping takes deals.deal from it": lambda path: without_column(
        path, "opportunity_id"
    ),
}


@pytest.mark.parametrize("says", SPOILERS)
async def test_a_file_that_can_t_be_read_stops_all_of_it(database: Database, copy: Export, says: str) -> None:
    path = copy.folder / DEALS
    path.write_bytes(SPOILERS[says](path))
    with pytest.raises(DataError, match=says):
        await take(database, copy.folder, **RUN)
    assert all(not left for left in (await everything(database)).values())


async def test_a_column_that_is_missing_is_told_and_keeps_what_was_known(database: Database, copy: Export) -> None:
    await take(database, FOLDER, **RUN)
    path = copy.folder / DEALS
    path.write_bytes(without_column(path, "close_value"))
    found = await take(database, copy.folder, mapping="maven-crm", now=NEXT_DAY)
    assert f"{DEALS} has no column 'close_value'" in found.kinds["deals"].notes
    assert found.changed == 0


async def test_without_the_stage_no_new_deal_is_taken(database: Database, copy: Export) -> None:
    path = copy.folder / DEALS
    path.write_bytes(without_column(path, "deal_stage"))
    found = await take(database, copy.folder, **RUN)
    reasons = {(one.column, one.reason) for one in found.refusals if one.kind == "deals"}
    assert reasons == {("status", "is missing: a new deal needs this column")}
    assert found.kinds["deals"].refused == 40
