"""The Procfile as it is, started by honcho: so many of each kind as one asks for, and nothing is left when it ends."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from pathlib import Path

import httpx
import pytest

from storage.database import Database
from storage.workers import workers
from tests.support.fake_slack import SECRET, FakeSlack, running_slack
from tests.support.processes import STARTS_WITHIN, free_port, is_ready
from tools.files import ROOT

STOPPED = re.compile(r"(web|worker)\.(\d) stopped \(rc=(-?\d+)\)")
EACH = {("web", "1", "0"), ("web", "2", "0"), ("worker", "1", "0"), ("worker", "2", "0")}


def environment(url: str, slack: FakeSlack, folder: Path) -> dict[str, str]:
    """With a `turf` that is this tree's."""
    command = folder / "turf"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m bot "$@"\n')
    command.chmod(0o755)
    return {
        "PATH": f"{folder}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "DATABASE_URL": url,
        "HOST": "127.0.0.1",
        "SLACK_BOT_TOKEN": "xoxb-test",
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_API_URL": f"{slack.url}api/",
    }


def has_ended(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


async def alive(database: Database) -> int:
    async with database.read() as connection:
        return len(await workers(connection))


@pytest.mark.slow
async def test_two_of_each_kind_are_at_work_and_end_with_0(sample_postgresql_url: str, tmp_path: Path) -> None:
    database, port, log = Database(sample_postgresql_url), free_port(), tmp_path / "honcho.log"
    async with running_slack() as slack, httpx.AsyncClient() as http:
        with log.open("wb") as output:
            honcho = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "honcho", "-f", ROOT / "Procfile", "start"),
                *("-p", str(port), "-c", "web=2,worker=2", "web", "worker"),
                env=environment(sample_postgresql_url, slack, tmp_path),
                cwd=tmp_path,
                stdout=output,
                stderr=asyncio.subprocess.STDOUT,
            )
        try:
            async with asyncio.timeout(STARTS_WITHIN):
                while not all([await is_ready(http, one) for one in (port, port + 1)]) or await alive(database) != 2:
                    assert honcho.returncode is None, log.read_text()
                    await asyncio.sleep(0.1)
        finally:
            honcho.send_signal(signal.SIGTERM)
            await asyncio.wait_for(honcho.wait(), 20)
        said = log.read_text()
        assert set(STOPPED.findall(said)) == EACH, said
        assert await alive(database) == 0
        await database.close()
    pids = [int(pid) for pid in re.findall(r"started \(pid=(\d+)\)", said)]
    assert len(pids) == len(EACH)
    assert all(has_ended(pid) for pid in pids)
