"""A hook for the tests of what a killed import leaves behind; it does nothing in normal use."""

import os
import signal

KILL_AT = "TURF_TEST_KILL_AT"
"""Set by a test to `staged`, `mid-merge`, `after-ledger` or `before-commit`: the process kills itself there."""


def reach(name: str) -> None:
    """Say that the import got to a named point."""
    if os.environ.get(KILL_AT) == name:
        os.kill(os.getpid(), signal.SIGKILL)
