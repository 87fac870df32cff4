"""What a mapping does not find, or must not take for something else."""

from pathlib import Path

import pytest

from storage.database import Database
from storage.importing.report import Report
from tests.support.imports import NOON, refusals, rows, take, write


async def mapped(database: Database, folder: Path, mapping: str, **options: object) -> Report:
    """An import of the CSV files of a folder by a mapping."""
    path = folder.parent / "mapping.yaml"
    path.write_text(mapping, encoding="utf-8")
    return await take(database, folder, mapping=str(path), **options)


DEALS = """
tables:
  - kind: deals
    file: deals.csv
    {more}
    columns:
      deal: Id
      loss_reason: {{column: Why, values: {{No: No budget, Yes: Price}}}}
      probability: {{value: 12.50}}
      expected_close_on: {{value: 2026-05-01}}
      status: {{value: open}}
"""


async def test_what_yaml_takes_for_truth_numbers_and_dates_stays_text(database: Database, tmp_path: Path) -> None:
    write(tmp_path / "files", "deals", {"Id": "1", "Why": "No"}, {"Id": "2", "Why": "Yes"}, {"Id": "3", "Why": "True"})
    await mapped(database, tmp_path / "files", DEALS.format(more="footer: no"))
    found = await rows(database, "deals")
    assert [row["loss_reason"] for row in found] == ["No budget", "Price", "True"]
    assert {(row["probability"], row["expected_close_on"]) for row in found} == {("12.5", "2026-05-01")}


@pytest.mark.parametrize(("more", "read"), [("where: {Stage: [Won]}", 0), ("unless: {Stage: [Won]}", 1)])
async def test_a_condition_on_a_column_that_is_not_there_is_told(
    database: Database, tmp_path: Path, more: str, read: int
) -> None:
    write(tmp_path / "files", "deals", {"Id": "1", "Why": "No"})
    report = await mapped(database, tmp_path / "files", DEALS.format(more=more))
    assert report.kinds["deals"].read == read
    assert "deals.csv has no column 'Stage'" in report.kinds["deals"].notes


LOOKUP = """
tables:
  - kind: accounts
    file: accounts.csv
    columns:
      account: Id
      name: Id
      region: {column: Office, lookup: {file: offices.csv, match: Id, take: Town, missing: Elsewhere}}
"""


async def test_what_is_not_found_elsewhere_is_counted(database: Database, tmp_path: Path) -> None:
    folder = tmp_path / "files"
    write(folder, "accounts", *({"Id": key, "Office": office} for key, office in ("a1", "b9", "c ")))
    report = await mapped(database, folder, LOOKUP)
    missing = "no file 'offices.csv' has the columns Id and Town: nothing was found there"
    assert missing in report.kinds["accounts"].notes
    write(folder, "offices", {"Id": "1", "Town": "Lyon"})
    report = await mapped(database, folder, LOOKUP)
    assert missing not in report.kinds["accounts"].notes
    assert report.kinds["accounts"].normalised == {("region", "(not found in offices.csv)", "Elsewhere"): 1}
    assert [row["region"] for row in await rows(database, "accounts")] == ["Lyon", "Elsewhere", "Elsewhere"]


async def test_missing_only_goes_by_the_key_wherever_it_stands(database: Database, tmp_path: Path) -> None:
    await take(database, write(tmp_path, "people", {"person": "p1", "name": "Ana", "role": "manager"}))
    folder = tmp_path / "files"
    write(folder, "deals", {"Id": "1", "Owner": "p1", "Name": "A."}, {"Id": "2", "Owner": "p2", "Name": "Ben"})
    mapping = """
tables:
  - kind: people
    file: deals.csv
    missing_only: true
    columns: {name: Name, role: {value: rep}, person: Owner}
"""
    await mapped(database, folder, mapping)
    assert [(row["name"], row["role"]) for row in await rows(database, "people")] == [
        ("Ana", "manager"),
        ("Ben", "rep"),
    ]


async def test_amounts_that_lack_their_currency_are_refused_as_they_stand_in_the_file(
    database: Database, tmp_path: Path
) -> None:
    yen = {"deal": "D1", "amount": "99", "currency": "JPY", "status": "open"}
    await take(database, write(tmp_path, "deals", yen), now=NOON)
    report = await take(database, write(tmp_path / "2", "deals", {"deal": "D1", "amount": "99.50"}))
    assert refusals(report) == [("deals", 2, "amount", "99.50")]
    assert "needs the column currency" in report.refusals[0].reason
    assert [row["amount"] for row in await rows(database, "deals")] == ["99"]
