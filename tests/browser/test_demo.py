"""The sample company in a real Chromium: a rep's card, Why?, and the manager's table."""

import re
import shutil
from pathlib import Path

import pytest
from playwright.async_api import Browser, ViewportSize, expect

from bot.demo.company import OPS
from tests.support.accessibility import grave
from tests.support.demo import sample_demo
from tests.support.digest_hands import NOW
from tests.support.hands import PATIENT, Mouse, say
from tests.support.slack import SlackClient
from tests.support.tour import PHONE, WIDE, Stop, tour
from tests.support.turf import running_turf
from tests.support.walk import message, window

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


@pytest.mark.slow
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["desktop", "phone"])
async def test_from_an_invitation_to_the_first_digest(
    browser: Browser, sample_file: Path, tmp_path: Path, size: ViewportSize
) -> None:
    """As `make demo` starts it: the bot is invited, a channel subscribed, the clock set to Monday, the digest read."""
    async with sample_demo(sample_file, tmp_path) as demo:
        async with SlackClient(demo.url) as slack:
            await slack.post("/_test/clock", {"at": NOW.isoformat()})  # the day of the sample
        page = await browser.new_page(viewport=size)
        hands, form, clock = Mouse(page), window(page), page.locator("details.clock")
        await page.goto(f"{demo.url}?as={OPS}&channel=asia-pacific")
        await say(hands, "/digest")
        await expect(form.locator("[data-block=held]")).to_contain_text(
            "Invite me there with /invite @turf", timeout=PATIENT
        )
        await hands.leave()
        await page.keyboard.type("/invite @turf")
        await page.keyboard.press("Enter")
        await expect(message(page, "was added to #asia-pacific by Olga Petrova")).to_be_visible()
        await say(hands, "/digest")
        await expect(form).to_contain_text("This would be posted now", timeout=PATIENT)
        await expect(form.get_by_label("What it is about")).to_have_value("Sales (team)")
        await hands.press(form.get_by_role("button", name="Subscribe"))
        await expect(form).to_contain_text("Next: Mon, Nov 30, 09:00 in New York", timeout=PATIENT)
        await hands.leave()
        if size is PHONE:
            await hands.press(page.get_by_role("button", name="Channels and people"))
        await hands.press(clock.locator("summary"))
        await page.get_by_label("Or set it to").fill("2026-11-30T09:00")
        await hands.press(page.get_by_role("button", name="Set", exact=True))
        await expect(clock).to_contain_text("Mon, 30 Nov 2026, 09:00")
        await page.keyboard.press("Escape")
        digest = message(page, "behind pace for Q4")
        await expect(digest).to_be_visible(timeout=60_000)
        await expect(digest.get_by_role("button", name="Why?")).to_be_visible()
        assert await grave(page) == []
        await page.close()


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
