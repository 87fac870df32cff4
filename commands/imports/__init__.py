"""Imports that are started in Slack or by files in a folder, and what is told of them."""

from commands.imports import handlers
from commands.kit.registry import Registry


def register(registry: Registry) -> None:
    registry.include(handlers)
