"""The schema from nothing, on both databases, and what a start says about another one."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import select, text

import storage.migrations as migrations
from domain.errors import DataError
from storage.database import Database
from storage.migrations import SchemaState, require_current, schema_state, upgrade
from storage.tables import ALWAYS, OPEN_END, OPEN_REV, ledger, metadata, table_of


@pytest.fixture
async def database(database_url: str):
    database = Database(database_url)
    yield database
    await database.close()


async def state(database: Database) -> SchemaState:
    async with database.read() as connection:
        return await schema_state(connection)


async def test_from_nothing_to_current(database: Database) -> None:
    assert await state(database) is SchemaState.EMPTY
    await upgrade(database)
    assert await state(database) is SchemaState.CURRENT


async def test_an_upgrade_of_a_current_schema_changes_nothing(database: Database) -> None:
    await upgrade(database)
    await upgrade(database)
    assert await state(database) is SchemaState.CURRENT


async def test_the_migrations_make_exactly_the_tables_of_the_models(database: Database) -> None:
    await upgrade(database)
    async with database.engine.connect() as connection:
        assert (
            await connection.run_sync(lambda sync: compare_metadata(MigrationContext.configure(sync), metadata)) == []
        )


async def test_open_shares_of_an_older_schema_hold_on_any_day(database: Database) -> None:
    await upgrade(database, "0001")
    columns = "workspace_id, rev_from, rev_to, deal_id, part, share, currency"
    async with database.write() as connection:
        for statement in (
            "INSERT INTO workspaces (id, slug, created_at) VALUES (1, 'default', '2026-01-05 09:00:00')",
            "INSERT INTO deals (workspace_id, id, key) VALUES (1, 1, 'd1')",
            f"INSERT INTO open_shares ({columns}) VALUES (1, 1, {OPEN_REV}, 1, 0, 1000000, 'USD')",
        ):
            await connection.execute(text(statement))
    await upgrade(database)
    shares = table_of(ledger.OpenShare)
    async with database.read() as connection:
        days = (await connection.execute(select(shares.c.from_on, shares.c.to_on))).all()
    assert days == [(ALWAYS, OPEN_END)]


@pytest.mark.parametrize(("version", "remedy"), [("0000", "turf migrate"), ("9999", "newer Turf")])
async def test_another_schema_is_refused_with_its_remedy(database: Database, version: str, remedy: str) -> None:
    await upgrade(database)
    async with database.write() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})
    async with database.read() as connection:
        with pytest.raises(DataError, match=remedy):
            await require_current(connection)


async def test_an_empty_database_is_refused_with_its_remedy(database: Database) -> None:
    async with database.read() as connection:
        with pytest.raises(DataError, match="turf init"):
            await require_current(connection)


def test_the_head_is_the_newest_file() -> None:
    assert ScriptDirectory(next(iter(migrations.__path__))).get_current_head() == migrations.HEAD
