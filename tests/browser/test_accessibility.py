"""No serious or critical violation of the accessibility rules (axe-core), wherever one can be on the page."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Literal

import pytest
from playwright.async_api import Browser, Page, ViewportSize, expect

from tests.support.accessibility import grave
from tests.support.local_workspace import Local, local_workspace

pytestmark = pytest.mark.browser
expect.set_options(timeout=20_000)  # the machine may be busy
WIDE: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}
SHORTCUTS = [
    {"name": "Write a note", "callback_id": "note", "type": "global", "description": "For yourself"},
    {"name": "Keep it", "callback_id": "keep", "type": "message"},
]


@pytest.fixture
async def local() -> AsyncIterator[Local]:
    async with local_workspace(shortcuts=SHORTCUTS) as running:
        yield running


async def _say(page: Page, text: str, shown: str) -> None:
    await page.locator("#composer-text").fill(text)
    await page.keyboard.press("Enter")
    await expect(page.locator("#messages .message").last).to_contain_text(shown)


async def _cards(page: Page) -> None:
    await _say(page, "worth *keeping*, <@UBEN>", "keeping")
    await _say(page, "/toy charts", "(area)")
    await _say(page, "/toy fail", "dispatch_failed")
    await _say(page, "/toy", "Central, this quarter")


async def _overflow(page: Page) -> None:
    await page.get_by_label("More actions").click()
    await expect(page.get_by_role("menuitem", name="Export")).to_be_visible()


async def _confirmation(page: Page) -> None:
    await page.get_by_role("button", name="Delete").click()
    await expect(page.locator("dialog.confirm")).to_be_visible()


async def _modal(page: Page) -> None:
    await page.get_by_role("button", name="Why?").click()
    await expect(page.get_by_role("dialog")).to_contain_text("Page 1 of 3")


async def _form(page: Page) -> None:
    await page.get_by_role("dialog").get_by_role("button", name="Open a deal").click()
    await page.get_by_role("dialog").get_by_label("Amount").fill("a lot")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog")).to_contain_text("Please complete this required field.")


async def _completion(page: Page) -> None:
    await page.locator("#composer-text").fill("")
    await page.locator("#composer-text").press_sequentially("/to")
    await expect(page.locator("#completion [role=option]")).to_have_count(2)


async def _shortcuts(page: Page) -> None:
    await page.locator("#composer summary").click()
    await expect(page.get_by_role("menuitem", name="Write a note")).to_be_visible()


async def _for_a_message(page: Page) -> None:
    message = page.locator(".message", has_text="worth keeping")
    await message.hover()
    await message.locator(".tools summary").click()
    await expect(page.get_by_role("menuitem", name="Keep it")).to_be_visible()


async def _thread(page: Page) -> None:
    message = page.locator(".message", has_text="worth keeping")
    await message.hover()
    await message.get_by_role("button", name="Reply in a thread").click()
    await page.get_by_role("textbox", name="Reply").fill("so it is")
    await page.keyboard.press("Enter")
    await expect(page.locator("#thread .message")).to_have_count(2)


async def _sidebar(page: Page) -> None:
    if (page.viewport_size or WIDE)["width"] < 761:
        await page.get_by_role("button", name="Channels and people").click()


async def _people(page: Page) -> None:
    await _sidebar(page)
    await page.locator(".people summary").click()
    await expect(page.get_by_label("Find a person")).to_be_visible()


async def _clock(page: Page) -> None:
    await _sidebar(page)
    await page.locator(".clock summary").click()
    await expect(page.get_by_role("button", name="1 day")).to_be_visible()


async def _home(page: Page) -> None:
    await _sidebar(page)
    await page.get_by_role("link", name="Toy", exact=True).click()
    await page.get_by_role("link", name="Home").click()
    await expect(page.get_by_role("heading", name="What needs you")).to_be_visible()


async def _closed(page: Page) -> None:
    """Escape, as long as anything lies over the channel."""
    layers = page.locator("dialog[open], details[open], .with-thread, body.drawer, #completion:not([hidden])")
    for _ in range(20):
        if not await layers.count():
            return
        await page.keyboard.press("Escape")
        await page.wait_for_timeout(200)
    await expect(layers).to_have_count(0)


async def _nothing(page: Page) -> None:
    pass


PLACES: list[tuple[Callable[[Page], Awaitable[None]], Callable[[Page], Awaitable[None]]]] = [
    (_cards, _nothing),
    (_overflow, _closed),
    (_confirmation, _closed),
    (_modal, _nothing),
    (_form, _closed),
    (_completion, _closed),
    (_shortcuts, _closed),
    (_for_a_message, _closed),
    (_thread, _closed),
    (_people, _closed),
    (_clock, _closed),
    (_home, _nothing),
]


@pytest.mark.parametrize(
    ("size", "scheme"),
    [
        pytest.param(WIDE, "light", marks=pytest.mark.slow),
        (PHONE, "dark"),
        pytest.param(WIDE, "dark", marks=pytest.mark.slow),
        pytest.param(PHONE, "light", marks=pytest.mark.slow),
    ],
    ids=["wide-light", "phone-dark", "wide-dark", "phone-light"],
)
async def test_nothing_grave_anywhere(
    browser: Browser, local: Local, size: ViewportSize, scheme: Literal["light", "dark"]
) -> None:
    page = await browser.new_page(viewport=size, color_scheme=scheme)
    await page.goto(local.url + "/?as=mona")
    found = {}
    for go, leave in PLACES:
        await go(page)
        found[go.__name__.strip("_")] = await grave(page)
        await leave(page)
    assert {place: faults for place, faults in found.items() if faults} == {}
