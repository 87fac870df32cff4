"""Another primary of a territory, and somebody who stands in for a while."""

from collections.abc import Iterable
from datetime import date
from fractions import Fraction

from domain.company import WHOLE, Assignment, AssignmentRole, PersonId, Span, Territory
from domain.requests.model import ChangeRep, Cover, TargetRule
from domain.requests.planning.checks import available, away, check_shares, open_territory
from domain.requests.planning.deals import Handing, check_hold_over, givers_of, hand
from domain.requests.planning.facts import Facts, Impossible, Note, Plan
from domain.requests.planning.rows import changes, since, until
from domain.requests.planning.transfers import Transfer, hand_on, lent
from domain.requests.words import day_words, some_of
from domain.requests.writes import Writes
from domain.requests.written import assignment_key


def plan_rep(change: ChangeRep, facts: Facts) -> Plan:
    """The old primary's days end, the new one's begin with the same share. Raises Impossible and MissingRate."""
    day = facts.effective_on
    territory = open_territory(facts, change.territory, "territory")
    if change.terms.target is TargetRule.RELIEVED:
        raise Impossible(
            f"The target stays with {territory.name}, whoever holds it. To lower it, ask for another target.", "terms"
        )
    check_hold_over(change.terms.hold_over, day, facts.today)
    share = _released(change, facts, territory)
    notes = _taken_over(change, facts, territory)
    after, later = _with_other(change, facts, share)
    check_shares(facts, change.territory, after)
    transfer = _target(change, facts, share)
    givers = givers_of(facts, () if change.previous is None else (change.previous,))
    handing = Handing(givers, lambda _: change.person, change.territory, change.territory)
    handed = hand([one for one in facts.deals if one.within == change.territory], handing, change.terms.hold_over, day)
    found = set(transfer.notes | notes) | ({Note.LATER_HOLDERS} if later else set())
    assignments = changes(primaries(facts, change.territory), after, assignment_key)
    return Plan(
        Writes(assignments=assignments, targets=transfer.targets, deals=handed.now),
        held=handed.later,
        months=transfer.months,
        notes=frozenset(found),
    )


def primaries(facts: Facts, territory: int) -> list[Assignment]:
    """All rows of a territory's primaries, whenever they hold."""
    rows = facts.model.company.assignments
    return [row for row in rows if row.territory == territory and row.role is AssignmentRole.PRIMARY]


def _released(change: ChangeRep, facts: Facts, territory: Territory) -> int:
    """The share that is free for the new primary. Raises Impossible if somebody else holds it than was known."""
    held = dict(facts.model.lines.primaries(change.territory, Span(facts.effective_on, date.max))[0].holders)
    free = WHOLE - sum(held.values())
    if change.previous is None:
        if free:
            return free
        raise Impossible(f"{territory.name} is held by {_names(facts, held)} on that day. Ask again.", "territory")
    if change.previous in held:
        return held[change.previous]
    if any(row.person == change.previous and facts.effective_on in row.span for row in primaries(facts, territory.id)):
        return free
    who = _names(facts, held) if held else "nobody"
    since_words = day_words(facts.effective_on, facts.today)
    raise Impossible(
        f"{_names(facts, [change.previous])} does not hold {territory.name} on {since_words}: {who} does. "
        "Choose another day, or ask again.",
        "effective_on",
    )


def _taken_over(change: ChangeRep, facts: Facts, territory: Territory) -> frozenset[Note]:
    if change.person is None:
        if change.previous is None:
            raise Impossible(f"Nobody holds {territory.name} as it is. Choose who shall.", "person")
        return frozenset({Note.VACANT})
    found, notes = available(facts, change.person, "person")
    if change.person == change.previous:
        raise Impossible(f"{found.name} holds {territory.name} already. Choose somebody else.", "person")
    return notes


def _with_other(change: ChangeRep, facts: Facts, share: int) -> tuple[list[Assignment], bool]:
    """The rows of primaries as they shall be, and whether some that were to begin later are given up."""
    day, after = facts.effective_on, []
    for row in primaries(facts, change.territory):
        ends = row.person in (change.previous, change.person) or row.span.start > day or _has_left(facts, row.person)
        after += until(row, day) if ends else [row]
    if change.person is not None:
        held = dict(facts.model.lines.primaries(change.territory, Span(day, date.max))[0].holders)
        mine = share + held.get(change.person, 0)
        new = Assignment(change.territory, change.person, AssignmentRole.PRIMARY, Span(day, date.max), mine)
        after.append(new)
    return after, any(row.span.start > day for row in primaries(facts, change.territory))


def _has_left(facts: Facts, person: PersonId) -> bool:
    known = facts.model.company.people.get(person)
    return known is not None and known.left_on is not None and known.left_on < facts.effective_on


def _target(change: ChangeRep, facts: Facts, share: int) -> Transfer:
    """People's own rows pass on what they hold of the territory's target, unless the terms say that it stays."""
    if change.terms.target is TargetRule.STAYS:
        return Transfer()
    return hand_on(facts, change.territory, Fraction(share, WHOLE), lambda _: change.previous, lambda _: change.person)


def plan_cover(change: Cover, facts: Facts) -> Plan:
    """Rights for the span; credited, the primaries' own days are cut around it. Raises Impossible."""
    day = facts.effective_on
    territory = open_territory(facts, change.territory, "territory")
    if change.until <= day:
        raise Impossible(f"The cover has to end after {day_words(day, facts.today)}.", "until")
    found, notes = available(facts, change.person, "person")
    span = Span(day, change.until)
    _check_stands_in(change, facts, found.name, territory, span)
    role = AssignmentRole.PRIMARY if change.credited else AssignmentRole.COVER
    rows = [
        row
        for row in facts.model.company.assignments
        if row.territory == change.territory and row.role is role and (change.credited or row.person == change.person)
    ]
    new = Assignment(change.territory, change.person, role, span)
    after = [*_around(rows, span), new]
    if change.credited:
        check_shares(facts, change.territory, after)
    months = lent(facts, change.territory, span) if change.credited else ()
    return Plan(Writes(assignments=changes(rows, after, assignment_key)), months=months, notes=notes)


def _check_stands_in(change: Cover, facts: Facts, name: str, territory: Territory, span: Span) -> None:
    """Who stands in is there all the time, and is not who they stand in for."""
    tenures = facts.model.lines.primaries(change.territory, span)
    if any(dict(tenure.holders).get(change.person) == WHOLE for tenure in tenures):
        raise Impossible(f"{name} holds {territory.name} in that time. Choose somebody else.", "person")
    gone = away(facts, change.person, span)
    if gone is not None:
        first, end = day_words(gone.start, facts.today), day_words(gone.end, facts.today)
        raise Impossible(f"{name} is away from {first} to before {end}. Choose somebody else, or other days.", "person")
    left = facts.model.company.people[change.person].left_on
    if left is not None and left.toordinal() + 1 < change.until.toordinal():
        raise Impossible(
            f"{name}'s last day is {day_words(left, facts.today)}. Choose somebody else, or an earlier end.", "until"
        )


def _around(rows: Iterable[Assignment], span: Span) -> list[Assignment]:
    """The rows on their days before and after a span; one that goes on is two."""
    return [
        part
        for row in rows
        for part in ([*until(row, span.start), *since(row, span.end)] if row.span.overlaps(span) else [row])
    ]


def _names(facts: Facts, people: Iterable[PersonId]) -> str:
    known = facts.model.company.people
    return some_of([known[one].name if one in known else "somebody who is not known any more" for one in people])
