"""The page of the local workspace in a real Chromium, with the toy app."""

import re
import time
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, expect

from tests.support.local_workspace import Local, local_workspace

pytestmark = [pytest.mark.browser, pytest.mark.slow]
expect.set_options(timeout=20_000)  # the machine may be busy
WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}


@pytest.fixture
async def local() -> AsyncIterator[Local]:
    async with local_workspace() as running:
        yield running


async def opened(
    browser: Browser, local: Local, size: dict[str, int] = WIDE, path: str = "/?as=mona"
) -> tuple[Page, list[str]]:
    """A page of Mona's, and what it complained about."""
    page = await browser.new_page(viewport=size)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on(
        "request", lambda request: complaints.append(request.url) if not request.url.startswith(local.url) else None
    )
    await page.goto(local.url + path)
    return page, complaints


async def type_and_send(page: Page, text: str) -> None:
    await page.get_by_role("combobox", name="Message general").fill(text)
    await page.keyboard.press("Enter")


async def test_a_card_a_window_a_form_with_the_keyboard_alone(browser: Browser, local: Local):
    page, complaints = await opened(browser, local)
    await page.keyboard.type("/to")
    await expect(page.get_by_role("option")).to_have_count(2)
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("combobox", name="Message general")).to_have_value("/toy ")
    await page.keyboard.press("Enter")

    card = page.locator(".message", has_text="Central, this quarter")
    await expect(card).to_contain_text("Only visible to you")
    await expect(card.locator("strong", has_text="$1.46M")).to_be_visible()
    await card.get_by_role("button", name="Why?").focus()
    await page.keyboard.press("Enter")
    window = page.get_by_role("dialog")
    await expect(window).to_contain_text("Page 1 of 3")
    await window.get_by_role("button", name="Next").press("Enter")
    await expect(window).to_contain_text("Page 2 of 3")

    await window.get_by_role("button", name="Open a deal").press("Enter")
    amount = window.get_by_label("Amount")
    await expect(amount).to_be_focused()
    await amount.fill("a lot")
    await window.get_by_label("For").select_option("Ana Silva")
    await amount.press("Enter")
    await expect(window).to_contain_text("I cannot read 'a lot' as an amount.")
    await expect(amount).to_have_value("a lot")
    await page.keyboard.press("Escape")
    await expect(window).to_contain_text("Page 2 of 3")
    await page.keyboard.press("Escape")
    await expect(window).to_have_count(0)
    assert complaints == []


async def test_tables_menus_and_confirmations(browser: Browser, local: Local):
    page, complaints = await opened(browser, local)
    await type_and_send(page, "/toy")
    card = page.locator(".message").last
    rows = card.locator("tbody tr:visible th")
    await expect(rows).to_have_text(["Ana Silva", "Ben Okoro", "Chen Li", "Dara Novak", "Eva Stein"])
    await card.get_by_role("button", name="Next rows").click()
    await expect(rows).to_have_text(["Femi Ade", "Gus Berg"])
    await card.get_by_role("button", name="Credited").click()
    await expect(rows.first).to_have_text("Dara Novak")
    await expect(card.get_by_role("columnheader", name="Credited")).to_have_attribute("aria-sort", "ascending")

    await card.get_by_label("Period").select_option("Last quarter")
    await expect(card).to_contain_text("Central, last quarter")
    await expect(card.get_by_label("Period")).to_have_value("last-quarter")

    await card.get_by_label("More actions").click()
    await page.get_by_role("menuitem", name="Export").click()
    await card.get_by_role("button", name="Delete").click()
    await page.get_by_role("button", name="Keep").click()
    await expect(card).to_contain_text("Central")
    await card.get_by_role("button", name="Delete").click()
    await page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    await expect(page.locator(".message")).to_have_count(0)
    assert [payload["actions"][0]["action_id"] for payload in local.bot.got[1:]] == ["period", "more", "delete"]
    assert complaints == []


async def test_charts_have_words(browser: Browser, local: Local):
    page, complaints = await opened(browser, local)
    await type_and_send(page, "/toy charts")
    await expect(page.locator("figure.chart")).to_have_count(4)
    await expect(page.get_by_role("img", name=re.compile("Credited against target"))).to_have_count(3)
    pie = page.get_by_role("table", name="Where it came from")
    await expect(pie.get_by_role("row").nth(1)).to_have_text("New6262.0%")
    assert complaints == []


async def test_others_see_it_without_reload_and_html_stays_text(browser: Browser, local: Local):
    mona, complaints = await opened(browser, local)
    ben, _ = await opened(browser, local, path="/?as=ben")
    await type_and_send(mona, "<img src=x onerror=alert(1)> *bold* @toy")
    message = ben.locator(".message").first
    await expect(message).to_contain_text("<img src=x onerror=alert(1)> bold @Toy")
    await expect(message.locator("img")).to_have_count(0)
    await expect(message.locator("strong", has_text=re.compile("^bold$"))).to_be_visible()
    await expect(ben.locator(".message").nth(1)).to_contain_text("You said:")
    await mona.get_by_role("link", name="random").click()
    await expect(mona.get_by_role("heading", name="random")).to_be_visible()
    await type_and_send_elsewhere(ben)
    await expect(mona.locator(".place.new", has_text="general")).to_be_visible()
    assert complaints == []


