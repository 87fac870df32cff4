"""What `/turf help` and each command's own help show, from the registration."""

from functools import lru_cache

from commands.kit.blocks import section
from commands.kit.registry import ROOT, Command, HelpWanted, Registry
from commands.kit.reply import Message
from templates import render

COMMANDS_A_SECTION = 15


def help_message(registry: Registry, wanted: HelpWanted) -> Message:
    """The help that was asked for; all commands if the topic is not one of them."""
    entries = tuple(registry.subcommands(wanted.topic)) if wanted.topic != ROOT else ()
    if entries:
        return _message("kit/topic.mrkdwn.j2", entries, topic=wanted.topic, unknown=wanted.unknown)
    return (
        _everything(tuple(registry))
        if not wanted.unknown
        else _message("kit/help.mrkdwn.j2", tuple(registry), unknown=wanted.unknown)
    )


@lru_cache(maxsize=8)
def _everything(entries: tuple[Command, ...]) -> Message:
    return _message("kit/help.mrkdwn.j2", entries, unknown="")


def _message(template: str, entries: tuple[Command, ...], **words: str) -> Message:
    text = render(template, commands=entries, **words)
    return Message(text, [section(text)])
