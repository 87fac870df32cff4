"""Stands where Slack knows the bot: what a test names is brought to several processes of the bot, many times over."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
from sqlalchemy import func, select
from sqlmodel import SQLModel
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.app import Application, build, register_features
from commands.kit.payload import Kind, parse
from commands.kit.registry import Match, Registry
from tests.support.local_workspace import free_socket, serving
from tests.support.slack import SlackClient
from tests.support.turf import Turf, running_turf, serving_bot

PROCESSES = 2
_numbers = count(1)
TIMES = 5
OF_PROCESSES = {"workers", "leases"}
"""Tables of what runs, not of what was done."""


@dataclass
class Door:
    """Brings deliveries on as they come; what is `wanted` so many `times` at once.

    `acts` are the keys of what came that has an effect, `answers` the acknowledgements of what was wanted.
    """

    registry: Registry
    http: httpx.AsyncClient
    times: int
    bots: list[str] = field(default_factory=list)
    wanted: str = ""
    kept: list[tuple[bytes, dict[str, str]]] = field(default_factory=list)
    answers: list[bytes] = field(default_factory=list)
    acts: set[str] = field(default_factory=set)

    def want(self, name: str) -> None:
        self.wanted = name
        self.kept, self.answers, self.acts = [], [], set()

    async def receive(self, request: Request) -> Response:
        body, headers = await request.body(), dict(request.headers)
        name, act = named(self.registry, body, headers["content-type"])
        if name in effects(self.registry):
            self.acts.add(act)
        if name != self.wanted:
            return _passed(await self._bring(self.bots[0], body, headers))
        self.kept.append((body, headers))
        brought = [self._bring(self.bots[count % len(self.bots)], body, headers) for count in range(self.times)]
        answers = await asyncio.gather(*brought)
        self.answers += [answer.content for answer in answers]
        return _passed(answers[0])

    async def came(self) -> None:
        """Wait until what is wanted has come: Slack sends events of its own accord."""
        async with asyncio.timeout(10):
            while len(self.answers) < self.times:  # noqa: ASYNC110
                await asyncio.sleep(0.01)

    async def once_more(self) -> None:
        """What was wanted comes again, so many times, one after another."""
        for body, headers in self.kept:
            for turn in range(self.times):
                self.answers.append((await self._bring(self.bots[turn % len(self.bots)], body, headers)).content)

    async def _bring(self, bot: str, body: bytes, headers: dict[str, str]) -> httpx.Response:
        return await self.http.post(f"{bot}/slack/events", content=body, headers=headers)


def _passed(answer: httpx.Response) -> Response:
    return Response(answer.content, answer.status_code, media_type=answer.headers.get("content-type"))


def effects(registry: Registry) -> set[str]:
    """Everything that is registered as changing something."""
    found = {f"action {entry.id}" for entry in registry._actions.values() if entry.effect}
    found |= {f"happening {name}" for name in registry._happenings}
    found |= {f"submission {entry.id}" for entry in registry._submissions.values() if entry.effect}
    return found | {f"command {entry.path}" for entry in registry if entry.effect}


def named(registry: Registry, body: bytes, content_type: str) -> tuple[str, str]:
    """What a delivery is to the registry (`command /targets set`, `event message.im`), and the key of the act."""
    if content_type.startswith("application/json"):
        payload: dict[str, Any] = json.loads(body)
    else:
        form = {name: values[0] for name, values in parse_qs(body.decode(), keep_blank_values=True).items()}
        payload = json.loads(form["payload"]) if "payload" in form else form
    request = parse(payload, "")
    name = request.name
    if request.kind is Kind.COMMAND:
        found = registry.find(name, request.text)
        name = found.command.path if isinstance(found, Match) else "/turf help"
    return f"{request.kind.value} {name.partition(':')[0]}", request.effect


@dataclass
class Scene:
    """Where a person acts."""

    turf: Turf
    door: Door
    others: list[Application]

    @property
    def slack(self) -> SlackClient:
        return self.turf.slack

    async def settle(self) -> None:
        for application in (self.turf.application, *self.others):
            await application.tasks.drain(10)

    def more(self, before: dict[str, int], after: dict[str, int]) -> Counter[str]:
        return Counter({table: rows - before[table] for table, rows in after.items() if rows != before[table]})

    async def counted(self) -> dict[str, int]:
        """The rows of every table."""
        async with self.turf.application.database.read() as connection:
            return {
                table.name: int((await connection.execute(select(func.count()).select_from(table))).scalar_one())
                for table in SQLModel.metadata.sorted_tables
                if table.name not in OF_PROCESSES
            }


@contextlib.asynccontextmanager
async def scene(url: str, folder: Path, *, times: int = TIMES) -> AsyncIterator[Scene]:
    """Several processes of the bot on one database, behind a door."""
    listening, address = free_socket()
    async with contextlib.AsyncExitStack() as stack:
        http = await stack.enter_async_context(httpx.AsyncClient(timeout=20))
        door = Door(register_features(), http, times)
        app = Starlette(routes=[Route("/slack/events", door.receive, methods=["POST"])])
        await stack.enter_async_context(serving(app, listening))
        turf = await stack.enter_async_context(running_turf(url, folder, door=address))
        others = [build(turf.application.settings) for _ in range(PROCESSES - 1)]
        door.bots = [turf.url]
        for other in others:
            socket, where = free_socket()
            await stack.enter_async_context(serving_bot(other, socket))
            door.bots.append(where)
        yield Scene(turf, door, others)


def sample_copy(request: pytest.FixtureRequest, folder: Path, stack: contextlib.ExitStack) -> str:
    """The address of a copy of the sample company, in the database that the fixture is about."""
    if request.param == "sqlite":
        shutil.copyfile(request.getfixturevalue("sample_file"), folder / "turf.db")
        return f"sqlite:///{folder / 'turf.db'}"
    template = request.getfixturevalue("sample_postgresql").rpartition("/")[2]
    server, name = request.getfixturevalue("postgres"), f"turf_again_{next(_numbers)}"
    stack.callback(server.drop, name)
    return str(server.create(name, template=template))
