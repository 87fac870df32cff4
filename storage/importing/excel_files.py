"""Excel workbooks: the first visible sheet that has data, its native values as the text that stands for them in a CSV file."""

from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

from domain.errors import DataError
from storage.importing.batches import BATCH, Batch, FileTable, NumberCell, columns_of, named
from storage.importing.cells import literal
from storage.importing.excel_parts import Oddities, oddities

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook


def open_xlsx(path: Path) -> FileTable:
    # Loaded only when there is such a file.
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        workbook = CalamineWorkbook.from_path(str(path))
        name, notes = _chosen(path, workbook)
        sheet = workbook.get_sheet_by_name(name)
        rows = sheet.to_python(skip_empty_area=False)
        odd = oddities(path, name)
    except (CalamineError, OSError, BadZipFile, ParseError, KeyError) as error:
        raise DataError(f"{path.name}: this is no Excel workbook (.xlsx) that can be read: {error}.") from error
    _require_plain(path, sheet.merged_cell_ranges or [], odd)
    for (line, column), text in odd.errors.items():
        # Read as blank they would clear what is known.
        rows[line - 1][column] = text
    header = named(path, [cell_text(value) for value in rows[0]])
    return FileTable(path, header, lambda: _sheet_batches(header, rows), (*notes, *_errors(odd)))


def _chosen(path: Path, workbook: "CalamineWorkbook") -> tuple[str, tuple[str, ...]]:
    """The first visible sheet that has data, and what is to be told of the others."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    sheets = [one for one in workbook.sheets_metadata if one.typ == SheetTypeEnum.WorkSheet]
    filled = [one for one in sheets if workbook.get_sheet_by_name(one.name).height]
    visible = [one.name for one in filled if one.visible == SheetVisibleEnum.Visible]
    if not filled:
        raise DataError(f"{path.name}: the workbook is empty.")
    if not visible:
        raise DataError(f"{path.name}: all sheets with data are hidden. Unhide the one that is to be read.")
    return visible[0], (f"only its first sheet with data, '{visible[0]}', was read",) if len(filled) > 1 else ()


def _require_plain(path: Path, merged: list[tuple[tuple[int, int], tuple[int, int]]], odd: Oddities) -> None:
    """Raises DataError for what would be read as blank, and so would clear what is known."""
    if merged:
        (top, left), (bottom, right) = merged[0]
        raise DataError(
            f"{path.name}: the cells {_place(top, left)}:{_place(bottom, right)} are merged. "
            "Unmerge all cells, and write the value into each."
        )
    if odd.uncalculated:
        raise DataError(
            f"{path.name}: the formula in {odd.uncalculated} was never calculated. "
            "Open the file in Excel or LibreOffice, and save it."
        )


def _errors(odd: Oddities) -> Iterator[str]:
    if odd.errors:
        (line, column), text = next(iter(odd.errors.items()))
        formulas = "1 formula" if len(odd.errors) == 1 else f"{len(odd.errors):,} formulas"
        yield f"the error of {formulas} was read as text, such as {text} in {_place(line - 1, column)}"


def _place(line: int, column: int) -> str:
    """`B3` for (2, 1)."""
    letters, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{line + 1}"


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
        return NumberCell(_decimal_text(value))
    return NumberCell(format(value, "f") if isinstance(value, Decimal) else str(value))


def _decimal_text(value: float) -> str:
    # Excel itself keeps 15 digits; what a binary number has beyond them was never typed.
    return format(Decimal(f"{value:.15g}"), "f").removesuffix(".0") if isfinite(value) else str(value)
