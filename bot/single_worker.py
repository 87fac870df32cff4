"""With SQLite there is one worker: two would write in turns, and wait for each other's locks."""

from collections.abc import Iterator
from contextlib import contextmanager

from domain.errors import Busy
from storage.database import sqlite_path


@contextmanager
def only_worker(database_url: str) -> Iterator[None]:
    """Hold the place of the one worker on a SQLite file; it is free again when the process ends, however it ends.

    Raises Busy if another process has it. On PostgreSQL there may be several workers.
    """
    path = sqlite_path(database_url)
    if path is None:
        yield
        return
    import fcntl

    with path.with_name(f"{path.name}-worker").open("w") as place:
        try:
            fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Busy(
                f"Another worker is at work on {path.name}. SQLite has one: stop that one first (it may be part of "
                "`turf serve --with-worker`), or use PostgreSQL for several."
            ) from error
        yield
