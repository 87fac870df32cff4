"""The sample company with rules beside its pins: accounts that rules take, that two claim, and that nothing takes."""

import asyncio
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from storage.database import Database
from storage.importing.run import Order, run_import
from tests.support.imports import write
from tests.support.sample import NOW

ACCOUNTS = (
    {"account": "X-1", "name": "Globex Corporation", "country": "US", "region": "Massachusetts", "employees": 40},
    {"account": "X-2", "name": "Initech GmbH", "country": "DE", "region": "Berlin", "industry": "mining"},
    {"account": "X-3", "name": "Hooli", "country": "US", "region": "Massachusetts", "employees": 4000, "industry": "zoo"},
    {"account": "X-4", "name": "Hooli Labs", "parent": "A-00001"},
    {"account": "X-5", "name": "Stark Retail", "country": "PE"},
)  # fmt: skip
RULES = (
    ("new-england", "Massachusetts", "country", "US"),
    ("new-england", "Massachusetts", "region", "Massachusetts"),
    ("mid-atlantic", "US small", "country", "US"),
    ("mid-atlantic", "US small", "employees_max", "50"),
    ("new-york", "US zoos", "country", "US"),
    ("new-york", "US zoos", "industry", "zoo"),
    ("canada", "Peru", "country", "PE"),
    ("germany", "Monaco", "country", "MC"),
)
DEALS = (
    ("D-X1", "Globex renewal", "X-1", "ana.silva", 64_000),
    ("D-X2", "Initech start", "X-2", "jonas.weber", 120_000),
    ("D-X3", "Hooli platform", "X-3", "carla.romano", 30_000),
    ("D-X4", "Hooli seats", "X-3", "ana.silva", 7_000),
)


def files(folder: Path) -> Path:
    """What is imported beside the sample company."""
    write(
        folder,
        "accounts",
        *({"industry": "", "parent": "", "employees": "", "country": "", "region": ""} | one for one in ACCOUNTS),
    )
    names = ("territory", "rule", "dimension", "value")
    write(folder, "rules", *(dict(zip(names, row, strict=True)) for row in RULES))
    frame = {"currency": "USD", "status": "open", "created_on": "2026-09-01", "expected_close_on": "2026-12-15"}
    rows = ({"deal": key, "name": name, "account": account, "owner": owner, "amount": amount, **frame}
            for key, name, account, owner, amount in DEALS)  # fmt: skip
    write(folder, "deals", *rows)
    return folder


def divided(sample: Path, folder: Path) -> Path:
    """A copy of the sample company's SQLite file with them, in `folder`."""
    copy = Path(shutil.copyfile(sample, folder / "divided.db"))
    # On a thread, because fixtures may be made while a test's event loop runs.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, divide(f"sqlite:///{copy}", folder / "files")).result()
    return copy


async def divide(url: str, folder: Path) -> None:
    """Import them into the sample company at `url`."""
    database = Database(url)
    try:
        report = await run_import(database, Order(files(folder)), now=lambda: NOW)
    finally:
        await database.close()
    assert report.rolled_back is None, report
    assert not report.refusals, report
