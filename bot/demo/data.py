"""The sample company in a database of its own, brought there by the same import as anyone's data."""

from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.demo.company import generate
from bot.demo.company.personas import HOLIDAY_CALENDAR, WORKSPACE_CURRENCY
from domain.clock import Clock
from domain.errors import DataError
from storage.database import Database
from storage.importing.report import Report
from storage.importing.run import Order, run_import
from storage.importing.stage import Progress
from storage.migrations import upgrade

TIMEZONE = "America/New_York"
SETTINGS: dict[str, Any] = {
    "currency": WORKSPACE_CURRENCY,
    "timezone": TIMEZONE,
    "fiscal_start": 1,
    "business_days": [0, 1, 2, 3, 4],
    "holidays": HOLIDAY_CALENDAR,
    "new_customer_months": 12,
}


def today_of(now: datetime) -> date:
    """The sample company's today."""
    return now.astimezone(ZoneInfo(TIMEZONE)).date()


def invent(folder: Path, now: datetime) -> Path:
    """Write the sample company's import files into a folder below `folder`; returns that."""
    files = folder / "company"
    generate(files, today_of(now))
    return files


async def fill(database_url: str, files: Path, clock: Clock, progress: Progress) -> Report:
    """Make the tables and import `files`. Raises DataError unless every row was taken."""
    database = Database(database_url)
    try:
        await upgrade(database)
        order = Order(path=files, new_workspace=SETTINGS)
        report = await run_import(database, order, now=clock.now, progress=progress)
    finally:
        await database.close()
    if report.rolled_back or report.refused:
        raise DataError(f"The sample company could not be imported: {report.rolled_back or report.refusals[0]}")
    return report
