"""The schema's history. Alembic is loaded only to change a schema; asking whether it is current takes one query."""

from enum import Enum
from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.errors import DataError
from storage import statistics
from storage.database import Database

HEAD = "0014"
"""The newest migration; a test compares it with the files."""

_VERSION = text("SELECT version_num FROM alembic_version")


class SchemaState(Enum):
    EMPTY = "empty"
    CURRENT = "current"
    OLDER = "older"
    NEWER = "newer"


REMEDIES = {
    SchemaState.EMPTY: "The database is empty. Run `turf init` or `turf import` first.",
    SchemaState.OLDER: "The database was made by an older Turf. Run `turf migrate`, then start again.",
    SchemaState.NEWER: "The database was made by a newer Turf. Install that version, or point DATABASE_URL elsewhere.",
}


def state_of(version: str | None) -> SchemaState:
    """What a recorded version means to this program."""
    if version is None:
        return SchemaState.EMPTY
    if version == HEAD:
        return SchemaState.CURRENT
    return SchemaState.OLDER if version < HEAD else SchemaState.NEWER


async def schema_state(connection: AsyncConnection) -> SchemaState:
    """Whether the schema behind `connection` fits this program."""
    if not await connection.run_sync(lambda sync: inspect(sync).has_table("alembic_version")):
        return SchemaState.EMPTY
    return state_of((await connection.execute(_VERSION)).scalar_one_or_none())


async def require_current(connection: AsyncConnection) -> None:
    """Raises DataError, with the remedy in one sentence, unless the schema is current."""
    state = await schema_state(connection)
    if state is not SchemaState.CURRENT:
        raise DataError(REMEDIES[state])


async def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the schema to `revision`, all steps in one transaction. Raises Unavailable if it can't be changed."""
    async with database.write() as connection:
        await connection.run_sync(_upgrade, revision)


def _upgrade(connection: Connection, revision: str) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
    statistics.install(connection)
