"""`turf demo` from the empty folder to the page, and back."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.demo import data, workspace
from bot.demo.processes import HOST, Process, free_port, running, until_ready
from domain.clock import Clock
from domain.errors import UsageError

PORT = 8080
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Demo:
    """What runs: the page's address and the database."""

    url: str
    database_url: str
    processes: tuple[Process, Process]

    async def ended(self) -> None:
        """Returns never. Raises Unavailable when a part of it has ended by itself."""
        watching = [asyncio.create_task(process.ended()) for process in self.processes]
        try:
            done, _ = await asyncio.wait(watching, return_when=asyncio.FIRST_COMPLETED)
            done.pop().result()
        finally:
            for task in watching:
                task.cancel()


@asynccontextmanager
async def demo(clock: Clock, say: Say, *, port: int | None = None, socket: bool = False) -> AsyncIterator[Demo]:
    """The sample company, the local workspace and the bot, until the block ends; nothing is left of them then."""
    page = page_port(port)
    with tempfile.TemporaryDirectory(prefix="turf-demo-") as name:
        folder = Path(name)
        database_url = await _company(folder, clock, say)
        say("Starting the local workspace and the bot ...")
        async with AsyncExitStack() as stack:
            yield await start(stack, folder, database_url, data.today_of(clock.now()), page, socket=socket)


def page_port(wanted: int | None) -> int:
    """Where the page will be: `wanted`, else the usual port, else a free one. Raises UsageError."""
    if wanted is None:
        return free_port(PORT) or free_port() or PORT
    if free_port(wanted) is None:
        raise UsageError(f"Port {wanted} is taken: choose another with --port, or leave it out for a free one.")
    return wanted


async def _company(folder: Path, clock: Clock, say: Say) -> str:
    """Invent the sample company and import it; returns the address of its database."""
    database_url = f"sqlite:///{folder / 'turf.db'}"
    say("Inventing a sample company ...")
    files = data.invent(folder, clock.now())
    say("Importing it, as `turf import` would ...")
    report = await data.fill(database_url, files, clock, lambda _file, _rows: None)
    say(f"  {report.read:,} rows, {report.kind('deals').read:,} of them deals")
    return database_url


async def start(
    stack: AsyncExitStack, folder: Path, database_url: str, today: date, page: int, *, socket: bool
) -> Demo:
    """The workspace first, then the bot; both end with `stack`."""
    keys, port = workspace.AppKeys(), free_port()
    request_url = None if socket else f"http://{HOST}:{port}/slack/events"
    seed = workspace.seed(today, keys, request_url, workspace.MEMBER_OF)
    file = workspace.write_seed(folder / "seed.json", seed)
    url = f"http://{HOST}:{page}/"
    clock = workspace.write_clock(folder / "clock")
    sandbox = ["sandbox", "--seed", str(file), "--port", str(page), "--clock-file", str(clock), "--exit-with-parent"]
    slack = await stack.enter_async_context(running("The local workspace", sandbox, {}, folder))
    await until_ready(slack, url)
    env = keys.environment(f"{url}api/", socket=socket)
    env |= {"DATABASE_URL": database_url, "HOST": HOST, "PORT": str(port), "TURF_LOG": "text"}
    env |= {"TURF_CLOCK_FILE": str(clock)}
    turf = await stack.enter_async_context(
        running("The bot", ["bot", "serve", "--with-worker", "--exit-with-parent"], env, folder)
    )
    await until_ready(turf, f"http://{HOST}:{port}/readyz")
    return Demo(url, database_url, (slack, turf))
