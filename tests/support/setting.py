"""Sets targets as a person would, in the local workspace."""

from __future__ import annotations

import re
from decimal import Decimal

from tests.support.slack import Card, SlackClient, View

AMOUNT = re.compile(r"\$([\d,]+\.\d\d)")


async def opened(slack: SlackClient, who: str, text: str = "") -> View:
    return await slack.as_(who).opens(f"/targets set {text}".strip())


async def filled(slack: SlackClient, who: str, text: str, amount: str, **more: str) -> View:
    """The form with an amount, and what it would do."""
    form = await opened(slack, who, text)
    form.fill("amount", amount)
    for name, value in more.items():
        form.fill(name, value)
    shown = await form.press("Show preview")
    assert isinstance(shown, View)
    shown.typed = form.typed
    return shown


async def saved(slack: SlackClient, who: str, text: str, amount: str, **more: str) -> View:
    after = await (await filled(slack, who, text, amount, **more)).submit()
    assert isinstance(after, View)
    assert not after.errors, after.errors
    return after


async def direct(slack: SlackClient, who: str) -> list[Card]:
    return await slack.as_(who).messages("app")


def months(view: View) -> list[Decimal]:
    [block] = [block for block in view.blocks if block["block_id"] == "preview"]
    lines = block["text"]["text"].splitlines()
    return [Decimal(AMOUNT.search(line)[1].replace(",", "")) for line in lines if re.match(r"\w{3} \d{4}: ", line)]  # type: ignore[index]
