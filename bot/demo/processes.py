"""Processes that the demo starts, watches and ends."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import bot
from domain.errors import Unavailable

HOST = "127.0.0.1"
READY_SECONDS = 300
STOP_SECONDS = 10
_PAUSE = 0.05
_LOG_LINES = 10


@dataclass(frozen=True, slots=True)
class Process:
    """A running module of ours; `log` has everything that it said."""

    name: str
    process: asyncio.subprocess.Process
    log: Path

    async def ended(self) -> None:
        """Returns never. Raises Unavailable when the process has ended by itself."""
        code = await self.process.wait()
        raise Unavailable(f"{self.name} ended (exit code {code}). {self.said()}")

    def said(self) -> str:
        """The end of what it said."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-_LOG_LINES:]
        return "\n".join(["It said last:", *lines]) if lines else "It said nothing."


def environment(more: Mapping[str, str]) -> dict[str, str]:
    """This process's environment without Turf's own settings, and with `more`."""
    ours = ("DATABASE_URL", "HOST", "PORT")
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in ours and not name.startswith(("SLACK_", "TURF_"))
    }
    # The same Turf as this one, whatever else is installed.
    here = str(Path(bot.__file__).parent.parent)
    paths = [here, *filter(None, [kept.get("PYTHONPATH")])]
    return {**kept, "PYTHONPATH": os.pathsep.join(paths), **more}


@asynccontextmanager
async def running(name: str, module: Sequence[str], env: Mapping[str, str], folder: Path) -> AsyncIterator[Process]:
    """`python -m MODULE ...`, ended with the block. It has a session of its own: Ctrl-C reaches us alone."""
    log = folder / f"{module[0]}.log"
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            *module,
            cwd=folder,
            env=environment(env),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield Process(name, process, log)
    finally:
        await _end(process)


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), STOP_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()


async def until_ready(process: Process, url: str) -> None:
    """Wait until `url` answers 200. Raises Unavailable if the process ends or takes too long."""
    answering = asyncio.create_task(_answers(url))
    ending = asyncio.create_task(process.ended())
    try:
        done, _ = await asyncio.wait({answering, ending}, timeout=READY_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        if not done:
            raise Unavailable(f"{process.name} did not answer within {READY_SECONDS} s. {process.said()}")
        done.pop().result()
    finally:
        answering.cancel()
        ending.cancel()


async def _answers(url: str) -> None:
    import aiohttp

    async with aiohttp.ClientSession() as session:
        while True:
            try:
                async with session.get(url) as response:
                    if response.status == 200:
                        return
            except aiohttp.ClientError:
                pass  # it does not listen yet
            await asyncio.sleep(_PAUSE)


def free_port(wanted: int = 0) -> int | None:
    """`wanted` if it is free (any free port for 0), else None."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, wanted))
        except OSError:
            return None
        port: int = probe.getsockname()[1]
        return port
