"""The app's Home tab, and what people write to the app in plain words."""

from functools import partial

from commands.home import handlers
from commands.kit.outgoing import HOME_KIND, Outgoing
from commands.kit.registry import Registry


def register(registry: Registry) -> None:
    registry.include(handlers)
    registry.add(Outgoing(HOME_KIND, partial(handlers.home_again, registry)))
