"""Threads, unread marks, files, shortcuts, long channels and the clock on the page, with a Bolt app."""

import re
import time
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.test_sandbox_page import PHONE, WIDE, opened, type_and_send
from tests.support.boltapp import PICTURE, Running, running_bolt

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
async def bolt() -> AsyncIterator[Running]:
    async with running_bolt() as running:
        yield running


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
async def test_a_thread_opens_beside_the_channel_or_over_it(browser: Browser, bolt: Running, size: dict[str, int]):
    await bolt.slack.as_("ben").says("Who knows Globex?")
    page, complaints = await opened(browser, bolt.local, size)
    message = page.locator("#messages .message", has_text="Globex")
    await message.hover()
    await message.get_by_role("button", name="Reply in a thread").click()
    thread = page.get_by_role("complementary", name="Thread")
    await expect(thread).to_contain_text("Who knows Globex?")
    await expect(page).to_have_url(re.compile("thread="))
    await expect(thread.get_by_role("textbox", name="Reply")).to_be_focused()
    await page.keyboard.type("I do")
    await page.keyboard.press("Enter")
    await expect(thread.locator(".message").last).to_contain_text("I do")
    ts = (await bolt.slack.as_("ben").messages())[0].ts
    await bolt.web.chat_postMessage(channel="CGEN", text="So do I", thread_ts=ts)
    await expect(thread.locator(".message").last).to_contain_text("So do I")
    box = await thread.bounding_box()
    assert box
    assert (box["width"], box["x"]) == (390, 0) if size is PHONE else box["width"] <= 400
    await page.reload()
    await expect(thread.locator(".message")).to_have_count(3)
    await page.keyboard.press("Escape")
    await expect(thread).to_have_count(0)
    await expect(page.locator("#messages .message")).to_have_count(1)
    replies = page.get_by_role("button", name="2 replies")
    await replies.click()
    await thread.get_by_role("button", name="Close the thread").click()
    await expect(replies).to_be_focused()
    assert await page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert complaints == []


async def test_what_was_not_seen_yet_is_counted_and_marked(browser: Browser, bolt: Running):
    ben = bolt.slack.as_("ben")
    await ben.says("seen")
    page, complaints = await opened(browser, bolt.local)
    await expect(page.locator(".message", has_text="seen")).to_be_visible()
    await page.get_by_role("link", name="random").click()
    await expect(page.get_by_role("heading", name="random")).to_be_visible()
    general = page.get_by_role("link", name=re.compile("general"))
    for count in ("1", "2"):
        await ben.says(f"new {count}")
        await expect(general).to_have_accessible_name(f"general {count} new messages")
    await page.reload()
    await expect(general).to_have_accessible_name("general 2 new messages")
    await general.click()
    order = page.locator("#messages > li:not(.day)")
    await expect(order).to_have_text([re.compile("seen"), "New", re.compile("new 1"), re.compile("new 2")])
    await expect(general.locator(".unread")).not_to_be_visible()
    await page.get_by_role("link", name="random").click()
    await expect(general).to_have_accessible_name("general")
    assert complaints == []


async def test_files_and_pictures(browser: Browser, bolt: Running):
    page, complaints = await opened(browser, bolt.local)
    await bolt.web.files_upload_v2(channel="CGEN", filename="a.png", title="Credited", content=PICTURE)
    picture = page.get_by_role("img", name="Credited")
    await expect(picture).to_be_visible()
    assert await picture.evaluate("image => image.naturalWidth") == 1
    done = await bolt.web.files_upload_v2(channel="CGEN", filename="export.csv", content=b"a,b\n" * 500)
    link = page.get_by_role("link", name=re.compile("export.csv"))
    await expect(link).to_contain_text("CSV, 2 kB")
    async with page.expect_download() as downloading:
        await link.click()
    assert (await downloading.value).suggested_filename == "export.csv"
    block = {"type": "image", "alt_text": "Again", "slack_file": {"id": (await _picture_id(bolt))}}
    await bolt.web.chat_postMessage(channel="CGEN", text="again", blocks=[block])
    await expect(page.get_by_role("img", name="Again")).to_be_visible()
    await bolt.web.files_delete(file=done["files"][0]["id"])
    await expect(page.get_by_text("This file was deleted.")).to_be_visible()
    assert complaints == []


async def _picture_id(bolt: Running) -> str:
    messages = await bolt.slack.as_("mona").messages()
    return str(messages[0].data["files"][0]["id"])


async def test_shortcuts_by_keyboard(browser: Browser, bolt: Running):
    page, complaints = await opened(browser, bolt.local)
    await page.locator("summary[aria-label=Shortcuts]").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("menuitem", name="Write a note")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.locator("summary[aria-label=Shortcuts]")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("menuitem", name="Write a note")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog")).to_contain_text("Written")
    await page.keyboard.press("Escape")
    await type_and_send(page, "worth keeping")
    message = page.locator(".message", has_text="worth keeping")
    await message.locator(".tools summary").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("menuitem", name="Keep it")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator(".message").last).to_contain_text("Kept: worth keeping")
    assert complaints == []


