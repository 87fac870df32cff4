"""A territory that ends, and whose rules, accounts, children and target go to another one."""

from collections import Counter
from dataclasses import replace
from fractions import Fraction

from domain.company import Assignment, Territory
from domain.holdings import Condition, Pin
from domain.requests.model import Basis, Merge, TargetRule
from domain.requests.planning.bounding import handed_on, names_of, rules_until
from domain.requests.planning.checks import check_tree, open_territory
from domain.requests.planning.deals import Handing, check_hold_over, givers_of, hand
from domain.requests.planning.facts import Facts, Impossible, Measure, Note, Plan
from domain.requests.planning.moving import main_holder, sole_holder
from domain.requests.planning.rows import changes, condition_key, pin_key, since, until
from domain.requests.planning.sums import sums_hold
from domain.requests.planning.transfers import Parties, Transfer, move_target
from domain.requests.writes import Rows, Writes
from domain.requests.written import assignment_key


def plan_merge(change: Merge, facts: Facts) -> Plan:
    """All that one territory has goes to another, from the day on; it is closed on it. Raises Impossible and MissingRate."""
    day, lines = facts.effective_on, facts.model.lines
    source = open_territory(facts, change.territory, "territory")
    into = open_territory(facts, change.into, "into")
    if source == into:
        raise Impossible(f"{source.name} can't be merged into itself. Choose another territory.", "into")
    if change.terms.target is TargetRule.STAYS:
        raise Impossible(f"{source.name} ends, so its target can't stay with it. Let it move, or relieve it.", "terms")
    check_hold_over(change.terms.hold_over, day, facts.today)
    taker = main_holder(lines, change.into)
    transfer = _whole_target(change, facts, into)
    deals = [one for one in facts.deals if change.territory in (one.within, one.territory)]
    handing = Handing(givers_of(facts, lines.holders_on(change.territory, day)), taker, change.territory, change.into)
    handed = hand(deals, handing, change.terms.hold_over, day)
    writes = Writes(
        territories=_closed(facts, source, into),
        rules=_rules(change, facts),
        pins=_pins(change, facts),
        assignments=_ended(change, facts),
        targets=transfer.targets,
        deals=handed.now,
    )
    _check_sums(facts, writes, transfer, change)
    accounts = tuple(sorted(one for one in facts.accounts if facts.territory_of(one) == change.territory))
    notes = transfer.notes | (frozenset({Note.VACANT}) if taker(day) is None else frozenset())
    return Plan(writes, accounts, (), handed.later, transfer.measure, transfer.months, notes)


def _whole_target(change: Merge, facts: Facts, into: Territory) -> Transfer:
    """All of what is left, whatever the basis."""
    lines = facts.model.lines
    parties = Parties(
        change.territory,
        change.into,
        into.parent,
        sole_holder(lines, change.territory),
        sole_holder(lines, change.into),
        closes=True,
    )
    all_of_it = Measure(Basis.EQUAL, Fraction(1), Fraction(1))
    return move_target(facts, parties, replace(change.terms, basis=Basis.EQUAL, typed=None), lambda: all_of_it)


def _check_sums(facts: Facts, writes: Writes, transfer: Transfer, change: Merge) -> None:
    """What has to be reached in all territories together stays the same, but for what is relieved. Raises Impossible."""
    relieved = transfer.months if change.terms.target is TargetRule.RELIEVED else ()
    lost = Counter({month.month.label: -month.moved for month in relieved})
    if not sums_hold(facts.model, writes, lost):
        names = [facts.model.company.territories[one].name for one in (change.territory, change.into)]
        raise Impossible(
            f"{names[0]} and {names[1]} have targets of their own beside those of territories below them, so that "
            "merged they would count twice, or not at all. Choose the first day of a month, or change those targets first.",
            "into",
        )


def _closed(facts: Facts, source: Territory, into: Territory) -> Rows[Territory]:
    """The territory closed, its children below the other one, which takes its place if it lay below it."""
    before = facts.model.company.territories
    after = dict(before)
    for child in before.values():
        if child.parent == source.id and child.id != into.id:
            after[child.id] = replace(child, parent=into.id)
    if into.id in facts.model.lines.territories_below(source.id):
        after[into.id] = replace(into, parent=source.parent)
    after[source.id] = replace(source, closed_on=facts.effective_on, merged_into=into.id)
    check_tree(after)
    return changes(before.values(), after.values(), lambda one: one.id)


def _rules(change: Merge, facts: Facts) -> Rows[Condition]:
    rows = [row for row in facts.conditions if row.territory == change.territory]
    taken = names_of(facts.conditions, change.into)
    after = [*rules_until(rows, facts.effective_on), *handed_on(rows, change.into, facts.effective_on, taken)]
    return changes(rows, after, condition_key)


def _pins(change: Merge, facts: Facts) -> Rows[Pin]:
    rows = [row for row in facts.pins if row.territory == change.territory]
    after = [part for row in rows for part in until(row, facts.effective_on)]
    after += [replace(part, territory=change.into) for row in rows for part in since(row, facts.effective_on)]
    return changes(rows, after, pin_key)


def _ended(change: Merge, facts: Facts) -> Rows[Assignment]:
    """Nobody holds a territory that is closed, in whatever role."""
    rows = [row for row in facts.model.company.assignments if row.territory == change.territory]
    return changes(rows, [part for row in rows for part in until(row, facts.effective_on)], assignment_key)
