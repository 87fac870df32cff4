"""`make screenshots`: docs/images/*.png, the demo at desktop and phone width, with the sample company of a fixed day."""

import asyncio
import sys
import tempfile
from pathlib import Path

from playwright.async_api import Browser, ViewportSize, async_playwright

from bot.demo.data import TIMEZONE
from tests.support.browser import FLAGS, chromium_path
from tests.support.sample import load_sample
from tests.support.tour import PHONE, WIDE, tour
from tests.support.turf import running_turf
from tools.files import ROOT

IMAGES = ROOT / "docs" / "images"
LEAST = 640
"""Pixels of height."""
WHOLE = """() => {
  const area = document.getElementById("scroll");
  const end = area.lastElementChild.getBoundingClientRect().bottom - area.getBoundingClientRect().top + area.scrollTop;
  return Math.ceil(innerHeight - area.clientHeight + end);
}"""


async def take(folder: Path, database_url: str) -> None:
    """Save a picture at each stop of the tour, at each width."""
    async with (
        running_turf(database_url, folder) as turf,
        async_playwright() as playwright,
        await playwright.chromium.launch(executable_path=chromium_path(), args=list(FLAGS)) as browser,
    ):
        for size in (WIDE, PHONE):
            await _save(browser, turf.slack.base_url, size)
            await turf.slack.reset()


async def _save(browser: Browser, url: str, size: ViewportSize) -> None:
    async for stop in tour(browser, url, size):
        await stop.page.mouse.move(0, 0)
        if not await stop.page.get_by_role("dialog").count():
            await stop.page.set_viewport_size({**size, "height": max(LEAST, await stop.page.evaluate(WHOLE))})
        file = IMAGES / f"{stop.name}-{size['width']}.png"
        await stop.page.screenshot(path=file, animations="disabled")
        await stop.page.set_viewport_size(size)
        print(file.relative_to(ROOT))


def main() -> int:
    """Make the sample company and take the pictures."""
    if chromium_path() is None:
        print("Chromium is missing: install it, or set TURF_CHROMIUM to its path.", file=sys.stderr)
        return 1
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="turf-screenshots-") as name:
        url = f"sqlite:///{name}/turf.db"
        load_sample(url, Path(name) / "company", timezone=TIMEZONE)
        asyncio.run(take(Path(name), url))
    return 0


if __name__ == "__main__":
    sys.exit(main())
