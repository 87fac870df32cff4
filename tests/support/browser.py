"""A real Chromium for the browser tests."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright

from tests.support.required import missing

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def chromium_path() -> Path | None:
    """The system's Chromium, or the one that TURF_CHROMIUM names; None if it is not there."""
    path = Path(os.environ.get("TURF_CHROMIUM", "/usr/bin/chromium"))
    return path if os.access(path, os.X_OK) else None


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A Chromium with a new, empty user-data folder; make pages with `browser.new_page(viewport=...)`."""
    path = chromium_path()
    if path is None:
        missing("Chromium", "install it (make test does, as root on Debian) or set TURF_CHROMIUM to its path")
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        try:
            yield running
        finally:
            await running.close()
