"""What an import takes, refuses, keeps, clears and removes."""

import csv
from datetime import timedelta
from pathlib import Path

import pytest

from domain.errors import DataError, UsageError
from storage.database import Database
from storage.importing.limits import Limit
from storage.importing.report import Report
from tests.support.imports import NOON, everything, refusals, rows, take, write

pytestmark = pytest.mark.slow_on_postgresql

NEXT_DAY = NOON + timedelta(days=1)
OF_RUNS = ("import_runs", "import_refusals", "audit", "workspaces", "revisions")


def person(key: str, **more: object) -> dict[str, object]:
    return {"person": key, "name": key.title(), "role": "rep", **more}


def deal(key: str, **more: object) -> dict[str, object]:
    return {"deal": key, "owner": "ana", "amount": "100", "status": "won", "closed_on": "2026-02-10", **more}


def company(folder: Path, *deals: dict[str, object], **kinds: list[dict[str, object]]) -> Path:
    """A folder with ana, ben and their manager mona, and whatever else."""
    people = [person("ana", manager="mona"), person("ben", manager="mona"), person("mona", role="manager")]
    write(folder, "people", *people)
    if deals:
        write(folder, "deals", *deals)
    for kind, some in kinds.items():
        write(folder, kind, *some)
    return folder


def counts(report: Report, kind: str) -> tuple[int, ...]:
    one = report.kinds[kind]
    assert one.read == one.inserted + one.updated + one.unchanged + one.duplicates + one.refused
    return one.inserted, one.updated, one.unchanged, one.refused


async def test_an_empty_database_gets_a_workspace_with_what_was_assumed(database: Database, tmp_path: Path) -> None:
    report = await take(database, company(tmp_path), new_workspace={"currency": "EUR"})
    assert report.assumed_settings == {"currency": "EUR"}
    assert report.revision == 2
    assert counts(report, "people") == (3, 0, 0, 0)


async def test_the_same_again_changes_nothing(database: Database, tmp_path: Path) -> None:
    path = company(tmp_path, deal("D1"), deal("D2", status="open", closed_on=""))
    await take(database, path)
    before = await everything(database, without=OF_RUNS)
    report = await take(database, path, now=NEXT_DAY)
    assert (report.changed, report.revision, report.run) == (0, None, 2)
    assert await everything(database, without=OF_RUNS) == before


async def test_an_absent_column_keeps_and_a_blank_cell_clears(database: Database, tmp_path: Path) -> None:
    await take(database, company(tmp_path, deal("D1", product="Basic", source="Web")))
    report = await take(database, write(tmp_path / "2", "deals", deal("D1", product="")))
    assert counts(report, "deals") == (0, 1, 0, 0)
    [row] = await rows(database, "deals")
    assert (row["product"], row["source"]) == ("", "Web")


async def test_references_are_resolved_over_the_whole_run(database: Database, tmp_path: Path) -> None:
    path = company(
        tmp_path,
        deal("D1", account="Child", reverses="D2", type="return"),
        deal("D2", account="Top"),
        accounts=[{"account": "Child", "name": "Child", "parent": "Top"}, {"account": "Top", "name": "Top"}],
    )
    report = await take(database, path)
    assert report.refused == 0
    assert [row["reverses"] for row in await rows(database, "deals")] == ["D2", ""]


async def test_bad_rows_are_refused_one_by_one_with_their_place(database: Database, tmp_path: Path) -> None:
    path = company(
        tmp_path,
        deal("D1"),
        deal("D2", amount="1,234.50"),
        deal("D3", amount="NaN"),
        deal("D4", amount="1e400"),
        deal("D5", closed_on="2026-02-30"),
        deal("D6", owner="ghost"),
        deal("", amount="1"),
        deal("D8", status="maybe"),
        deal("D9", closed_on=""),
        deal("D10", status="lost", amount="-5"),
        deal("D11", currency="EUR"),
        deal("D12", currency="XXX"),
    )
    report = await take(database, path)
    assert refusals(report) == [
        ("deals", 3, "amount", "1,234.50"),
        ("deals", 4, "amount", "NaN"),
        ("deals", 5, "amount", "1e400"),
        ("deals", 6, "closed_on", "2026-02-30"),
        ("deals", 7, "owner", "ghost"),
        ("deals", 8, "deal", ""),
        ("deals", 9, "status", "maybe"),
        ("deals", 10, "closed_on", ""),
        ("deals", 11, "status", "lost"),
        ("deals", 12, "currency", "EUR"),
        ("deals", 13, "currency", "XXX"),
    ]
    assert [row["deal"] for row in await rows(database, "deals")] == ["D1"]


