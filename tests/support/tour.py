"""A walk through the demo in a browser, with stops: the tests look around there, the screenshots are taken there."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from playwright.async_api import Browser, Locator, Page, ViewportSize, expect

from bot.demo.company import MANAGER, REP

PATIENT = 30_000
"""Milliseconds: the machine may be busy."""
WIDE: ViewportSize = {"width": 1280, "height": 1120}
PHONE: ViewportSize = {"width": 390, "height": 1500}


@dataclass(frozen=True, slots=True)
class Stop:
    """Where the walk stands: what is to be seen is in `part`."""

    name: str
    page: Page
    part: Locator


async def tour(browser: Browser, url: str, size: ViewportSize) -> AsyncIterator[Stop]:
    """The rep's card, Why?, what gets the rep there, the manager's table, and the second page of the manager's Why?."""
    page = await browser.new_page(viewport=size)
    card = await _targets(page, url, REP)
    yield Stop("rep", page, card)
    yield Stop("why", page, await _why(page, card))
    await page.keyboard.press("Escape")
    yield Stop("closing", page, await _closing(page, card))
    card = await _targets(page, url, MANAGER)
    yield Stop("manager", page, card)
    window = await _why(page, card)
    await window.get_by_role("button", name="Older").click()
    await expect(window).to_contain_text("Page 2 of", timeout=PATIENT)
    yield Stop("manager-why", page, window)
    await page.close()


async def _targets(page: Page, url: str, who: str) -> Locator:
    await page.goto(f"{url}/?as={who}")
    await page.get_by_role("combobox", name="Message general").fill("/targets")
    await page.keyboard.press("Enter")
    card = page.locator(".message", has_text="Where it stands:").last
    await expect(card).to_be_visible(timeout=PATIENT)
    return card


async def _closing(page: Page, card: Locator) -> Locator:
    await card.get_by_role("button", name="What gets me there").click()
    window = page.get_by_role("dialog")
    await expect(window).to_contain_text("to go.", timeout=PATIENT)
    return window


async def _why(page: Page, card: Locator) -> Locator:
    await card.get_by_role("button", name="Why?").click()
    window = page.get_by_role("dialog")
    await expect(window).to_contain_text("Credited", timeout=PATIENT)
    return window
