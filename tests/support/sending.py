"""A sender against a local workspace, with a company of two and a clock that the test moves."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import select

from bot.outbox.api import SlackApi
from bot.outbox.sender import Sender
from commands.kit import Dropped, FileToSend, Home, Message, Sending
from commands.kit.blocks import section
from commands.kit.outgoing import Outgoing, Rendered
from commands.kit.registry import Registry
from storage.audit import Occasion
from storage.database import Database
from storage.faults import KILL_AT
from storage.outbox import OUTBOX, Outbox
from storage.store import Repositories, Store, adopt
from storage.writing import write
from tests.support.company_of_two import two_people
from tests.support.local_workspace import Local, ManualClock, local_workspace
from tools.files import ROOT

TEAM = "TACME"
Write = Callable[[Outbox], Awaitable[int]]


@dataclass
class Post:
    """What the tests' messages say, and for whom they were made."""

    sent: list[Sending] = field(default_factory=list)
    meanwhile: Callable[[Sending], Awaitable[None]] | None = None
    """What happens while the words of a note are made."""

    async def note(self, sending: Sending, repo: Repositories) -> Rendered:
        """Says the text that it was given; some arguments make it misbehave."""
        self.sent.append(sending)
        said = dict(sending.arguments)
        if self.meanwhile:
            await self.meanwhile(sending)
        if said.get("breaks"):
            raise ZeroDivisionError(said["breaks"])
        if said.get("drop"):
            return Dropped(said["drop"])
        return Message(said["text"], [section(said["text"], id="note")])

    async def file(self, sending: Sending, repo: Repositories) -> Rendered:
        self.sent.append(sending)
        return FileToSend("export.csv", b"a,b\n1,2\n", "Export", "Here it is")

    async def home(self, sending: Sending, repo: Repositories) -> Rendered:
        """How often it was made; `meanwhile` may change what it would say."""
        self.sent.append(sending)
        said = f"Made {len(self.sent)} times"
        if self.meanwhile:
            await self.meanwhile(sending)
        return Home([section(said, id="home")])


def registry_of(post: Post) -> Registry:
    registry = Registry()
    registry.add(Outgoing("note", post.note))
    registry.add(Outgoing("file", post.file))
    registry.add(Outgoing("home", post.home))
    return registry


def client(url: str, session: aiohttp.ClientSession) -> AsyncWebClient:
    """The bot's client for the local workspace at `url`."""
    return AsyncWebClient("xoxb-toy", base_url=f"{url}/api/", session=session, timeout=10, retry_handlers=[])


async def send_once(database_url: str, slack_url: str, now: str) -> None:
    """All that is due at the instant `now`."""
    database = Database(database_url)
    async with aiohttp.ClientSession() as session:
        at = datetime.fromisoformat(now)
        api = SlackApi(client(slack_url, session))
        sender = Sender(Store(database), registry_of(Post()), api, jitter=lambda: 0.0, machine=lambda: at)
        await sender.run_once(at)
    await database.close()


@dataclass
class Office:
    """What a test holds."""

    local: Local
    clock: ManualClock
    database: Database
    people: dict[str, int]
    post: Post
    senders: list[Sender]

    @property
    def now(self) -> datetime:
        return datetime.fromtimestamp(self.clock.at, UTC)

    async def write(self, what: Write) -> int:
        """Put something into the outbox."""
        async with write(Store(self.database), 1, Occasion(None, "worker", self.now)) as repo:
            return await what(repo.outbox)

    async def note(self, text: str, to: int | str = "CGEN", **more: Any) -> int:
        """Put a note into the outbox; its number."""
        thread = more.pop("thread_of", None)
        said = {"text": text} | more

        async def add(outbox: Outbox) -> int:
            if isinstance(to, int):
                return await outbox.direct(to, "note", said, thread_of=thread)
            return await outbox.post(to, "note", said, thread_of=thread)

        return await self.write(add)

    async def run(self) -> int:
        """Whatever is due now."""
        return await self.senders[0].run_once(self.now)

    async def run_elsewhere(self, kill_at: str = "") -> int:
        """The same in a process of its own, which may be killed at a point; its return code."""
        code = (
            f"import asyncio; from tests.support.sending import send_once; asyncio.run(send_once(*{self._order()!r}))"
        )
        env = os.environ | {KILL_AT: kill_at}
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, env=env, cwd=ROOT)
        return await process.wait()

    def _order(self) -> list[str]:
        return [self.database.url, self.local.url, self.now.isoformat()]

    async def later(self, seconds: float) -> int:
        await self.local.slack.advance(seconds)
        return await self.run()

    async def settle(self, seconds: float = 5, times: int = 300) -> None:
        """Go on until nothing is open any more."""
        for _ in range(times):
            await self.run()
            if not any(row.state in ("waiting", "sending") for row in await self.rows()):
                return
            await self.local.slack.advance(seconds)
        raise AssertionError([(row.id, row.state, row.error) for row in await self.rows()])

    async def rows(self) -> list[Any]:
        async with self.database.read() as connection:
            return list((await connection.execute(select(OUTBOX).order_by(OUTBOX.c.id))).all())

    async def row(self, number: int) -> Any:
        return next(row for row in await self.rows() if row.id == number)

    async def states(self) -> list[str]:
        return [row.state for row in await self.rows()]

    async def texts(self, channel: str = "general", who: str = "mona") -> list[str]:
        return [card.text for card in await self.local.slack.as_(who).messages(channel)]


@contextlib.asynccontextmanager
async def office(url: str, folder: Path, *, senders: int = 1, **app: Any) -> AsyncIterator[Office]:
    """Everything that it takes to send, in this process."""
    people = await two_people(url, folder)
    clock, post = ManualClock(), Post()
    async with local_workspace(clock, **app) as local, contextlib.AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        web = client(local.url, session)
        made, databases = [], []
        for _ in range(senders):
            database = Database(url)
            stack.push_async_callback(database.close)
            databases.append(database)
            made.append(
                Sender(
                    Store(database),
                    registry_of(post),
                    SlackApi(web),
                    jitter=lambda: 0.0,
                    machine=lambda: datetime.fromtimestamp(clock.at, UTC),
                )
            )
        await adopt(databases[0], TEAM)
        yield Office(local, clock, databases[0], people, post, made)
