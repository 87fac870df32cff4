"""A bot on a fake Slack, with handlers and people of the test's own."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx

from bot.app import Application, build
from bot.settings import Settings
from commands.kit.registry import Registry
from domain.company import Person, Role
from domain.errors import Unavailable
from tests.support.fake_slack import SECRET, TEAM, FakeSlack, Sender


@dataclass(frozen=True)
class FakeWorkspace:
    id: int = 1
    timezone: str = "America/New_York"


@dataclass
class FakeDirectory:
    """People in memory; `down` is a database that does not answer, `hangs` one that never does."""

    people: list[Person] = field(default_factory=list)
    helpers: list[str] = field(default_factory=list)
    down: bool = False
    hangs: bool = False

    async def workspace(self, team_id: str) -> FakeWorkspace | None:
        if self.down:
            raise Unavailable
        if self.hangs:
            await asyncio.Event().wait()
        return FakeWorkspace() if team_id == TEAM else None

    async def by_slack_id(self, workspace: int, slack_user_id: str) -> Person | None:
        return next((person for person in self.people if person.slack_user_id == slack_user_id), None)

    async def by_email(self, workspace: int, email: str) -> Person | None:
        return next((person for person in self.people if person.email == email), None)

    async def whom_to_ask(self, workspace: int) -> Sequence[str]:
        return self.helpers


def ana() -> Person:
    return Person(id=1, key="ana", name="Ana", role=Role.REP, email="ana@example.com")


def settings_for(slack: FakeSlack, **more: str) -> Settings:
    env = {
        "SLACK_BOT_TOKEN": "xoxb-test",
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_API_URL": f"{slack.url}api/",
    }
    return Settings.from_env({**env, **more})


@asynccontextmanager
async def running_bot(
    slack: FakeSlack, registry: Registry, directory: FakeDirectory, **env: str
) -> AsyncIterator[Application]:
    """A started bot; it is stopped as SIGTERM would stop it."""
    application = build(settings_for(slack, **env), registry=registry, directory=directory)
    await application.start()
    try:
        yield application
    finally:
        await application.stop()


@asynccontextmanager
async def sending_to(application: Application, client: str = "127.0.0.1") -> AsyncIterator[Sender]:
    transport = httpx.ASGITransport(application.asgi, client=(client, 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://bot") as http:
        yield Sender(http)
