"""Report exports as Salesforce writes them: names as keys, US dates, stages of one's own, a footer below the rows."""

import csv
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from commands.targets.report import By, report
from domain.periods import parse_label
from storage.database import Database
from storage.importing.limits import Limit
from storage.importing.mapping import SHIPPED
from storage.store import Store
from tests.support.imports import everything, refusals, rows, take, write
from tools.files import ROOT

pytestmark = pytest.mark.slow_on_postgresql  # a mapping is applied before any database is asked

Row = dict[str, str]

FOLDER = ROOT / "tests" / "fixtures" / "salesforce"
NOW = datetime(2026, 3, 9, 9, tzinfo=UTC)
NEXT_DAY = NOW + timedelta(days=1)
RATE = Decimal("1.1")
OF_RUNS = ("import_runs", "audit")
FOOTER = "5 lines with a single cell were taken for the report's footer and left out"
STATUS = {
    "Closed Won": "won",
    "Signed": "won",
    "Closed Lost": "lost",
    "Declined": "lost",
    "Negotiation/Review": "open",
    "Proposal/Price Quote": "open",
    "Qualification": "open",
    "Prospecting": "open",
}
"""What each stage of the reports means."""


def read(name: str) -> list[Row]:
    """The rows of a report above its footer."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if None not in row.values()]


OPPORTUNITIES, ACCOUNTS, USERS = read("opportunities"), read("accounts"), read("users")
WON = [row for row in OPPORTUNITIES if STATUS[row["Stage"]] == "won"]


def amount(cell: str) -> str:
    return f"{Decimal(cell.replace('$', '').replace(',', '')):.2f}" if cell else ""


def iso(cell: str) -> str:
    month, day, year = map(int, cell.split("/"))
    return date(year, month, day).isoformat()


def changed(folder: Path, name: str, change: Callable[[Row], Row]) -> Path:
    """The reports with another version of one of them, without its footer."""
    folder.mkdir()
    for path in FOLDER.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    found = [change(dict(row)) for row in read(name)]
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(found[0]), quoting=csv.QUOTE_ALL)
        writer.writeheader()
        writer.writerows(found)
    return folder


@pytest.fixture
async def with_rates(database: Database, tmp_path: Path) -> Database:
    """A workspace that can convert euros."""
    rates = write(tmp_path, "rates", {"currency": "EUR", "period": "2026-01", "rate": RATE})
    await take(database, rates, now=NOW, new_workspace={"currency": "USD"})
    return database


def test_the_reports_are_as_salesforce_writes_them() -> None:
    for name in ("opportunities", "accounts", "users"):
        text = (FOLDER / f"{name}.csv").read_text("utf-8")
        assert text.startswith('"')
        assert "\r" not in text
        assert "salesforce.com, inc. All rights reserved." in text.splitlines()[-4]
    assert {row["Stage"] for row in OPPORTUNITIES} == set(STATUS)
    keys = [row["Opportunity ID"] for row in OPPORTUNITIES]
    assert len(set(keys)) == 11 > len({key.lower() for key in keys})


async def test_everyone_and_everything_that_a_report_names(with_rates: Database) -> None:
    found = await take(with_rates, FOLDER, mapping="salesforce", now=NOW)
    assert found.refusals == []
    people = {row["person"]: row for row in await rows(with_rates, "people")}
    owners = {row["Opportunity Owner"] for row in OPPORTUNITIES}
    assert set(people) == owners | {row["Full Name"] for row in USERS}
    for user in USERS:
        row = people[user["Full Name"]]
        assert (row["email"], row["manager"]) == (user["Email"], user["Manager"])
        assert row["timezone"] == user["Time Zone"].rpartition("(")[2].rstrip(")")
    managers = {user["Manager"] for user in USERS}
    assert {name for name, row in people.items() if row["role"] == "manager"} == managers - {""}
    assert people["Ines Marchetti"]["role"] == "rep"
    accounts = {row["account"]: row for row in await rows(with_rates, "accounts")}
    assert set(accounts) == {row["Account Name"] for row in [*ACCOUNTS, *OPPORTUNITIES]} - {""}
    for account in ACCOUNTS:
        row = accounts[account["Account Name"]]
        assert (row["parent"], row["region"]) == (account["Parent Account"], account["Billing State/Province"])
        assert row["postal_code"] == account["Billing Zip/Postal Code"]
        assert row["employees"] == account["Employees"].replace(",", "")
        assert row["annual_revenue"] == amount(account["Annual Revenue"])


async def test_deals_are_the_opportunities(with_rates: Database) -> None:
    await take(with_rates, FOLDER, mapping="salesforce", now=NOW)
    deals = {row["deal"]: row for row in await rows(with_rates, "deals")}
    assert len(deals) == len(OPPORTUNITIES)
    for one in OPPORTUNITIES:
        row, status = deals[one["Opportunity ID"]], STATUS[one["Stage"]]
        assert (row["name"], row["owner"]) == (one["Opportunity Name"], one["Opportunity Owner"])
        assert (row["account"], row["stage"], row["status"]) == (one["Account Name"], one["Stage"], status)
        assert (row["amount"].lstrip("'"), row["currency"]) == (amount(one["Amount"]), one["Amount Currency"])
        ends = {"closed_on": "", "expected_close_on": ""}
        ends["expected_close_on" if status == "open" else "closed_on"] = iso(one["Close Date"])
        assert {name: row[name] for name in ends} == ends
        assert (row["created_on"], row["probability"]) == (iso(one["Created Date"]), one["Probability (%)"])
        assert (row["source"], row["loss_reason"]) == (one["Lead Source"], one["Loss Reason"])
        assert row["forecast_category"] == one["Forecast Category"].lower().replace(" ", "_").replace("closed", "")
    types = Counter(row["type"] for row in deals.values())
    assert types == {"new": 5, "expansion": 2, "renewal": 1, "": 3}


async def test_credit_is_each_owner_s_in_the_workspace_s_currency(with_rates: Database) -> None:
    found = await take(with_rates, FOLDER, mapping="salesforce", now=NOW)
    assert found.credit is not None
    assert found.credit.returns_without_reverses == sum(row["Amount"].startswith("-") for row in WON) == 1
    expected: defaultdict[str, Decimal] = defaultdict(Decimal)
    for row in WON:
        rate = RATE if row["Amount Currency"] == "EUR" else 1
        expected[row["Opportunity Owner"]] += Decimal(amount(row["Amount"])) * rate
    async with Store(with_rates).read(1) as repo:
        lines = await report(repo, period=parse_label("2026Q1", 1), by=By.PERSON, today=NOW.date())
    assert {row.subject: row.credited for row in lines if row.is_leaf and row.credited} == expected
    assert expected["Piet Oakes"] < 0


async def test_the_reconciliation_adds_up_the_reports(with_rates: Database) -> None:
    found = (await take(with_rates, FOLDER, mapping="salesforce", now=NOW)).reconciliation
    for status in ("won", "lost", "open"):
        mine = [row for row in OPPORTUNITIES if STATUS[row["Stage"]] == status]
        sums: defaultdict[str, Decimal] = defaultdict(Decimal)
        for row in mine:
            sums[row["Amount Currency"]] += Decimal(amount(row["Amount"]) or 0)
        assert found[status]["deals"] == len(mine)
        assert found[status]["stages"] == Counter(row["Stage"] for row in mine)
        assert {code: Decimal(total) for code, total in found[status]["amounts"].items()} == sums
    assert found["without"] == {"account": 1, "owner": 0}


async def test_what_was_normalised_is_counted_and_the_footer_is_told(with_rates: Database) -> None:
    found = await take(with_rates, FOLDER, mapping="salesforce", now=NOW)
    deals = found.kinds["deals"].normalised
    statuses = Counter((row["Won"], row["Closed"], row["Stage"]) for row in OPPORTUNITIES)
    assert {key[1:]: count for key, count in deals.items() if key[0] == "status"} == {
        (f"Won {won}, Closed {closed}, Stage {stage}", STATUS[stage]): count
        for (won, closed, stage), count in statuses.items()
    }
    types = Counter(row["Type"] for row in OPPORTUNITIES)
    assert deals["type", "New Customer", "new"] == types["New Customer"]
    assert deals["type", "Partner", "(blank)"] == types["Partner"]
    assert deals["created_on", "(date written as %m/%d/%Y)", "(ISO date)"] == len(OPPORTUNITIES)
    closed = sum(STATUS[row["Stage"]] != "open" for row in OPPORTUNITIES)
    assert deals["closed_on", "(date written as %m/%d/%Y)", "(ISO date)"] == closed
    assert deals["expected_close_on", "(date written as %m/%d/%Y)", "(ISO date)"] == len(OPPORTUNITIES) - closed
    listed = Counter(row["Time Zone"] for row in USERS if row["Time Zone"].startswith("("))
    zones = {key[1]: count for key, count in found.kinds["people"].normalised.items() if key[0] == "timezone"}
    assert zones == listed
    assert {kind.kind for kind in found.kinds.values() if FOOTER in kind.notes} == {"people", "accounts", "deals"}
    assert "accounts.csv: columns that the mapping does not use were ignored: Account Owner, Rating, Last Activity" in (
        found.notes
    )


@pytest.mark.parametrize("full", [False, True])
async def test_the_same_again_changes_nothing(with_rates: Database, full: bool) -> None:
    await take(with_rates, FOLDER, mapping="salesforce", now=NOW)
    before = await everything(with_rates, without=OF_RUNS)
    again = await take(with_rates, FOLDER, mapping="salesforce", now=NEXT_DAY, full=full, max_removed=Limit(0))
    assert (again.changed, again.refused, again.revision, again.rolled_back) == (0, 0, None, None)
    assert await everything(with_rates, without=OF_RUNS) == before


async def test_a_workbook_with_dates_and_numbers_says_the_same(with_rates: Database, tmp_path: Path) -> None:
    from xlsxwriter import Workbook

    await take(with_rates, FOLDER, mapping="salesforce", now=NOW)
    with Workbook(tmp_path / "report.xlsx") as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "m/d/yyyy"})
        sheet.write_row(0, 0, list(OPPORTUNITIES[0]))
        for line, row in enumerate(OPPORTUNITIES, 1):
            for at, (name, cell) in enumerate(row.items()):
                if name.endswith(" Date"):
                    sheet.write_datetime(line, at, date.fromisoformat(iso(cell)), day)
                elif name in ("Amount", "Probability (%)", "Won", "Closed") and cell:
                    sheet.write_number(line, at, Decimal(amount(cell)))
                else:
                    sheet.write_string(line, at, cell)
    again = await take(with_rates, tmp_path / "report.xlsx", mapping="salesforce", now=NEXT_DAY)
    assert (again.changed, again.refused, again.kinds["deals"].unchanged) == (0, 0, len(OPPORTUNITIES))


async def test_without_a_rate_only_what_is_won_is_refused(database: Database) -> None:
    found = await take(database, FOLDER, mapping="salesforce", now=NOW, new_workspace={"currency": "USD"})
    euros = [row["Opportunity ID"] for row in WON if row["Amount Currency"] == "EUR"]
    line = 2 + OPPORTUNITIES.index(next(row for row in WON if row["Amount Currency"] == "EUR"))
    assert len(euros) == 1
    assert refusals(found) == [("deals", line, "Amount Currency", "EUR")]
    assert {row["deal"] for row in await rows(database, "deals")} == {
        row["Opportunity ID"] for row in OPPORTUNITIES
    } - set(euros)


def only(folder: Path, *columns: str, change: Callable[[Row], Row] = lambda row: row) -> Path:
    """The reports; of the columns that tell a deal's status, that of opportunities has only these."""
    gone = {"Stage", "Won", "Closed"} - set(columns)
    return changed(
        folder, "opportunities", lambda row: {name: cell for name, cell in change(row).items() if name not in gone}
    )


