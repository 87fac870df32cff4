"""Territories: who holds them, what is in them, where they are: `/territory`."""

from commands.kit.registry import Registry
from commands.territories import card_handlers, export, history_handlers, potential_handlers


def register(registry: Registry) -> None:
    for module in (card_handlers, potential_handlers, history_handlers, export):
        registry.include(module)
