"""What a mapping does not find, or must not take for something else."""

from pathlib import Path

import pytest

from domain.errors import DataError
from storage.database import Database
from storage.importing.mapping import load_mapping
from storage.importing.report import Report
from tests.support.imports import NOON, refusals, rows, take, write

pytestmark = pytest.mark.slow_on_postgresql  # a mapping is applied before any database is asked


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
    write(folder, "march", {"Id": "1"})
    report = await mapped(database, folder, LOOKUP)
    assert report.left_out == ["march.csv"]
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


GERMAN = """
tables:
  - kind: deals
    file: "deals.*"
    columns:
      deal: Nr
      status: {value: open}
      amount: {column: Betrag, strip: ["€"], decimal: ","}
      expected_close_on: {column: Tag, dates: ["%d.%m.%Y", "%d.%m.%Y %H:%M %z"]}
"""
NO_COMMA = "is not a number with a decimal comma such as 1.234,50"


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("1.234,50 €", "1234.50"),
        ("1 234 567,5", "1234567.50"),
        ("1'234,5", "1234.50"),
        ("1.234", "1234.00"),
        ("1234,50", "1234.50"),
        ("-0,25", "-0.25"),
        ("", ""),
        ("1234.50", None),
        ("1.23", None),
        ("1.234 567,00", None),
        ("1,234.50", None),
        ("12.34,50", None),
        ("viel", None),
    ],
)
async def test_a_decimal_comma_is_read_where_the_mapping_says_so(
    database: Database, tmp_path: Path, cell: str, amount: str | None
) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "deals.csv").write_text(f"Nr;Betrag;Tag\n1;{cell};31.12.2026\n", encoding="utf-8")
    status = "status: {value: won}" if cell.startswith("-") else "status: {value: open}"
    mapping = GERMAN.replace("status: {value: open}", status).replace("expected_close_on", "closed_on")
    report = await mapped(database, tmp_path / "files", mapping)
    assert "deals.csv: read with semicolons between the columns" in report.notes
    if amount is None:
        assert [(one.line, one.column, one.value, one.reason) for one in report.refusals] == [
            (2, "Betrag", cell, NO_COMMA)
        ]
    else:
        (row,) = await rows(database, "deals")
        assert (row["amount"].lstrip("'"), row["closed_on"]) == (amount, "2026-12-31")


async def test_in_a_workbook_numbers_are_numbers_and_only_texts_have_a_decimal_comma(
    database: Database, tmp_path: Path
) -> None:
    from xlsxwriter import Workbook

    (tmp_path / "files").mkdir()
    with Workbook(tmp_path / "files" / "deals.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Nr", "Betrag"])
        for line, value in enumerate((1234.5, "1.234,50", 1234, 0.125, 12.344, "12.344", "1234.5"), 1):
            sheet.write_row(line, 0, [str(line), value])
    report = await mapped(database, tmp_path / "files", GERMAN)
    read = ["1234.50", "1234.50", "1234.00", "0.12", "12.34", "12344.00"]
    assert [row["amount"] for row in await rows(database, "deals")] == read
    assert [(one.line, one.value, one.reason) for one in report.refusals] == [(8, "1234.5", NO_COMMA)]


async def test_in_parquet_too(database: Database, tmp_path: Path) -> None:
    import pyarrow as pa
    from pyarrow.parquet import write_table

    (tmp_path / "files").mkdir()
    for name, column in (("deals", pa.array([12.344, 1234.0])), ("deals.texts", pa.array(["12.344", "1,5"]))):
        keys = [f"{name}-{number}" for number in range(2)]
        write_table(pa.table({"Nr": keys, "Betrag": column}), tmp_path / "files" / f"{name}.parquet")
    await mapped(database, tmp_path / "files", GERMAN)
    assert [row["amount"] for row in await rows(database, "deals")] == ["12.34", "1234.00", "12344.00", "1.50"]