UNTOLD: dict[tuple[str, ...], Callable[[Row], bool]] = {
    (): lambda row: False,
    ("Stage",): lambda row: row["Stage"] in ("Signed", "Declined"),
    ("Won",): lambda row: row["Won"] == "0",
    ("Closed",): lambda row: row["Closed"] == "1",
    ("Stage", "Won"): lambda row: row["Stage"] == "Declined",
    ("Stage", "Closed"): lambda row: row["Stage"] in ("Signed", "Declined"),
    ("Won", "Closed"): lambda row: False,
    ("Stage", "Won", "Closed"): lambda row: False,
}
"""Of which rows these columns do not tell the status."""


@pytest.mark.parametrize("columns", UNTOLD, ids="+".join)
async def test_a_report_that_says_less_reopens_nothing_and_wipes_no_date(
    with_rates: Database, tmp_path: Path, columns: tuple[str, ...]
) -> None:
    await take(with_rates, FOLDER, mapping="salesforce", now=NOW)
    before = await everything(with_rates, without=(*OF_RUNS, "import_refusals"))
    folder = only(tmp_path / "1", *columns)
    found = await take(with_rates, folder, mapping="salesforce", now=NEXT_DAY)
    untold = [2 + at for at, row in enumerate(OPPORTUNITIES) if UNTOLD[columns](row)]
    assert [(line, column) for _, line, column, _ in refusals(found)] == [(line, "status") for line in untold]
    assert found.changed == 0
    assert await everything(with_rates, without=(*OF_RUNS, "import_refusals")) == before


