"""Everything goes with the keyboard alone, and the focus is always to be seen and never lost."""

import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, ViewportSize, expect

from bot.demo.company import MANAGER
from tests.support.accessibility import troubles
from tests.support.keyboard import SEEN, tab_to
from tests.support.local_workspace import Local, local_workspace
from tests.support.turf import running_turf

pytestmark = pytest.mark.browser
expect.set_options(timeout=20_000)  # the machine may be busy
WIDE: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}
SIZES = pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
NOTE = {"name": "Keep it", "callback_id": "keep", "type": "message"}


@pytest.fixture
async def local() -> AsyncIterator[Local]:
    async with local_workspace(shortcuts=[NOTE]) as running:
        yield running


@pytest.mark.parametrize("way", ["×", "Cancel", "Escape"])
async def test_a_window_that_closes_gives_the_keys_back_to_the_message_box(
    browser: Browser, local: Local, way: str
) -> None:
    page = await browser.new_page(viewport=WIDE)
    await page.goto(f"{local.url}/?as=mona")
    box, window = page.locator("#composer-text"), page.get_by_role("dialog")
    await box.click()
    await page.keyboard.type("/toy form")
    await page.keyboard.press("Enter")
    await expect(window.get_by_label("Amount")).to_be_focused()
    if way == "Escape":
        await page.keyboard.press("Escape")
    else:
        await window.get_by_role("button", name="Close" if way == "×" else way, exact=True).click()
    await expect(window).to_have_count(0)
    await expect(box).to_be_focused()
    await page.keyboard.type("hello")
    await expect(box).to_have_value("hello")


@SIZES
async def test_targets_why_and_another_period(
    browser: Browser, sample_file: Path, tmp_path: Path, size: ViewportSize
) -> None:
    copy = shutil.copyfile(sample_file, tmp_path / "turf.db")
    async with running_turf(f"sqlite:///{copy}", tmp_path) as turf:
        page = await browser.new_page(viewport=size)
        await page.goto(f"{turf.slack.base_url}/?as={MANAGER}")
        await _ask(page)
        await _through_why(page)
        await _another_period(page)
        assert await page.evaluate(SEEN)


async def _ask(page: Page) -> None:
    composer = page.get_by_role("combobox", name="Message general")
    await tab_to(page, composer)
    await page.keyboard.type("/targ")
    await expect(page.locator("#completion [role=option]")).to_have_count(1)
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    card = page.get_by_role("log", name="Messages").locator(".message")
    await expect(card.get_by_text("Marcus Chen and team:", exact=False).first).to_be_in_viewport()
    await expect(composer).to_be_focused()
    await tab_to(page, page.get_by_role("button", name="Why?"), "Shift+Tab")


async def _through_why(page: Page) -> None:
    await page.keyboard.press("Enter")
    window = page.get_by_role("dialog")
    await expect(window).to_contain_text("Page 1 of")
    await tab_to(page, window.get_by_role("button", name="Older"))
    await page.keyboard.press("Enter")
    await expect(window).to_contain_text("Page 2 of")
    await expect(window.get_by_role("button", name="Older")).to_be_focused()
    await tab_to(page, window.get_by_role("button", name="Newer"), "Shift+Tab")
    await page.keyboard.press("Enter")
    await expect(window).to_contain_text("Page 1 of")
    assert await window.evaluate("one => one.contains(document.activeElement)")
    await page.keyboard.press("Escape")
    await expect(window).to_have_count(0)
    await expect(page.get_by_role("button", name="Why?")).to_be_focused()


async def _another_period(page: Page) -> None:
    period = page.get_by_label("Another period")
    await tab_to(page, period)
    await page.keyboard.press("ArrowDown")
    headline = page.locator(".message").get_by_text(re.compile("Q3 2026 ended at"))
    await expect(headline.first).to_be_in_viewport()
    await expect(page.get_by_label("Another period")).to_be_focused()


@SIZES
async def test_escape_closes_the_top_layer_and_the_focus_goes_back(
    browser: Browser, local: Local, size: ViewportSize
) -> None:
    await local.slack.as_("ben").says("worth keeping")
    page = await browser.new_page(viewport=size)
    await page.goto(f"{local.url}/?as=mona")
    await expect(page.locator(".message")).to_have_count(1)
    await _menu_of_a_message(page)
    await _thread_and_completion(page)
    await _drawer_and_people(page, drawer=size is PHONE)


