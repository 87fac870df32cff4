"""Who is at work on what: by the machine's clock, whatever the product takes for now.

A clock that is set forward or back, as in a demo, neither frees what someone is at work on nor holds it up.
"""

import os
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_

TEST_SECONDS = "TURF_TEST_LEASE_SECONDS"
"""Set by a test that kills workers, so that it need not wait for a minute each time."""
LEASE = timedelta(seconds=float(os.environ.get(TEST_SECONDS, "60")))
"""For how long somebody is believed to be at work without another sign of life."""
APART = LEASE
"""By how much the clocks of two workers may differ, and a moment may lie back that was asked for before a wait."""
BEAT = LEASE / 3
"""Between two signs of life."""


def machine_time() -> datetime:
    return datetime.now(UTC)


def free(lease_until: ColumnElement[Any], machine: datetime) -> ColumnElement[bool]:
    """Nobody is at work: no lease, one that is over, or one from before the machine's clock was set back."""
    return or_(lease_until.is_(None), lease_until <= machine, lease_until > machine + LEASE + APART)
