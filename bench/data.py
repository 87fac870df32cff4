"""Companies of a size for the benchmarks, made once a run and imported by the product itself."""

import asyncio
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

from bot.demo.company import deals_only
from storage.database import Database
from storage.importing.report import Report
from storage.importing.run import Order, run_import
from storage.migrations import upgrade

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SETTINGS = {"currency": "USD", "timezone": "UTC", "fiscal_start": 1, "business_days": [0, 1, 2, 3, 4]}


def files(folder: Path, deals: int) -> Path:
    """The import files of a company with so many deals; kept in `folder` between calls."""
    made = folder / f"files-{deals}"
    if not made.exists():
        deals_only(made, deals, TODAY)
    return made


def without_deals(source: Path, folder: Path) -> Path:
    """The same files but the deals."""
    shutil.copytree(source, folder, ignore=shutil.ignore_patterns("deals.csv"))
    return folder


async def imported(url: str, path: Path, *, new: bool = True) -> Report:
    """Bring `path` into the database at `url`, whose schema is made first, and whose company is `new`."""
    database = Database(url)
    try:
        await upgrade(database)
        return await run_import(database, Order(path, new_workspace=SETTINGS if new else {}), now=lambda: NOW)
    finally:
        await database.close()


def database(folder: Path, deals: int) -> str:
    """The URL of a SQLite file with a company of so many deals; kept in `folder` between calls."""
    made = folder / f"company-{deals}.db"
    if not made.exists():
        unfinished = folder / f"unfinished-{deals}.db"
        report = asyncio.run(imported(f"sqlite:///{unfinished}", files(folder, deals)))
        if report.rolled_back:
            raise RuntimeError(report.rolled_back)
        unfinished.rename(made)
    return f"sqlite:///{made}"