async def test_a_refused_deal_refuses_its_parts(database: Database, tmp_path: Path) -> None:
    path = company(
        tmp_path,
        deal("D1", amount="x"),
        deal("D2", owner="ghost"),
        deal("D3"),
        splits=[{"deal": name, "person": "ana", "percent": 100} for name in ("D1", "D2", "D3", "D4")],
        stages=[{"deal": name, "stage": "Won", "entered_on": "2026-01-01"} for name in ("D1", "D2", "D3")],
    )
    report = await take(database, path)
    reasons = {(one.kind, one.value): one.reason for one in report.refusals}
    assert reasons["splits", "D1"] == reasons["splits", "D2"] == "refers to a refused deal"
    assert reasons["stages", "D1"] == reasons["stages", "D2"] == "refers to a refused deal"
    assert reasons["splits", "D4"] == "is no deal that Turf knows, nor one of this import"
    assert [row["deal"] for row in await rows(database, "splits")] == ["D3"]


async def test_a_refused_update_of_a_known_deal_refuses_its_new_parts(database: Database, tmp_path: Path) -> None:
    await take(database, company(tmp_path, deal("D1")))
    path = company(tmp_path / "2", deal("D1", amount="x"), splits=[{"deal": "D1", "person": "ana", "percent": 100}])
    report = await take(database, path)
    assert refusals(report) == [("deals", 2, "amount", "x"), ("splits", 2, "deal", "D1")]
    assert await rows(database, "splits") == []


async def test_a_cascade_reaches_through_kinds(database: Database, tmp_path: Path) -> None:
    write(tmp_path, "people", person("ana"), person("bad", role="king"))
    write(tmp_path, "territories", {"territory": "east", "name": "East", "team": "blue"})
    write(tmp_path, "teams", {"team": "blue", "name": "Blue", "lead": "bad"})
    write(tmp_path, "assignments", {"territory": "east", "person": "ana"})
    report = await take(database, tmp_path)
    assert {one.kind for one in report.refusals} == {"people", "teams", "territories", "assignments"}
    assert [row["person"] for row in await rows(database, "people")] == ["ana"]


async def test_a_key_twice(database: Database, tmp_path: Path) -> None:
    path = company(tmp_path, deal("D1"), deal("D1", amount="100.00"), deal("D2"), deal("D2", amount="101"))
    report = await take(database, path)
    assert report.kinds["deals"].duplicates == 1
    assert [(one.line, one.value, one.reason) for one in report.refusals] == [
        (4, "D2", "is on line 5 too, with other values"),
        (5, "D2", "is on line 4 too, with other values"),
    ]


async def test_a_key_twice_of_which_one_row_cannot_be_read(database: Database, tmp_path: Path) -> None:
    deals = deal("D1"), deal("D1", amount="x"), deal("D2", amount="x"), deal("D2", amount="y"), deal("D3")
    split = {"deal": "D3", "person": "ana"}
    target = {"subject_kind": "person", "subject": "ana", "period": "2026Q1"}
    path = company(
        tmp_path,
        *deals,
        splits=[split | {"percent": "100"}, split | {"percent": "all"}],
        targets=[target | {"amount": "1,5"}, target | {"amount": "5"}, target | {"period": "2026Q2", "amount": "5"}],
    )
    write(tmp_path, "people", person("ana"), person("ben", role="boss"), person("ben"))
    report = await take(database, path)
    assert sorted((one.kind, one.line, one.column, one.value, one.reason[:29]) for one in report.refusals) == [
        ("deals", 2, "deal", "D1", "is on line 3 too, which was r"),
        ("deals", 3, "amount", "x", "is not a plain decimal amount"),
        ("deals", 4, "amount", "x", "is not a plain decimal amount"),
        ("deals", 5, "amount", "y", "is not a plain decimal amount"),
        ("people", 3, "role", "boss", "is not one of rep, manager, o"),
        ("people", 4, "person", "ben", "is on line 3 too, which was r"),
        ("splits", 2, "deal", "D3", "is on line 3 too, which was r"),
        ("splits", 3, "percent", "all", "is not a plain decimal number"),
        ("targets", 2, "amount", "1,5", "is not a plain decimal amount"),
        ("targets", 3, "subject_kind", "person", "is on line 2 too, which was r"),
    ]
    assert [row["deal"] for row in await rows(database, "deals")] == ["D3"]
    assert [row["period"] for row in await rows(database, "targets")] == ["2026Q2"]


