"""Rules as people type them: `industry = Retail; Software; country = DE`, on one line or several."""

from collections.abc import Iterable, Mapping

from domain.errors import UsageError
from domain.holdings import DIMENSIONS, Condition, compile_rules

_ORDER = (
    "country",
    "region",
    "postal_prefix",
    "industry",
    "employees_min",
    "employees_max",
    "revenue_min",
    "revenue_max",
)


def read_rule(typed: str) -> dict[str, str]:
    """Dimensions with their values, split by `;` as files have them; nothing typed is no condition.

    What follows a `;` and has no `=` is one more value of the dimension before. Raises UsageError.
    """
    found: dict[str, list[str]] = {}
    dimension = ""
    for part in (one.strip() for line in typed.splitlines() for one in line.split(";")):
        if not part:
            continue
        name, equals, value = part.partition("=")
        if equals:
            dimension = _dimension(name, found)
        said = value.strip() if equals else part
        if not dimension or not said:
            raise UsageError(f"'{_shown(name)}' is no condition. Write it like: industry = Retail; country = DE")
        found.setdefault(dimension, []).append(said)
    conditions = {name: ";".join(values) for name, values in found.items()}
    compile_rules([Condition(0, "typed", name, value) for name, value in conditions.items()], "USD")
    return conditions


def _dimension(typed: str, so_far: Iterable[str]) -> str:
    name = "_".join(typed.strip().casefold().replace("_", " ").split())
    if name not in DIMENSIONS:
        known = ", ".join(one.replace("_", " ") for one in _ORDER)
        raise UsageError(f"Rules know no '{_shown(typed)}'. They know: {known}.")
    if name in so_far:
        raise UsageError(f"{name.replace('_', ' ').capitalize()} is there twice. Split its values by a semicolon.")
    return name


def rule_words(conditions: Mapping[str, str]) -> str:
    """A rule as it can be typed, a condition a line."""
    shown = sorted(conditions.items(), key=lambda one: _ORDER.index(one[0]) if one[0] in _ORDER else len(_ORDER))
    return "\n".join(f"{name.replace('_', ' ')} = {'; '.join(value.split(';'))}" for name, value in shown)


def _shown(typed: str) -> str:
    return " ".join(typed.split())[:40]
