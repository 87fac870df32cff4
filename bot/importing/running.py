"""The long job of an import: bring the files together, import them in a process of their own, tell what came of it."""

import asyncio
from contextlib import AbstractAsyncContextManager, suppress
from datetime import timedelta
from pathlib import Path
from time import monotonic

import structlog

from bot.importing.child import MODAL
from bot.importing.downloads import Downloads
from bot.importing.folder import Folder
from bot.importing.process import Died, run_import_process
from bot.importing.workplace import workplace
from bot.settings import Settings
from commands.imports import form, service
from commands.kit.jobs import Done, Due, JobOutcome, Later, Skipped
from domain.errors import Busy, DataError, TurfError, Unavailable
from storage import import_orders
from storage.audit import Occasion
from storage.faults import reach
from storage.import_orders import Ordered, OrderState, Outcome, Source
from storage.jobs import ATTEMPTS
from storage.revisions import slug_of
from storage.store import Store
from storage.writing import Writing, write

log = structlog.get_logger("turf.imports")

SAID_SECONDS = 3.0
"""Between two updates of the progress."""
SOON = timedelta(seconds=20)
PATIENCE = timedelta(days=1)
"""For how long what is away is waited for."""
NOT_NOW = {
    Source.SLACK: "What it takes was away for a day: Slack's copy of the files, or the database. Upload them again.",
    Source.FOLDER: "The database was away for a day. Put the files into the folder again.",
}
NO_TOKEN = "The worker has no token for Slack (SLACK_BOT_TOKEN), so it can't fetch the files."
NO_FOLDER = "This worker watches no folder (TURF_IMPORT_DIR): the files are left to one that does."
DIED = (
    "Importing it ended before it was done, again and again: is there enough memory on that machine? "
    "The log of the worker says more. Try again with fewer files."
)


class Imports:
    """`downloads` is None without a token for Slack, `folder` where none is watched."""

    def __init__(self, settings: Settings, downloads: Downloads | None, folder: Folder | None) -> None:
        self._settings = settings
        self._downloads = downloads
        self._folder = folder

    async def run(self, due: Due, store: Store) -> JobOutcome:
        """One attempt; what an earlier one has found stands."""
        order = await _read(store, due)
        if order.state is OrderState.TOLD:
            return Skipped("it is done already")
        if order.source is Source.FOLDER and self._folder is None:
            return Later(due.now + SOON, NO_FOLDER)
        try:
            if order.state is not OrderState.FOUND:
                if not await self._import(due, store, order):
                    return Skipped("the files are gone")
                order = await _read(store, due)
            reach("import-found")
            await self._put_away(due, order)
        except (Busy, Unavailable) as error:
            return Later(due.now + SOON, error.message)
        async with _writing(store, due) as repo:
            await service.tell(repo, order)
        return Done()

    async def given_up(self, due: Due, repo: Writing) -> None:
        """Whoever asked hears that nothing comes of it."""
        at = repo.connection, repo.workspace_id, int(due.arguments["import"])
        await import_orders.note_outcome(*at, Outcome.FAILED, error=DIED)
        order = await import_orders.read(*at)
        if order.state is OrderState.TOLD:
            return
        await service.tell(repo, order)
        try:
            await self._put_away(due, order)
        except TurfError as error:
            # It is told all the same, and the files lie where somebody has to look anyway.
            log.warning("the files of an import are not put away", number=order.id, why=error.message)

    async def _put_away(self, due: Due, order: Ordered) -> None:
        if order.source is Source.FOLDER and self._folder is not None:
            await asyncio.to_thread(self._folder.put_away, order, due.today)

    async def _import(self, due: Due, store: Store, order: Ordered) -> bool:
        """False if there is nothing to import any more. Raises Busy, Unavailable for what can't be done just now."""
        with workplace() as folder:
            try:
                path = await self._fetch(due, order, folder)
                if path is None:
                    async with _writing(store, due) as repo:
                        await import_orders.note_told(repo.connection, repo.workspace_id, order.id, due.now, None)
                    return False
                await self._process(due, store, order, path, folder.parent / "rejects.csv")
            except DataError as error:
                await _fail(store, due, order, error.message)
            except Died:
                if due.attempts < ATTEMPTS:
                    raise
                await _fail(store, due, order, DIED)
            except Unavailable:
                if due.now - order.created_at < PATIENCE:
                    raise
                await _fail(store, due, order, NOT_NOW[order.source])
        return True

    async def _fetch(self, due: Due, order: Ordered, folder: Path) -> Path | None:
        """Where the files are; None if they are no longer there. Raises DataError, Unavailable."""
        if order.source is Source.FOLDER:
            return None if self._folder is None else await asyncio.to_thread(self._folder.take, order)
        if self._downloads is None:
            raise Unavailable(NO_TOKEN)
        for file in order.files:
            await self._downloads.fetch(file.slack_id, folder / file.name, most=form.MOST_BYTES)
        return folder

    async def _process(self, due: Due, store: Store, order: Ordered, path: Path, rejects: Path) -> None:
        wish, clock = order.wish, self._settings.clock_file
        mapping = self._folder.mapping() if self._folder and order.source is Source.FOLDER else wish.mapping
        async with store.database.read() as connection:
            slug = await slug_of(connection, due.workspace_id)
        asked = {
            "database_url": self._settings.database_url,
            "clock_file": str(clock) if clock else None,
            "workspace_id": due.workspace_id,
            "workspace": slug,
            "number": order.id,
            "path": str(path),
            "rejects": str(rejects),
            "kind": wish.kind,
            "mapping": mapping,
            "full": wish.full,
            "dry_run": wish.dry_run,
            "max_rejects": wish.max_rejects,
            "max_removed": wish.max_removed,
            "by": order.person_id,
            "via": MODAL if order.source is Source.SLACK else "worker",
        }
        await run_import_process(asked, _Progress(store, due, order).heard)


class _Progress:
    """Notes how far an import is, and has its head message say so."""

    def __init__(self, store: Store, due: Due, order: Ordered) -> None:
        self._store, self._due, self._order = store, due, order
        self._rows: dict[str, int] = {}
        self._said = float("-inf")

    async def heard(self, file: str, rows: int) -> None:
        self._rows[file] = rows
        if monotonic() - self._said < SAID_SECONDS:
            return
        self._said = monotonic()
        with suppress(TurfError):  # the import itself may be writing just now: the next time will do
            async with _writing(self._store, self._due) as repo:
                at = repo.connection, repo.workspace_id, self._order.id
                if await import_orders.note_progress(*at, self._rows) and self._order.message is not None:
                    await repo.outbox.update(self._order.message, service.HEAD_KIND, {"import": self._order.id})


async def _read(store: Store, due: Due) -> Ordered:
    async with store.database.read() as connection:
        return await import_orders.read(connection, due.workspace_id, due.arguments["import"])


async def _fail(store: Store, due: Due, order: Ordered, why: str) -> None:
    async with _writing(store, due) as repo:
        await import_orders.note_outcome(repo.connection, repo.workspace_id, order.id, Outcome.FAILED, error=why)


def _writing(store: Store, due: Due) -> AbstractAsyncContextManager[Writing]:
    return write(store, due.workspace_id, Occasion(None, "worker", due.now))
