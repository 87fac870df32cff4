"""A temporary folder for people's files, which is gone afterwards: also that of a worker that was killed."""

import fcntl
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PREFIX = "turf-import-"
LOCK = "lock"


@contextmanager
def workplace() -> Iterator[Path]:
    """A folder that only we can read. Its lock says that somebody works in it."""
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    try:
        with (folder / LOCK).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            made = folder / "files"
            made.mkdir()
            yield made
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep() -> int:
    """Remove what workers that were killed left behind; how many folders."""
    return sum(_is_left(folder) for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"))


def _is_left(folder: Path) -> bool:
    try:
        with (folder / LOCK).open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
    except OSError:  # somebody works there, it is somebody else's, or it is being made
        return False
    return True
