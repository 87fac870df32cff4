"""Digests: what changed and why, each week, for a channel or a person."""

from commands.digests import clicks, lost_channels, planning, slots, telling_owners
from commands.digests.content import sections, sending, withheld
from commands.digests.subscribing import commands, ending, handlers, listing, muting
from commands.kit.registry import Registry


def register(registry: Registry) -> None:
    sections.register(registry)
    sending.register(registry)
    registry.include(withheld)
    registry.include(clicks)
    registry.include(planning)
    registry.include(telling_owners)
    registry.include(lost_channels)
    slots.register(registry)
    registry.include(handlers)
    handlers.register(registry)
    registry.include(commands)
    ending.register(registry)
    registry.include(ending)
    registry.include(listing)
    muting.register(registry)
