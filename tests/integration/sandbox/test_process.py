"""The workspace as its own process."""

import asyncio
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import aiohttp
import pytest

from tests.support.local_workspace import seed

ROOT = Path(__file__).parents[3]


@pytest.fixture
def seed_file(tmp_path: Path) -> Path:
    file = tmp_path / "seed.json"
    file.write_text(seed().model_dump_json(), encoding="utf-8")
    return file


def start(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "sandbox", *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


async def address(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    line = await asyncio.to_thread(process.stdout.readline)
    assert line.startswith("workspace ready: http://127.0.0.1:"), process.stderr and process.stderr.read()
    return line.removeprefix("workspace ready: ").strip()


async def test_it_says_when_it_is_ready_and_ends_at_sigterm_with_a_page_open(seed_file: Path, tmp_path: Path):
    clock = tmp_path / "clock"
    clock.write_text("2026-03-31T08:00:00Z")
    process = start("--seed", str(seed_file), "--clock-file", str(clock))
    try:
        url = await address(process)
        async with aiohttp.ClientSession() as session:
            async with session.get(url) as page:
                assert "Acme Sales" in await page.text()
            headers = {"Authorization": "Bearer xoxb-toy"}
            async with session.post(
                f"{url}api/chat.postMessage", data={"channel": "CGEN", "text": "hi"}, headers=headers
            ) as answer:
                assert (await answer.json())["ts"] == "1774944000.000000"
            async with session.get(f"{url}_page/UMONA/events") as stream:
                assert await stream.content.readline() == b": open\n"
                process.send_signal(signal.SIGTERM)
                assert await asyncio.to_thread(process.wait, 60) in (0, -signal.SIGTERM)
        assert process.stderr
        assert process.stderr.read() == ""
    finally:
        process.kill()
        process.communicate()


PARENT = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-m", "sandbox", "--exit-with-parent", "--seed", sys.argv[1]], stdout=subprocess.PIPE, text=True)
print(child.stdout.readline(), flush=True)
sys.stdin.read()
"""


def test_it_ends_with_its_parent(seed_file: Path):
    command = [sys.executable, "-c", PARENT, str(seed_file)]
    parent = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    port = int(parent.stdout.readline().strip().rstrip("/").rpartition(":")[2])
    parent.kill()
    parent.communicate()
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return
        time.sleep(0.05)
    pytest.fail("the workspace outlived its parent")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--seed", "nothing.json"], 2, "The seed file nothing.json cannot be read"),
        (["--seed", __file__], 2, "The seed is not a workspace"),
    ],
)
def test_a_wrong_seed_stops_the_start(arguments: list[str], code: int, words: str):
    process = start(*arguments)
    _, stderr = process.communicate(timeout=240)
    assert (process.returncode, words in stderr) == (code, True)
    assert "Traceback" not in stderr
