"""Territories: who holds them, what is in them, where they are: `/territory`."""

from commands.kit.registry import Registry
from commands.territories import (
    card_handlers,
    export,
    find_handlers,
    health_handlers,
    history_handlers,
    list_handlers,
    map_handlers,
    potential_handlers,
)


def register(registry: Registry) -> None:
    for module in (
        card_handlers,
        list_handlers,
        find_handlers,
        health_handlers,
        potential_handlers,
        history_handlers,
        map_handlers,
        export,
    ):
        registry.include(module)
