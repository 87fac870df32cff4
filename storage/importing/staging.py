"""Where an import prepares what it will write, apart from the data: readers never see half of it and are never locked out.

On SQLite this is an attached temporary file, on PostgreSQL temporary tables of the same connection. For each table
that changes there are `new_<table>` (the rows to insert) and `ended_<table>` (the keys whose open version ends).
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Column,
    CursorResult,
    Executable,
    FromClause,
    Integer,
    MetaData,
    Table,
    and_,
    exists,
    select,
    text,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.schema import CreateIndex, CreateTable, DropTable, Index
from sqlmodel import SQLModel

from storage.database import Database
from storage.snapshot import Latest
from storage.tables import table_of

SEQ = "seq"
"""The running number of the staged row that a new row comes from; empty if it comes from no row of a file.

Negative: from the shorthand columns of the row with that number of another kind.
"""
WAS = "was"
"""The first revision of the version that a new row replaces; empty if the thing is new."""


@dataclass(frozen=True, slots=True)
class Touched:
    """Which deals the credit pass must look at: all of them, or only those in `touched_deals(id)` and the returns that reverse them."""

    all: bool
    deals: Table
    count: int = 0


def key_columns(table: Table) -> list[str]:
    """The primary key without workspace and revision: what one thing keeps through its versions."""
    return [column.name for column in table.primary_key if column.name not in ("workspace_id", "rev_from")]


class Staging:
    """The tables of one import. Rows go in through `bulk_insert`; everything else is plain SQL on `Table` objects."""

    def __init__(self, connection: AsyncConnection, *, is_sqlite: bool) -> None:
        self.connection = connection
        self.is_sqlite = is_sqlite
        self.schema = "staging" if is_sqlite else "pg_temp"
        self._metadata = MetaData()
        self._tables: dict[str, Table] = {}
        self._filled: set[str] = set()

    async def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        return await self.connection.execute(statement, parameters)

    async def create(self, name: str, columns: Sequence[Column[Any]], key: Sequence[str] = ()) -> Table:
        """A new staging table; one of the same name is dropped first. With `key` it has a primary key."""
        if name in self._tables:
            await self.drop(name)
        parts = [Column(c.name, c.type, primary_key=c.name in key, autoincrement=False) for c in columns]
        options: dict[str, Any] = {"sqlite_with_rowid": not key}
        table = Table(name, self._metadata, *parts, schema=self.schema, **options)
        await self.execute(CreateTable(table))
        self._tables[name] = table
        return table

    async def drop(self, name: str) -> None:
        table = self._tables.pop(name)
        self._filled.discard(name)
        self._metadata.remove(table)
        await self.execute(DropTable(table))

    def get(self, name: str) -> Table | None:
        """The staging table of this name, if it was created."""
        return self._tables.get(name)

    async def new(self, model: type[SQLModel]) -> Table:
        """`new_<table>`: the model's columns, `seq` and `was`; made on first use."""
        real = table_of(model)
        found = self.get(f"new_{real.name}")
        if found is None:
            found = await self.create(f"new_{real.name}", [*real.c, Column(SEQ, Integer), Column(WAS, Integer)])
        return found

    async def ended(self, model: type[SQLModel]) -> Table:
        """`ended_<table>`: the key (without workspace and revision) of each row whose open version ends; made on first use."""
        real = table_of(model)
        names = key_columns(real)
        found = self.get(f"ended_{real.name}")
        return (
            found if found is not None else await self.create(f"ended_{real.name}", [real.c[n] for n in names], names)
        )

    async def bulk_insert(self, table: Table, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
        """Insert many rows through the driver itself. Dates are what `day` gives; other values are plain.

        Goes to any table of the database, not only to staging ones.
        """
        if not rows:
            return
        self._filled.add(table.name)
        driver: Any = (await self.connection.get_raw_connection()).driver_connection
        if self.is_sqlite:
            name = f"{table.schema}.{table.name}" if table.schema else table.name
            names, marks = ", ".join(f'"{c}"' for c in columns), ", ".join("?" * len(columns))
            await driver.executemany(f"INSERT INTO {name} ({names}) VALUES ({marks})", rows)
            return
        await driver.copy_records_to_table(table.name, schema_name=table.schema, columns=list(columns), records=rows)

    def mark_filled(self, table: Table) -> None:
        """Say that rows were put into a `new_` or `ended_` table by SQL, so that `Prepared` reads it."""
        self._filled.add(table.name)

    def is_filled(self, name: str) -> bool:
        """Whether rows were put into the staging table of this name."""
        return name in self._filled

    def day(self, value: date) -> date | str:
        """A date as `bulk_insert` wants it: ISO text on SQLite, whose tables hold it so; a date on PostgreSQL."""
        return _iso(value) if self.is_sqlite else value

    async def index(self, table: Table, *columns: str) -> None:
        """An index for joins, made after the rows are there."""
        await self.execute(CreateIndex(Index(f"ix_{table.name}_{'_'.join(columns)}", *(table.c[c] for c in columns))))

    async def analyze(self, table: Table) -> None:
        """Tell PostgreSQL how many rows a table holds: nobody else does for temporary tables."""
        if not self.is_sqlite:
            await self.execute(text(f'ANALYZE pg_temp."{table.name}"'))


@lru_cache(maxsize=10_000)
def _iso(value: date) -> str:
    return value.isoformat()


class Prepared:
    """The state that an import is about to make (a `Snapshot`): what holds now, less what ends, and what is new."""

    def __init__(self, staging: Staging, workspace_id: int, revision: int) -> None:
        self.workspace_id = workspace_id
        self.revision = revision
        self._staging = staging
        self._now = Latest(workspace_id, revision - 1)

    def source(self, model: type[SQLModel]) -> FromClause:
        real = table_of(model)
        now = select(real).where(self._now.holds(real))
        if self._staging.is_filled(f"ended_{real.name}"):
            ended = self._staging.get(f"ended_{real.name}")
            assert ended is not None
            now = now.where(~exists().where(and_(*(ended.c[n] == real.c[n] for n in key_columns(real)))))
        if not self._staging.is_filled(f"new_{real.name}"):
            return now.subquery(real.name)
        added = self._staging.get(f"new_{real.name}")
        assert added is not None
        return union_all(now, select(*(added.c[c.name] for c in real.c))).subquery(real.name)


@asynccontextmanager
async def open_staging(database: Database) -> AsyncIterator[Staging]:
    """A connection with room for staging, in no transaction yet; all of it is gone at the end."""
    async with database.engine.connect() as connection:
        try:
            if not database.is_sqlite:
                yield Staging(connection, is_sqlite=False)
                return
            await _attach(connection)
            yield Staging(connection, is_sqlite=True)
        finally:
            # The connection has foreign tables and settings: it must not go back to the pool.
            await connection.invalidate()


async def _attach(connection: AsyncConnection) -> None:
    driver: Any = (await connection.get_raw_connection()).driver_connection
    # Staged rows and large sorts go to disk, not to memory. A file without a name is gone with the process that has it
    # open, even if that is killed; nobody needs it after a crash, so it has no journal.
    for statement in (
        "PRAGMA temp_store=FILE",
        "ATTACH DATABASE '' AS staging",
        "PRAGMA staging.journal_mode=OFF",
        "PRAGMA staging.synchronous=OFF",
        "PRAGMA staging.cache_size=-32000",
        "PRAGMA main.cache_size=-64000",
    ):
        await driver.execute(statement)
