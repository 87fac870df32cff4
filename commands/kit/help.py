"""What `/turf help` and each command's own help show, from the registration: to each role the commands that it may use."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from commands.kit.blocks import actions, section
from commands.kit.registry import ROOT, Command, HelpWanted, Registry
from commands.kit.reply import Message
from commands.kit.rerun import run_button
from domain.company import Person
from templates import render

ALIKE = 70
"""How alike (of 100) what was typed must be to a command for it to be offered."""
BEGINS = 95


def help_message(registry: Registry, wanted: HelpWanted, *, by: Person, today: date) -> Message:
    """The help that was asked for; all commands if the topic is not one of them."""
    known = tuple(entry for entry in registry if entry.is_for(by, today))
    about = tuple(entry for entry in known if _is_about(entry, wanted.topic))
    nearest = _nearest(wanted.unknown.casefold(), about or known) if wanted.unknown else ""
    if about:
        return _message("kit/topic.mrkdwn.j2", about, topic=wanted.topic, unknown=wanted.unknown, nearest=nearest)
    refused = wanted.topic if any(_is_about(entry, wanted.topic) for entry in registry) else ""
    return _message("kit/help.mrkdwn.j2", known, unknown=wanted.unknown, refused=refused, nearest=nearest)


def _nearest(word: str, known: Iterable[Command]) -> str:
    """The path of the command that begins with what was typed, or is most like it; empty if none is."""
    from rapidfuzz import fuzz

    likeness = {
        entry.path: max(
            BEGINS if one.startswith(word) else 0.0, fuzz.ratio(word, one), fuzz.ratio(word, one.partition(" ")[0])
        )
        for entry in known
        if (one := entry.sub or entry.name.lstrip("/"))
    }
    best = max(likeness, key=lambda path: likeness[path], default="")
    return best if best and likeness[best] >= ALIKE else ""


def _is_about(entry: Command, topic: str) -> bool:
    return topic != ROOT and topic in (entry.name, entry.path)


@lru_cache(maxsize=32)
def _message(template: str, entries: tuple[Command, ...], **words: str) -> Message:
    text = render(template, commands=entries, **words)
    nearest = words["nearest"]
    return Message(text, [section(text), *([actions(run_button(nearest, nearest))] if nearest else [])])
