"""What Turf says about itself."""

from commands.admin import handlers
from commands.kit.registry import Registry


def register(registry: Registry) -> None:
    registry.include(handlers)
