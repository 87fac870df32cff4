"""The schema from nothing, on both databases, and what a start says about another one."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

import storage.migrations as migrations
from domain.errors import DataError
from storage.database import Database
from storage.migrations import SchemaState, require_current, schema_state, upgrade
from storage.tables import ALWAYS, OPEN_END, OPEN_REV, ledger, metadata, table_of, territories


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


async def test_territories_of_an_older_schema_are_open(database: Database) -> None:
    await upgrade(database, "0012")
    columns = "workspace_id, id, rev_from, rev_to, name, potential"
    async with database.write() as connection:
        for statement in (
            "INSERT INTO workspaces (id, slug, created_at) VALUES (1, 'default', '2026-01-05 09:00:00')",
            "INSERT INTO territories (workspace_id, id, key) VALUES (1, 1, 'ohio')",
            f"INSERT INTO territory_versions ({columns}) VALUES (1, 1, 1, {OPEN_REV}, 'Ohio', 7)",
        ):
            await connection.execute(text(statement))
    await upgrade(database)
    found = table_of(territories.TerritoryVersion)
    async with database.read() as connection:
        rows = (await connection.execute(select(found.c.name, found.c.potential, found.c.closed_on))).all()
    assert rows == [("Ohio", 7, None)]
    # The table was made anew on SQLite: what it refers to still has to be there.
    with pytest.raises(IntegrityError):
        async with database.write() as connection:
            await connection.execute(text("UPDATE territory_versions SET merged_into_id = 2"))


@pytest.mark.parametrize("deed", ["UPDATE audit SET via = 'nobody'", "DELETE FROM audit"])
async def test_the_audit_can_only_be_added_to(database: Database, deed: str) -> None:
    await upgrade(database)
    columns = "workspace_id, id, at, via, action, subject_kind"
    async with database.write() as connection:
        for statement in (
            "INSERT INTO workspaces (id, slug, created_at) VALUES (1, 'default', '2026-01-05 09:00:00')",
            f"INSERT INTO audit ({columns}) VALUES (1, 1, '2026-01-05 09:00:00', 'cli', 'test', 'thing')",
        ):
            await connection.execute(text(statement))
    with pytest.raises(DBAPIError, match="append-only"):
        async with database.write() as connection:
            await connection.execute(text(deed))
    async with database.read() as connection:
        assert (await connection.execute(text("SELECT via FROM audit"))).scalars().all() == ["cli"]


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
