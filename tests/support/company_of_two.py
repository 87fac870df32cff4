"""The smallest company in a database: Mona and Ben, without a figure."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from storage.database import Database
from storage.migrations import upgrade
from storage.store import Store
from tests.support.imports import take, write

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
SETTINGS = {"currency": "USD", "timezone": "UTC", "fiscal_start": 1, "business_days": [0, 1, 2, 3, 4], "holidays": None}
PEOPLE = (
    {"person": "mona", "name": "Mona Weber", "email": "mona@example.com", "role": "manager", "slack_user_id": "UMONA"},
    {
        "person": "ben",
        "name": "Ben Okoro",
        "email": "ben@example.com",
        "role": "rep",
        "manager": "mona",
        "slack_user_id": "UBEN",
    },
)


async def two_people(url: str, folder: Path) -> dict[str, int]:
    """Make the schema and import both; their numbers by their keys."""
    database = Database(url)
    try:
        await upgrade(database)
        report = await take(database, write(folder / "two", "people", *PEOPLE).parent, new_workspace=SETTINGS)
        assert not report.refusals, report.refusals
        async with Store(database).read(1) as repo:
            return {person.key: person.id for person in repo.company.people.values()}
    finally:
        await database.close()
