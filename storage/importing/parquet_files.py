"""Parquet files: columns of plain types as the text that stands for them in a CSV file."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from math import isfinite
from pathlib import Path
from typing import Any

from domain.errors import DataError
from storage.importing.batches import BATCH, Batch, FileTable, NumberCell, checked, named
from storage.importing.excel_files import cell_text


def open_parquet(path: Path) -> FileTable:
    # Loaded only when there is such a file.
    from pyarrow import ArrowException
    from pyarrow.parquet import ParquetFile

    try:
        with ParquetFile(path) as file:
            schema = file.schema_arrow
    except (ArrowException, OSError, UnicodeError) as error:
        raise _unreadable(path, error) from error
    plain = [at for at, column in enumerate(schema) if _is_plain(column.type)]
    left_out = [f"{column.name} ({column.type})" for column in schema if not _is_plain(column.type)]
    if not plain:
        raise DataError(f"{path.name}: there is no column of texts, numbers, truth values, dates or times.")
    header = named(path, [schema.names[at] for at in plain])
    notes = (f"columns without a single value in each cell were left out: {', '.join(left_out)}",) if left_out else ()
    return FileTable(path, header, lambda: _parquet_batches(path, dict(zip(header, plain, strict=True))), notes)


def _is_plain(kind: Any) -> bool:
    """Whether each value can stand in a cell of a CSV file."""
    from pyarrow import types

    if types.is_dictionary(kind):
        return _is_plain(kind.value_type)
    simple = (types.is_boolean, types.is_integer, types.is_floating, types.is_decimal, types.is_date, types.is_time)
    texts = (types.is_string, types.is_large_string, types.is_string_view, types.is_timestamp, types.is_null)
    return any(fits(kind) for fits in (*simple, *texts))


def _parquet_batches(path: Path, places: dict[str, int]) -> Iterator[Batch]:
    from pyarrow import ArrowException
    from pyarrow.parquet import ParquetFile

    line = 1
    try:
        with ParquetFile(path) as file:
            for part in file.iter_batches(batch_size=BATCH):
                columns = {name: _texts(path, name, part.column(at)) for name, at in places.items()}
                lines = range(line, line + part.num_rows)
                line += part.num_rows
                yield checked(columns, lines)
    except (ArrowException, OSError) as error:
        raise _unreadable(path, error) from error


def _texts(path: Path, name: str, column: Any) -> Sequence[str]:
    from pyarrow import ArrowException, timestamp, types

    try:
        if types.is_timestamp(column.type):
            # Python's own instants are no finer.
            column = column.cast(timestamp("us", column.type.tz), safe=False)
        values = column.to_pylist()
    except (ArrowException, ValueError, OverflowError) as error:
        raise DataError(
            f"{path.name}: the column '{name}' has values that can't be read: {str(error).rstrip('.')}."
        ) from error
    return [_exact(value) if isinstance(value, float) else cell_text(value) for value in values]


def _exact(value: float) -> str:
    return NumberCell(format(Decimal(repr(value)), "f").removesuffix(".0") if isfinite(value) else str(value))


def _unreadable(path: Path, error: Exception) -> DataError:
    return DataError(f"{path.name}: this is no Parquet file that can be read: {str(error).rstrip('.')}.")