async def type_and_send_elsewhere(page: Page) -> None:
    await type_and_send(page, "news")
    await expect(page.locator(".message", has_text="news")).to_be_visible()


async def test_a_failing_app_is_said_in_slack_s_words(browser: Browser, local: Local):
    page, complaints = await opened(browser, local)
    await type_and_send(page, "/toy fail")
    await expect(page.locator(".message")).to_contain_text('/toy failed with the error "dispatch_failed"')
    await page.get_by_role("button", name="Dismiss").click()
    await expect(page.locator(".message")).to_have_count(0)
    assert complaints == []


async def test_on_a_phone_the_sidebar_is_a_drawer_and_nothing_sticks_out(browser: Browser, local: Local):
    page, complaints = await opened(browser, local, PHONE)
    sidebar = page.get_by_role("complementary", name="Workspace")
    await expect(sidebar).not_to_be_visible()
    await type_and_send(page, "/toy")
    await expect(page.locator(".message")).to_contain_text("Central")
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    menu = page.get_by_role("button", name="Channels and people")
    await menu.click()
    await expect(sidebar).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(sidebar).not_to_be_visible()
    await expect(menu).to_be_focused()
    await menu.click()
    await page.locator(".people summary").click()
    await page.get_by_label("Find a person").fill("rep")
    await page.get_by_role("link", name="Ben Okoro").click()
    await expect(page).to_have_url(re.compile("as=UBEN"))
    assert complaints == []


LONG = "Manager, Americas North West and Pacific"


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
async def test_a_long_role_leaves_room_for_the_name(browser: Browser, local: Local, size: dict[str, int]):
    page, complaints = await opened(browser, local, size)
    if size is PHONE:
        await page.get_by_role("button", name="Channels and people").click()
    await page.locator(".people summary").click()
    ben = page.get_by_role("link", name="Ben Okoro")
    await expect(ben.locator(".note")).to_have_text("Nordics")
    await ben.locator(".note").evaluate("(place, long) => place.textContent = long", LONG)
    heading = page.get_by_role("heading", name="Rep")
    await heading.evaluate("(role, long) => role.textContent = long", LONG)
    heading = page.get_by_role("heading", name=LONG)
    assert await heading.evaluate("role => role.scrollWidth <= role.clientWidth")
    assert await ben.get_by_text("Ben Okoro").evaluate("name => name.scrollWidth <= name.clientWidth")
    assert await ben.evaluate("link => link.scrollWidth <= link.clientWidth")
    assert complaints == []


async def test_home(browser: Browser, local: Local):
    page, complaints = await opened(browser, local)
    await page.get_by_role("link", name="Toy", exact=True).click()
    await page.get_by_role("link", name="Home").click()
    await expect(page.get_by_role("heading", name="What needs you")).to_be_visible()
    assert complaints == []


async def test_a_long_channel_is_quick(browser: Browser, local: Local):
    general = local.ws.channel("general")
    for number in range(5_000):
        local.ws.post(general, user="UBEN", text=f"line {number}")
    started = time.monotonic()
    page, complaints = await opened(browser, local)
    await expect(page.locator(".message").last).to_contain_text("line 4999")
    shown = time.monotonic()
    await page.get_by_role("combobox", name="Message general").fill("/toy")
    clicked = time.monotonic()
    await page.get_by_role("button", name="Send").click()
    await expect(page.locator(".message").last).to_contain_text("Central, this quarter")
    answered = time.monotonic()
    assert shown - started < 10, "seconds until the channel is shown"
    assert answered - clicked < 5, "seconds from click to card"
    assert complaints == []


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
async def test_the_app_and_people_are_invited_and_removed(browser: Browser, local: Local, size: dict[str, int]):
    page, complaints = await opened(browser, local, size, "/?as=mona&channel=random")
    ben, _ = await opened(browser, local, size, "/?as=ben&channel=random")
    await expect(ben.locator(".outside")).to_be_visible()
    box = page.locator("#composer-text")
    for typed, offered, invited in (("@to", "@toy", "Toy"), ("@okoro", "@ben", "Ben Okoro")):
        await box.click()
        await page.keyboard.type("/inv")
        await expect(page.get_by_role("option")).to_contain_text("Bring people or the app into a channel")
        await page.keyboard.press("Tab")
        await page.keyboard.type(typed)
        await expect(page.get_by_role("option")).to_contain_text(offered)
        await page.keyboard.press("Tab")
        await expect(box).to_have_value(f"/invite {offered} ")
        await page.keyboard.press("Enter")
        note = page.locator(".message.aside", has_text=invited)
        await expect(note).to_contain_text("was added to #random by Mona Weber")
    await expect(page.locator(".members")).to_have_text("3 members")
    await expect(ben.locator("#composer-text")).to_be_visible()
    await box.fill("/remove @ben")
    await page.keyboard.press("Enter")
    await expect(page.locator(".message.aside").last).to_contain_text("was removed from #random by Mona Weber")
    await expect(ben.locator(".outside")).to_be_visible()
    await box.fill("/remove @ben ")
    await page.keyboard.press("Enter")
    await expect(page.locator(".message").last).to_contain_text("Ben Okoro is not in #random.")
    assert complaints == []
