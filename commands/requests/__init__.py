"""Requests to change territories: asked for in a form, decided in threads, in effect on their day."""

from commands.kit.registry import Registry
from commands.requests.asking import handlers
from commands.requests.stepping import Steps


def register(registry: Registry, steps: Steps) -> None:
    """`steps` bring requests on their way, with everything that goes with it."""
    registry.include(handlers)
    handlers.register(registry, steps)
