"""What a table of a mapping can make of a file: a column that rests on what the file lacks is absent, and keeps what is known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from string import Formatter

from storage.importing.mapping import ColumnRule, Rule, TableRule

Lookups = Mapping[tuple[str, str, str], Mapping[str, str]]
"""(file, match, take) to the values of `take` by those of `match`."""


@dataclass(slots=True)
class Presence:
    """The columns that there are, each with those of its rules that count; and in words, why others are absent."""

    columns: dict[str, ColumnRule] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)
    """Columns of the file that the table goes by and that are not there."""
    reasons: list[str] = field(default_factory=list)


def present(rule: TableRule, header: Sequence[str], lookups: Lookups) -> Presence:
    found = Presence(missing=(set(rule.where) | set(rule.unless)) - set(header))
    for name, column in rule.columns.items():
        counting = column.model_copy(update={"derive": _counting(column, header)})
        lacking = read_by(counting) - set(header)
        reason = _why_absent(counting, column, found, lookups)
        found.missing |= lacking
        if reason:
            found.reasons.append(f"{reason}: {name} keeps what is known")
        elif not lacking:
            found.columns[name] = counting
    return found


def read_by(rule: ColumnRule) -> set[str]:
    """Columns of the file that make the column."""
    return made_of(rule) | set(rule.when) | {name for one in rule.derive or () for name in one.when}


def made_of(rule: ColumnRule) -> set[str]:
    """Columns of the file whose cells are taken over."""
    found = {rule.column} if rule.column else set()
    return found | {name for _, name, _, _ in Formatter().parse(rule.text or "") if name}


def _counting(column: ColumnRule, header: Sequence[str]) -> list[Rule] | None:
    """The rules whose `has` the file meets. One that asks for nothing says what is left over: alone it would be a guess."""
    if column.derive is None:
        return None
    counting = [one for one in column.derive if set(one.has) <= set(header)]
    return counting if any(one.when for one in counting) or not any(one.when for one in column.derive) else []


def _why_absent(counting: ColumnRule, column: ColumnRule, found: Presence, lookups: Lookups) -> str:
    """In words, unless a column of the file is missing."""
    if counting.derive == []:
        asked = dict.fromkeys(f"'{name}'" for one in column.derive or () for name in (*one.has, *one.when))
        return f"there is no column {' or '.join(asked)}"
    lookup = column.lookup
    if lookup is not None and lookup.key not in lookups:
        names = list(dict.fromkeys(lookup.key[1:]))
        return f"no file '{lookup.file}' has the column{'s' * (len(names) > 1)} {' and '.join(names)}"
    absent = [name for name in column.when_result if name not in found.columns]
    return f"{' and '.join(absent)} is absent" if absent else ""
