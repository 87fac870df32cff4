"""Engines and transactions: one read is one snapshot, one write is one short transaction with a revision of its own."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path
from socket import gaierror
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from domain.errors import Busy, Unavailable

BUSY_MS = 2_000
_IN_THE_WAY = ("55P03", "40001", "40P01")
"""PostgreSQL's codes for a lock that was not to be had in time, a row that changed meanwhile, and waiting for each other."""
_NO_ENTRY = ("3D000", "28000", "28P01")
"""Its codes for a database that is not there, and a user who may not come in."""
_FULL = "53100"
FULL = "The disk with Turf's data is full: nothing can be written. Make room there, then Turf goes on by itself."


def _async_url(url: str) -> str:
    parsed = make_url(url)
    driver = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}
    return parsed.set(drivername=driver.get(parsed.drivername, parsed.drivername)).render_as_string(hide_password=False)


def create_engine(url: str) -> AsyncEngine:
    """An engine for `sqlite:///path.db` or `postgresql://...`. Its errors name no values: they reach logs, and lists of what failed."""
    if url.startswith("sqlite"):
        return _sqlite_engine(url)
    return create_async_engine(_async_url(url), pool_size=5, max_overflow=5, pool_pre_ping=True, hide_parameters=True)


def _sqlite_engine(url: str) -> AsyncEngine:
    engine = create_async_engine(_async_url(url), pool_size=2, max_overflow=0, hide_parameters=True)

    @event.listens_for(engine.sync_engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        # The driver would begin on its own and late; we begin ourselves, so that a read is one snapshot.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            f"busy_timeout={BUSY_MS}",
            "foreign_keys=ON",
            "synchronous=NORMAL",
            "temp_store=MEMORY",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Any) -> None:
        options = connection.get_execution_options()
        if not options.get("writes", False):
            connection.exec_driver_sql("BEGIN")
            return
        connection.exec_driver_sql(f"PRAGMA busy_timeout={options.get('patience_ms', BUSY_MS)}")
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def sqlite_path(url: str) -> Path | None:
    """The file of a SQLite address; None for other databases and for memory."""
    parsed = make_url(url)
    name = parsed.database
    return Path(name) if parsed.drivername.startswith("sqlite") and name and name != ":memory:" else None


class Database:
    """The connections of one process. Close it at the end."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = create_engine(url)
        self.is_sqlite = url.startswith("sqlite")
        # SQLite has one writer: waiting here costs nothing, waiting in the database costs busy retries.
        self._writer = asyncio.Lock()
        self._also_open: list[Callable[[], Awaitable[None]]] = []

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection on which all statements see the same snapshot."""
        async with helpful(), self.engine.connect() as plain:
            connection = plain if self.is_sqlite else await plain.execution_options(isolation_level="REPEATABLE READ")
            async with connection.begin():
                yield connection

    @asynccontextmanager
    async def write(self, *, patience: float | None = None) -> AsyncIterator[AsyncConnection]:
        """A transaction that is committed at the end, or rolled back by any exception.

        `patience` is for how many seconds in all it waits for others who write, before it raises Busy.
        """
        if not self.is_sqlite:
            async with helpful(), self.engine.begin() as connection:
                if patience is not None:
                    await connection.exec_driver_sql(f"SET LOCAL lock_timeout = {round(patience * 1000)}")
                yield connection
            return
        async with self._turn(patience) as left, helpful(), self.engine.connect() as plain:
            connection = await plain.execution_options(writes=True, patience_ms=left)
            async with connection.begin():
                yield connection

    @asynccontextmanager
    async def trial(self, *, patience: float) -> AsyncIterator[AsyncConnection]:
        """A transaction on one snapshot that may write, and of which nothing remains: it is rolled back at the end.

        Raises Busy if others are in its way for `patience` seconds; on PostgreSQL for so long at one row.
        """
        if self.is_sqlite:
            async with self._turn(patience) as left, helpful(), self.engine.connect() as plain:
                connection = await plain.execution_options(writes=True, patience_ms=left)
                async with _undone(connection):
                    yield connection
            return
        async with helpful(), self.engine.connect() as plain:
            connection = await plain.execution_options(isolation_level="REPEATABLE READ")
            async with _undone(connection):
                await connection.exec_driver_sql(f"SET LOCAL lock_timeout = {round(patience * 1000)}")
                yield connection

    @asynccontextmanager
    async def _turn(self, patience: float | None) -> AsyncIterator[int]:
        """This process's turn to write to SQLite; yields the milliseconds that are left to wait for other processes."""
        started = time.monotonic()
        try:
            async with asyncio.timeout(patience):
                await self._writer.acquire()
        except TimeoutError as error:
            raise Busy from error
        try:
            left = BUSY_MS if patience is None else round((patience - (time.monotonic() - started)) * 1000)
            yield max(1, left)
        finally:
            self._writer.release()

    @asynccontextmanager
    async def on(self, connection: AsyncConnection, *, writes: bool) -> AsyncIterator[None]:
        """A transaction on a connection of the caller's own: a snapshot to read, or the one that may write."""
        async with self._writer if writes and self.is_sqlite else nullcontext(), helpful():
            if self.is_sqlite:
                await connection.execution_options(writes=writes)
            else:
                await connection.execution_options(isolation_level="READ COMMITTED" if writes else "REPEATABLE READ")
            async with connection.begin():
                yield

    async def ping(self) -> None:
        async with self.read() as connection:
            await connection.execute(text("SELECT 1"))

    def closes(self, connection: Callable[[], Awaitable[None]]) -> None:
        """Close a connection that does not belong to the engine together with the others: an open one keeps the process alive."""
        self._also_open.append(connection)

    async def close(self) -> None:
        for close in self._also_open:
            await close()
        await self.engine.dispose()


@asynccontextmanager
async def _undone(connection: AsyncConnection) -> AsyncIterator[None]:
    transaction = await connection.begin()
    try:
        yield
    finally:
        await transaction.rollback()


@asynccontextmanager
async def helpful() -> AsyncIterator[None]:
    """Turn what a driver says about locks and lost connections into what a person can act on."""
    try:
        yield
    except OperationalError as error:
        if "locked" in str(error.orig) or "busy" in str(error.orig):
            raise Busy("An import is running. Try again in a minute.") from error
        if _is_full(error):
            raise Unavailable(FULL) from error
        raise Unavailable("The database does not answer. Try again in a minute.") from error
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) in _IN_THE_WAY:
            raise Busy from error
        if _is_full(error):
            raise Unavailable(FULL) from error
        if error.connection_invalidated or getattr(error.orig, "sqlstate", None) in _NO_ENTRY:
            raise Unavailable("The database does not answer. Try again in a minute.") from error
        raise
    except (ConnectionError, TimeoutError, gaierror) as error:
        raise Unavailable("The database does not answer. Try again in a minute.") from error


def _is_full(error: DBAPIError) -> bool:
    return "disk is full" in str(error.orig) or getattr(error.orig, "sqlstate", None) == _FULL
