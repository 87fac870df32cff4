"""Someone else writes while an import is prepared: it is prepared anew, and at last the others wait."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from storage.database import Database
from storage.importing import run
from storage.revisions import take_revision
from tests.support.imports import NOON, everything, open_at, rows, take, write

Prepare = Callable[..., Awaitable[bool]]
GRACE = 0.3
"""Seconds that someone gets who must not come first."""


def person(folder: Path, key: str) -> Path:
    return write(folder / key, "people", {"person": key, "name": key.title(), "role": "rep"})


def meanwhile(monkeypatch: pytest.MonkeyPatch, act: Callable[[int], Awaitable[None]]) -> None:
    """Whenever an import is about to be merged, `act` comes first, with the number of the attempt."""
    prepare: Prepare = run._prepare
    attempts: list[None] = []

    async def prepared(*arguments: Any) -> bool:
        changed = await prepare(*arguments)
        attempts.append(None)
        await act(len(attempts))
        return changed

    monkeypatch.setattr(run, "_prepare", prepared)


async def test_the_last_attempt_makes_the_others_wait(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await take(database, person(tmp_path, "ana"))
    async with open_at(database.url) as other:

        async def write_something() -> int:
            async with other.write() as connection:
                return await take_revision(connection, 1, now=NOON, cause="target")

        waiting: list[asyncio.Task[int]] = []

        async def act(attempt: int) -> None:
            if attempt < run.ATTEMPTS:
                await write_something()
                return
            waiting.append(asyncio.create_task(write_something()))
            done, _ = await asyncio.wait(waiting, timeout=GRACE)
            assert not done

        meanwhile(monkeypatch, act)
        report = await take(database, person(tmp_path, "ben"))
        assert report.revision == 2 + run.ATTEMPTS
        assert await waiting[0] == 3 + run.ATTEMPTS
    assert [row["person"] for row in await rows(database, "people")] == ["ana", "ben"]


async def test_of_two_first_imports_the_second_follows_the_first(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_at(database.url) as other:

        async def act(attempt: int) -> None:
            if attempt == 1:
                await take(other, person(tmp_path, "ana"))

        meanwhile(monkeypatch, act)
        report = await take(database, person(tmp_path, "ben"))
    assert report.revision == 3
    assert [row["person"] for row in await rows(database, "people")] == ["ana", "ben"]
    assert len((await everything(database))["workspaces"]) == 1
