"""What a message costs the handler that writes it, and what finding the next of many that are due costs a worker."""

import asyncio
import shutil
import statistics
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert, text

from bench.data import NOW, TODAY
from bench.data import database as company
from bench.rows import Row
from bot.demo.company import BULK_MANAGER, BULK_REP
from commands.targets.setting import service
from commands.targets.setting.form import DRAFT, Form
from storage import jobs, lanes
from storage.audit import Occasion
from storage.database import Database
from storage.jobs import JOBS, JobState
from storage.lanes import Settlement
from storage.outbox import LANES, OUTBOX, State
from storage.store import Repositories, Store, adopt
from storage.writing import write

DEALS = 10_000
PAIRS = 40
BUDGET = 1.15
WAITING = (1_000, 10_000, 100_000)
CLAIMS = 300
LINEAR = 1.5
"""How much dearer the next of 100,000 may be than the next of 1,000."""
TEAM = "TBENCH"
_AMOUNTS = count(1_000_000)
"""Each target is another one: the same again would be refused."""


def run(folder: Path) -> list[Row]:
    """A few rows; works on a copy of the company of 10,000 deals in `folder`."""
    path = Path(company(folder, DEALS).removeprefix("sqlite:///"))
    return asyncio.run(_run(f"sqlite:///{shutil.copyfile(path, folder / 'delivery.db')}"))


async def _run(url: str) -> list[Row]:
    database = Database(url)
    await adopt(database, TEAM)
    try:
        return [await _added(database), *await _next_message(database), await _next_job(database)]
    finally:
        await database.close()


async def _added(database: Database) -> Row:
    """A manager sets a rep's target (a draft tells nobody), without a message and with one, in turns."""
    store, without, within = Store(database), [], []
    for _ in range(PAIRS):
        without.append(await _timed(lambda: _set(store, posts=False)))
        within.append(await _timed(lambda: _set(store, posts=True)))
    ratio = statistics.median(mine / other for mine, other in zip(within, without, strict=True))
    ours, peer = (f"{statistics.median(values) * 1e3:.1f} ms" for values in (within, without))
    return Row("a target is set, and a message written with it", ours, peer, ratio, BUDGET)


async def _set(store: Store, *, posts: bool) -> None:
    async with write(store, 1, Occasion(None, "worker", NOW)) as repo:
        by, rep = _person(repo, BULK_MANAGER), _person(repo, BULK_REP)
        form = Form(f"person:{rep.id}", "2027Q1", amount=str(next(_AMOUNTS)), currency="USD", state=DRAFT)
        seen = await service.seen(repo, form)
        await service.save(repo, form, seen=seen, by=by, today=TODAY, locale="en-US")
        if posts:
            await repo.outbox.post("C1", "note", {"target": 1})


def _person(repo: Repositories, key: str) -> Any:
    return next(one for one in repo.company.people.values() if one.key == key)


async def _timed(what: Callable[[], Awaitable[object]]) -> float:
    """Seconds of this process, SQLite included: on a machine that others use too they mean more than those of a clock."""
    started = time.process_time()
    await what()
    return time.process_time() - started


async def _next_message(database: Database) -> list[Row]:
    """A lane is claimed, its message settled: with more and more lanes due, and more and more messages in one."""

    async def turn() -> None:
        claimed = await lanes.claim(database, TEAM, NOW, NOW)
        assert claimed
        await lanes.settle(database, claimed, Settlement(State.SENT, NOW), NOW)

    return [
        _linear("the next due lane", [await _many(database, size, turn) for size in WAITING]),
        _linear("the next message of one lane", [await _many(database, size, turn, lanes=1) for size in WAITING]),
    ]


async def _next_job(database: Database) -> Row:
    async def turn() -> None:
        claimed = await jobs.claim(database, ["bench"], NOW, NOW)
        assert claimed
        async with database.write() as connection:
            assert await jobs.settle(connection, claimed, JobState.DONE, NOW)

    return _linear("the next due job", [await _many(database, size, turn) for size in WAITING])


def _linear(what: str, spent: list[float]) -> Row:
    few, _, many = spent
    sizes = f"{WAITING[-1]:,} beside {WAITING[0]:,}"
    return Row(f"{what}: {sizes}", f"{many * 1e3:.1f} ms", f"{few * 1e3:.1f} ms", many / few, LINEAR)


async def _many(database: Database, size: int, turn: Callable[[], Awaitable[None]], lanes: int | None = None) -> float:
    """Seconds for one turn (median), with so many messages and jobs due, each message in a lane of its own or in few."""
    several = lanes or size
    at = [NOW - timedelta(seconds=1 + number) for number in range(size)]
    lane = [
        {"workspace_id": 1, "name": f"L{n}", "next_send_at": due, "due_at": due} for n, due in enumerate(at[:several])
    ]
    same = {"workspace_id": 1, "arguments": "{}", "state": "waiting", "attempts": 0, "kind": "bench"}
    message = [
        same
        | {
            "id": n,
            "delivery": f"d{n}",
            "lane": f"L{n % several}",
            "operation": "post",
            "created_at": due,
            "next_at": due,
        }
        for n, due in enumerate(at)
    ]
    job = [same | {"id": n, "key": f"k{n}", "created_at": due, "due_at": due} for n, due in enumerate(at)]
    async with database.write() as connection:
        for table, rows in ((OUTBOX, message), (LANES, lane), (JOBS, job)):
            await connection.execute(delete(table))
            await connection.execute(insert(table), rows)
        await connection.execute(text("ANALYZE"))
    return statistics.median([await _timed(turn) for _ in range(CLAIMS)])
