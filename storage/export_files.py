"""Exports as files: CSV that spreadsheets can't be tricked with, Excel, Parquet."""

import csv
import re
from collections.abc import Sequence
from contextlib import aclosing
from datetime import date
from decimal import Decimal
from io import TextIOWrapper
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from domain.errors import DataError, UsageError
from storage.exporting import Cell, Export, Sheet
from storage.kinds import Column, Type

FORMATS = ("csv", "xlsx", "parquet")
MOST_SHEET_ROWS = 1_048_575
MOST_SHEET_DIGITS = 15
MOST_CELL_CHARACTERS = 32_767
_DANGEROUS = re.compile(r"'*[=+\-@]")
_TEXT = (Type.TEXT, Type.REFERENCE)


def format_of(path: Path | None, wanted: str | None) -> str:
    """The format that is asked for, else what the file's name says, else CSV. Raises UsageError."""
    found = wanted or (path.suffix.removeprefix(".").lower() if path is not None else "csv")
    if found not in FORMATS:
        raise UsageError(f"'{found}' is no format. Choose one of {', '.join(FORMATS)}.")
    return found


async def write_export(found: Export | Sheet, form: str, file: BinaryIO) -> int:
    """Write an export in one of the formats; returns the number of rows. Raises DataError if they don't fit."""
    # Closed at once if writing fails: its query must not outlive the connection.
    async with aclosing(found.rows):
        if form == "xlsx":
            return await _write_xlsx(found, file)
        if form == "parquet":
            return await _write_parquet(found, file)
        return await _write_text(found, file)


async def _write_text(found: Export | Sheet, file: BinaryIO) -> int:
    text = TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    try:
        return await _write_csv(found, text)
    finally:
        text.detach()


async def _write_csv(found: Export | Sheet, file: TextIO) -> int:
    """UTF-8 with LF."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([column.name for column in found.columns])
    guarded = [column.type in _TEXT for column in found.columns]
    count = 0
    async for rows in found.rows:
        writer.writerows([_text(cell, guard) for cell, guard in zip(row, guarded, strict=True)] for row in rows)
        count += len(rows)
    return count


def _text(cell: Cell, guard: bool) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        # What a spreadsheet would take for a formula gets a ' in front; so does what would be taken for such a guard.
        return f"'{cell}" if guard and _DANGEROUS.match(cell) else cell
    if isinstance(cell, float):
        return _plain(Decimal(repr(cell)))
    if isinstance(cell, Decimal):
        return format(cell, "f")
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _plain(value: Decimal) -> str:
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


async def _write_xlsx(found: Export | Sheet, file: BinaryIO) -> int:
    """Write an Excel workbook with one sheet. Raises DataError for more rows, or a longer text, than a sheet holds."""
    # Loaded only when a workbook is asked for.
    from xlsxwriter import Workbook

    line = 0
    with Workbook(file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet(found.name[:31])
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, [column.name for column in found.columns])
        async for rows in found.rows:
            for row in rows:
                line += 1
                if line > MOST_SHEET_ROWS:
                    raise DataError(
                        f"A sheet holds {MOST_SHEET_ROWS:,} rows, and there are more: export CSV or Parquet."
                    )
                for at, cell in enumerate(row):
                    _write_cell(sheet, line, at, cell, day)
    return line


def _write_cell(sheet: Any, line: int, at: int, cell: Cell, day: Any) -> None:
    if cell is None:
        return
    if isinstance(cell, date) and cell.year >= 1900:
        sheet.write_datetime(line, at, cell, day)
    elif isinstance(cell, int | float | Decimal) and len(_digits(cell)) <= MOST_SHEET_DIGITS:
        sheet.write_number(line, at, cell)
    else:
        text = _text(cell, guard=False)
        if len(text) > MOST_CELL_CHARACTERS:
            raise DataError(
                f"A cell of a sheet holds {MOST_CELL_CHARACTERS:,} characters, and one text has {len(text):,}: "
                "export CSV or Parquet."
            )
        sheet.write_string(line, at, text)


def _digits(cell: float | Decimal) -> str:
    return _text(cell, guard=False).lstrip("-0.").replace(".", "")


async def _write_parquet(found: Export | Sheet, file: BinaryIO) -> int:
    """Write a Parquet file with typed columns."""
    # Loaded only when a Parquet file is asked for.
    import pyarrow
    from pyarrow.parquet import ParquetWriter

    schema = pyarrow.schema([(column.name, _arrow_type(pyarrow, column)) for column in found.columns])
    count = 0
    with ParquetWriter(file, schema) as writer:
        async for rows in found.rows:
            arrays = [
                pyarrow.array(cells, type=field.type)
                for cells, field in zip(_columns(rows, len(schema)), schema, strict=True)
            ]
            writer.write_batch(pyarrow.record_batch(arrays, schema=schema))
            count += len(rows)
    return count


def _columns(rows: Sequence[tuple[Cell, ...]], count: int) -> list[tuple[Cell, ...]]:
    return list(zip(*rows, strict=True)) if rows else [()] * count


def _arrow_type(pyarrow: Any, column: Column) -> Any:
    types = {
        Type.INTEGER: pyarrow.int64(),
        Type.NUMBER: pyarrow.float64(),
        Type.DATE: pyarrow.date32(),
        Type.MONEY: pyarrow.decimal128(24, 4),
        Type.PERCENT: pyarrow.decimal128(12, 4),
        Type.RATE: pyarrow.decimal128(26, 12),
    }
    return types.get(column.type, pyarrow.string())
