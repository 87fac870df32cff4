"""CSV files: what encoding they have, what separates their columns, and their rows."""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice
from pathlib import Path
from typing import Any, TextIO

from domain.errors import DataError
from storage.importing.batches import BATCH, NO_UTF8, BadRow, Batch, FileTable, columns_of, is_text, named

LONGEST_CELL = 1_000_000
_TALLEST_HEADER = 100
"""Lines in which a header must end: its names may have line breaks."""


MARKS = {",": "commas", ";": "semicolons", "\t": "tabs"}
"""What may separate columns."""
_SAYS_MARK = re.compile(r'"?sep=([^\w" ])"?', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is written: its encoding, what separates its columns, and whether a line above the header says so."""

    encoding: str
    mark: str = ","
    is_told: bool = False

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know: a mark that was seen, not set."""
        name = MARKS.get(self.mark, f"'{self.mark}'")
        if self.is_told:
            return (f"read with {name} between the columns, as its first line says",)
        return (f"read with {name} between the columns",) if self.mark != "," else ()


def open_csv(path: Path) -> FileTable:
    encoding = _encoding(path)
    with _text(path, encoding) as file:
        try:
            layout, first = _begun(path, file, encoding)
        except (csv.Error, UnicodeError) as error:
            raise DataError(f"{path.name}: the first line is no CSV header ({error}).") from error
    header = named(path, first)
    if not all(map(is_text, header)):
        raise DataError(f"{path.name}: the header {NO_UTF8}.")
    batches = lambda: _csv_batches(path, layout, header)  # noqa: E731 - read again for the rejects
    return FileTable(path, header, batches, layout.notes, layout.mark, layout.is_told)


def _begun(path: Path, file: TextIO, encoding: str) -> tuple[Layout, list[str]]:
    """The layout and the cells of the header."""
    said = _SAYS_MARK.fullmatch(file.readline().rstrip("\r\n"))
    if said is None:
        file.seek(0)
    lines = list(islice(file, _TALLEST_HEADER))
    if not lines:
        raise DataError(f"{path.name}: the file is empty.")
    if said is not None:
        return Layout(encoding, said[1], is_told=True), _header(lines, said[1])
    mark = _mark(path, lines)
    return Layout(encoding, mark), _header(lines, mark)


def _mark(path: Path, lines: Sequence[str]) -> str:
    """What separates the columns of the header: a comma, or the one other mark that makes several names of it.

    Raises DataError if there are two such marks.
    """
    if len(_names(lines, ",")) > 1:
        return ","
    others = [mark for mark in MARKS if mark != "," and len(_names(lines, mark)) > 1]
    if len(others) > 1:
        raise DataError(
            f"{path.name}: the header has semicolons and tabs: which of them separate the columns? "
            "Put names with one of them in quotation marks, or export the file with commas."
        )
    return others[0] if others else ","


def _names(lines: Sequence[str], mark: str) -> list[str]:
    try:
        return [name for name in _header(lines, mark) if name.strip()]
    except csv.Error:
        return []


def _header(lines: Sequence[str], mark: str) -> list[str]:
    return next(csv.reader(lines, strict=True, delimiter=mark))


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


def _csv_batches(path: Path, layout: Layout, header: tuple[str, ...]) -> Iterator[Batch]:
    csv.field_size_limit(LONGEST_CELL)
    with _text(path, layout.encoding) as file:
        above = 1 if layout.is_told else 0
        for _ in range(above):
            file.readline()
        reader = csv.reader(file, strict=True, delimiter=layout.mark)
        next(reader, None)
        while True:
            start = reader.line_num + above
            rows, bad = _read_rows(path, reader, above)
            if not rows and not bad:
                return
            lines = _lines(rows, start, reader.line_num + above - len(bad))
            yield columns_of(header, rows, lines, bad, layout.mark)


def _read_rows(path: Path, reader: Any, above: int) -> tuple[list[list[str]], list[BadRow]]:
    """The next rows; reading stops behind a row that is no CSV, so that lines can be counted."""
    rows: list[list[str]] = []
    try:
        rows.extend(islice(reader, BATCH))
    except csv.Error as error:
        if "expected after" not in str(error):
            raise DataError(
                f"{path.name}: a quotation mark before line {reader.line_num + above} is opened and never closed."
            ) from error
        return rows, [BadRow(reader.line_num + above, "", "has a quotation mark inside a cell: write it twice")]
    except UnicodeError as error:
        raise DataError(f"{path.name}: what follows line {reader.line_num + above} is not UTF-16.") from error
    return rows, []


def _lines(rows: Sequence[Sequence[str]], start: int, end: int) -> Sequence[int]:
    """The line on which each row starts: a cell may have several lines."""
    if end - start == len(rows):
        return range(start + 1, end + 1)
    heights = (1 + sum(cell.count("\n") for cell in row) for row in rows)
    return list(accumulate(heights, initial=start + 1))[:-1]
