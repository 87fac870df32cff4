"""The command line as a process of its own, at the instant that a test says."""

import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

from tools.files import ROOT

PATIENCE = 120
"""Seconds until a command counts as stuck."""


def turf(*arguments: str | Path, url: str, now: datetime, folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Run `turf` on the database at `url`; `folder` gets the clock's file."""
    clock = folder / "clock"
    clock.write_text(now.isoformat(), encoding="utf-8")
    # The clock of a file is refused unless Slack is on this machine; nobody calls it.
    local = {"TURF_CLOCK_FILE": str(clock), "SLACK_API_URL": "http://127.0.0.1:9/api/"}
    return subprocess.run(
        [sys.executable, "-m", "bot", *map(str, arguments)],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "DATABASE_URL": url} | local | env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
