"""Subscriptions of a company in tests, and what workers make of them while the test moves the clock."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

import commands.digests
from bot.jobs import Runner
from commands.digests.planning import look
from commands.kit.registry import Registry
from domain.schedules import HolidayRule, Schedule, next_slot
from storage import subscriptions
from storage.audit import Occasion
from storage.database import Database
from storage.digests import DIGESTS
from storage.jobs import JOBS
from storage.outbox import OUTBOX
from storage.store import Store
from storage.subscriptions import StoredSubscription, Wish
from storage.writing import write

OWNER = 1
EVERY_DAY = frozenset(range(7))


def mondays(**more: Any) -> Schedule:
    given = {
        "weekdays": frozenset({0}),
        "at": time(9),
        "zone": "UTC",
        "holiday_rule": HolidayRule.NEXT_WORKING_DAY,
        "starts_on": date(2011, 1, 1),
    }
    return Schedule(**{**given, **more})


def team_in(channel: str, schedule: Schedule, team: int = 1, owner: int = OWNER, **more: Any) -> Wish:
    return Wish(channel, None, owner, "team", team, schedule, **more)


class Desk:
    """A database with subscriptions, and a worker that the test lets work."""

    def __init__(self, database: Database) -> None:
        self.database, self.store = database, Store(database)
        registry = Registry()
        commands.digests.register(registry)
        self.runner = Runner(self.store, registry, jitter=lambda: 0.0)

    async def subscribe(self, wish: Wish, *, last: date, now: datetime) -> int:
        async with write(self.store, 1, Occasion(wish.owner_id, "command", now)) as repo:
            following = next_slot(wish.schedule, last, commands.digests.planning.open_days(repo))
            return await subscriptions.create_subscription(
                repo.connection, 1, wish, last_slot=last, following=following, now=now
            )

    async def known(self, number: int) -> StoredSubscription:
        async with self.database.read() as connection:
            return await subscriptions.find_subscription(connection, 1, number)

    async def change(self, number: int, now: datetime, **wish: Any) -> None:
        known = await self.known(number)
        async with write(self.store, 1, Occasion(OWNER, "command", now)) as repo:
            changed = replace(known.wish, **wish)
            assert await subscriptions.change_subscription(
                repo.connection, 1, known, changed, following=known.next, state=known.state, why=known.why
            )

    async def look(self, now: datetime) -> int:
        return await look(self.store, now)

    async def work(self, now: datetime) -> None:
        """Look, and do what is due."""
        await self.look(now)
        await self.runner.run_once(now)

    async def slots(self, number: int) -> list[str]:
        """The local dates that were ordered for a subscription, with how each ended."""
        rows = await self.rows(select(JOBS.c.key, JOBS.c.state).where(JOBS.c.kind == "digests/slot"))
        own = [(key.partition(":")[2], state) for key, state in rows if key.partition(":")[0] == str(number)]
        return [f"{day} {state}" for day, state in sorted(own)]

    async def jobs(self, kind: str) -> list[Any]:
        return list(await self.rows(select(JOBS).where(JOBS.c.kind == kind).order_by(JOBS.c.id)))

    async def digests(self) -> list[Any]:
        return list(await self.rows(select(DIGESTS).order_by(DIGESTS.c.id)))

    async def outbox(self) -> list[tuple[str, str, dict[str, Any]]]:
        rows = await self.rows(select(OUTBOX).order_by(OUTBOX.c.id))
        return [(row.lane, row.kind, json.loads(row.arguments)) for row in rows]

    async def rows(self, query: Any) -> Sequence[Any]:
        async with self.database.read() as connection:
            return (await connection.execute(query)).all()


def every(step: timedelta, since: datetime, until: datetime) -> list[datetime]:
    return [since + number * step for number in range((until - since) // step + 1)]
