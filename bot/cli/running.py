"""What commands on the command line share: settings, the database with a current schema, running a coroutine."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from bot.settings import Settings
from storage.addresses import check_address, ping
from storage.database import Database, sqlite_path
from storage.migrations import SchemaState, require_current, schema_state, upgrade

T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a command's coroutine to its end."""
    return asyncio.run(work)


@asynccontextmanager
async def open_database(settings: Settings, *, make: bool = False) -> AsyncIterator[Database]:
    """The database with a current schema; with `make` an empty one gets its tables. Raises DataError with the remedy, Unavailable."""
    check_address(settings.database_url)
    database = Database(settings.database_url)
    try:
        await ping(database)
        if make and await _is_empty(database):
            await upgrade(database)
        async with database.read() as connection:
            await require_current(connection)
        yield database
    finally:
        await database.close()


async def is_empty(settings: Settings) -> bool:
    """Whether there are no tables yet. Makes no file."""
    check_address(settings.database_url)
    path = sqlite_path(settings.database_url)
    if path is not None and not path.exists():
        return True
    database = Database(settings.database_url)
    try:
        await ping(database)
        return await _is_empty(database)
    finally:
        await database.close()


async def _is_empty(database: Database) -> bool:
    async with database.read() as connection:
        return await schema_state(connection) is SchemaState.EMPTY
