"""Files that appear whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from domain.errors import DataError


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A file to write; `path` takes its contents at the end, and keeps what it had if anything goes wrong.

    Raises DataError if it can't be written.
    """
    # A pipe or a device can't be replaced.
    whole = not path.exists() or path.is_file()
    part = path.with_name(f".{path.name}.{os.getpid()}.part") if whole else path
    try:
        with part.open("wb") as file:
            yield file
        if whole:
            part.replace(path)
    except OSError as error:
        raise DataError(f"{path} can't be written: {error.strerror}.") from error
    finally:
        if whole:
            part.unlink(missing_ok=True)
