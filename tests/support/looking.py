"""A worker's look for what is to be told or made, in a process of its own, which may be killed on the way."""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import datetime

from commands.targets.moved import service
from storage.database import Database
from storage.faults import KILL_AT
from storage.store import Store
from tests.support.subscribing import Desk
from tools.files import ROOT


async def look_once(database_url: str, now: str) -> None:
    """What a worker does before it sends: numbers that moved, digests that are due, and the jobs of both."""
    database = Database(database_url)
    await service.look(Store(database), datetime.fromisoformat(now))
    await Desk(database).work(datetime.fromisoformat(now))
    await database.close()


async def look_elsewhere(database_url: str, now: datetime, kill_at: str) -> int:
    """The same in a process that is killed at a point; its return code."""
    order = (database_url, now.isoformat())
    code = f"import asyncio; from tests.support.looking import look_once; asyncio.run(look_once(*{order!r}))"
    env = os.environ | {KILL_AT: kill_at}
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, env=env, cwd=ROOT)
    return await process.wait()