async def test_what_is_refused_is_told_with_what_the_report_says(with_rates: Database, tmp_path: Path) -> None:
    found = await take(with_rates, only(tmp_path / "1", "Stage", "Closed"), mapping="salesforce", now=NOW)
    own = {2 + at: row["Stage"] for at, row in enumerate(OPPORTUNITIES) if row["Stage"] in ("Signed", "Declined")}
    assert refusals(found) == [("deals", line, "status", f"Closed 1, Stage {stage}") for line, stage in own.items()]
    assert found.reconciliation["won"]["stages"] == {"Closed Won": 4}
    assert found.reconciliation["lost"]["stages"] == {"Closed Lost": 1}


async def test_a_standard_name_of_an_open_stage_does_not_open_what_is_closed(
    with_rates: Database, tmp_path: Path
) -> None:
    def renamed(row: Row) -> Row:
        return row | {"Stage": row["Stage"].replace("Declined", "Prospecting")}

    found = await take(
        with_rates, only(tmp_path / "1", "Stage", "Closed", change=renamed), mapping="salesforce", now=NOW
    )
    assert ("status", "Closed 1, Stage Prospecting") in {(column, value) for _, _, column, value in refusals(found)}


async def test_new_deals_without_a_status_are_refused_and_the_reason_is_told(
    with_rates: Database, tmp_path: Path
) -> None:
    found = await take(with_rates, only(tmp_path / "1"), mapping="salesforce", now=NOW)
    assert {(one.column, one.reason) for one in found.refusals} == {
        ("status", "is missing: a new deal needs this column")
    }
    assert [note for note in found.kinds["deals"].notes if "keeps what is known" in note] == [
        "opportunities.csv: there is no column 'Won' or 'Closed' or 'Stage': status keeps what is known",
        "opportunities.csv: status is absent: expected_close_on keeps what is known",
        "opportunities.csv: status is absent: closed_on keeps what is known",
    ]


