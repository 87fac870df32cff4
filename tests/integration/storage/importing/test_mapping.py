"""What a mapping does not find, or must not take for something else."""

from pathlib import Path

import pytest

from domain.errors import DataError
from storage.database import Database
from storage.importing.mapping import load_mapping
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
    offices = write(folder, "offices", {"Id": "1", "Town": "Lyon"})
    report = await mapped(database, folder, LOOKUP)
    assert report.kinds["accounts"].normalised == {("region", "(not found in offices.csv)", "Elsewhere"): 1}
    assert report.kinds["accounts"].notes == []
    assert [row["region"] for row in await rows(database, "accounts")] == ["Lyon", "Elsewhere", "Elsewhere"]
    offices.unlink()
    report = await mapped(database, folder, LOOKUP)
    assert report.kinds["accounts"].notes == [
        "accounts.csv: no file 'offices.csv' has the columns Id and Town: region keeps what is known"
    ]
    assert [row["region"] for row in await rows(database, "accounts")] == ["Lyon", "Elsewhere", "Elsewhere"]


KNOWN = {"deal": "1", "status": "won", "closed_on": "2026-03-01", "source": "Fair", "loss_reason": "none"}
RESTS = """
tables:
  - kind: deals
    file: deals.csv
    columns:
      deal: Id
      {column}
      closed_on: {{column: Day, when_result: {{status: [won]}}}}
      source: {{column: From, when: {{Kind: [Web]}}}}
"""


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ("[{when: {Stage: [Signed]}, then: won}, {when: {Shut: ['yes']}, then: lost}]", "has no column 'Stage'"),
        ("[{when: {Shut: ['yes']}, then: open}, {when: {Stage: [Talks]}, then: open}]", "has no column 'Stage'"),
        ("[{has: [Stage], when: {Stage: [Signed]}, then: won}, {then: open}]", "there is no column 'Stage'"),
        ("[{has: [Stage], when: {Shut: ['yes']}, then: lost}, {then: open}]", "there is no column 'Stage' or 'Shut'"),
        ("[{has: [Stage], then: open}]", "there is no column 'Stage'"),
    ],
)
async def test_a_column_that_rests_on_what_is_absent_keeps_what_is_known(
    database: Database, tmp_path: Path, rules: str, told: str
) -> None:
    await take(database, write(tmp_path, "deals", KNOWN))
    write(tmp_path / "files", "deals", {"Id": "1", "Shut": "yes", "Day": "2026-04-01", "From": "Mail"})
    report = await mapped(database, tmp_path / "files", RESTS.format(column=f"status: {{derive: {rules}}}"))
    (row,) = await rows(database, "deals")
    assert {name: row[name] for name in KNOWN} == KNOWN
    notes = " / ".join(report.kinds["deals"].notes)
    assert told in notes
    assert "status is absent: closed_on keeps what is known" in notes
    assert "deals.csv has no column 'Kind'" in notes


@pytest.mark.parametrize(
    ("rules", "status"),
    [
        ("[{has: [Stage], when: {Stage: [Signed]}, then: won}, {when: {Shut: ['yes']}, then: lost}]", "lost"),
        ("[{has: [Stage], then: lost}, {when: {Shut: ['no']}, then: lost}, {then: won}]", "won"),
        ("[{then: lost}]", "lost"),
    ],
)
async def test_rules_that_the_file_can_answer_count(
    database: Database, tmp_path: Path, rules: str, status: str
) -> None:
    write(tmp_path / "files", "deals", {"Id": "1", "Shut": "yes", "Day": "2026-04-01"})
    mapping = RESTS.format(column=f"status: {{derive: {rules}}}").replace("[won]", "[won, lost]")
    report = await mapped(database, tmp_path / "files", mapping)
    assert [(row["status"], row["closed_on"]) for row in await rows(database, "deals")] == [(status, "2026-04-01")]
    assert not [note for note in report.kinds["deals"].notes if "Stage" in note]


@pytest.mark.parametrize("values", ["", ", values: {open: open}"])
async def test_what_no_rule_fits_is_refused_if_the_mapping_says_so(
    database: Database, tmp_path: Path, values: str
) -> None:
    write(tmp_path / "files", "deals", *({"Id": n, "Stage": s} for n, s in (("1", "Talks"), ("2", "Odd"), ("3", "?"))))
    rules = "[{when: {Stage: [Talks]}, then: open}, {when: {Stage: [Odd]}, then: ''}]"
    mapping = RESTS.format(column=f"status: {{derive: {rules}{values}, otherwise: refuse}}")
    report = await mapped(database, tmp_path / "files", mapping)
    assert refusals(report) == [("deals", 3, "status", "Stage Odd"), ("deals", 4, "status", "Stage ?")]


async def test_a_result_must_stand_above_what_goes_by_it(tmp_path: Path) -> None:
    path = tmp_path / "mapping.yaml"
    path.write_text(RESTS.format(column="name: Day"), encoding="utf-8")
    with pytest.raises(DataError, match="closed_on goes by the result of 'status', which is no column above it"):
        load_mapping(str(path))


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
