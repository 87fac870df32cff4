"""Checks that need several cells of one row, of the kinds that have such."""

from collections.abc import Callable, Sequence
from typing import Any

from storage.importing.cells import country, number

Values = dict[str, Sequence[Any]]
Complain = Callable[[int, str, str], None]
"""(row, column, reason)"""


def check(kind: str, values: Values, complain: Complain) -> None:
    """Complain about rows whose cells don't fit each other; may put a value into its stored form."""
    if "to_on" in values and "from_on" in values:
        _check_span(values, complain, inclusive=kind == "absences")
    special = _CHECKS.get(kind)
    if special is not None:
        special(values, complain)


def _check_span(values: Values, complain: Complain, *, inclusive: bool) -> None:
    for at, (start, end) in enumerate(zip(values["from_on"], values["to_on"], strict=True)):
        if start is None or end is None:
            continue
        if end < start:
            complain(at, "to", "is before `from`")
        elif end == start and not inclusive:
            complain(at, "to", "is the same day as `from`: it is the first day no longer")


def _check_employment(values: Values, complain: Complain) -> None:
    if "hired_on" not in values or "left_on" not in values:
        return
    for at, (hired, left) in enumerate(zip(values["hired_on"], values["left_on"], strict=True)):
        if hired is not None and left is not None and left < hired:
            complain(at, "left_on", "is before `hired_on`")


def _check_rules(values: Values, complain: Complain) -> None:
    """Values of a condition in the form that its dimension needs: codes of countries, plain numbers."""
    stored: list[str | None] = []
    for at, (dimension, value) in enumerate(zip(values["dimension"], values.get("value", ()), strict=False)):
        try:
            stored.append(None if value is None or dimension is None else _condition(dimension, value))
        except ValueError as error:
            complain(at, "value", str(error))
            stored.append(None)
    if stored:
        values["value"] = stored


def _condition(dimension: str, value: str) -> str:
    parts = [part.strip() for part in value.split(";") if part.strip()]
    if not parts:
        raise ValueError("is empty, and must not be")
    if dimension == "country":
        return ";".join(country(part) for part in parts)
    if dimension.endswith(("_min", "_max")):
        if len(parts) > 1:
            raise ValueError("must be one number")
        number(parts[0])
    return ";".join(parts)


def _check_targets(values: Values, complain: Complain) -> None:
    """A count has no currency."""
    metrics, currencies = values.get("metric"), values.get("currency")
    if metrics is not None and currencies is not None:
        values["currency"] = [
            code if metric == "revenue" else None for code, metric in zip(currencies, metrics, strict=True)
        ]
    for at, subject in enumerate(values.get("subject_id", ())):
        if subject is None:
            complain(at, "subject", "can't be found without `subject_kind`")


_CHECKS: dict[str, Callable[[Values, Complain], None]] = {
    "people": _check_employment,
    "rules": _check_rules,
    "targets": _check_targets,
}