async def test_without_managers_in_the_report_nobody_is_made_a_rep(with_rates: Database, tmp_path: Path) -> None:
    await take(with_rates, FOLDER, mapping="salesforce", now=NOW)
    before = await rows(with_rates, "people")
    folder = changed(tmp_path / "1", "users", lambda row: {k: cell for k, cell in row.items() if k != "Manager"})
    found = await take(with_rates, folder, mapping="salesforce", now=NEXT_DAY)
    assert await rows(with_rates, "people") == before
    assert "users.csv: no file '*' has the column Manager: role keeps what is known" in found.kinds["people"].notes


async def test_with_neither_column_the_standard_names_of_stages_count(with_rates: Database, tmp_path: Path) -> None:
    def plain(row: Row) -> Row:
        row["Stage"] = {"Signed": "Closed Won", "Declined": "Closed Lost"}.get(row["Stage"], row["Stage"])
        return row

    found = await take(with_rates, only(tmp_path / "1", "Stage", change=plain), mapping="salesforce", now=NOW)
    counts = {status: found.reconciliation[status]["deals"] for status in ("won", "lost", "open")}
    assert (found.refused, counts) == (0, {"won": 5, "lost": 2, "open": 4})


async def test_a_date_of_another_locale_is_refused_and_read_by_a_mapping_of_one_s_own(
    with_rates: Database, tmp_path: Path
) -> None:
    def european(row: Row) -> Row:
        dates = {name: date.fromisoformat(iso(cell)) for name, cell in row.items() if name.endswith(" Date")}
        return row | {name: f"{day:%d.%m.%Y}" for name, day in dates.items()}

    folder = changed(tmp_path / "1", "opportunities", european)
    found = await take(with_rates, folder, mapping="salesforce", now=NOW)
    assert found.kinds["deals"].refused == len(OPPORTUNITIES)
    own = tmp_path / "ours.yaml"
    shipped = (SHIPPED / "salesforce.yaml").read_text("utf-8")
    own.write_text(shipped.replace('dates: ["%m/%d/%Y", "%Y-%m-%d"]', 'dates: ["%d.%m.%Y"]'), "utf-8")
    found = await take(with_rates, folder, mapping=str(own), now=NOW)
    assert (found.refused, found.kinds["deals"].inserted) == (0, len(OPPORTUNITIES))
    closed = {row["deal"]: row["closed_on"] for row in await rows(with_rates, "deals")}
    assert {closed[row["Opportunity ID"]] for row in WON} == {iso(row["Close Date"]) for row in WON}
