"""A hook for the tests of what a killed process leaves behind; it does nothing in normal use."""

import os
import signal

KILL_AT = "TURF_TEST_KILL_AT"
"""Set by a test to the name of a point: the process kills itself there.

An import passes `staged`, `mid-merge`, `after-ledger`, `before-commit` and `committed`; a message that is sent `claimed`,
`before-call` and `after-call`; what an import moved `telling` and `told`;
digests that are due `planning` and `planned`; a job
`job-claimed`, `job-run` (before its commit) and `job-done`; a change of territories `applying`, `applied-rows`,
`applied-ledger` and `applied`, all before its commit.
"""


def reach(name: str) -> None:
    """Say that a named point was reached."""
    if os.environ.get(KILL_AT) == name:
        os.kill(os.getpid(), signal.SIGKILL)
