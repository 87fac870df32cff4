"""What `make demo` starts, as processes of their own, around the sample company of the tests."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

from bot.demo.processes import free_port
from bot.demo.run import Demo, start
from tests.support.sample import TODAY


@contextlib.asynccontextmanager
async def sample_demo(sample_file: Path, folder: Path) -> AsyncIterator[Demo]:
    """The local workspace, the bot and its worker, at the machine's time."""
    url = f"sqlite:///{shutil.copyfile(sample_file, folder / 'turf.db')}"
    async with contextlib.AsyncExitStack() as stack:
        yield await start(stack, folder, url, TODAY, free_port() or 0, socket=False)
