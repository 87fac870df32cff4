"""A map of 10,000 accounts, as a worker has it drawn: a process that starts, reads the outlines, draws and ends.

The peer is the same process for a single account: what is left is what the accounts cost. The budget is absolute. Times
are of the processor.
"""

import random
import resource
import statistics
import subprocess
import sys

from bench.rows import Row
from domain.maps.picture import Picture, Point

ACCOUNTS, ROUNDS = 10_000, 5
SECONDS = 2.0


def run() -> list[Row]:
    draw = random.Random(1)
    points = [
        Point((draw.uniform(30, 48), draw.uniform(-122, -75)), draw.random(), draw.randrange(7))
        for _ in range(ACCOUNTS)
    ]
    many, one = _picture(points), _picture(points[:1])
    measured = [(_seconds(many), _seconds(one)) for _ in range(ROUNDS)]
    ours, peer = (statistics.median(times) for times in zip(*measured, strict=True))
    what = f"a map of {ACCOUNTS:,} accounts (peer: of one)"
    return [Row(what, f"{ours:.2f} s", f"{peer:.2f} s", ours / peer, SECONDS / peer)]


def _picture(points: list[Point]) -> str:
    groups = tuple(f"Owner {n}" for n in range(7))
    return Picture("Everything", "accounts", tuple(points), groups=groups).to_json()


def _seconds(picture: str) -> float:
    before = _used()
    subprocess.run([sys.executable, "-m", "domain.maps"], input=picture.encode(), check=True, capture_output=True)
    return _used() - before


def _used() -> float:
    """The processor's time of all processes that we started and that ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
