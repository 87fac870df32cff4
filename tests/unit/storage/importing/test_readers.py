"""Files: encodings, line numbers, rows that are no rows, and files that are not what they say."""

from datetime import date
from pathlib import Path

import pytest

from domain.errors import DataError
from storage.importing.batches import Batch
from storage.importing.readers import open_table


def read(path: Path) -> list[Batch]:
    return list(open_table(path).batches())


def cells(path: Path, name: str) -> list[str]:
    return [cell for batch in read(path) for cell in batch.columns[name]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_encodings_and_line_ends(tmp_path: Path, encoding: str, end: str) -> None:
    path = tmp_path / "people.csv"
    text = end.join(["person,name", "jose,José", 'lines,"two', 'lines"', "zoe,Zoë"]) + end
    bom = b"\xff\xfe" if encoding == "utf-16-le" else b""
    path.write_bytes(bom + text.encode(encoding))
    assert cells(path, "name") == ["José", f"two{end}lines", "Zoë"]
    assert [line for batch in read(path) for line in batch.lines] == [2, 3, 5]


def test_only_the_row_with_foreign_bytes_is_bad(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes("person,name\na,José\n".encode() + "b,José\n".encode("latin-1") + b"c,nul\x00\n")
    [batch] = read(path)
    assert list(batch.columns["person"]) == ["a"]
    assert [(bad.line, bad.reason.split(":")[0]) for bad in batch.bad] == [
        (3, "is not UTF-8 text"),
        (4, "has a NUL character in it"),
    ]


def test_ragged_rows_and_blank_lines(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("person,name\na,A\n\nb\nc,C,more\nd,D\n")
    [batch] = read(path)
    assert list(batch.columns["person"]) == ["a", "d"]
    assert list(batch.lines) == [2, 6]
    assert [(bad.line, bad.reason) for bad in batch.bad] == [
        (4, "has 1 cell where the header has 2"),
        (5, "has 3 cells where the header has 2"),
    ]


def test_a_quotation_mark_inside_a_cell_costs_one_row(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text('person,name\na,A\nb,"B"x\nc,C\n')
    found = read(path)
    assert cells(path, "person") == ["a", "c"]
    assert [line for batch in found for line in batch.lines] == [2, 4]
    assert [bad.line for batch in found for bad in batch.bad] == [3]


SEMICOLONS = "read with semicolons between the columns"


@pytest.mark.parametrize(
    ("text", "line", "notes"),
    [
        ("person,name\na,A\n", 2, ()),
        ("person;name\na;A\n", 2, (SEMICOLONS,)),
        ('"person";"name, in full"\n"a";A\n', 2, (SEMICOLONS,)),
        ("person\tname\na\tA\n", 2, ("read with tabs between the columns",)),
        ('person;"name\nin full"\na;A\n', 3, (SEMICOLONS,)),
        ("sep=;\r\nperson;name\r\na;A\r\n", 3, (f"{SEMICOLONS}, as its first line says",)),
        ('"sep=;"\nperson;name\na;A\n', 3, (f"{SEMICOLONS}, as its first line says",)),
        ("sep=|\nperson|name\na|A\n", 3, ("read with '|' between the columns, as its first line says",)),
        ("sep=,\nperson,name\na,A\n", 3, ("read with commas between the columns, as its first line says",)),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_what_separates_columns_is_told_or_seen_in_the_header(
    tmp_path: Path, encoding: str, text: str, line: int, notes: tuple[str, ...]
) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(text.encode(encoding))
    table = open_table(path)
    assert table.notes == notes
    assert table.header[0] == "person"
    for _ in range(2):
        [batch] = table.batches()
        assert [list(cells) for cells in batch.columns.values()] == [["a"], ["A"]]
        assert list(batch.lines) == [line]


@pytest.mark.parametrize("header", ["na;me,person", "na|me", "person;", ";;person", "na\tme,person"])
def test_commas_that_make_several_names_and_marks_that_make_one_are_left_alone(tmp_path: Path, header: str) -> None:
    path = tmp_path / "people.csv"
    path.write_text(f"{header}\n")
    table = open_table(path)
    assert (table.header, table.notes) == (tuple(header.split(",")), ())


def test_lines_are_counted_below_one_that_names_the_separator(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text('sep=;\nperson;name\na;A\nb\nc;"C"x\nd;D;more\n')
    bad = sorted((row.line, row.value, row.reason) for batch in read(path) for row in batch.bad)
    assert bad == [
        (4, "b", "has 1 cell where the header has 2"),
        (5, "", "has a quotation mark inside a cell: write it twice"),
        (6, "d;D;more", "has 3 cells where the header has 2"),
    ]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("people.csv", b"", "empty"),
        ("people.csv", b"person;na\tme\n", "the header has semicolons and tabs"),
        ("people.csv", "Straße,person\n".encode("cp1252"), r"the header is not UTF-8 text: .*CSV UTF-8"),
        ("people.csv", b"\nperson,name\n", "no header in the first line"),
        ("people.csv", b"sep=;\n", "the file is empty"),
        ("people.csv", b"person,person\n", "twice"),
        ("people.csv", b"PK\x03\x04rest", ".xlsx"),
        ("people.csv", "person\n".encode("utf-16-le"), "byte order mark"),
        ("people.csv", b'person,name\na,"A\nb,B\n', "never closed"),
        ("people.xlsx", b"person,name\n", "no Excel workbook"),
        ("people.parquet", b"person,name\n", "no Parquet file"),
        ("people.txt", b"person\n", "something else"),
    ],
)
def test_a_file_that_is_not_what_it_says(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(DataError, match=says):
        read(path)


def test_excel_cells_become_plain_text(tmp_path: Path) -> None:
    from xlsxwriter import Workbook

    path = tmp_path / "deals.xlsx"
    with Workbook(path) as book:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, ["deal", "amount", "closed_on"])
        sheet.write_row(1, 0, ["D1", 0.1 + 0.2])
        sheet.write_datetime(1, 2, date(2026, 3, 31), day)
        sheet.write_row(3, 0, ["D2", 1200])
    [batch] = read(path)
    assert list(batch.columns["amount"]) == ["0.3", "1200"]
    assert list(batch.columns["closed_on"]) == ["2026-03-31", ""]
    assert list(batch.lines) == [2, 4]


def test_parquet_columns_become_plain_text(tmp_path: Path) -> None:
    import pyarrow
    from pyarrow.parquet import write_table

    path = tmp_path / "deals.parquet"
    table = pyarrow.table({"deal": ["D1", "D2"], "amount": [1.5, None], "closed_on": [date(2026, 3, 31), None]})
    write_table(table, path)
    [batch] = read(path)
    assert list(batch.columns["amount"]) == ["1.5", ""]
    assert list(batch.columns["closed_on"]) == ["2026-03-31", ""]
    assert list(batch.lines) == [1, 2]
