"""Looks into the watched folder: files that have come to rest are imported together, once, by one of the workers."""

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import datetime

import structlog

from bot.importing.folder import Folder, Seen, content_of
from commands.imports import service
from commands.kit.turf import local_date
from domain.errors import TurfError
from storage import import_orders
from storage.audit import Occasion
from storage.import_orders import UNSETTLED, Ordered, Outcome, Source, WantedFile, Wish
from storage.revisions import find_workspace
from storage.store import Store
from storage.writing import write

log = structlog.get_logger("turf.folder")

REST_SECONDS = 10.0
"""So long a file's size and time must stand still, by the machine's clock."""
LOOK_SECONDS = 2.0
AGAIN_SECONDS = 60.0
"""When files that are still there are looked at once more."""


class Watching:
    """One for a worker; `machine` tells seconds that only go forward."""

    def __init__(
        self, folder: Folder, *, rest: float = REST_SECONDS, machine: Callable[[], float] = time.monotonic
    ) -> None:
        self._folder = folder
        self._rest = rest
        self._machine = machine
        self._since: dict[str, tuple[tuple[int, int], float]] = {}
        self._next = float("-inf")
        self._dealt: tuple[Seen, float] = {}, float("-inf")
        self._said = ""

    async def look(self, store: Store, now: datetime) -> int:
        """Have an import done for what has come to rest; how many. Raises TurfError if the database is away."""
        if self._machine() < self._next:
            return 0
        self._next = self._machine() + min(LOOK_SECONDS, self._rest)
        try:
            seen = await asyncio.to_thread(self._resting)
            if not seen:
                return 0
            files = await asyncio.to_thread(self._folder.wanted, sorted(seen))
            if await asyncio.to_thread(self._folder.seen) != seen:
                return 0
        except OSError as error:
            self._say(f"{self._folder.path}: {error.strerror or error}")
            return 0
        self._dealt = seen, self._machine()
        return int(await self._deal(store, files, now))

    def _resting(self) -> Seen:
        """All files, if each has come to rest and they were not dealt with a moment ago; else none. Raises OSError."""
        if why := self._folder.problem():
            self._say(why)
            return {}
        seen, at = self._folder.seen(), self._machine()
        self._since = {
            name: self._since[name] if self._since.get(name, (None, 0))[0] == state else (state, at)
            for name, state in seen.items()
        }
        rests = all(at - since >= self._rest for _, since in self._since.values())
        dealt = self._dealt[0] == seen and at - self._dealt[1] < AGAIN_SECONDS
        return seen if rests and not dealt else {}

    def _say(self, why: str) -> None:
        """Once, not at each look."""
        if why != self._said:
            self._said = why
            log.warning("no files are imported", why=why)

    async def _deal(self, store: Store, files: Sequence[WantedFile], now: datetime) -> bool:
        try:
            async with store.database.read() as connection:
                workspace = await find_workspace(connection)
        except TurfError as error:
            self._say(error.message)
            return False
        async with write(store, workspace.id, Occasion(None, "worker", now)) as repo:
            known = await import_orders.of_folder(repo.connection, repo.workspace_id)
            content = content_of(files)
            if any(one.state in UNSETTLED and content_of(one.files) == content for one in known):
                return False
            before = _before(files, known)
            if before is None:
                at = repo.connection, repo.workspace_id, Source.FOLDER
                number = await import_orders.add(*at, files, Wish(), now=now, content=content)
                await service.add_job(repo, number, now)
                log.info("files are to be imported", number=number, files=len(files))
                return True
            today = local_date(now, repo.settings.timezone)
        try:
            if await asyncio.to_thread(self._folder.put_away_again, [file.name for file in files], before, today):
                log.info("files were imported before", number=before.id, files=len(files))
        except OSError as error:
            self._say(f"{self._folder.path}: {error.strerror or error}")
        return False


def _before(files: Sequence[WantedFile], known: Sequence[Ordered]) -> Ordered | None:
    """The import that brought these files last, if each held the same the last time that its name was imported.

    What is back after something else was imported under its name is news.
    """
    found: Ordered | None = None
    for file in files:
        last = next((one for one in known if _brought(one, file.name)), None)
        if last is None or file not in last.files:
            return None
        found = last if found is None or last.id > found.id else found
    return found


def _brought(order: Ordered, name: str) -> bool:
    imported = order.outcome is Outcome.IMPORTED and name not in order.left_out
    return imported and any(file.name == name for file in order.files)
