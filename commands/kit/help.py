"""What `/turf help` and each command's own help show, from the registration: to each role the commands that it may use."""

from datetime import date
from functools import lru_cache

from commands.kit.blocks import section
from commands.kit.registry import ROOT, Command, HelpWanted, Registry
from commands.kit.reply import Message
from domain.company import Person
from templates import render


def help_message(registry: Registry, wanted: HelpWanted, *, by: Person, today: date) -> Message:
    """The help that was asked for; all commands if the topic is not one of them."""
    known = tuple(entry for entry in registry if entry.is_for(by, today))
    about = tuple(entry for entry in known if _is_about(entry, wanted.topic))
    if about:
        return _message("kit/topic.mrkdwn.j2", about, topic=wanted.topic, unknown=wanted.unknown)
    refused = wanted.topic if any(_is_about(entry, wanted.topic) for entry in registry) else ""
    return _message("kit/help.mrkdwn.j2", known, unknown=wanted.unknown, refused=refused)


def _is_about(entry: Command, topic: str) -> bool:
    return topic != ROOT and topic in (entry.name, entry.path)


@lru_cache(maxsize=32)
def _message(template: str, entries: tuple[Command, ...], **words: str) -> Message:
    text = render(template, commands=entries, **words)
    return Message(text, [section(text)])
