"""The sample company in a real Chromium: a rep's card, Why?, and the manager's table."""

import re
import shutil
from pathlib import Path

import pytest
from playwright.async_api import Browser, ViewportSize, expect

from tests.support.accessibility import grave
from tests.support.tour import PHONE, WIDE, Stop, tour
from tests.support.turf import running_turf

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["desktop", "phone"])
async def test_the_tour(browser: Browser, sample_file: Path, tmp_path: Path, size: ViewportSize) -> None:
    copy = shutil.copyfile(sample_file, tmp_path / "turf.db")
    seen = []
    async with running_turf(f"sqlite:///{copy}", tmp_path) as turf:
        async for stop in tour(browser, turf.slack.base_url, size):
            seen.append(stop.name)
            await LOOK[stop.name](stop)
            assert await _overflow(stop) <= 0, f"{stop.name} is wider than the window"
            assert await grave(stop.page) == []
    assert seen == list(LOOK)


async def _overflow(stop: Stop) -> int:
    """How many pixels of the page lie beyond its right edge."""
    return int(await stop.page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


async def _rep(stop: Stop) -> None:
    await expect(stop.part).to_contain_text(re.compile(r"Ana Silva: \d+\s% behind pace"))
    await expect(stop.part).to_contain_text("Only visible to you")
    await expect(stop.part.get_by_role("button", name="Why?")).to_be_visible()


async def _why(stop: Stop) -> None:
    await expect(stop.part).to_contain_text(re.compile(r"Credited \$[\d,]+\.\d\d, target \$[\d,]+\.\d\d"))


async def _closing(stop: Stop) -> None:
    await expect(stop.part).to_contain_text(re.compile(r"The fewest open deals that get you there: \d+ of \d+"))
    await expect(stop.part.get_by_role("checkbox", checked=True).first).to_be_visible()


async def _manager(stop: Stop) -> None:
    await expect(stop.part).to_contain_text("Marcus Chen and team")
    await expect(stop.part.get_by_role("table").first).to_contain_text("behind pace")


async def _second_page(stop: Stop) -> None:
    await expect(stop.part.get_by_role("button", name="Newer")).to_be_visible()


LOOK = {"rep": _rep, "why": _why, "closing": _closing, "manager": _manager, "manager-why": _second_page}
