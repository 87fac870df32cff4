"""`turf serve`, `turf worker` and `turf migrate`: what a Procfile starts."""

import asyncio
import os
import signal
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from typing import Annotated, Any

import structlog
import typer

from bot import logs
from bot.cli.running import open_database, run
from bot.settings import Settings
from domain.errors import Unavailable
from storage.database import Database

app = typer.Typer()
log = structlog.get_logger("turf.serve")

PARENT_CHECK_SECONDS = 0.5


@app.command("serve", epilog="Examples: turf serve | PORT=3000 turf serve --with-worker")
def serve(
    with_worker: Annotated[
        bool, typer.Option("--with-worker", help="Do the worker's part too: for a single process.")
    ] = False,
    exit_with_parent: Annotated[bool, typer.Option("--exit-with-parent", hidden=True)] = False,
) -> None:
    """Answer Slack: over HTTP when SLACK_SIGNING_SECRET is set, in Socket Mode when SLACK_APP_TOKEN is."""
    settings = Settings.from_env()
    settings.require_slack()
    logs.configure(settings.log_format)
    _run_fast(_serve(settings, with_worker=with_worker, parent=os.getppid() if exit_with_parent else None))


async def _serve(settings: Settings, *, with_worker: bool, parent: int | None) -> None:
    from bot.app import build, register_features
    from bot.app import serve as serve_application
    from bot.worker import working

    await _require_schema(settings)
    registry = register_features()
    application = build(settings, registry=registry)
    async with AsyncExitStack() as stack:
        if with_worker:
            worker = await stack.enter_async_context(working(settings, registry))
            application.works_with(wake=worker.wake, stop=worker.stop_soon)
        if parent is not None:
            stack.callback(asyncio.create_task(_end_with(parent)).cancel)
        await serve_application(application)


async def _end_with(parent: int) -> None:
    """Stop as SIGTERM would when the process that started us is gone."""
    while os.getppid() == parent:  # noqa: ASYNC110 - nothing tells us
        await asyncio.sleep(PARENT_CHECK_SECONDS)
    signal.raise_signal(signal.SIGTERM)


@app.command("worker", epilog="Example: turf worker")
def worker() -> None:
    """Do what is due without anyone asking: send what waits, forget what is old. With SQLite there is one worker."""
    settings = Settings.from_env()
    logs.configure(settings.log_format)
    _run_fast(_work(settings))


async def _work(settings: Settings) -> None:
    from bot.app import register_features
    from bot.worker import working

    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    await _require_schema(settings)
    async with working(settings, register_features()):
        await stopped.wait()


@app.command("migrate", epilog="Example: DATABASE_URL=postgresql://turf@db/turf turf migrate")
def migrate() -> None:
    """Make the database's tables, or bring those of an older Turf up to date."""
    run(_migrate(Settings.from_env()))


async def _migrate(settings: Settings) -> None:
    from storage.addresses import check_address, ping
    from storage.migrations import upgrade

    check_address(settings.database_url)
    database = Database(settings.database_url)
    try:
        await ping(database)
        await upgrade(database)
    finally:
        await database.close()
    typer.echo("The database is up to date.")


async def _require_schema(settings: Settings) -> None:
    """Raises DataError for a schema that does not fit. A database that is away may come back: then we start without it."""
    try:
        async with open_database(settings):
            pass
    except Unavailable as error:
        log.warning("started without the database", why=error.message)


def _run_fast(work: Coroutine[Any, Any, None]) -> None:
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(work)
