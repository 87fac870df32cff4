"""Asks for changes of territories as a person would, in the local workspace."""

import sys

from bot.app import register_features
from commands.kit import Call, Message, Reply, Turf, command
from commands.kit.blocks import actions, button
from commands.kit.registry import Registry
from tests.support.slack import SlackClient, View


@command("/territory again", help="A card's button to change a request", usage="[number]")
async def again(call: Call, turf: Turf) -> Reply:
    return Message("Changes wanted", [actions(button("Change it", "requests.amend", value=call.text), id="amend")])


def features() -> Registry:
    """All features, and a button that is on a card otherwise."""
    registry = register_features()
    registry.include(sys.modules[__name__])
    return registry


async def opened(slack: SlackClient, who: str, text: str = "") -> View:
    return await slack.as_(who).opens(f"/territory change {text}".strip())


async def chooses(form: View, name: str, value: object) -> View:
    """The form after a choice that it follows; what was filled in before stays."""
    after = await form.select(name, value)  # type: ignore[arg-type]
    return kept_typing(form, after)


async def looks(form: View) -> View:
    return kept_typing(form, await form.press("Show preview"))


async def sends(form: View) -> View:
    after = await form.submit()
    assert isinstance(after, View)
    return kept_typing(form, after)


def kept_typing(before: View, after: object) -> View:
    """The form as it is now, with what was typed into it before."""
    assert isinstance(after, View)
    blocks = {block["block_id"] for block in after.blocks}
    after.typed = {name: value for name, value in before.typed.items() if name in blocks}
    return after
