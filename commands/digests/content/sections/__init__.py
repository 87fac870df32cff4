"""The digest's own sections; other features bring theirs."""

from commands.digests.content.sections import about, standing
from commands.kit.registry import Registry


def register(registry: Registry) -> None:
    for module in (standing, about):
        registry.include(module)
