"""Targets and how one stands against them: `/targets`."""

from commands.kit.registry import Registry
from commands.targets import handlers, share_handlers, take_away
from commands.targets.moved import handlers as moved
from commands.targets.setting import answers, history, notices
from commands.targets.setting import handlers as setting


def register(registry: Registry) -> None:
    for module in (handlers, share_handlers, take_away, moved, setting, history, notices, answers):
        registry.include(module)
