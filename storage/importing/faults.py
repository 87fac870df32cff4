"""A hook for the tests of what a killed import leaves behind; it does nothing in normal use."""

import os
import signal

KILL_AT = "TURF_TEST_KILL_AT"
"""`staged`, `mid-merge`, `after-ledger`, `before-commit` or `committed`, set by a test: the process kills itself there."""


def reach(name: str) -> None:
    """Say that the import got to a named point."""
    if os.environ.get(KILL_AT) == name:
        os.kill(os.getpid(), signal.SIGKILL)
