"""Importing in tests: files written from rows, the real import, the tables that it leaves."""

import csv
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from sqlalchemy import select

from storage.company import load_settings, settings_from
from storage.database import Database
from storage.export_files import write_export
from storage.exporting import export
from storage.importing.limits import Limit
from storage.importing.report import Report
from storage.importing.run import Order, run_import
from storage.kinds import KINDS
from storage.migrations import SchemaState, schema_state, upgrade
from storage.revisions import find_workspace, latest
from storage.tables import metadata

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
TODAY = NOON.date()
ANY = Limit(100)


def write(folder: Path, kind: str, *rows: Mapping[str, object]) -> Path:
    """A CSV file of a kind with the columns of its rows."""
    folder.mkdir(parents=True, exist_ok=True)
    header = list(dict.fromkeys(name for row in rows for name in row))
    path = folder / f"{kind}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


@asynccontextmanager
async def open_at(url: str) -> AsyncIterator[Database]:
    """A database with its tables."""
    database = Database(url)
    try:
        async with database.read() as connection:
            empty = await schema_state(connection) is SchemaState.EMPTY
        if empty:
            await upgrade(database)
        yield database
    finally:
        await database.close()


async def take(database: Database, path: Path, *, now: datetime = NOON, **options: Any) -> Report:
    """Import a path; refusals don't roll back unless `max_rejects` says so."""
    order = replace(Order(path=path, max_rejects=ANY, max_removed=ANY), **options)
    return await run_import(database, order, now=lambda: now)


def refusals(report: Report) -> list[tuple[Any, ...]]:
    return [(one.kind, one.line, one.column, one.value) for one in report.refusals]


async def exported(database: Database, kind: str, form: str = "csv", today: date = TODAY) -> bytes:
    """A kind as `turf export` writes it."""
    file = BytesIO()
    async with database.read() as connection:
        snapshot = await latest(connection, (await find_workspace(connection)).id)
        settings = settings_from(await load_settings(connection, snapshot))
        await write_export(await export(connection, snapshot, KINDS[kind], settings, today), form, file)
    return file.getvalue()


async def rows(database: Database, kind: str) -> list[dict[str, str]]:
    """What holds now, as rows of the import format."""
    return list(csv.DictReader((await exported(database, kind)).decode().splitlines()))


async def everything(database: Database, *, without: Iterable[str] = ()) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    found = {}
    async with database.read() as connection:
        for table in metadata.sorted_tables:
            if table.name not in without:
                found[table.name] = sorted((tuple(row) for row in await connection.execute(select(table))), key=repr)
    return found
