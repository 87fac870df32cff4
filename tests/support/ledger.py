"""A small company in a real database whose data changes in revisions, each followed by the credit pass.

The difference between two states is made in Python here, on purpose: the ledger is tested apart from the import.
"""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, TypeAlias

from sqlalchemy import DDLElement, Dialect, and_, insert, select, update
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlalchemy.sql.schema import ScalarElementColumnDefault
from sqlmodel import SQLModel

from storage import statistics
from storage.credit import CreditReport, prepare_credits
from storage.database import Database
from storage.importing.staging import Prepared, Staging, Touched, key_columns, open_staging
from storage.revisions import REVISIONS, create_workspace
from storage.snapshot import AtRevision, Latest
from storage.tables import OPEN_REV, crm, ledger, metadata, people, table_of, territories

Rows: TypeAlias = dict[tuple[Any, ...], dict[str, Any]]
"""The present rows of a versioned table by their key."""

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
IDENTITIES: dict[type[SQLModel], type[SQLModel]] = {
    people.PersonVersion: people.Person,
    people.TeamVersion: people.Team,
    territories.TerritoryVersion: territories.Territory,
    crm.AccountVersion: crm.Account,
    crm.DealVersion: crm.Deal,
    crm.ActivityVersion: crm.Activity,
}


class World:
    """One workspace. `put` and `drop` say what the next `import_` brings."""

    def __init__(self, database: Database, workspace_id: int) -> None:
        self.database = database
        self.workspace_id = workspace_id
        self.revision = 1
        self._now: dict[type[SQLModel], Rows] = {}
        self._next: dict[type[SQLModel], Rows] = {}

    @property
    def at(self) -> AtRevision:
        return AtRevision(self.workspace_id, self.revision)

    def put(self, model: type[SQLModel], **values: Any) -> None:
        """A row of the next state; one of the same key is replaced."""
        names = key_columns(table_of(model))
        defaults = {
            column.name: column.default.arg
            for column in table_of(model).c
            if isinstance(column.default, ScalarElementColumnDefault)
        }
        row = {column.name: None for column in table_of(model).c} | defaults | values
        self._rows(model)[tuple(row[name] for name in names)] = row

    def drop(self, model: type[SQLModel], *key: Any) -> None:
        del self._rows(model)[key]

    def rows(self, model: type[SQLModel]) -> list[dict[str, Any]]:
        """The rows of the next state."""
        return [dict(row) for row in self._rows(model).values()]

    async def import_(
        self,
        *,
        today: date = date(2026, 6, 15),
        restate: bool = False,
        touch: Sequence[int] | None = None,
        merge: bool = True,
    ) -> CreditReport:
        """Bring what was put as a new revision; `touch` names the deals to look at (all without it)."""
        revision = self.revision + 1
        async with open_staging(self.database) as staging:
            for model, rows in self._next.items():
                await self._stage(staging, model, rows, revision)
            deals = await staging.create("touched_deals", [table_of(crm.Deal).c.id], ["id"])
            await staging.bulk_insert(deals, ["id"], [(deal,) for deal in touch or ()])
            report = await prepare_credits(
                staging.connection,
                before=Latest(self.workspace_id, self.revision),
                after=Prepared(staging, self.workspace_id, revision),
                staging=staging,
                touched=Touched(all=touch is None, deals=deals, count=len(touch or ())),
                revision=revision,
                today=today,
                restate=restate,
            )
            if merge:
                await self._merge(staging, revision)
                self._now = {model: dict(rows) for model, rows in self._next.items()}
                self.revision = revision
        return report

    async def all(self, model: type[SQLModel], *columns: str) -> list[Any]:
        """Rows as they stand in the database."""
        table = table_of(model)
        async with self.database.read() as connection:
            chosen = [table.c[name] for name in columns] if columns else [table]
            return list(await connection.execute(select(*chosen).order_by(*table.primary_key.columns)))

    def _rows(self, model: type[SQLModel]) -> Rows:
        return self._next.setdefault(model, {})

    async def _stage(self, staging: Staging, model: type[SQLModel], rows: Rows, revision: int) -> None:
        before = self._now.get(model, {})
        changed = {key: row for key, row in rows.items() if before.get(key) != row}
        ended = [key for key, row in before.items() if rows.get(key) != row]
        await self._identities(staging, model, changed)
        stamped = [
            row | {"workspace_id": self.workspace_id, "rev_from": revision, "rev_to": OPEN_REV}
            for row in changed.values()
        ]
        await _insert(staging, model, stamped)
        if ended:
            table = await staging.ended(model)
            names = key_columns(table_of(model))
            await staging.bulk_insert(table, names, [tuple(_ready(staging, value) for value in key) for key in ended])

    async def _identities(self, staging: Staging, model: type[SQLModel], changed: Rows) -> None:
        identity = IDENTITIES.get(model)
        if identity is None:
            return
        async with self.database.read() as connection:
            known = set((await connection.execute(select(table_of(identity).c.id))).scalars())
        prefix = table_of(identity).name[:1]
        rows = [
            {"workspace_id": self.workspace_id, "id": key[0], "key": f"{prefix}{key[0]}"}
            for key in changed
            if key[0] not in known
        ]
        if identity is people.Person:
            rows = [row | {"name": row["key"]} for row in rows]
        await _insert(staging, identity, rows)

    async def _merge(self, staging: Staging, revision: int) -> None:
        connection = staging.connection
        at = START + timedelta(days=revision)
        await connection.execute(
            insert(REVISIONS).values(workspace_id=self.workspace_id, id=revision, at=at, cause="import")
        )
        others = [model for model in self._next if model not in IDENTITIES.values()]
        order: list[type[SQLModel]] = [*IDENTITIES.values(), *others, ledger.Credit, ledger.OpenShare]
        for model in order:
            await _end(staging, model, revision)
            await _append(staging, model)
        await connection.commit()


