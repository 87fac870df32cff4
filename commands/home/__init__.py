"""The app's Home tab, and what people write to the app in plain words."""

from commands.home import handlers
from commands.kit.registry import Registry


def register(registry: Registry) -> None:
    registry.include(handlers)
