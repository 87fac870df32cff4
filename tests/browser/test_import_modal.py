"""The modal of /turf import in a real Chromium: files are chosen, listed, taken out, and handed in."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from bot.demo.company import OPS
from tests.support.turf import Turf, running_turf

pytestmark = pytest.mark.browser
PATIENT = 20_000


@pytest.fixture
async def turf(sample_file: Path, tmp_path: Path) -> AsyncIterator[Turf]:
    shutil.copyfile(sample_file, tmp_path / "turf.db")
    async with running_turf(f"sqlite:///{tmp_path}/turf.db", tmp_path) as running:
        yield running


@pytest.mark.parametrize("width", [1280, 390])
async def test_files_are_chosen_listed_and_handed_in(browser: Browser, turf: Turf, tmp_path: Path, width: int) -> None:
    people, deals = tmp_path / "people.csv", tmp_path / "Verträge März.csv"
    people.write_text("person,name,role\nzoe,Zoe,rep\n", encoding="utf-8")
    deals.write_text("deal,status\nD1,open\n", encoding="utf-8")
    page = await browser.new_page(viewport={"width": width, "height": 900})
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    await page.goto(f"{turf.slack.base_url}/?as={OPS}&channel=general")
    await page.locator("#composer-text").fill("/turf import")
    await page.keyboard.press("Enter")
    window = page.get_by_role("dialog")
    field = window.get_by_label("Files").first
    await expect(field).to_be_visible(timeout=PATIENT)
    await field.set_input_files([people, deals])
    listed = window.get_by_role("list", name="Files").get_by_role("listitem")
    await expect(listed).to_have_count(2, timeout=PATIENT)
    await window.get_by_role("button", name="Import").click()
    await expect(window.get_by_text("Which kind is Verträge März.csv?")).to_be_visible(timeout=PATIENT)
    await expect(listed).to_have_count(2)
    await window.get_by_role("button", name="Remove Verträge März.csv").click()
    await expect(listed).to_have_count(1)
    await window.get_by_role("button", name="Import").click()
    await expect(window.get_by_text("I have your file")).to_be_visible(timeout=PATIENT)
    assert complaints == []
