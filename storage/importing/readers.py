"""Files as batches of columns of text: CSV, Excel and Parquet look the same from here on."""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from itertools import accumulate, islice
from math import isfinite
from pathlib import Path
from typing import Any, TextIO

from domain.errors import DataError
from storage.importing.cells import literal

BATCH = 20_000
SUFFIXES = (".csv", ".xlsx", ".parquet")
LONGEST_CELL = 1_000_000


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that can't be read as one, so that nobody knows its key."""

    line: int
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows as columns, with the line on which each row starts."""

    columns: dict[str, Sequence[str]]
    lines: Sequence[int]
    bad: Sequence[BadRow] = ()


@dataclass(frozen=True, slots=True)
class FileTable:
    """A file that is open for reading: its header, and its rows in batches, as often as asked for."""

    path: Path
    header: tuple[str, ...]
    batches: Callable[[], Iterator[Batch]]
    notes: tuple[str, ...] = field(default=())

    @property
    def name(self) -> str:
        return self.path.name


def open_table(path: Path) -> FileTable:
    """Raises DataError with what is wrong with the file."""
    readers = {".csv": _open_csv, ".xlsx": _open_xlsx, ".parquet": _open_parquet}
    opener = readers.get(path.suffix.lower())
    if opener is None:
        raise DataError(f"{path.name}: Turf reads {', '.join(SUFFIXES)}, and this is something else.")
    try:
        return opener(path)
    except OSError as error:
        raise DataError(f"{path}: {error.strerror or error}.") from error


def _named(path: Path, header: Iterable[str]) -> tuple[str, ...]:
    """The header with its spaces trimmed. Raises DataError for a header that names a column twice, or nothing."""
    names = [name.strip() for name in header]
    twice = next((name for name in names if name and names.count(name) > 1), None)
    if twice:
        raise DataError(f"{path.name}: the header has the column '{twice}' twice. Rename or remove one.")
    if not any(names):
        raise DataError(f"{path.name}: there is no header in the first line.")
    if len(names) == 1 and any(mark in names[0] for mark in ";\t|"):
        raise DataError(
            f"{path.name}: the columns are not separated by commas. Export it again as comma-separated CSV."
        )
    return tuple(name or f"(column {number})" for number, name in enumerate(names, 1))


# CSV


def _open_csv(path: Path) -> FileTable:
    encoding = _encoding(path)
    with _text(path, encoding) as file:
        try:
            first = next(csv.reader(file, strict=True), None)
        except (csv.Error, UnicodeError) as error:
            raise DataError(f"{path.name}: the first line is no CSV header ({error}).") from error
    if first is None:
        raise DataError(f"{path.name}: the file is empty.")
    header = _named(path, first)
    return FileTable(path, header, lambda: _csv_batches(path, encoding, header))


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(4096)
    if start[:4] == b"PK\x03\x04" or start[:4] == b"PAR1":
        kind = ".parquet" if start[:4] == b"PAR1" else ".xlsx"
        raise DataError(f"{path.name}: this is no CSV file; its contents look like {kind}. Rename it.")
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    if start.count(0) > len(start) // 10:
        raise DataError(
            f"{path.name}: this is no text in UTF-8, nor in UTF-16 with a byte order mark. Export it as UTF-8."
        )
    return "utf-8-sig"


def _text(path: Path, encoding: str) -> TextIO:
    # Bytes that are no UTF-8 become lone surrogates, so that only their rows are refused.
    return path.open(encoding=encoding, newline="", errors="surrogateescape" if encoding != "utf-16" else "strict")


def _csv_batches(path: Path, encoding: str, header: tuple[str, ...]) -> Iterator[Batch]:
    csv.field_size_limit(LONGEST_CELL)
    with _text(path, encoding) as file:
        reader = csv.reader(file, strict=True)
        next(reader, None)
        while True:
            start = reader.line_num
            rows, bad = _read_rows(path, reader)
            if not rows and not bad:
                return
            yield _columns(header, rows, _lines(rows, start, reader.line_num - len(bad)), bad)


def _read_rows(path: Path, reader: Any) -> tuple[list[list[str]], list[BadRow]]:
    """The next rows; reading stops behind a row that is no CSV, so that lines can be counted."""
    rows: list[list[str]] = []
    try:
        rows.extend(islice(reader, BATCH))
    except csv.Error as error:
        if "expected after" not in str(error):
            raise DataError(
                f"{path.name}: a quotation mark before line {reader.line_num} is opened and never closed."
            ) from error
        return rows, [BadRow(reader.line_num, "", "has a quotation mark inside a cell: write it twice")]
    except UnicodeError as error:
        raise DataError(f"{path.name}: what follows line {reader.line_num} is not UTF-16.") from error
    return rows, []


def _lines(rows: Sequence[Sequence[str]], start: int, end: int) -> Sequence[int]:
    """The line on which each row starts: a cell may have several lines."""
    if end - start == len(rows):
        return range(start + 1, end + 1)
    heights = (1 + sum(cell.count("\n") for cell in row) for row in rows)
    return list(accumulate(heights, initial=start + 1))[:-1]


def _columns(header: tuple[str, ...], rows: list[list[str]], lines: Sequence[int], bad: list[BadRow]) -> Batch:
    if set(map(len, rows)) - {len(header)}:
        good: list[list[str]] = []
        kept: list[int] = []
        for row, line in zip(rows, lines, strict=True):
            if len(row) == len(header):
                good.append(row)
                kept.append(line)
            elif row:
                cells = "1 cell" if len(row) == 1 else f"{len(row)} cells"
                bad.append(BadRow(line, ",".join(row)[:200], f"has {cells} where the header has {len(header)}"))
        rows, lines = good, kept
    columns: dict[str, Sequence[str]] = dict.fromkeys(header, ())
    if rows:
        columns = dict(zip(header, zip(*rows, strict=True), strict=True))
    return _checked(columns, lines, bad)


def _checked(columns: dict[str, Sequence[str]], lines: Sequence[int], bad: Sequence[BadRow] = ()) -> Batch:
    unreadable = _unreadable(columns, lines)
    if not unreadable:
        return Batch(columns, lines, bad)
    wanted = [index for index, line in enumerate(lines) if line not in unreadable]
    return Batch(
        {name: [cells[index] for index in wanted] for name, cells in columns.items()},
        [lines[index] for index in wanted],
        [*bad, *unreadable.values()],
    )


def _unreadable(columns: dict[str, Sequence[str]], lines: Sequence[int]) -> dict[int, BadRow]:
    """Rows with bytes that are no UTF-8, or with a NUL, by line. Whole columns are looked at first: such rows are rare."""
    found: dict[int, BadRow] = {}
    for cells in columns.values():
        joined = "".join(cells)
        if "\0" not in joined and _is_text(joined):
            continue
        for line, cell in zip(lines, cells, strict=True):
            if "\0" in cell:
                found[line] = BadRow(line, cell.replace("\0", "?"), "has a NUL character in it")
            elif not _is_text(cell):
                shown = cell.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
                found[line] = BadRow(line, shown, "is not UTF-8 text: export the file as UTF-8")
    return found


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


# Excel


def _open_xlsx(path: Path) -> FileTable:
    # Loaded only when there is such a file.
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        workbook = CalamineWorkbook.from_path(str(path))
        sheets = [name for name in workbook.sheet_names if workbook.get_sheet_by_name(name).height]
        rows = workbook.get_sheet_by_name(sheets[0]).to_python(skip_empty_area=False) if sheets else []
    except (CalamineError, OSError) as error:
        raise DataError(f"{path.name}: this is no Excel workbook (.xlsx) that can be read: {error}.") from error
    if not rows:
        raise DataError(f"{path.name}: the workbook is empty.")
    header = _named(path, [_cell(value) for value in rows[0]])
    notes = (f"only its first sheet with data, '{sheets[0]}', was read",) if len(sheets) > 1 else ()
    return FileTable(path, header, lambda: _sheet_batches(header, rows), notes)


def _sheet_batches(header: tuple[str, ...], rows: list[list[Any]]) -> Iterator[Batch]:
    for start in range(1, len(rows), BATCH):
        numbered = [
            (line, [_cell(value) for value in row]) for line, row in enumerate(rows[start : start + BATCH], start + 1)
        ]
        numbered = [(line, row) for line, row in numbered if any(row)]
        yield _columns(header, [row for _, row in numbered], [line for line, _ in numbered], [])


def _cell(value: Any) -> str:
    """A native value as the text that stands for it in a CSV file."""
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        # Only CSV needs guards: here a ' in front is part of the text.
        return literal(value) if value[0] == "'" else value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time.min and not value.tzinfo else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return _decimal_text(value)
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _decimal_text(value: float) -> str:
    # Excel itself keeps 15 digits; what a binary number has beyond them was never typed.
    return format(Decimal(f"{value:.15g}"), "f").removesuffix(".0") if isfinite(value) else str(value)


# Parquet


def _open_parquet(path: Path) -> FileTable:
    # Loaded only when there is such a file.
    from pyarrow import ArrowException
    from pyarrow.parquet import ParquetFile

    try:
        header = _named(path, ParquetFile(path).schema_arrow.names)
    except (ArrowException, OSError) as error:
        raise DataError(f"{path.name}: this is no Parquet file that can be read: {error}.") from error
    return FileTable(path, header, lambda: _parquet_batches(path, header))


def _exact(value: float) -> str:
    return format(Decimal(repr(value)), "f").removesuffix(".0") if isfinite(value) else str(value)


def _parquet_batches(path: Path, header: tuple[str, ...]) -> Iterator[Batch]:
    from pyarrow.parquet import ParquetFile

    line = 1
    with ParquetFile(path) as file:
        for part in file.iter_batches(batch_size=BATCH):
            columns: dict[str, Sequence[str]] = {
                name: [_exact(value) if isinstance(value, float) else _cell(value) for value in column.to_pylist()]
                for name, column in zip(header, part.columns, strict=True)
            }
            lines = range(line, line + part.num_rows)
            line += part.num_rows
            yield _checked(columns, lines)
