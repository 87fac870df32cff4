"""The sample company, the bot and the local workspace: over HTTP and a socket, on SQLite and PostgreSQL."""

import shutil
from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path

import pytest
import pytest_asyncio

from tests.support.slack import SlackClient
from tests.support.turf import Mode, Turf, running_turf

_numbers = count(1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("turf")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def company_url(request: pytest.FixtureRequest, folder: Path, mode: Mode) -> Iterator[str]:
    """A copy of the sample company for each way in: the bot adopts its workspace, and tests change it."""
    if request.param == "sqlite":
        copy = folder / f"{mode}.db"
        shutil.copyfile(request.getfixturevalue("sample_file"), copy)
        yield f"sqlite:///{copy}"
        return
    template = request.getfixturevalue("sample_postgresql").rpartition("/")[2]
    server, name = request.getfixturevalue("postgres"), f"turf_e2e_{next(_numbers)}"
    yield server.create(name, template=template)
    server.drop(name)


@pytest.fixture(scope="module", params=["http", "socket"])
def mode(request: pytest.FixtureRequest) -> Mode:
    chosen: Mode = request.param
    return chosen


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def turf(company_url: str, folder: Path, mode: Mode) -> AsyncIterator[Turf]:
    """The bot and its workspace, for all tests of a module: those that only ask."""
    async with running_turf(company_url, folder, mode) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def slack(turf: Turf) -> AsyncIterator[SlackClient]:
    """The workspace as it was at the start."""
    await turf.slack.reset()
    yield turf.slack


CROSSED = {("sqlite", "socket"), ("postgresql", "http")}
"""Each database and each road is in `make test` once, and each with each other in `make test-all`."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave half of the combinations to the long run."""
    for item in items:
        given = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
        if (given.get("company_url"), given.get("mode")) in CROSSED:
            item.add_marker(pytest.mark.slow)
