"""Parquet files: columns of plain types as the text that stands for them in a CSV file."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from math import isfinite
from pathlib import Path

from domain.errors import DataError
from storage.importing.batches import BATCH, Batch, FileTable, checked, named
from storage.importing.excel_files import cell_text


def open_parquet(path: Path) -> FileTable:
    # Loaded only when there is such a file.
    from pyarrow import ArrowException
    from pyarrow.parquet import ParquetFile

    try:
        header = named(path, ParquetFile(path).schema_arrow.names)
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
                name: [_exact(value) if isinstance(value, float) else cell_text(value) for value in column.to_pylist()]
                for name, column in zip(header, part.columns, strict=True)
            }
            lines = range(line, line + part.num_rows)
            line += part.num_rows
            yield checked(columns, lines)
