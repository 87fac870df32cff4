"""A person's hands at the page of the local workspace: the mouse, or the keyboard alone. Both do the same things."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from playwright.async_api import Locator, Page, expect

from tests.support.keyboard import focused, has_focus, tab_to

PATIENT = 15_000
"""Milliseconds: the machine may be busy."""
NARROW = 761
BEFORE = """(one) => {
  const here = document.activeElement;
  return here !== document.body && Boolean(here.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_PRECEDING);
}"""


class Hands(Protocol):
    """What one can do at a page."""

    page: Page

    async def press(self, what: Locator) -> None:
        """A button or a link."""

    async def write(self, where: Locator, text: str) -> None:
        """Text in place of what stands in a field."""

    async def choose(self, menu: Locator, option: str) -> None:
        """An option of a menu, by its words."""

    async def find(self, field: Locator, typed: str, option: str) -> None:
        """An option that is offered for what is typed."""

    async def more(self, opener: Locator, item: str) -> None:
        """An item of a menu that opens."""

    async def tick(self, box: Locator) -> None:
        """Tick a box, or take the tick away."""

    async def leave(self) -> None:
        """Close the window that is open."""


@dataclass
class Mouse:
    """Clicks, and types where one has to."""

    page: Page

    async def press(self, what: Locator) -> None:
        await what.click()

    async def write(self, where: Locator, text: str) -> None:
        await where.click()
        await _type(self.page, text)

    async def choose(self, menu: Locator, option: str) -> None:
        await menu.select_option(label=option)  # the list itself is drawn outside the page

    async def find(self, field: Locator, typed: str, option: str) -> None:
        await self.write(field, typed)
        await self.page.get_by_role("option", name=option).click()
        await expect(field).to_have_value(option)

    async def more(self, opener: Locator, item: str) -> None:
        await opener.click()
        await self.page.get_by_role("menuitem", name=item).click()

    async def tick(self, box: Locator) -> None:
        await box.click()

    async def leave(self) -> None:
        window = self.page.get_by_role("dialog")
        await window.get_by_role("button", name="Close", exact=True).first.click()
        await expect(window).to_have_count(0)


@dataclass
class Keyboard:
    """Goes with Tab, and never touches the mouse. Wherever it stops, the focus is to be seen."""

    page: Page

    async def press(self, what: Locator) -> None:
        await self._reach(what)
        await self.page.keyboard.press("Enter")

    async def write(self, where: Locator, text: str) -> None:
        await self._reach(where)
        await _type(self.page, text)

    async def choose(self, menu: Locator, option: str) -> None:
        await self._reach(menu)
        await self.page.keyboard.type(option)
        await expect(menu.locator("option:checked")).to_have_text(option)

    async def find(self, field: Locator, typed: str, option: str) -> None:
        await self.write(field, typed)
        offered = self.page.locator(".external [role=option]")
        await expect(offered.first).to_be_visible(timeout=PATIENT)
        names = await offered.all_inner_texts()
        for _ in range(names.index(option) + 1):
            await self.page.keyboard.press("ArrowDown")
        await expect(self.page.locator(".external [aria-selected=true]")).to_have_text(option)
        await self.page.keyboard.press("Enter")
        await expect(field).to_have_value(option)
        await expect(field).to_be_focused()

    async def more(self, opener: Locator, item: str) -> None:
        await self.press(opener)
        items = self.page.get_by_role("menuitem")
        await expect(items.first).to_be_focused()
        for _ in range((await items.all_inner_texts()).index(item)):
            await self.page.keyboard.press("ArrowDown")
        await expect(self.page.get_by_role("menuitem", name=item)).to_be_focused()
        await self.page.keyboard.press("Enter")

    async def tick(self, box: Locator) -> None:
        await self._reach(box)
        await self.page.keyboard.press("Space")

    async def leave(self) -> None:
        await self.page.keyboard.press("Escape")
        await expect(self.page.get_by_role("dialog")).to_have_count(0)

    async def _reach(self, what: Locator) -> None:
        await expect(what).to_be_visible(timeout=PATIENT)
        key: Literal["Tab", "Shift+Tab"] = "Shift+Tab" if await what.evaluate(BEFORE) else "Tab"
        await tab_to(self.page, what, key)
        assert await has_focus(what), await focused(self.page)


async def _type(page: Page, text: str) -> None:
    await page.keyboard.press("ControlOrMeta+a")
    await page.keyboard.type(text)


async def say(hands: Hands, text: str) -> None:
    """Type into the message box and send."""
    await hands.write(hands.page.locator("#composer-text"), text)
    await hands.page.keyboard.press("Enter")


async def go_to(hands: Hands, place: str) -> None:
    """Open a channel, or the messages with the app, by its name."""
    page = hands.page
    link = page.get_by_role("link", name=place).first
    if (page.viewport_size or {"width": 0})["width"] < NARROW:
        await hands.press(page.get_by_role("button", name="Channels and people"))
    await hands.press(link)
    await expect(page.get_by_role("heading", level=1)).to_contain_text(place)
