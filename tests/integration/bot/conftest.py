"""A fake Slack, a company of one, and a registry that each test fills."""

from collections.abc import AsyncIterator, Iterator, MutableMapping
from pathlib import Path
from typing import Any

import pytest
import structlog

import commands.admin
from bot.app import Application
from commands.kit.registry import Registry
from tests.support.fake_slack import FakeSlack, Sender, running_slack
from tests.support.transport import FakeDirectory, ana, running_bot, sending_to


@pytest.fixture(autouse=True)
def logged() -> Iterator[list[MutableMapping[str, Any]]]:
    """What was logged, instead of printing it."""
    with structlog.testing.capture_logs() as entries:
        yield entries


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with running_slack() as slack:
        slack.add_user("U1", "ana@example.com")
        yield slack


@pytest.fixture
def directory() -> FakeDirectory:
    return FakeDirectory([ana()])


@pytest.fixture
def registry() -> Registry:
    registry = Registry()
    commands.admin.register(registry)
    return registry


@pytest.fixture
def database_address(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/turf.db"


@pytest.fixture
async def bot(
    slack: FakeSlack, registry: Registry, directory: FakeDirectory, database_address: str
) -> AsyncIterator[Application]:
    async with running_bot(slack, registry, directory, DATABASE_URL=database_address) as application:
        yield application


@pytest.fixture
async def sender(bot: Application) -> AsyncIterator[Sender]:
    async with sending_to(bot) as sender:
        yield sender
