"""A territory of which some accounts become one of their own."""

from datetime import date

from domain.company import WHOLE, Assignment, AssignmentRole, Span, Territory, TerritoryId
from domain.requests.model import Split
from domain.requests.planning.checks import available, open_territory
from domain.requests.planning.deals import Handing, check_hold_over, givers_of, hand
from domain.requests.planning.facts import Facts, Impossible, Note, Plan
from domain.requests.planning.moving import (
    Moved,
    deals_of,
    find_moved,
    measure,
    pin_notes,
    pinned,
    sole_holder,
)
from domain.requests.planning.transfers import Parties, move_target
from domain.requests.writes import Row, Rows, Writes

LONGEST = 100
"""Characters of a key or a name."""


def plan_split(change: Split, facts: Facts) -> Plan:
    """A new territory beside the old one, with some of its accounts and their share of the target.

    Raises Impossible and MissingRate.
    """
    territory = open_territory(facts, change.territory, "territory")
    new = _new_territory(change, facts, territory)
    check_hold_over(change.terms.hold_over, facts.effective_on, facts.today)
    moved = _part(change, facts, territory)
    notes = frozenset({Note.VACANT}) if change.person is None else available(facts, change.person, "person")[1]
    lines = facts.model.lines
    giver = sole_holder(lines, change.territory)
    parties = Parties(change.territory, new.id, territory.parent, giver, lambda _: change.person)
    transfer = move_target(facts, parties, change.terms, lambda: measure(facts, change.terms, moved, change.territory))
    givers = givers_of(facts, lines.holders_on(change.territory, facts.effective_on))
    handing = Handing(givers, lambda _: change.person, change.territory, new.id)
    handed = hand(deals_of(facts, moved, change.territory), handing, change.terms.hold_over, facts.effective_on)
    return Plan(
        Writes(
            territories=(Row(None, new),),
            pins=pinned(facts, change.accounts, new.id),
            assignments=_holder(change, facts, new.id),
            targets=transfer.targets,
            deals=handed.now,
        ),
        accounts=tuple(sorted(moved.all)),
        taken_along=tuple(sorted(moved.taken_along)),
        held=handed.later,
        measure=transfer.measure,
        months=transfer.months,
        notes=notes | transfer.notes | moved.notes | pin_notes(facts, change.accounts),
    )


def _new_territory(change: Split, facts: Facts, beside: Territory) -> Territory:
    """It has the place, the team and the currency of the one that it comes from. Raises Impossible."""
    key, name = change.key.strip(), change.name.strip()
    for field, value in (("key", key), ("name", name)):
        if not 0 < len(value) <= LONGEST:
            raise Impossible(f"The new territory needs a {field} of at most {LONGEST} characters.", field)
    for other in facts.model.company.territories.values():
        if key.casefold() == other.key.casefold():
            raise Impossible(f"{other.name} has the key {other.key!r} already. Choose another one.", "key")
        if name.casefold() == other.name.casefold():
            raise Impossible(f"There is a territory {other.name} already. Choose another name.", "name")
    return Territory(facts.fresh, key, name, beside.parent, beside.team, currency=beside.currency)


def _part(change: Split, facts: Facts, territory: Territory) -> Moved:
    """Some of the accounts, and not all. Raises Impossible."""
    moved = find_moved(facts, change.accounts, change.territory)
    gone = moved.all
    if all(one in gone for one in facts.accounts if facts.territory_of(one) == change.territory):
        raise Impossible(
            f"These are all accounts of {territory.name}. Leave some out, or change who holds it.", "accounts"
        )
    return moved


def _holder(change: Split, facts: Facts, territory: TerritoryId) -> Rows[Assignment]:
    if change.person is None:
        return ()
    span = Span(facts.effective_on, date.max)
    return (Row(None, Assignment(territory, change.person, AssignmentRole.PRIMARY, span, WHOLE)),)
