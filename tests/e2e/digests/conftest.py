"""One way in and one database: what differs between them has tests of its own. Nobody has subscribed to anything."""

import shutil
from pathlib import Path

import pytest

from tests.support.digest_hands import begin_anew
from tests.support.slack import SlackClient
from tests.support.turf import Mode, Turf


@pytest.fixture(scope="module")
def mode() -> Mode:
    return "http"


@pytest.fixture(scope="module")
def company_url(sample_file: Path, folder: Path) -> str:
    return f"sqlite:///{shutil.copyfile(sample_file, folder / 'digests.db')}"


@pytest.fixture(autouse=True)
async def nobody_subscribed(turf: Turf, slack: SlackClient) -> None:
    await begin_anew(turf)
