"""The worker's side of the process that imports: start it, hear how far it is, end it."""

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any

import structlog

from bot.importing.child import LATER
from domain.errors import Unavailable

log = structlog.get_logger("turf.importing")

END_SECONDS = 2.0
"""From asking the process to end to ending it."""
SECRETS = ("SLACK_", "TURF_SECRET_KEY", "TURF_METRICS_TOKEN", "DATABASE_URL")
Heard = Callable[[str, int], Awaitable[None]]


class Died(Exception):
    """The process ended without saying what came of the import; nothing was written."""


async def run_import_process(asked: Mapping[str, Any], heard: Heard) -> None:
    """Import in a process of its own; what came of it is in the database. Raises Unavailable if it can't be done now, Died."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.importing.child"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=_environment(),
        start_new_session=True,
    )
    try:
        await _talk(process, asked, heard)
    finally:
        await _end(process)


def _environment() -> dict[str, str]:
    """Ours without what it has no use for: its database comes with the order."""
    return {name: value for name, value in os.environ.items() if not name.startswith(SECRETS)}


async def _talk(process: asyncio.subprocess.Process, asked: Mapping[str, Any], heard: Heard) -> None:
    assert process.stdin
    assert process.stdout
    assert process.stderr
    errors = asyncio.create_task(process.stderr.read())
    try:
        process.stdin.write(json.dumps(asked).encode() + b"\n")
        later = ""
        async for line in process.stdout:
            said = json.loads(line)
            later = said.get("later", later)
            if "file" in said:
                await heard(said["file"], said["rows"])
        status = await process.wait()
        if status == LATER:
            raise Unavailable(later)
        if status != 0:
            log.error(
                "the process that imports ended", status=status, said=(await errors)[-2000:].decode("utf-8", "replace")
            )
            raise Died(f"the process that imports ended with status {status}")
    finally:
        errors.cancel()


async def _end(process: asyncio.subprocess.Process) -> None:
    """Its transaction is rolled back."""
    if process.returncode is not None:
        return
    with suppress(ProcessLookupError):
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), END_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()