async def test_five_thousand_messages(browser: Browser, bolt: Running):
    general = bolt.local.ws.channel("general")
    for number in range(5_000):
        bolt.local.ws.post(general, user="UBEN", text=f"line {number}")
    started = time.monotonic()
    page, complaints = await opened(browser, bolt.local)
    await expect(page.locator(".message").last).to_contain_text("line 4999")
    await expect(page.locator(".message").last).to_be_in_viewport()
    assert time.monotonic() - started < 10
    assert await page.locator(".message").count() <= 130
    sent = time.monotonic()
    await bolt.slack.as_("ben").says("after all that")
    await expect(page.locator(".message").last).to_contain_text("after all that")
    assert time.monotonic() - sent < 5
    before = await page.locator(".message").count()
    await page.locator("#scroll").evaluate("area => area.scrollTop = 300")
    await expect(page.locator(".message")).not_to_have_count(before)
    await _without_a_gap(page)
    # Whoever writes is at the end again: what stands far above is let go, and comes back when one scrolls up.
    await page.locator("#scroll").evaluate(UP_BY_PAGES)
    await type_and_send(page, "here I am")
    await expect(page.locator(".message").last).to_contain_text("here I am")
    await expect(page.locator(".message").last).to_be_in_viewport()
    kept = await page.locator("#messages > .message").count()
    assert kept < 180
    await expect(page.locator("#messages > .message .who").first).to_be_visible()
    await _without_a_gap(page)
    await page.locator("#scroll").evaluate("area => area.scrollTop = 0")
    await expect(page.locator("#messages > .message")).not_to_have_count(kept)
    await _without_a_gap(page)
    assert complaints == []


UP_BY_PAGES = """async (area) => {
  while (document.querySelectorAll("#messages > .message").length < 300) {
    area.scrollTop = 0;
    await new Promise(requestAnimationFrame);
  }
}"""


async def _without_a_gap(page: Page) -> None:
    texts = await page.locator("#messages .message .text").all_inner_texts()
    numbers = [int(text.split()[1]) for text in texts if text.startswith("line")]
    assert numbers == list(range(numbers[0], 5_000))
    assert await page.locator(".day").count() == 1


async def test_time_passes_by_hand(browser: Browser, bolt: Running):
    await bolt.slack.post("/_test/clock", {"at": "2026-03-31T20:00:00+00:00"})
    page, complaints = await opened(browser, bolt.local)
    clock = page.locator("details.clock")
    await expect(clock).to_contain_text("Tue, 31 Mar 2026, 22:00")
    await clock.locator("summary").click()
    await page.get_by_role("button", name="1 day").click()
    await expect(clock).to_contain_text("Wed, 1 Apr 2026, 22:00")
    await page.get_by_label("Or set it to").fill("2026-10-25T12:30")
    await page.get_by_role("button", name="Set", exact=True).click()
    await expect(clock).to_contain_text("Sun, 25 Oct 2026, 12:30")
    await page.keyboard.press("Escape")
    await expect(clock.locator("summary")).to_be_focused()
    await type_and_send(page, "in October")
    await expect(page.locator(".day")).to_have_text("Sunday, 25 October 2026")
    await bolt.slack.advance(86_400)
    await type_and_send(page, "the day after")
    await expect(page.locator(".day")).to_have_text(["Sunday, 25 October 2026", "Monday, 26 October 2026"])
    rendered = await page.locator("#messages .day").all_inner_texts()
    await page.reload()
    await expect(page.locator(".day")).to_have_text(rendered)
    assert complaints == []


async def test_people_stand_under_what_they_do(browser: Browser, bolt: Running):
    page, complaints = await opened(browser, bolt.local)
    await page.locator(".people summary").click()
    await expect(page.locator(".groups h3")).to_have_text(["Manager", "Rep", "Guest", "Others"])
    await page.keyboard.press("ArrowDown")
    await expect(page.get_by_role("link", name="Mona Weber")).to_be_focused()
    await page.keyboard.press("ArrowUp")
    await page.keyboard.type("rep")
    await expect(page.locator(".groups h3:visible")).to_have_text(["Rep"])
    await page.keyboard.type("tile")
    await expect(page.get_by_text("Nobody is called that.")).to_be_visible()
    await page.get_by_label("Find a person").fill("ben")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile("as=UBEN"))
    assert complaints == []


async def test_a_message_that_comes_while_one_reads_above_does_not_move_the_page(browser: Browser, bolt: Running):
    general = bolt.local.ws.channel("general")
    for number in range(50):
        bolt.local.ws.post(general, user="UBEN", text=f"line {number}")
    page, complaints = await opened(browser, bolt.local)
    await expect(page.locator(".message").last).to_be_in_viewport()
    await page.locator("#scroll").evaluate("area => area.scrollTop = 0")
    await page.wait_for_timeout(50)
    await bolt.slack.as_("ben").says("below")
    await expect(page.locator(".message").last).to_contain_text("below")
    assert await scrolled(page) == 0
    assert complaints == []


async def scrolled(page: Page) -> float:
    return float(await page.locator("#scroll").evaluate("area => area.scrollTop"))


async def test_the_app_hears_which_tab_was_opened(browser: Browser, bolt: Running):
    page, complaints = await opened(browser, bolt.local)
    await page.get_by_role("link", name="Toy", exact=True).click()
    await page.get_by_role("link", name="Home").click()
    await expect(page.get_by_text("At home")).to_be_visible()
    heard = [event["tab"] for event in bolt.bolt.events if event["type"] == "app_home_opened"]
    assert heard == ["messages", "home"]
    assert complaints == []
