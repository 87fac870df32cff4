"""What someone who writes to the app in plain words asks: the same as what they would type as a command."""

from dataclasses import dataclass

from commands.kit.registry import ROOT, HelpWanted, Match, Registry

QUESTIONS = "/targets"
"""What is asked where no command is named."""


@dataclass(frozen=True, slots=True)
class Meant:
    """A command with its text, or the help that is wanted; `named`: it began with a command's name."""

    found: Match | HelpWanted
    named: bool


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