async def test_a_day_of_another_form_that_does_not_exist_is_told(database: Database, tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    lines = "Nr;Tag\n1;31.02.2026\n2;30.04.2026\n3;32.01.2026\n4;gestern\n"
    (tmp_path / "files" / "deals.csv").write_text(lines)
    report = await mapped(database, tmp_path / "files", GERMAN)
    assert [(one.line, one.column, one.value, one.reason) for one in report.refusals] == [
        (2, "Tag", "31.02.2026", "is a day that does not exist"),
        (4, "Tag", "32.01.2026", "is a day that does not exist"),
        (5, "Tag", "gestern", "is not a date such as 2026-03-31"),
    ]


@pytest.mark.parametrize(
    ("above", "mark"), [("", ";"), ("sep=|\n", "|"), ("", ",")], ids=["semicolons", "told", "commas"]
)
async def test_rejects_are_separated_as_their_file_and_taken_once_corrected(
    database: Database, tmp_path: Path, above: str, mark: str
) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "out").mkdir()
    good, bad = ('"1.234,50 €"', '"12.50"') if mark == "," else ("1.234,50 €", "12.50")
    lines = [mark.join(row) for row in (["Nr", "Betrag"], ["1", good], ["2", bad])]
    (tmp_path / "files" / "deals.csv").write_text(above + "\n".join(lines) + "\n", encoding="utf-8")
    out = tmp_path / "out" / "deals.csv"
    await mapped(database, tmp_path / "files", GERMAN, rejects=out)
    refused = mark.join(["2", "12.50", "4" if above else "3", "Betrag", f'"{NO_COMMA}"' if mark == "," else NO_COMMA])
    header = mark.join(["Nr", "Betrag", "line", "column", "reason"])
    assert out.read_text(encoding="utf-8") == f"{above}{header}\n{refused}\n"
    corrected = out.read_text(encoding="utf-8").replace(
        "2" + mark + "12.50", "2" + mark + ('"12,50"' if mark == "," else "12,50")
    )
    out.write_text(corrected, encoding="utf-8")
    report = await mapped(database, tmp_path / "out", GERMAN)
    assert not report.refusals
    assert [row["amount"] for row in await rows(database, "deals")] == ["1234.50", "12.50"]


async def test_an_instant_in_another_form_is_the_day_that_it_was_in_the_workspace(
    database: Database, tmp_path: Path
) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "deals.csv").write_text("Nr;Tag\n1;31.12.2026 23:30 -0500\n2;31.12.2026 23:30 +0000\n")
    await mapped(database, tmp_path / "files", GERMAN, new_workspace={"currency": "EUR", "timezone": "UTC"})
    assert [row["expected_close_on"] for row in await rows(database, "deals")] == ["2027-01-01", "2026-12-31"]


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("Deal,status", r"Rename its column 'Deal' to deal\."),
        ("deal|status", r"It has 'deal\|status'\."),
        (",".join(f"c{n}" for n in range(14)), r"It has 'c0', .*'c11' and 2 more\."),
    ],
)
async def test_without_its_key_a_file_is_refused_with_what_it_has(
    database: Database, tmp_path: Path, header: str, told: str
) -> None:
    path = tmp_path / "deals.csv"
    path.write_text(f"{header}\n", encoding="utf-8")
    with pytest.raises(DataError, match=f"the column 'deal' of deals is missing.*{told}"):
        await take(database, path)
    path.with_suffix(".yaml").write_text("tables: [{kind: deals, file: '*', columns: {deal: DEAL}}]", encoding="utf-8")
    with pytest.raises(DataError, match=r"the column 'DEAL' is missing.* (Rename its column 'Deal' to DEAL\.|It has)"):
        await take(database, path, mapping=str(path.with_suffix(".yaml")))


async def test_a_column_that_is_nearly_known_is_asked_about(database: Database, tmp_path: Path) -> None:
    report = await take(database, write(tmp_path, "deals", {"deal": "1", "status": "open", "Closed On": "", "x": ""}))
    assert report.kinds["deals"].notes == ["deals.csv: is its column 'Closed On' meant to be closed_on? Rename it"]
    assert report.kinds["deals"].ignored == ["Closed On", "x"]


@pytest.mark.parametrize(
    ("chances", "told"), [(("0.5", "1"), True), (("0.5", "1.1"), False), (("0", ""), False), (("50%", "0.5"), False)]
)
async def test_percents_that_look_like_shares_are_told(
    database: Database, tmp_path: Path, chances: tuple[str, ...], told: bool
) -> None:
    deals = ({"deal": str(at), "status": "open", "probability": chance} for at, chance in enumerate(chances))
    report = await take(database, write(tmp_path, "deals", *deals))
    said = "deals.csv: no probability is above 1: they were taken for percents, so 0.5 for 0.5 %"
    assert [note.startswith(said) for note in report.kinds["deals"].notes] == [True] * told
