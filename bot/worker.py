"""What happens without anyone asking: messages are sent, what is old is forgotten.

The scheduler only ticks; what is due is decided by the data and the clock.
"""

import asyncio
import secrets
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeAlias

import aiohttp
import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.importing.setup import importer, watching
from bot.jobs import Runner
from bot.outbox import plan
from bot.outbox.api import SlackApi
from bot.outbox.sender import Sender
from bot.settings import Settings
from bot.single_worker import only_worker
from commands.kit.registry import Registry
from domain.clock import Clock
from domain.errors import TurfError
from storage import drafts, import_orders, inbox, jobs, outbox, workers
from storage.database import Database
from storage.lanes import Claim
from storage.store import Store

log = structlog.get_logger("turf.worker")

MINUTES = 10
"""Between two looks at what is to be forgotten."""
SENDERS = 4
"""Messages in hand at once, each of another lane."""
TICK_SECONDS = 1
"""Between two looks into the outbox, if nobody wakes the worker earlier."""
STOP_SECONDS = 8.0
"""For the message in hand at the end."""
FAREWELL_SECONDS = 0.5
"""For saying that we have ended; who does not hear of it notices soon."""


Look: TypeAlias = Callable[[datetime], Awaitable[int]]


async def run_once(database: Database, now: datetime) -> int:
    """Forget what is too old at `now`: drafts, the inbox, what was sent, jobs, refused rows. Returns how many went."""
    async with database.write() as connection:
        return (
            await drafts.delete_expired(connection, now)
            + await inbox.delete_old(connection, now)
            + await outbox.forget_arguments(connection, now)
            + await jobs.forget_old(connection, now)
            + await import_orders.forget_rejects(connection, now)
        )


async def tick(database: Database, clock: Clock) -> None:
    """One turn of the loop. What cannot be done now is done at the next turn."""
    try:
        gone = await run_once(database, clock.now())
    except TurfError as error:
        log.warning("nothing could be done", why=error.message)
    else:
        log.info("ticked", forgotten=gone)


class Alive:
    """Says in the database that this worker is alive: leases of life go by the machine's clock, whatever day it is."""

    def __init__(self, database: Database, *, sends: bool) -> None:
        now = datetime.now(UTC)
        self._database = database
        self._worker = workers.Worker(secrets.token_hex(8), socket.gethostname(), sends, now, now)

    async def beat(self) -> None:
        """What holds up the write is no reason to stop."""
        seen = replace(self._worker, seen_at=datetime.now(UTC))
        try:
            async with self._database.write() as connection:
                await workers.beat(connection, seen, alone=self._database.is_sqlite)
        except TurfError as error:
            log.warning("no sign of life", why=error.message)

    async def end(self) -> None:
        """It has ended; nothing waits for this to be known."""
        with suppress(TurfError, TimeoutError):
            async with asyncio.timeout(FAREWELL_SECONDS), self._database.write() as connection:
                await workers.end(connection, self._worker.id)