@pytest.mark.parametrize("full", [False, True])
async def test_what_is_known_stays_if_its_row_is_there_twice_and_one_cannot_be_read(
    database: Database, tmp_path: Path, full: bool
) -> None:
    await take(database, company(tmp_path, deal("D1"), deal("D2")))
    write(tmp_path, "deals", deal("D1", amount="7"), deal("D1", amount="x"), deal("D2"))
    await take(database, tmp_path, now=NEXT_DAY, full=full)
    assert [(row["deal"], row["amount"]) for row in await rows(database, "deals")] == [
        ("D1", "100.00"),
        ("D2", "100.00"),
    ]


async def test_circles_in_trees_are_refused(database: Database, tmp_path: Path) -> None:
    accounts = [{"account": one, "name": one, "parent": above} for one, above in ("ab", "ba", "cc", "da", "e ")]
    write(tmp_path, "accounts", *accounts)
    write(
        tmp_path,
        "people",
        person("ana", manager="ben"),
        person("ben", manager="ana"),
        person("cy", manager="dee"),
        person("dee"),
    )
    report = await take(database, tmp_path)
    assert {(one.kind, one.line, one.value) for one in report.refusals if "circle" in one.reason} == {
        ("accounts", 2, "b"),
        ("accounts", 3, "a"),
        ("accounts", 4, "c"),
        ("people", 2, "ben"),
        ("people", 3, "ana"),
    }
    assert [row["account"] for row in await rows(database, "accounts")] == ["e"]
    assert [row["person"] for row in await rows(database, "people")] == ["cy", "dee"]


async def test_of_overlapping_primaries_the_later_line_is_refused(database: Database, tmp_path: Path) -> None:
    write(tmp_path, "people", person("ana"), person("ben"))
    write(tmp_path, "territories", {"territory": "east", "name": "East"})
    held = [
        {"territory": "east", "person": "ana", "from": "2026-01-01", "to": "2026-06-01"},
        {"territory": "east", "person": "ben", "from": "2026-05-31"},
        {"territory": "east", "person": "ben", "from": "2026-06-01"},
        {"territory": "east", "person": "ben", "from": "2026-02-01", "role": "cover"},
    ]
    write(tmp_path, "assignments", *held)
    report = await take(database, tmp_path)
    assert refusals(report) == [("assignments", 3, "from", "2026-05-31")]


async def test_splits_sum_to_exactly_the_whole(database: Database, tmp_path: Path) -> None:
    parts = {"D1": ("33.3333", "66.6667"), "D2": ("50", "49.9999"), "D3": ("50", "x")}
    splits = [
        {"deal": name, "person": who, "kind": "", "percent": percent}
        for name, percents in parts.items()
        for who, percent in zip(("ana", "ben"), percents, strict=True)
    ]
    splits.append({"deal": "D1", "person": "mona", "kind": "overlay", "percent": "100"})
    report = await take(database, company(tmp_path, deal("D1"), deal("D2"), deal("D3"), splits=splits))
    assert [(one.line, one.value) for one in report.refusals] == [(4, "50"), (5, "49.9999"), (6, "50"), (7, "x")]
    assert {row["deal"] for row in await rows(database, "splits")} == {"D1"}
    assert any("99.9999 %" in one.reason for one in report.refusals)


async def test_limits_roll_everything_back(database: Database, tmp_path: Path) -> None:
    path = company(tmp_path, deal("D1"), deal("D2", amount="x"))
    report = await take(database, path, max_rejects=Limit(0, percent=False))
    assert "--max-rejects 0" in (report.rolled_back or "")
    report = await take(database, path, max_rejects=Limit.parse("0", "Roll back if more are refused"))
    assert "more than the 0 that the form allows under “Roll back if more are refused”." in (report.rolled_back or "")
    assert all(not found for found in (await everything(database)).values())
    assert (await take(database, path, max_rejects=Limit(1, percent=False))).rolled_back is None


