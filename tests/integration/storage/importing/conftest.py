"""A database with its tables, on SQLite and on PostgreSQL."""

from collections.abc import AsyncIterator

import pytest

from storage.database import Database
from tests.support.imports import open_at


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with open_at(database_url) as opened:
        yield opened