class Worker:
    """Looks for what is to be done, does it, and sends what is due whenever it is woken.

    `sender` is None without a token for Slack. Jobs and messages do not wait for each other.
    """

    def __init__(
        self,
        sender: Sender | None,
        clock: Clock,
        looks: Sequence[Look] = (),
        runner: Runner | None = None,
        importer: Runner | None = None,
    ) -> None:
        self._sender = sender
        self._runner = runner
        self._importer = importer
        self._looks = looks
        self._clock = clock
        self._woken, self._called, self._asked = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._deadline: float | None = None

    def wake(self) -> None:
        """There may be something to send, or to do."""
        self._woken.set()
        self._called.set()
        self._asked.set()

    def stop_soon(self) -> None:
        """Take nothing more; the message in hand has some seconds from now."""
        if self._deadline is None:
            self._deadline = asyncio.get_running_loop().time() + STOP_SECONDS
            self.wake()

    async def send(self) -> None:
        """Until it is told to stop: several at once, each lane one after another, so that a slow one holds up no other."""
        in_hand: set[asyncio.Task[None]] = set()
        try:
            while self._deadline is None:
                await self._woken.wait()
                self._woken.clear()
                await self._all(partial(self._take, in_hand), "messages")
            await asyncio.gather(*in_hand)
        finally:
            for task in in_hand:
                task.cancel()

    async def _take(self, in_hand: "set[asyncio.Task[None]]") -> bool:
        """Begin with one message; False if nothing is due or it is time to stop."""
        if len(in_hand) >= SENDERS:
            await asyncio.wait(in_hand, return_when=asyncio.FIRST_COMPLETED)
        if self._sender is None or self._deadline is not None:
            return False
        claimed = await self._sender.claim(self._clock.now())
        if claimed is None:
            return False
        task = asyncio.create_task(self._bring(claimed))
        in_hand.add(task)
        task.add_done_callback(in_hand.discard)
        return True

    async def _bring(self, claimed: Claim) -> None:
        """What follows in its lane may be due then."""
        assert self._sender
        try:
            await self._sender.bring(claimed, self._clock.now())
        except TurfError as error:
            log.warning("nothing could be done", what="messages", why=error.message)
        except Exception as error:
            log.error("work failed", what="messages", exc_info=error)
        self._woken.set()

    async def do_jobs(self) -> None:
        """Until it is told to stop. What a job wrote to the outbox is sent at once."""
        while self._deadline is None:
            await self._called.wait()
            self._called.clear()
            if await self.look() + await self._all(self._job, "jobs"):
                self._woken.set()

    async def do_imports(self) -> None:
        """Until it is told to stop: an import takes long, and holds up neither messages nor other jobs."""
        while self._deadline is None:
            await self._asked.wait()
            self._asked.clear()
            if await self._all(self._import, "imports"):
                self._woken.set()

    async def _all(self, step: Callable[[], Awaitable[bool]], what: str) -> int:
        """Step while there is something to do; how often there was."""
        count = 0
        try:
            while await step():
                count += 1
        except TurfError as error:
            log.warning("nothing could be done", what=what, why=error.message)
        except Exception as error:
            log.error("work failed", what=what, exc_info=error)
        return count

    async def look(self) -> int:
        """Ask every feature that does something by itself how much it did. One that fails holds up no other."""
        if self._deadline is not None:
            return 0
        count = 0
        for look in self._looks:
            try:
                count += await look(self._clock.now())
            except TurfError as error:
                log.warning("nothing could be told", why=error.message)
            except Exception as error:
                log.error("looking for what is to be told failed", exc_info=error)
        return count

    async def _job(self) -> bool:
        """One job further; False if nothing is due or it is time to stop."""
        if self._runner is None or self._deadline is not None:
            return False
        return await self._runner.step(self._clock.now())

    async def _import(self) -> bool:
        """One import further; False if nothing is due or it is time to stop."""
        if self._importer is None or self._deadline is not None:
            return False
        return await self._importer.step(self._clock.now())

    async def finish(self, *work: "asyncio.Task[None]") -> None:
        """Wait for what is in hand, then let it go: what became of it is found out later."""
        self.stop_soon()
        assert self._deadline is not None
        left = max(0.1, self._deadline - asyncio.get_running_loop().time())
        _, unfinished = await asyncio.wait(work, timeout=left)
        for task in unfinished:
            task.cancel()
        if unfinished:
            await asyncio.wait(unfinished, timeout=1)


@asynccontextmanager
async def working(settings: Settings, registry: Registry) -> AsyncIterator[Worker]:
    """A worker with connections of its own, at work until the block ends. Raises Busy if SQLite has one already."""
    with only_worker(settings.database_url):
        database, clock = Database(settings.database_url), settings.clock()
        async with aiohttp.ClientSession() as session:
            store = Store(database)
            client = _client(settings, session)
            sender = Sender(store, registry, SlackApi(client)) if client else None
            looks: list[Look] = [partial(watch.look, store) for watch in registry.watches()]
            looks += watching(settings, store)
            worker = Worker(sender, clock, looks, Runner(store, registry), importer(settings, client, store))
            alive = Alive(database, sends=sender is not None)
            scheduler = _scheduler(worker, database, clock, alive)
            scheduler.start()
            loops = worker.send(), worker.do_jobs(), worker.do_imports()
            work = [asyncio.create_task(loop) for loop in loops]
            try:
                yield worker
            finally:
                scheduler.shutdown(wait=False)
                await worker.finish(*work)
                await alive.end()
                await database.close()


def _client(settings: Settings, session: aiohttp.ClientSession) -> AsyncWebClient | None:
    if not settings.bot_token:
        log.warning("nothing is sent", why="SLACK_BOT_TOKEN is not set")
        return None
    return AsyncWebClient(
        settings.bot_token.get_secret_value(),
        base_url=settings.slack_api_url,
        session=session,
        timeout=plan.CLIENT_SECONDS,
        retry_handlers=[],
    )


def _scheduler(worker: Worker, database: Database, clock: Clock, alive: Alive) -> Any:
    """Ticks; a turn that was missed is made up for once, however late."""
    from apscheduler.schedulers.asyncio import AsyncIOScheduler

    scheduler = AsyncIOScheduler(timezone=UTC)
    turns: dict[str, Any] = {"trigger": "interval", "misfire_grace_time": None, "coalesce": True}
    now = datetime.now(UTC)
    scheduler.add_job(tick, args=(database, clock), minutes=MINUTES, next_run_time=now, **turns)
    scheduler.add_job(_wake, args=(worker,), seconds=TICK_SECONDS, next_run_time=now, **turns)
    scheduler.add_job(alive.beat, seconds=workers.EVERY.total_seconds(), next_run_time=now, **turns)
    return scheduler


async def _wake(worker: Worker) -> None:
    """In the event loop: the scheduler would call a plain function on a thread."""
    worker.wake()
