"""What is wrong with a page: what axe-core finds, and what is wider than the window."""

from typing import Any

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

GRAVE = ("serious", "critical")


async def grave(page: Page) -> list[str]:
    """Each serious or critical violation on the page as it stands: the rule, the element, what is wrong with it."""
    # A colour that is still fading in would be judged by chance.
    await page.evaluate("Promise.all(document.getAnimations().map(one => one.finished.catch(() => null)))")
    found = (await Axe().run(page)).response
    assert found["passes"], "axe-core looked at nothing"
    return [_said(rule, node) for rule in found["violations"] if rule["impact"] in GRAVE for node in rule["nodes"]]


async def troubles(page: Page) -> list[str]:
    """The grave violations; and whether one has to scroll sideways."""
    wrong = await grave(page)
    beyond = await page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return [*wrong, f"{beyond} pixels wider than the window"] if beyond > 0 else wrong


def _said(rule: dict[str, Any], node: dict[str, Any]) -> str:
    return f"{rule['id']}: {node['html'][:160]}: {node['failureSummary']}"
