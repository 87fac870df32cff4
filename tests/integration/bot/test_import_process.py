"""The process that imports ends with its worker, and what a worker that was killed left of people's files is removed."""

import asyncio
import fcntl
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from bot.importing.process import SECRETS, _environment
from bot.importing.workplace import sweep, workplace
from tests.support.imports import open_at
from tools.files import ROOT


@pytest.mark.slow
async def test_it_ends_when_its_worker_is_killed(sqlite_url: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "people.csv")  # reading it never ends
    asked = {"database_url": sqlite_url, "clock_file": None, "workspace_id": 1, "workspace": None, "number": 1}
    asked |= {"path": str(tmp_path), "rejects": str(tmp_path / "rejects"), "kind": None, "mapping": None, "by": None}
    asked |= {"full": False, "dry_run": False, "max_rejects": "5%", "max_removed": "5%", "via": "modal"}
    async with open_at(sqlite_url):
        command = [sys.executable, "-m", "bot.importing.child"]
        process = await asyncio.create_subprocess_exec(*command, stdin=subprocess.PIPE, cwd=ROOT)
        assert process.stdin
        process.stdin.write(json.dumps(asked).encode() + b"\n")
        await process.stdin.drain()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(process.wait(), 4)
        process.stdin.close()
        assert await asyncio.wait_for(process.wait(), 10) == 1


def test_it_gets_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SLACK_BOT_TOKEN", "TURF_SECRET_KEY", "DATABASE_URL"):
        monkeypatch.setenv(name, "secret")
    assert not [name for name in _environment() if name.startswith(SECRETS)]


def test_what_a_killed_worker_left_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    left = tmp_path / "turf-import-left"
    left.mkdir()
    (left / "lock").touch()
    (left / "people.csv").write_text("person\n")
    with workplace() as folder:
        (folder / "deals.csv").write_text("deal\n")
        with (folder.parent / "lock").open("r+") as lock, pytest.raises(OSError, match="unavailable"):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        assert sweep() == 1
        assert folder.exists()
        assert not left.exists()
    assert list(tmp_path.iterdir()) == []
