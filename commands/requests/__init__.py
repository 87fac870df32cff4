"""Requests to change territories: asked for in a form, decided in threads, in effect on their day."""

from commands.kit.registry import Registry
from commands.requests import working
from commands.requests.asking import handlers as asking
from commands.requests.cards import handlers as clicks
from commands.requests.cards import listing, messages, reversing
from commands.requests.cards.follows import follows, nudges
from commands.requests.deciding import Deciding
from commands.requests.sending import Sends
from commands.requests.stepping import Steps
from commands.requests.working import Working


def register(registry: Registry) -> None:
    """The form, the buttons and messages, and what workers do on the day."""
    steps = Steps(follows())
    for module in (asking, listing, clicks, reversing, messages):
        registry.include(module)
    asking.register(registry, steps)
    clicks.register(registry, Deciding(steps))
    reversing.register(registry, Sends(steps))
    working.register(registry, Working(steps, nudges()))
