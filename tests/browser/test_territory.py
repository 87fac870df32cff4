"""A territory in Chromium with the running product and its worker: card, history, areas, and a map that comes by direct message."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, ViewportSize, expect

from tests.support.accessibility import troubles
from tests.support.hands import PATIENT, Mouse
from tests.support.territory_walk import walk_of_a_territory
from tests.support.turf import running_turf
from tests.support.walk import Walk

pytestmark = [pytest.mark.browser, pytest.mark.slow]
expect.set_options(timeout=PATIENT)
PHONE: ViewportSize = {"width": 390, "height": 844}
WIDE: ViewportSize = {"width": 1280, "height": 800}


@pytest.fixture
async def walk(browser: Browser, sample_file: Path, tmp_path: Path, size: ViewportSize) -> AsyncIterator[Walk]:
    copy = shutil.copyfile(sample_file, tmp_path / "turf.db")
    async with running_turf(f"sqlite:///{copy}", tmp_path, worker=True) as turf:
        yield Walk(turf, browser, size, Mouse)


@pytest.mark.parametrize("size", [pytest.param(PHONE, id="phone"), pytest.param(WIDE, id="wide")])
async def test_a_territory_from_its_card_to_its_map(walk: Walk) -> None:
    seen = []
    async for stop in walk_of_a_territory(walk):
        assert await troubles(stop.page) == [], stop.name
        seen.append(stop.name)
    assert seen == ["area", "patch", "history", "map", "areas", "partner"]
    assert walk.complaints == []
    assert await walk.turf.slack.refusals() == []
