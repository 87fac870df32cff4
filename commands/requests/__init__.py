"""Requests to change territories: asked for in a form, decided in threads, in effect on their day."""

from commands.kit.registry import Registry
from commands.requests.asking import handlers
from commands.requests.submitting import Advance


def register(registry: Registry, advance: Advance) -> None:
    """`advance` brings what was sent on its way."""
    registry.include(handlers)
    handlers.register(registry, advance)