async def _menu_of_a_message(page: Page) -> None:
    menu = page.locator("#messages .tools summary")
    await tab_to(page, menu, "Shift+Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("menuitem", name="Keep it")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(menu).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("menuitem", name="Keep it")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(menu).to_be_focused()


async def _thread_and_completion(page: Page) -> None:
    opener = page.get_by_role("button", name="Reply in a thread")
    await tab_to(page, opener, "Shift+Tab")
    await page.keyboard.press("Enter")
    thread = page.get_by_role("complementary", name="Thread")
    await expect(thread.get_by_role("textbox", name="Reply")).to_be_focused()
    if page.viewport_size == WIDE:
        await tab_to(page, page.locator("#composer-text"), "Shift+Tab")
        await page.keyboard.type("/to")
        await page.keyboard.press("Escape")
        await expect(page.locator("#completion")).to_be_hidden()
        await expect(thread).to_be_visible()
        await page.locator("#composer-text").fill("")
    await page.keyboard.press("Escape")
    await expect(thread).to_have_count(0)
    await expect(opener).to_be_focused()


async def _drawer_and_people(page: Page, *, drawer: bool) -> None:
    menu = page.get_by_role("button", name="Channels and people")
    if drawer:
        await tab_to(page, menu, "Shift+Tab")
        await page.keyboard.press("Enter")
    people = page.locator(".people summary")
    await tab_to(page, people, "Tab" if drawer else "Shift+Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Find a person")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(people).to_be_focused()
    if drawer:
        await page.keyboard.press("Escape")
        await expect(menu).to_be_focused()


@SIZES
async def test_several_are_picked_and_put_back(browser: Browser, local: Local, size: ViewportSize) -> None:
    page = await browser.new_page(viewport=size)
    await page.goto(f"{local.url}/?as=mona")
    await page.get_by_role("combobox", name="Message general").fill("/toy form")
    await page.keyboard.press("Enter")
    field = page.get_by_role("dialog").get_by_role("combobox", name="Compare with")
    await page.get_by_label("Their manager").focus()
    await tab_to(page, field)
    chosen = page.get_by_role("list", name="Chosen").get_by_role("listitem")
    for words, count in (("this", 1), ("last", 2)):
        await page.keyboard.type(words)
        await expect(page.get_by_role("option", name=re.compile(words, re.IGNORECASE)).first).to_be_visible()
        await page.keyboard.press("Enter")
        await expect(chosen).to_have_count(count)
        await expect(field).to_be_focused()
        await expect(field).to_have_value("")
    await expect(page.locator(".picks [role=status]")).to_have_text("Last quarter added, 2 chosen.")
    await page.keyboard.press("ArrowDown")
    left = page.get_by_role("listbox", name="What fits").get_by_role("option")
    await expect(left).to_have_text(["This year"])
    await page.keyboard.press("Enter")
    await expect(page.locator("#toasts")).to_contain_text("At most 2 can be chosen here.")
    assert not await troubles(page)
    await field.fill("")
    first = page.get_by_role("button", name="Remove This quarter")
    await tab_to(page, first, "Shift+Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Remove Last quarter")).to_be_focused()
    await page.keyboard.press("Tab")
    await expect(field).to_be_focused()
    await page.keyboard.press("Backspace")
    await expect(chosen).to_have_count(0)
    await expect(page.locator(".picks [role=status]")).to_have_text("Last quarter removed, 0 chosen.")
    await page.keyboard.type("last")
    await expect(page.get_by_role("option", name="Last quarter")).to_be_visible()
    await page.keyboard.press("Enter")
    await page.get_by_label("Amount").fill("5")
    await page.get_by_label("For").select_option("Ana Silva")
    await page.get_by_role("button", name="Save").press("Enter")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    sent = next(one for one in reversed(local.bot.got) if one.get("type") == "view_submission")
    state = sent["view"]["state"]["values"]["compare"]["value"]
    assert [one["value"] for one in state["selected_options"]] == ["last-quarter"]


async def test_what_arrives_is_said_to_who_does_not_see_it(browser: Browser, local: Local) -> None:
    page = await browser.new_page(viewport=WIDE)
    await page.goto(f"{local.url}/?as=mona")
    region = page.get_by_role("log", name="Messages")
    before = await region.element_handle()
    await local.slack.as_("ben").says("news")
    await expect(region).to_contain_text("news")
    assert before is not None
    assert await before.evaluate("one => one.isConnected && one.textContent.includes('news')")
    assert await _live(page, "[role=log]") == "polite"
    assert await _live(page, "#toasts") == "polite"


async def _live(page: Page, selector: str) -> str:
    """How a part of the page announces changes, as Chromium tells assistive technology."""
    client = await page.context.new_cdp_session(page)
    document = await client.send("DOM.getDocument")
    found = await client.send("DOM.querySelector", {"nodeId": document["root"]["nodeId"], "selector": selector})
    tree = await client.send("Accessibility.getPartialAXTree", {"nodeId": found["nodeId"], "fetchRelatives": False})
    properties = {one["name"]: one["value"]["value"] for one in tree["nodes"][0]["properties"]}
    return str(properties["live"])
