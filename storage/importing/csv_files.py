"""CSV files: what encoding they have, what separates their columns, and their rows."""

import csv
from collections.abc import Iterator, Sequence
from itertools import accumulate, islice
from pathlib import Path
from typing import Any, TextIO

from domain.errors import DataError
from storage.importing.batches import BATCH, BadRow, Batch, FileTable, columns_of, named

LONGEST_CELL = 1_000_000


def open_csv(path: Path) -> FileTable:
    encoding = _encoding(path)
    with _text(path, encoding) as file:
        try:
            first = next(csv.reader(file, strict=True), None)
        except (csv.Error, UnicodeError) as error:
            raise DataError(f"{path.name}: the first line is no CSV header ({error}).") from error
    if first is None:
        raise DataError(f"{path.name}: the file is empty.")
    header = named(path, first)
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
            yield columns_of(header, rows, _lines(rows, start, reader.line_num - len(bad)), bad)


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