async def test_full_removes_what_is_absent_with_its_parts(database: Database, tmp_path: Path) -> None:
    splits = [{"deal": "D2", "person": "ben", "percent": "100"}]
    await take(database, company(tmp_path, *(deal(f"D{n}") for n in range(1, 5)), splits=splits))
    path = write(tmp_path / "2", "deals", deal("D1"), deal("D3", amount="bad"), deal("D4"))
    report = await take(database, path, full=True, max_removed=Limit(20), now=NEXT_DAY)
    assert "removed" in (report.rolled_back or "")
    report = await take(database, path, full=True, now=NEXT_DAY)
    assert [(one.kind, one.key, one.value) for one in report.removals] == [("deals", "D2", "100.00 USD")]
    assert [row["deal"] for row in await rows(database, "deals")] == ["D1", "D3", "D4"]
    assert await rows(database, "splits") == []
    assert len((await everything(database))["credits"]) == 5, "what D2 brought, and what takes it back"


async def test_full_keeps_people_that_others_refer_to(database: Database, tmp_path: Path) -> None:
    await take(database, company(tmp_path, deal("D1")))
    report = await take(database, write(tmp_path / "2", "people", person("mona", role="manager")), full=True)
    assert [one.key for one in report.removals] == ["ben"]
    assert any("kept" in note for note in report.kinds["people"].notes)
    assert [row["person"] for row in await rows(database, "people")] == ["ana", "mona"]


async def test_returns_are_negative_whatever_the_sign(database: Database, tmp_path: Path) -> None:
    path = company(tmp_path, deal("D1", type="return", amount="40"), deal("D2", amount="-60"), deal("D3", amount=""))
    report = await take(database, path)
    assert [row["amount"] for row in await rows(database, "deals")] == ["-40.00", "-60.00", ""]
    assert report.credit is not None
    assert report.credit.returns_without_reverses == 2
    assert report.credit.won_without_amount == 1
    assert (await take(database, path, now=NEXT_DAY)).changed == 0


async def test_amounts_take_the_digits_of_their_currency(database: Database, tmp_path: Path) -> None:
    some = [
        deal("D1", amount="10.005", currency="USD"),
        deal("D2", amount="99.5", currency="JPY"),
        deal("D3", amount="1.2345", currency=""),
    ]
    rates = [{"currency": "JPY", "period": "2026-01", "rate": "0.0067"}]
    report = await take(database, company(tmp_path, *some, rates=rates))
    assert [row["amount"] for row in await rows(database, "deals")] == ["10.00", "100", "1.23"]
    assert report.kinds["deals"].rounded == 3
    assert report.kinds["deals"].assumed == {("currency", "USD"): 1}


async def test_shorthands_follow_the_file_from_the_import_s_day(database: Database, tmp_path: Path) -> None:
    await take(database, company(tmp_path))
    people = [person("ana", manager="ben"), person("ben", manager="mona"), person("mona", role="manager")]
    report = await take(database, write(tmp_path / "2", "people", *people), now=NEXT_DAY)
    assert counts(report, "people") == (0, 1, 2, 0)
    lines = [(row["person"], row["from"], row["to"], row["manager"]) for row in await rows(database, "reporting")]
    assert lines == [("ana", "", "2026-03-11", "mona"), ("ana", "2026-03-11", "", "ben"), ("ben", "", "", "mona")]


async def test_rows_of_the_other_kind_win_over_a_shorthand(database: Database, tmp_path: Path) -> None:
    reporting = [{"person": "ana", "from": "2026-01-01", "manager": "ben"}]
    await take(database, company(tmp_path, reporting=reporting))
    lines = [(row["person"], row["from"], row["manager"]) for row in await rows(database, "reporting")]
    assert lines == [("ana", "2026-01-01", "ben"), ("ben", "", "mona")]


