"""The demo in a real Chromium: from Enter to the card of `/targets`, and from the click on Why? to its window.

The sample company has 9,000 deals. A rep is in an empty channel, in one with many messages, and in one that was on the
page while they came; the places take turns. The page itself takes the time, until what is awaited is drawn.
"""

import asyncio
import statistics
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
from playwright.async_api import Browser, Page, async_playwright

from bench.rows import Row
from bot.demo.company import MANAGER, REP
from bot.demo.run import demo
from domain.clock import SystemClock
from tests.support.browser import FLAGS, chromium_path

ROUNDS = 15
MESSAGES = 5_000
BUDGET_MS = 150.0
"""For the card; its window has none of its own, and is held against the same."""
SLOWER = 1.5
"""How much longer it may take among many messages than in an empty channel, where no screen full of them is drawn."""
EMPTY, FULL = "americas", "general"
AT_ONCE = 16
LAST = "That was all."
PATIENCE_MS = 120_000
AWAIT = """([selector, words]) => {
  window.drawn = new Promise((resolve) => {
    let started = null;
    const start = (event) => { started ??= event.timeStamp; };
    for (const kind of ["keydown", "click"]) addEventListener(kind, start, { capture: true, once: true });
    const watcher = new MutationObserver(() => {
      const found = document.querySelector(selector);
      if (started === null || !found?.checkVisibility() || !found.textContent.includes(words)) return;
      watcher.disconnect();
      requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - started)));
    });
    watcher.observe(document.body, { subtree: true, childList: true, attributes: true });
  });
}"""
NEWEST = "#messages > .message:last-child"
WINDOW = "#modal[open] .sheet"
Times = tuple[float, float]
"""Milliseconds to the card, and to the window."""


@dataclass(frozen=True, slots=True)
class Client:
    """A rep's page."""

    page: Page
    url: str

    async def open(self, channel: str) -> None:
        await self.page.goto(f"{self.url}?as={REP}&channel={channel}")

    async def times(self) -> Times:
        """Ask for the card, open its window, and leave the channel as it was."""
        page = self.page
        await page.locator("#composer-text").fill("/targets")
        card = await self._drawn(NEWEST, "Why?", page.keyboard.press("Enter"))
        why = page.locator(NEWEST).get_by_role("button", name="Why?")
        window = await self._drawn(WINDOW, "Credited", why.click())
        await page.keyboard.press("Escape")
        await page.locator(WINDOW).wait_for(state="detached")
        dismiss = page.locator(NEWEST).locator("[data-dismiss]")
        await dismiss.click()
        await dismiss.wait_for(state="detached")
        return card, window

    async def _drawn(self, selector: str, words: str, act: Awaitable[None]) -> float:
        await self.page.evaluate(AWAIT, [selector, words])
        await act
        return float(await self.page.evaluate("window.drawn"))


def run(rounds: int = ROUNDS) -> list[Row]:
    """Six rows; none, and a word about it, where there is no Chromium."""
    if chromium_path() is None:
        print("The page is not measured: there is no Chromium (TURF_CHROMIUM names its path).")
        return []
    empty, full, left_open = zip(*asyncio.run(_rounds(rounds)), strict=True)
    return [
        *_within(empty),
        *_beside(empty, full, f"{MESSAGES:,} messages above"),
        *_beside(empty, left_open, f"{MESSAGES:,} came meanwhile"),
    ]


async def _rounds(rounds: int) -> list[tuple[Times, Times, Times]]:
    """The first round only warms up."""
    async with demo(SystemClock(), lambda _words: None) as running, _chromium() as browser:
        here, left_open = [Client(await browser.new_page(), running.url) for _ in range(2)]
        await left_open.open(FULL)
        await _fill(running.url)
        await left_open.page.locator(NEWEST, has_text=LAST).wait_for(timeout=PATIENCE_MS)
        return [await _round(here, left_open) for _ in range(rounds + 1)][1:]


async def _round(here: Client, left_open: Client) -> tuple[Times, Times, Times]:
    await here.open(EMPTY)
    empty = await here.times()
    await here.open(FULL)
    full = await here.times()
    await here.page.goto("about:blank")
    return empty, full, await left_open.times()


@asynccontextmanager
async def _chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium_path(), args=list(FLAGS))
        try:
            yield browser
        finally:
            await browser.close()


async def _fill(url: str) -> None:
    """Somebody else writes a lot."""
    async with aiohttp.ClientSession(f"{url}_client/{MANAGER}/", raise_for_status=True) as session:

        async def say(text: str) -> None:
            async with session.post("command", json={"channel": FULL, "text": text}):
                pass

        async def some(first: int) -> None:
            for number in range(first, MESSAGES, AT_ONCE):
                await say(f"{number}: they have read the offer and would like to talk about the second year.")

        await asyncio.gather(*map(some, range(AT_ONCE)))
        await say(LAST)


WHAT = ("/targets in Chromium, Enter to card", "Why? in Chromium, click to window")


def _within(measured: tuple[Times, ...]) -> list[Row]:
    medians = [statistics.median(times) for times in zip(*measured, strict=True)]
    return [
        Row(what, f"{time:.0f} ms", f"{BUDGET_MS:.0f} ms", time / BUDGET_MS, 1.0)
        for what, time in zip(WHAT, medians, strict=True)
    ]


def _beside(empty: tuple[Times, ...], measured: tuple[Times, ...], where: str) -> list[Row]:
    """Beside the empty channel, a ratio within each round."""
    rows: list[Row] = []
    for what, ours, theirs in zip(WHAT, zip(*measured, strict=True), zip(*empty, strict=True), strict=True):
        ratio = statistics.median(mine / other for mine, other in zip(ours, theirs, strict=True))
        mine, peer = (f"{statistics.median(times):.0f} ms" for times in (ours, theirs))
        rows.append(Row(f"{what}, {where}", mine, peer, ratio, SLOWER))
    return rows
