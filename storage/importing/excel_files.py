"""Excel workbooks: the first sheet that has data, its native values as the text that stands for them in a CSV file."""

from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from math import isfinite
from pathlib import Path
from typing import Any

from domain.errors import DataError
from storage.importing.batches import BATCH, Batch, FileTable, columns_of, named
from storage.importing.cells import literal


def open_xlsx(path: Path) -> FileTable:
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
    header = named(path, [cell_text(value) for value in rows[0]])
    notes = (f"only its first sheet with data, '{sheets[0]}', was read",) if len(sheets) > 1 else ()
    return FileTable(path, header, lambda: _sheet_batches(header, rows), notes)


def _sheet_batches(header: tuple[str, ...], rows: list[list[Any]]) -> Iterator[Batch]:
    for start in range(1, len(rows), BATCH):
        numbered = [
            (line, [cell_text(value) for value in row])
            for line, row in enumerate(rows[start : start + BATCH], start + 1)
        ]
        numbered = [(line, row) for line, row in numbered if any(row)]
        yield columns_of(header, [row for _, row in numbered], [line for line, _ in numbered], [])


def cell_text(value: Any) -> str:
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
