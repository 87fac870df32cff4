"""All kinds of import files. What is said here once drives reading, checking, storing, exporting and the documentation."""

from collections.abc import Mapping

from domain.errors import UsageError
from storage.kinds import company, crm
from storage.kinds.model import WORKSPACE_CURRENCY, Blank, Column, Kind, Type

ORDER = (
    "people",
    "teams",
    "territories",
    "courses",
    "accounts",
    "reporting",
    "absences",
    "ramps",
    "rules",
    "pins",
    "assignments",
    "targets",
    "seasonality",
    "costs",
    "rates",
    "holidays",
    "pipeline",
    "training",
    "skills",
    "needs",
    "plans",
    "deals",
    "splits",
    "stages",
    "insights",
    "activities",
)
"""The order in which the files of a folder are read: what is referred to comes before what refers to it."""

KINDS: Mapping[str, Kind] = {
    kind.name: kind for kind in sorted((*company.KINDS, *crm.KINDS), key=lambda k: ORDER.index(k.name))
}


SINGULAR: Mapping[str, str] = {kind.singular: kind.name for kind in KINDS.values()}
"""From what one row of a kind is called to the kind."""


def kind_named(name: str) -> Kind:
    """Raises UsageError with the kinds that there are."""
    found = KINDS.get(name)
    if found is None:
        raise UsageError(f"I don't know a kind '{name}'. The kinds are {', '.join(sorted(KINDS))}.")
    return found


__all__ = ["KINDS", "ORDER", "SINGULAR", "WORKSPACE_CURRENCY", "Blank", "Column", "Kind", "Type", "kind_named"]
