"""`make screenshots`: docs/images/*.png, the demo at desktop and phone width, with the sample company of a fixed day."""

import asyncio
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.async_api import Browser, ViewportSize, async_playwright

from bot.demo.data import TIMEZONE
from tests.support.browser import FLAGS, chromium_path
from tests.support.digest_tour import walk_of_a_digest
from tests.support.hands import Mouse
from tests.support.sample import load_sample
from tests.support.tour import PHONE, WIDE, Stop, tour
from tests.support.turf import Turf, running_turf
from tests.support.walk import Walk, walk_of_a_card, walk_of_a_target, walk_of_operations
from tools.files import ROOT

IMAGES = ROOT / "docs" / "images"
LEAST, MOST = 640, 1120
"""Pixels of height."""
WHOLE = """() => {
  const area = document.getElementById("scroll");
  const end = area.lastElementChild.getBoundingClientRect().bottom - area.getBoundingClientRect().top + area.scrollTop;
  return Math.ceil(innerHeight - area.clientHeight + end);
}"""


SHEET = """() => {
  const sheet = document.querySelector(".sheet"), body = sheet.querySelector(".sheet-body");
  return Math.ceil((sheet.offsetHeight - body.clientHeight + body.scrollHeight) / 0.85);
}"""
WALKED = {
    "set-target": walk_of_a_target,
    "target-told": walk_of_a_target,
    "share": walk_of_a_card,
    "status": walk_of_operations,
}
"""The stops of the walk that have a picture."""


async def take(folder: Path, sample: Path) -> None:
    """Save a picture at each stop of the tour and at some of the walk, at each width."""
    async with (
        async_playwright() as playwright,
        await playwright.chromium.launch(executable_path=chromium_path(), args=list(FLAGS)) as browser,
    ):
        for size in (WIDE, PHONE):
            here = folder / str(size["width"])
            here.mkdir()
            copy = shutil.copyfile(sample, here / "turf.db")
            async with running_turf(f"sqlite:///{copy}", here, worker=True) as turf:
                await _take(browser, turf, size)
                async for stop in walk_of_a_digest(Walk(turf, browser, size, Mouse), here):
                    await _save(stop, size)


async def _take(browser: Browser, turf: Turf, size: ViewportSize) -> None:
    async for stop in tour(browser, turf.slack.base_url, size):
        await _save(stop, size)
    await turf.slack.reset()
    for way in dict.fromkeys(WALKED.values()):
        async for stop in way(Walk(turf, browser, size, Mouse)):
            if stop.name in WALKED:
                await _save(stop, size)


async def _save(stop: Stop, size: ViewportSize) -> None:
    page, last = stop.page, stop.page.viewport_size
    await page.mouse.move(0, 0)
    if await page.get_by_role("dialog").count():
        height = min(await page.evaluate(SHEET), MOST)
    else:
        height = await page.evaluate(WHOLE)
    await page.set_viewport_size({**size, "height": max(LEAST, height)})
    file = IMAGES / f"{stop.name}-{size['width']}.png"
    await page.screenshot(path=file, animations="disabled")
    await page.set_viewport_size(last or size)
    print(file.relative_to(ROOT))


def main() -> int:
    """Make the sample company and take the pictures."""
    if chromium_path() is None:
        print("Chromium is missing: install it, or set TURF_CHROMIUM to its path.", file=sys.stderr)
        return 1
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="turf-screenshots-") as name:
        sample = Path(name) / "sample.db"
        load_sample(f"sqlite:///{sample}", Path(name) / "company", timezone=TIMEZONE)
        asyncio.run(take(Path(name), sample))
    return 0


if __name__ == "__main__":
    sys.exit(main())
