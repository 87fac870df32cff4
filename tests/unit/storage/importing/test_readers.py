"""Files: encodings, line numbers, rows that are no rows, and files that are not what they say."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from zipfile import ZipFile

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
    path.write_text("person,name\na,A\n\nb\nc,C,more\nd,D\ne,E,,\n")
    [batch] = read(path)
    assert list(batch.columns["person"]) == ["a", "d"]
    assert list(batch.lines) == [2, 6]
    assert [(bad.line, bad.reason) for bad in batch.bad] == [
        (4, "has 1 cell where the header has 2"),
        (5, f"has 3 cells where the header has 2{QUOTE}"),
        (7, "has 4 cells where the header has 2: give the header as many, or remove the blank ones at the end"),
    ]


def test_a_quotation_mark_inside_a_cell_costs_one_row(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text('person,name\na,A\nb,"B"x\nc,C\n')
    found = read(path)
    assert cells(path, "person") == ["a", "c"]
    assert [line for batch in found for line in batch.lines] == [2, 4]
    assert [bad.line for batch in found for bad in batch.bad] == [3]


QUOTE = ": a cell with a separator in it stands in quotation marks"
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
        (6, "d;D;more", f"has 3 cells where the header has 2{QUOTE}"),
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


def workbook(path: Path, *sheets: list[list[object]], hidden: int = 0, later: bool = False) -> Path:
    """A workbook whose first `hidden` sheets are hidden. Texts that begin with = are formulas, with their value behind |."""
    from xlsxwriter import Workbook

    with Workbook(path) as book:
        for number, rows in enumerate(sheets):
            sheet = book.add_worksheet(f"S{number}")
            for line, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if isinstance(cell, str) and cell.startswith("="):
                        formula, _, value = cell.partition("|")
                        sheet.write_formula(line, column, formula, None, int(value) if value.isdigit() else value)
                    else:
                        sheet.write(line, column, cell)
            if number < hidden:
                sheet.hide()
            elif number == hidden:
                sheet.activate()
                sheet.set_first_sheet()
    if not later:
        rewrite(path, lambda part: part.replace(b' fullCalcOnLoad="1"', b""))
    return path


def rewrite(path: Path, change: Callable[[bytes], bytes]) -> None:
    """Change each part of a workbook."""
    with ZipFile(path) as book:
        parts = {name: change(book.read(name)) for name in book.namelist()}
    with ZipFile(path, "w") as book:
        for name, part in parts.items():
            book.writestr(name, part)


HEADER: list[object] = ["deal", "amount", "name"]


def test_what_a_failed_formula_leaves_is_no_blank(tmp_path: Path) -> None:
    rows = [HEADER, ["D1", "=1/0|#DIV/0!", "=NA()|#N/A"], ["D2", "=1+1|2", '=""|']]
    path = workbook(tmp_path / "deals.xlsx", rows)
    rewrite(path, lambda part: part.replace(b'<c r="C3">', b'<c r="C3" t="str">'))  # as Excel itself writes it
    assert cells(path, "amount") == ["#DIV/0!", "2"]
    assert cells(path, "name") == ["#N/A", ""]
    assert open_table(path).notes == ("the error of 2 formulas was read as text, such as #DIV/0! in B2",)


@pytest.mark.parametrize("part", [b"<v>2</v>", b"<v></v>", b"<v/>"])
def test_a_formula_that_was_never_calculated_is_no_blank(tmp_path: Path, part: bytes) -> None:
    path = workbook(tmp_path / "deals.xlsx", [HEADER, ["D1", "=1+1|2"]])
    rewrite(path, lambda xml: xml.replace(b"<v>2</v></c></row>", part + b"</c></row>"))
    if part == b"<v>2</v>":
        assert cells(path, "amount") == ["2"]
        return
    with pytest.raises(DataError, match="the formula in B2 was never calculated"):
        read(path)


def test_values_that_a_program_left_for_excel_to_calculate_are_none(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="the formula in C3 was never calculated"):
        read(workbook(tmp_path / "deals.xlsx", [HEADER, ["D1"], ["D2", 1, "=1+1|2"]], later=True))
    assert cells(workbook(tmp_path / "deals.xlsx", [HEADER, ["D1", 5]], later=True), "amount") == ["5"]


def test_merged_cells_are_refused(tmp_path: Path) -> None:
    from xlsxwriter import Workbook

    with Workbook(tmp_path / "deals.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADER)
        sheet.merge_range(1, 26, 2, 27, "both")
    with pytest.raises(DataError, match="the cells AA2:AB3 are merged"):
        read(tmp_path / "deals.xlsx")


def test_hidden_sheets_are_left_alone(tmp_path: Path) -> None:
    old, now = [HEADER, ["OLD"]], [HEADER, ["NOW"]]
    path = workbook(tmp_path / "deals.xlsx", old, now, hidden=1)
    assert cells(path, "deal") == ["NOW"]
    assert open_table(path).notes == ("only its first sheet with data, 'S1', was read",)
    rewrite(path, lambda part: part.replace(b'name="S1" sheetId="2"', b'name="S1" sheetId="2" state="hidden"'))
    with pytest.raises(DataError, match="all sheets with data are hidden"):
        read(path)


def test_columns_of_parquet_without_single_values_are_left_out_and_told(tmp_path: Path) -> None:
    import pyarrow
    from pyarrow.parquet import write_table

    path, odd = tmp_path / "deals.parquet", {"tags": [["a"], []], "by": [{"id": 1}, None], "raw": [b"x", None]}
    write_table(pyarrow.table({"tags": odd["tags"], "deal": ["D1", "D2"], "by": odd["by"], "raw": odd["raw"]}), path)
    table = open_table(path)
    assert table.header == ("deal",)
    assert cells(path, "deal") == ["D1", "D2"]
    [note] = table.notes
    assert note.startswith("columns without a single value in each cell were left out: tags (list<")
    write_table(pyarrow.table(odd), path)
    with pytest.raises(DataError, match="there is no column of texts, numbers"):
        read(path)


def test_instants_of_parquet_finer_than_a_microsecond_are_read(tmp_path: Path) -> None:
    import pyarrow
    from pyarrow.parquet import write_table

    path = tmp_path / "deals.parquet"
    write_table(pyarrow.table({"at": pyarrow.array([1_700_000_000_123_456_789], pyarrow.timestamp("ns", "UTC"))}), path)
    assert cells(path, "at") == ["2023-11-14T22:13:20.123456+00:00"]
    write_table(pyarrow.table({"at": pyarrow.array([2**60], pyarrow.timestamp("ms"))}), path)
    with pytest.raises(DataError, match="the column 'at' has values that can't be read"):
        read(path)


def test_a_parquet_file_without_rows_has_none_and_a_damaged_one_is_refused(tmp_path: Path) -> None:
    import pyarrow
    from pyarrow.parquet import write_table

    path = tmp_path / "deals.parquet"
    write_table(pyarrow.table({"deal": pyarrow.array([], pyarrow.string())}), path)
    assert (open_table(path).header, read(path)) == (("deal",), [])
    write_table(pyarrow.table({"deal": [f"D{number}" for number in range(50_000)]}), path)
    damaged = bytearray(path.read_bytes())
    damaged[1000:1400] = b"\xff" * 400
    path.write_bytes(damaged)
    with pytest.raises(DataError, match="no Parquet file that can be read"):
        read(path)


def test_a_name_in_parquet_that_is_no_text_is_refused(tmp_path: Path) -> None:
    import pyarrow
    from pyarrow.parquet import write_table

    path = tmp_path / "deals.parquet"
    write_table(pyarrow.table({"deal_key": ["D1"]}), path, store_schema=False)
    path.write_bytes(path.read_bytes().replace(b"deal_key", b"deal\xff\xffey"))
    with pytest.raises(DataError, match="no Parquet file that can be read"):
        read(path)
