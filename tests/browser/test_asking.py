"""Asking for a change in real Chromium: the form follows what is chosen, on a wide page and on a phone."""

import re
import shutil
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, Page, ViewportSize, expect

from bot.demo.company import MANAGER
from tests.support.accessibility import troubles
from tests.support.asking import features
from tests.support.turf import running_turf

pytestmark = pytest.mark.browser
expect.set_options(timeout=20_000)  # the machine may be busy
WIDE: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}


@pytest.mark.parametrize("size", [pytest.param(WIDE, marks=pytest.mark.slow), PHONE], ids=["wide", "phone"])
async def test_accounts_are_picked_looked_at_and_sent(
    browser: Browser, sample_file: Path, tmp_path: Path, size: ViewportSize
) -> None:
    copy = shutil.copyfile(sample_file, tmp_path / "turf.db")
    async with running_turf(f"sqlite:///{copy}", tmp_path, registry=features()) as turf:
        page = await browser.new_page(viewport=size)
        await page.goto(f"{turf.slack.base_url}/?as={MANAGER}")
        await page.get_by_role("combobox", name="Message general").fill("/territory change New England")
        await page.keyboard.press("Enter")
        window = page.get_by_role("dialog")
        await _another_kind_and_back(window)
        await _pick(page, window, "Accounts", "a", "b", "c")
        await _pick(page, window, "To territory", "New York")
        await window.get_by_label("Why").fill("Closer to her other customers")
        await window.get_by_role("button", name="Terms").click()
        await expect(window.get_by_label("The target of what is moved")).to_be_visible()
        await window.get_by_label("How much of it, measured by").select_option("Number of accounts")
        await window.get_by_role("button", name="Show preview").click()
        await expect(window).to_contain_text("3 accounts from New England to New York")
        await expect(window).to_contain_text("Who decides:")
        assert await window.get_by_label("Why").input_value() == "Closer to her other customers"
        assert not await troubles(page)
        await window.get_by_role("button", name="Send").click()
        await expect(page.get_by_role("dialog")).to_contain_text("Sent: request 1.")
        await page.close()


async def _another_kind_and_back(window: Locator) -> None:
    """What belongs to one kind only comes and goes; what was typed stays."""
    kind = window.get_by_label("What shall change")
    await kind.select_option("Have somebody stand in for a while")
    await expect(window.get_by_label("Last day")).to_be_visible()
    await expect(window.get_by_label("Territory", exact=True)).to_have_value("New England")
    await kind.select_option("Move accounts")
    await expect(window.get_by_label("From territory")).to_have_value("New England")
    await expect(window.get_by_label("Last day")).to_have_count(0)


async def _pick(page: Page, window: Locator, label: str, *typed: str) -> None:
    field = window.get_by_role("combobox", name=label)
    for words in typed:
        await field.press_sequentially(words)
        fits = window.get_by_role("listbox", name="What fits").get_by_role("option")
        await expect(fits.filter(has_text=re.compile(words, re.IGNORECASE)).first).to_be_visible()
        await field.press("Enter")
    if len(typed) > 1:
        await expect(window.get_by_role("list", name="Chosen").get_by_role("listitem")).to_have_count(len(typed))
