"""Draws in a process of its own, so that neither what draws nor the time that it takes is anybody else's."""

import asyncio
import os
import sys
from pathlib import Path

import structlog

from domain.errors import Unavailable
from domain.maps.picture import Picture

log = structlog.get_logger("turf.maps")

SECONDS = 30.0
HOME = Path(__file__).parents[2]


async def drawn(picture: Picture) -> bytes:
    """The PNG of a picture. Raises Unavailable if it was not drawn in time, or at all: it is tried again."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "domain.maps"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=HOME,
        # Nothing of ours: it has no use for any of it.
        env={name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "SYSTEMROOT")},
    )
    try:
        made, said = await asyncio.wait_for(process.communicate(picture.to_json().encode()), SECONDS)
    except TimeoutError as error:
        raise Unavailable("The map was not drawn in time.") from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        log.error("a map was not drawn", status=process.returncode, said=said[-2000:].decode("utf-8", "replace"))
        raise Unavailable("The map could not be drawn.")
    return made
