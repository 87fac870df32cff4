"""Going through a page with the Tab key alone; wherever one stops, the focus can be seen."""

from typing import Literal

from playwright.async_api import Locator, Page

SEEN = """() => {
  const here = document.activeElement;
  if (here === document.body) return true;
  const box = here.getBoundingClientRect();
  const inside = box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  let faint = false;
  for (let part = here; part; part = part.parentElement) faint ||= Number(getComputedStyle(part).opacity) < 1 && !part.getAnimations().length;
  const style = getComputedStyle(here);
  const frame = here.closest(".composer");
  const ring = (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || (frame && getComputedStyle(frame).boxShadow !== "none");
  return inside && !faint && Boolean(ring);
}"""


async def tab_to(page: Page, wanted: Locator, key: Literal["Tab", "Shift+Tab"] = "Tab", most: int = 150) -> None:
    """Press Tab until `wanted` has the focus; raises AssertionError if it is never reached or a stop is not to be seen."""
    for _ in range(most):
        if await has_focus(wanted):
            return
        await page.keyboard.press(key)
        assert await page.evaluate(SEEN), f"the focus cannot be seen: {await focused(page)}"
    raise AssertionError(f"not reached with {key}: {wanted}")


async def has_focus(wanted: Locator) -> bool:
    return bool(await wanted.count()) and bool(await wanted.evaluate("one => one === document.activeElement"))


async def focused(page: Page) -> str:
    """The beginning of what has the focus, as HTML."""
    return str(await page.evaluate("document.activeElement.outerHTML.slice(0, 200)"))