async def test_the_rejects_file_has_the_original_columns(database: Database, tmp_path: Path) -> None:
    await take(database, company(tmp_path))
    path = tmp_path / "2" / "deals.csv"
    path.parent.mkdir()
    path.write_text("deal,shoe,status,amount\nD1,4,open,1\nD2,5,open,x\nD3\nD4,6,maybe,1\n")
    out = tmp_path / "rejects.csv"
    await take(database, path, rejects=out)
    with out.open(newline="") as file:
        found = list(csv.reader(file))
    assert found[0] == ["deal", "shoe", "status", "amount", "line", "column", "reason"]
    assert sorted((row[0], row[4], row[5]) for row in found[1:]) == [
        ("D2", "3", "amount"),
        ("D3", "4", ""),
        ("D4", "5", "status"),
    ]


async def test_a_dry_run_writes_nothing_and_says_the_same(database: Database, tmp_path: Path) -> None:
    path = company(tmp_path, deal("D1"), deal("D2", amount="x"))
    dry = await take(database, path, dry_run=True)
    assert all(not found for found in (await everything(database)).values())
    wet = await take(database, path)
    assert [kind.as_json() for kind in dry.kinds.values()] == [kind.as_json() for kind in wet.kinds.values()]
    assert dry.reconciliation == wet.reconciliation
    assert dry.credit == wet.credit


async def test_unknown_columns_are_reported_and_a_missing_key_stops(database: Database, tmp_path: Path) -> None:
    report = await take(database, write(tmp_path, "people", person("ana", shoe=4)))
    assert report.kinds["people"].ignored == ["shoe"]
    with pytest.raises(DataError, match="'person' of people is missing"):
        await take(database, write(tmp_path / "2", "people", {"name": "Ana"}))
    with pytest.raises(UsageError, match="which kind"):
        await take(database, write(tmp_path / "3", "shoes", {"name": "Ana"}))
    with pytest.raises(UsageError, match="don't know a kind 'shoes'"):
        await take(database, write(tmp_path / "3", "shoes", {"name": "Ana"}), kind="shoes")
    with pytest.raises(DataError, match="no such file"):
        await take(database, tmp_path / "nowhere.csv")


async def test_a_new_thing_needs_its_columns_and_a_known_one_does_not(database: Database, tmp_path: Path) -> None:
    await take(database, company(tmp_path))
    path = write(tmp_path / "2", "people", {"person": "ana", "email": "a@x"}, {"person": "new", "email": "n@x"})
    report = await take(database, path)
    assert [(one.line, one.column, one.reason) for one in report.refusals] == [
        (3, "name", "is missing: a new person needs this column")
    ]
    assert [row["email"] for row in await rows(database, "people")] == ["a@x", "", ""]


async def test_a_return_stays_negative_whichever_column_a_later_file_has(database: Database, tmp_path: Path) -> None:
    await take(database, company(tmp_path, deal("D1", type="return", amount="40"), deal("D2", amount="30")))
    amounts = write(tmp_path / "2", "deals", {"deal": "D1", "amount": "50"})
    await take(database, amounts)
    assert (await take(database, amounts)).revision is None
    await take(database, write(tmp_path / "3", "deals", {"deal": "D2", "type": "return"}))
    assert [row["amount"] for row in await rows(database, "deals")] == ["-50.00", "-30.00"]


async def test_two_people_can_swap_their_slack_ids(database: Database, tmp_path: Path) -> None:
    await take(
        database, write(tmp_path, "people", person("ana", slack_user_id="U1"), person("ben", slack_user_id="U2"))
    )
    swapped = write(tmp_path / "2", "people", person("ana", slack_user_id="U2"), person("ben", slack_user_id="U1"))
    await take(database, swapped)
    assert [row["slack_user_id"] for row in await rows(database, "people")] == ["U2", "U1"]
    report = await take(database, write(tmp_path / "3", "people", person("cy", slack_user_id="U1")))
    assert refusals(report) == [("people", 2, "slack_user_id", "U1")]


async def test_an_owner_that_changed_after_close_keeps_the_credit(database: Database, tmp_path: Path) -> None:
    await take(database, company(tmp_path, deal("D1")))
    path = write(tmp_path / "2", "deals", deal("D1", owner="ben"))
    report = await take(database, path, now=NEXT_DAY)
    assert report.credit is not None
    assert report.credit.owner_changed_after_close.count == 1
    report = await take(database, path, now=NEXT_DAY, restate=True)
    assert report.credit is not None
    assert report.credit.reversed == 1
