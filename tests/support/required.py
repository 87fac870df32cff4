"""Programs that some tests need: without them the tests are skipped, loudly, and on a build machine they fail."""

import os
from typing import NoReturn

import pytest


def missing(name: str, remedy: str) -> NoReturn:
    """Skip the test for want of `name`; with CI=true fail it, for there nothing may be skipped."""
    message = f"{name} is missing: {remedy}"
    if os.environ.get("CI") == "true":
        pytest.fail(message, pytrace=False)
    pytest.skip(message)
