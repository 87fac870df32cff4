"""The one question that every answer begins with: what holds now, and since when.

A transaction through the engine costs many turns of the driver's thread; this costs one (measured: a card that is known is
answered in half the CPU).
"""

import asyncio
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import aiosqlite
from sqlalchemy import BindParameter, bindparam, func, select
from sqlalchemy.dialects import sqlite

from domain.errors import Unavailable
from storage.database import Database, helpful, sqlite_path
from storage.revisions import REVISIONS
from storage.tables import table_of, workspace
from storage.telling import TELLING

RUNS = table_of(workspace.ImportRun)
_WORKSPACE: BindParameter[int] = bindparam("workspace")
_NOW = select(
    select(func.max(REVISIONS.c.id)).where(REVISIONS.c.workspace_id == _WORKSPACE).scalar_subquery().label("revision"),
    select(func.max(RUNS.c.finished_at)).where(RUNS.c.workspace_id == _WORKSPACE).scalar_subquery().label("fresh_at"),
    select(func.max(TELLING.c.change)).where(TELLING.c.workspace_id == _WORKSPACE).scalar_subquery().label("wishes"),
)
_NOW_ON_SQLITE = str(_NOW.compile(dialect=sqlite.dialect(paramstyle="named")))


@dataclass(frozen=True, slots=True)
class Glance:
    """The last revision (0 before the first one), when the last import ended, and a number that is another one as soon
    as anybody wants to be told of something else."""

    revision: int
    fresh_at: datetime | None
    wishes: int = 0


class Glances:
    """Asks with a connection of its own; on SQLite it is kept, and opened anew after a failure."""

    def __init__(self, database: Database) -> None:
        self._database = database
        path = sqlite_path(database.url)
        self._uri = None if path is None else path.resolve().as_uri()
        self._connection: aiosqlite.Connection | None = None
        self._opening = asyncio.Lock()
        database.closes(self.close)

    async def now(self, workspace_id: int) -> Glance:
        """Raises Unavailable if the database does not answer."""
        values = {"workspace": workspace_id}
        found = await (self._on_engine(values) if self._uri is None else self._on_sqlite(values))
        revision, fresh_at, wishes = found
        return Glance(revision or 0, _instant(fresh_at), wishes or 0)

    async def close(self) -> None:
        """Let the connection go; the next question opens another."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    async def _on_engine(self, values: dict[str, int]) -> tuple[Any, ...]:
        async with helpful(), self._database.engine.connect() as plain:
            connection = await plain.execution_options(isolation_level="AUTOCOMMIT")
            return tuple((await connection.execute(_NOW, values)).one())

    async def _on_sqlite(self, values: dict[str, int]) -> tuple[Any, ...]:
        try:
            async with self._opening:
                if self._connection is None:
                    # A statement on its own is its own snapshot, and readers wait for nobody. No file is made.
                    self._connection = await aiosqlite.connect(f"{self._uri}?mode=rw", uri=True)
            [row] = await self._connection.execute_fetchall(_NOW_ON_SQLITE, values)
            return tuple(row)
        except sqlite3.Error as error:
            await self.close()
            raise Unavailable("The database does not answer. Try again in a minute.") from error


def _instant(value: datetime | str | None) -> datetime | None:
    if value is None or isinstance(value, datetime):
        return value
    return datetime.fromisoformat(value).replace(tzinfo=UTC)
