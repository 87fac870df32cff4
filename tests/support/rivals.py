"""One of two processes that do the same thing to requests at the same moments: `python -m tests.support.rivals URL PERSON START`.

Says as JSON what came of each of its attempts: `true` if it was first, or the number of the request that was in its way.
"""

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import date

from domain.errors import Busy
from domain.requests.model import MoveAccounts, State
from storage import requests
from storage.audit import Occasion
from storage.database import Database
from storage.requests import AlreadyAsked
from storage.store import Store
from storage.writing import write
from tests.support.ledger import START

Attempt = Callable[[Store, int, int], Awaitable[object]]
PAIRS = 20
APART = 0.25
"""Seconds between two moments."""
LATER = 100
"""The account of the first move that is submitted; those below are decided about."""


async def decide(store: Store, person: int, number: int) -> object:
    """Approve a request, unless it is approved already."""
    async with store.read(1) as repo:
        seen = await requests.read(repo.connection, 1, number)
    if seen.state is not State.SUBMITTED:
        return False
    async with write(store, 1, Occasion(person, "button", START)) as repo:
        here = repo.connection, 1, seen
        return await requests.decide(*here, ["releasing"], "approve", State.APPROVED, by=person, now=START)


async def submit(store: Store, person: int, number: int) -> object:
    """Ask for a move of the same account."""
    move = MoveAccounts((number + LATER,), 1, 2)
    try:
        async with write(store, 1, Occasion(person, "button", START)) as repo:
            day = date(2026, 8, 1)
            return await requests.add(repo.connection, 1, move, requester=person, effective_on=day, now=START) > 0
    except AlreadyAsked as already:
        return {"request": already.request, "objects": sorted(already.objects)}


async def insist(attempt: Attempt, store: Store, person: int, number: int) -> object:
    """Again, as a person would, while somebody else writes."""
    while True:
        try:
            return await attempt(store, person, number)
        except Busy:
            await asyncio.sleep(0.01)


async def main(url: str, person: int, start: float) -> list[list[object]]:
    database = Database(url)
    store = Store(database)
    async with store.read(1):
        pass
    came: list[list[object]] = []
    for number in range(1, PAIRS + 1):
        await asyncio.sleep(max(0.0, start + number * APART - time.time()))
        came.append([await insist(attempt, store, person, number) for attempt in (decide, submit)])
    await database.close()
    return came


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3])))))  # noqa: T201
