"""What axe-core finds wrong with a page."""

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


def _said(rule: dict[str, Any], node: dict[str, Any]) -> str:
    return f"{rule['id']}: {node['html'][:160]}: {node['failureSummary']}"