async def _insert(staging: Staging, model: type[SQLModel], rows: Iterable[Mapping[str, Any]]) -> None:
    found = list(rows)
    if found:
        names = list(found[0])
        await staging.bulk_insert(
            await staging.new(model), names, [tuple(_ready(staging, row[name]) for name in names) for row in found]
        )


def _ready(staging: Staging, value: Any) -> Any:
    return staging.day(value) if isinstance(value, date) else value


async def _end(staging: Staging, model: type[SQLModel], revision: int) -> None:
    real = table_of(model)
    ended = staging.get(f"ended_{real.name}")
    if ended is not None:
        for key in (await staging.execute(select(ended))).all():
            same = and_(*(real.c[name] == value for name, value in key._mapping.items()))
            await staging.execute(update(real).where(same, real.c.rev_to == OPEN_REV).values(rev_to=revision))


async def _append(staging: Staging, model: type[SQLModel]) -> None:
    real = table_of(model)
    new = staging.get(f"new_{real.name}")
    if new is not None:
        names = [column.name for column in real.c]
        await staging.execute(insert(real).from_select(names, select(*(new.c[name] for name in names))))


@cache
def _schema(dialect: Dialect) -> str:
    """All tables as one script: asking for them one by one would take longer than most tests."""
    made: list[DDLElement] = [CreateTable(table) for table in metadata.sorted_tables]
    made += [CreateIndex(index) for table in metadata.sorted_tables for index in table.indexes]
    return ";".join(str(statement.compile(dialect=dialect)) for statement in made)


@asynccontextmanager
async def open_world(url: str, **settings: Any) -> AsyncIterator[World]:
    """An empty database with one workspace."""
    database = Database(url)
    try:
        async with database.engine.connect() as connection:
            driver: Any = (await connection.get_raw_connection()).driver_connection
            await (driver.executescript if database.is_sqlite else driver.execute)(_schema(connection.dialect))
        async with database.write() as connection:
            await connection.run_sync(statistics.install)
            row = await create_workspace(connection, "default", {"currency": "USD"} | settings, now=START)
        yield World(database, row.id)
    finally:
        await database.close()
