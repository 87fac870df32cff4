"""Files as batches of columns of text: CSV, Excel and Parquet look the same from here on."""

from pathlib import Path

from domain.errors import DataError
from storage.importing.batches import FileTable
from storage.importing.csv_files import open_csv
from storage.importing.excel_files import open_xlsx
from storage.importing.parquet_files import open_parquet

READERS = {".csv": open_csv, ".xlsx": open_xlsx, ".parquet": open_parquet}
SUFFIXES = tuple(READERS)


def open_table(path: Path) -> FileTable:
    """Raises DataError with what is wrong with the file."""
    opener = READERS.get(path.suffix.lower())
    if opener is None:
        raise DataError(f"{path.name}: Turf reads {', '.join(SUFFIXES)}, and this is something else.")
    try:
        return opener(path)
    except OSError as error:
        raise DataError(f"{path}: {error.strerror or error}.") from error
