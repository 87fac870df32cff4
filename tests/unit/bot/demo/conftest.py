"""The sample company, generated once, as rows by kind."""

import csv
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from bot.demo.company import generate

Rows = list[dict[str, str]]
Tables = dict[str, Rows]

TODAY = date(2026, 11, 23)


def read_tables(folder: Path) -> Tables:
    return {path.stem: list(_rows(path)) for path in sorted(folder.glob("*.csv"))}


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@pytest.fixture(scope="session")
def company_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("company")
    generate(folder, TODAY)
    return folder


@pytest.fixture(scope="session")
def company(company_folder: Path) -> Tables:
    return read_tables(company_folder)


@pytest.fixture(scope="session")
def spring(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """The same company half a year later."""
    folder = tmp_path_factory.mktemp("spring")
    generate(folder, date(2027, 5, 12))
    return read_tables(folder)


@pytest.fixture
def today() -> date:
    return TODAY


@pytest.fixture
def read() -> Callable[[Path], Tables]:
    return read_tables
