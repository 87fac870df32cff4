"""What is wrong with a database's address, in a sentence with the remedy."""

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from domain.errors import DataError, Unavailable
from storage.database import Database, sqlite_path

_SQLITE = b"SQLite format 3\0"
_UNKNOWN = "3D000"
_REFUSED = ("28000", "28P01")


def check_address(url: str) -> None:
    """Raises DataError for an address that leads nowhere. A SQLite file that is not there yet is fine, a server is not asked."""
    try:
        make_url(url)
    except (ArgumentError, ValueError):  # what they say holds the password
        raise DataError(
            "DATABASE_URL can't be read. Write it like postgresql://user:password@host:5432/turf, "
            "with %40 for an @ in the password."
        ) from None
    path = sqlite_path(url)
    if path is None:
        return
    if path.is_dir():
        raise DataError(f"DATABASE_URL: {path} is a folder. Name a file in it: sqlite:///{path / 'turf.db'}")
    if not path.parent.is_dir():
        raise DataError(f"DATABASE_URL: there is no folder {path.parent}. Make it, or name a file elsewhere.")
    try:
        with path.open("rb") as file:
            start = file.read(len(_SQLITE))
    except FileNotFoundError:
        return
    except OSError as error:
        raise DataError(f"DATABASE_URL: {path} can't be read ({error.strerror}). Put that right.") from error
    if start and start != _SQLITE:
        raise DataError(f"DATABASE_URL: {path} is no SQLite database. Name another file: a new one is made.")


async def ping(database: Database) -> None:
    """Raises DataError if the server refuses us for good, and Unavailable, with where it was looked for, if it is away."""
    try:
        await database.ping()
    except Unavailable as error:
        at = make_url(database.url)
        code = getattr(getattr(error.__cause__, "orig", None), "sqlstate", None)
        if code == _UNKNOWN:
            raise DataError(
                f"DATABASE_URL: the server has no database '{at.database}'. Make it (createdb {at.database}), or name another."
            ) from error
        if code in _REFUSED:
            raise DataError(
                f"DATABASE_URL: the server refuses the user '{at.username}'. Check the user and the password."
            ) from error
        if database.is_sqlite:
            raise Unavailable(f"{at.database} can't be opened. Check that it and its folder may be written.") from error
        where = f"{at.host}:{at.port or 5432}"
        raise Unavailable(
            f"PostgreSQL does not answer at {where}. Check DATABASE_URL, and that the server runs."
        ) from error
