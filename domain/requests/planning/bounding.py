"""Rules with other conditions. A rule has one row for each dimension, whatever its days, so that what follows it has another name."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date

from domain.company import Span, TerritoryId
from domain.holdings import Condition, compile_rules
from domain.requests.model import ChangeBoundary
from domain.requests.planning.checks import open_territory
from domain.requests.planning.facts import Facts, Impossible, Plan
from domain.requests.planning.rows import changes, condition_key, since, until
from domain.requests.writes import Writes

_SUCCESSOR = re.compile(r" from \d{4}-\d{2}-\d{2}( \(\d+\))?\Z", re.ASCII)
LONGEST_NAME = 200


def plan_boundary(change: ChangeBoundary, facts: Facts) -> Plan:
    """The old conditions end on the day, the new ones begin on it. Raises Impossible and DataError."""
    territory = open_territory(facts, change.territory, "territory")
    rows = [row for row in facts.conditions if (row.territory, row.rule) == (change.territory, change.rule)]
    holding = [one for _, ones in holding_from(rows, facts.effective_on) for one in ones]
    wanted = {dimension: _values(dimension, value) for dimension, value in change.conditions.items()}
    if not wanted and not holding:
        raise Impossible(f"{territory.name} has no rule {change.rule!r} on that day. Choose another one.", "rule")
    if wanted == {row.dimension: _values(row.dimension, row.value) for row in holding}:
        raise Impossible("These are the conditions as they are. Change one of them.", "conditions")
    new = _conditions(change, facts, wanted)
    after = [*rules_until(rows, facts.effective_on), *new]
    return Plan(Writes(rules=changes(rows, after, condition_key)))


def _values(dimension: str, value: str) -> str:
    """As files write them, without blanks around each. Raises Impossible if there are none."""
    values = [one.strip() for one in value.split(";") if one.strip()]
    if not values:
        raise Impossible(f"What is the {dimension.replace('_', ' ')}? Write a value, or leave it out.", "conditions")
    return ";".join(values)


def _conditions(change: ChangeBoundary, facts: Facts, wanted: Mapping[str, str]) -> list[Condition]:
    if not wanted:
        return []
    name = successor(change.rule, facts.effective_on, names_of(facts.conditions, change.territory))
    if not change.rule.strip() or len(name) > LONGEST_NAME:
        raise Impossible(f"A rule needs a name of at most {LONGEST_NAME - 20} characters.", "rule")
    span = Span(facts.effective_on, date.max)
    found = [Condition(change.territory, name, dimension, value, span) for dimension, value in sorted(wanted.items())]
    for rule in compile_rules(found, facts.model.settings.currency):
        for band, (least, most) in rule.bands.items():
            if least > most:
                raise Impossible(f"No number of {band} is both that large and that small.", "conditions")
    return found


def names_of(conditions: Iterable[Condition], territory: TerritoryId) -> set[str]:
    """The names that rules of a territory have, or had."""
    return {row.rule for row in conditions if row.territory == territory}


def successor(rule: str, day: date, taken: Collection[str]) -> str:
    """A name for what follows a rule: its own if that is free, else with the day from which it holds."""
    if rule not in taken:
        return rule
    named = f"{_SUCCESSOR.sub('', rule)} from {day.isoformat()}"
    found, number = named, 2
    while found in taken:
        found, number = f"{named} ({number})", number + 1
    return found


def holding_from(rows: Iterable[Condition], day: date) -> list[tuple[Span, list[Condition]]]:
    """The rules that hold on a day or after it, with their days: those that all conditions of a rule have."""
    rules: defaultdict[tuple[TerritoryId, str], list[Condition]] = defaultdict(list)
    for row in rows:
        rules[row.territory, row.rule].append(row)
    found = [(_days_of(ones), ones) for ones in rules.values()]
    return [(days, ones) for days, ones in found if days is not None and days.end > day]


def _days_of(rows: Iterable[Condition]) -> Span | None:
    days: Span | None = Span()
    for row in rows:
        days = days.clip(row.span) if days else None
    return days


def rules_until(rows: Collection[Condition], day: date) -> list[Condition]:
    """The rules on their days before a day. One that had none goes as a whole, or what is left of it would hold."""
    changing = {row: days for days, ones in holding_from(rows, day) for row in ones}
    found = []
    for row in rows:
        days = changing.get(row)
        if days is None:
            found.append(row)
        elif days.start < day:
            found += until(row, day)
    return found


def handed_on(rows: Collection[Condition], into: TerritoryId, day: date, taken: Collection[str]) -> list[Condition]:
    """Rules as rules of another territory, from a day on. `taken` are the names that rules of that have already."""
    names: dict[str, str] = {}
    found = []
    for _, ones in holding_from(rows, day):
        rule = ones[0].rule
        names[rule] = successor(rule, day, {*taken, *names.values()})
        found += [replace(part, territory=into, rule=names[rule]) for row in ones for part in since(row, day)]
    return found
