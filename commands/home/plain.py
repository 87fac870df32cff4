"""What someone who writes to the app in plain words asks: the same as what they would type as a command."""

import re
from dataclasses import dataclass

from commands.kit.registry import ROOT, HelpWanted, Match, Registry

QUESTIONS = "/targets"
"""What is asked where no command is named."""
FILLERS = re.compile(
    "a|about|against|and|at|behind|for|give|going|how|i|in|it|much|numbers|of|on|please|show|targets?|tell|the|to"
    "|we|what|where|am|are|is|was|were|did|do|does|doing|stand|standing"
)
"""Words of a sentence that name nobody and no period; tried without only where the sentence as it is names nothing."""


_POSSESSIVE = re.compile("['\u2019]s$")


@dataclass(frozen=True, slots=True)
class Meant:
    """A command with its text, or the help that is wanted; `named`: it began with a command's name."""

    found: Match | HelpWanted
    named: bool


def without_fillers(text: str) -> str:
    """`what is Dana's target for last quarter?` as `Dana last quarter`; `my` stays before a team, as in `my team`."""
    words = [_POSSESSIVE.sub("", word) for word in text.replace("?", " ").replace(",", " ").split()]
    told = [word for word in words if not FILLERS.fullmatch(word.lower())]
    alone = [word.lower() in ("my", "me") and told[at + 1 : at + 2] != ["team"] for at, word in enumerate(told)]
    return " ".join(word for word, dropped in zip(told, alone, strict=True) if not dropped)


def meant(registry: Registry, text: str) -> Meant:
    """`targets dana last quarter`, `dana last quarter`, `help`, `status`."""
    said = text.strip().rstrip("?!. ")
    first, _, rest = said.partition(" ")
    name = f"/{first.lower().lstrip('/')}"
    if name in registry.names():
        return Meant(registry.find(name, rest), named=True)
    found = registry.find(ROOT, said)
    if said and not (isinstance(found, HelpWanted) and found.unknown):
        return Meant(found, named=True)
    return Meant(registry.find(QUESTIONS, said), named=False)
