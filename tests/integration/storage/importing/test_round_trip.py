"""What is exported can be imported again: nothing changes, and an empty database becomes the same one."""

import csv
from datetime import date, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from domain.errors import DataError
from storage.database import Database
from storage.kinds import KINDS
from tests.support import every_kind, sample
from tests.support.imports import NOON, TODAY, exported, open_at, rows, take, write

pytestmark = pytest.mark.slow_on_postgresql

FORMS = ("csv", "xlsx", "parquet")
SETTINGS: dict[str, Any] = {"currency": "USD", "timezone": "Europe/Paris", "fiscal_start": 4, "holidays": "US"}


Files = dict[str, bytes]


async def export_all(database: Database, form: str = "csv", today: date = TODAY) -> Files:
    """A file of each kind, by its name."""
    return {f"{kind}.{form}": await exported(database, kind, form, today) for kind in KINDS}


def put(folder: Path, files: Files) -> Path:
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


@pytest.fixture
async def company(database: Database, tmp_path: Path) -> Database:
    """The company with a row of every kind."""
    folder = every_kind.write_company(tmp_path / "company")
    report = await take(database, folder, new_workspace=SETTINGS)
    assert report.refusals == []
    return database


async def assert_same_again(database: Database, folder: Path, now: datetime = NOON) -> None:
    """What was exported changes nothing where it came from."""
    report = await take(database, folder, now=now, dry_run=True)
    assert report.refusals == []
    assert {kind.kind: kind.changed for kind in report.kinds.values()} == dict.fromkeys(KINDS, 0)
    assert sum(kind.normalised.total() + kind.rounded for kind in report.kinds.values()) == 0


async def assert_same_elsewhere(folder: Path, settings: dict[str, Any], expected: Files, now: datetime = NOON) -> None:
    """What was exported makes a database from which the same is exported."""
    async with open_at(f"sqlite:///{folder}.db") as empty:
        report = await take(empty, folder, now=now, new_workspace=settings)
        assert report.refusals == []
        assert await export_all(empty, today=now.date()) == expected


def test_the_company_has_every_kind_and_a_cell_in_every_column() -> None:
    given = {(kind, name) for kind, some in every_kind.ROWS.items() for row in some for name in row}
    assert {(kind.name, column.name) for kind in KINDS.values() for column in kind.columns} - given == set()


@pytest.mark.parametrize("form", FORMS)
async def test_every_kind_in_every_format(company: Database, tmp_path: Path, form: str) -> None:
    folder = put(tmp_path / form, await export_all(company, form))
    await assert_same_again(company, folder)
    await assert_same_elsewhere(folder, SETTINGS, await export_all(company))


async def test_texts_come_out_as_they_went_in(company: Database) -> None:
    text = StringIO((await exported(company, "accounts")).decode(), newline="")
    names = {row["account"]: row["name"] for row in csv.DictReader(text)}
    for key, odd in every_kind.ODD.items():
        assert names[key] == every_kind.guarded(odd)


async def test_a_text_that_no_sheet_can_hold_is_not_cut_off(database: Database, tmp_path: Path) -> None:
    await take(database, write(tmp_path, "deals", {"deal": "D1", "name": "x" * 40_000, "status": "open"}))
    with pytest.raises(DataError, match="A cell of a sheet holds 32,767 characters, and one text has 40,000"):
        await exported(database, "deals", "xlsx")
    path = tmp_path / "deals.parquet"
    path.write_bytes(await exported(database, "deals", "parquet"))
    assert (await take(database, path)).changed == 0


@pytest.mark.parametrize("form", ["csv", pytest.param("xlsx", marks=pytest.mark.slow)])
async def test_the_sample_company(sample_url: str, tmp_path: Path, form: str) -> None:
    async with open_at(sample_url) as database:
        assert len(await rows(database, "deals")) > 1_000
        expected = await export_all(database, today=sample.TODAY)
        folder = put(tmp_path / form, await export_all(database, form, sample.TODAY))
        await assert_same_again(database, folder, sample.NOW)
    await assert_same_elsewhere(folder, sample.SETTINGS, expected, sample.NOW)
