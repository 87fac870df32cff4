"""Targets and how one stands against them: `/targets`."""

from commands.kit.registry import Registry
from commands.targets import handlers


def register(registry: Registry) -> None:
    registry.include(handlers)
