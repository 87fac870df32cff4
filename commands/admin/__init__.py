"""What Turf says about itself."""

from commands.admin import handlers, settings_handlers
from commands.kit.registry import Registry


def register(registry: Registry) -> None:
    registry.include(handlers)
    registry.include(settings_handlers)
