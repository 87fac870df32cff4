"""From the start of the web process to its first 200, and its memory then, beside bare Bolt."""

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.ack import free_port
from bench.rows import Row

ROUNDS = 7
PATIENCE = 30


def _start(name: str, folder: str) -> tuple[float, float]:
    """Seconds to the first answer of any kind over HTTP, and resident megabytes then."""
    port = free_port()
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.ack_servers", name, str(port), "http://127.0.0.1:9/api/"],
        stderr=subprocess.PIPE,
        env={**os.environ, "DATABASE_URL": f"sqlite:///{folder}/empty.db"},
    )
    try:
        while not _answers(port):
            if process.poll() is not None or time.perf_counter() - started > PATIENCE:
                process.kill()
                raise RuntimeError(f"the server {name} does not start: {process.communicate()[1].decode()}")
            time.sleep(0.002)
        return time.perf_counter() - started, _resident(process.pid)
    finally:
        process.terminate()
        process.communicate(timeout=10)


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(b"GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n")
            return connection.recv(12).startswith(b"HTTP/1.1 ")
    except OSError:
        return False


def _resident(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def run(rounds: int = ROUNDS) -> list[Row]:
    """Starts in turn; the first ones are only to warm the disk's cache."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("turf", "bolt"):
            _start(name, folder)
        measured = [(_start("turf", folder), _start("bolt", folder)) for _ in range(rounds)]
    seconds = [(ours[0], peer[0]) for ours, peer in measured]
    memory = [(ours[1], peer[1]) for ours, peer in measured]
    mine, theirs = (statistics.median(values) for values in zip(*seconds, strict=True))
    ours_mb, peer_mb = (statistics.median(values) for values in zip(*memory, strict=True))
    return [
        Row("start to the first 200 (budget 1.0 s)", f"{mine:.2f} s", f"{theirs:.2f} s", mine / 1.0, 1.0),
        Row("memory after the start (budget 100 MB)", f"{ours_mb:.0f} MB", f"{peer_mb:.0f} MB", ours_mb / 100, 1.0),
    ]
