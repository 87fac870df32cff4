"""The digest's own sections; other features bring theirs."""

from commands.digests.content.sections import about, ahead, details, movement, standing, talks
from commands.kit.registry import Registry


def register(registry: Registry) -> None:
    for module in (standing, movement, ahead, talks, details, about):
        registry.include(module)
