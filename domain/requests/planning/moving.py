"""Accounts that go from one territory to another: pins, open deals, and the target that goes along."""

from collections.abc import Callable, Collection, Mapping
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from domain.company import PersonId, Span, TerritoryId
from domain.holdings import AccountId, How, Pin
from domain.lines import Lines
from domain.requests.model import Basis, MoveAccounts, Terms
from domain.requests.planning.checks import open_territory
from domain.requests.planning.deals import Handing, check_hold_over, givers_of, hand
from domain.requests.planning.facts import AccountFacts, DealFacts, Facts, Impossible, Measure, Note, Plan
from domain.requests.planning.rows import changes, pin_key, until
from domain.requests.planning.transfers import Parties, move_target
from domain.requests.words import some_of
from domain.requests.writes import Rows, Writes

MOST_ACCOUNTS = 20_000
"""More at once is a change of rules."""


def plan_move(change: MoveAccounts, facts: Facts) -> Plan:
    """Pins from the day on; whatever pinned these accounts before ends on it. Raises Impossible and MissingRate."""
    source = open_territory(facts, change.source, "source")
    target = open_territory(facts, change.target, "target")
    if change.source == change.target:
        raise Impossible(f"These accounts are in {source.name} already. Choose another territory.", "target")
    check_hold_over(change.terms.hold_over, facts.effective_on, facts.today)
    moved = find_moved(facts, change.accounts, change.source)
    lines = facts.model.lines
    taker = main_holder(lines, change.target)
    parties = Parties(
        change.source,
        change.target,
        target.parent,
        sole_holder(lines, change.source),
        sole_holder(lines, change.target),
    )
    transfer = move_target(facts, parties, change.terms, lambda: measure(facts, change.terms, moved, change.source))
    givers = givers_of(facts, lines.holders_on(change.source, facts.effective_on))
    handing = Handing(givers, taker, change.source, change.target)
    handed = hand(deals_of(facts, moved, change.source), handing, change.terms.hold_over, facts.effective_on)
    pins = pinned(facts, change.accounts, change.target)
    notes = transfer.notes | pin_notes(facts, change.accounts) | moved.notes
    return Plan(
        Writes(pins=pins, targets=transfer.targets, deals=handed.now),
        accounts=tuple(sorted(moved.all)),
        taken_along=tuple(sorted(moved.taken_along)),
        held=handed.later,
        measure=transfer.measure,
        months=transfer.months,
        notes=notes | ({Note.VACANT} if taker(facts.effective_on) is None else frozenset()),
    )


class Moved(NamedTuple):
    """The accounts that change their territory: those named, and those below them that nothing else holds."""

    named: frozenset[AccountId]
    taken_along: frozenset[AccountId]

    @property
    def all(self) -> frozenset[AccountId]:
        return self.named | self.taken_along

    @property
    def notes(self) -> frozenset[Note]:
        return frozenset({Note.TAKEN_ALONG}) if self.taken_along else frozenset()


def find_moved(facts: Facts, accounts: Collection[AccountId], source: TerritoryId) -> Moved:
    """Raises Impossible unless every account is in the source on the effective day."""
    name = facts.model.company.territories[source].name
    if not accounts:
        raise Impossible("Choose at least one account.", "accounts")
    if len(accounts) > MOST_ACCOUNTS:
        raise Impossible(
            f"{len(accounts)} accounts are more than the {MOST_ACCOUNTS} of one request. Change the rules instead.",
            "accounts",
        )
    others = [account for account in dict.fromkeys(accounts) if facts.territory_of(account) != source]
    if others:
        names = [known.name if (known := facts.accounts.get(one)) else "an account that is no more" for one in others]
        verb = "is" if len(names) == 1 else "are"
        raise Impossible(f"{some_of(names)} {verb} not in {name} on that day. Leave out what is elsewhere.", "accounts")
    named = frozenset(accounts)
    return Moved(named, frozenset(one for one in facts.accounts if one not in named and _follows(one, named, facts)))


def _follows(account: AccountId, named: Collection[AccountId], facts: Facts) -> bool:
    """Whether the nearest pin above an account, once those named are pinned, is one of theirs."""
    seen: set[AccountId] = set()
    at: AccountId | None = account
    while at is not None and at not in seen:
        if at in named:
            return True
        known = facts.accounts.get(at)
        if known is None or known.line.at(facts.effective_on).how is How.PIN:
            return False
        seen.add(at)
        at = known.parent
    return False


def pinned(facts: Facts, accounts: Collection[AccountId], territory: TerritoryId) -> Rows[Pin]:
    """The accounts' pins with one to the territory from the effective day on, in place of whatever there was."""
    named = dict.fromkeys(accounts)
    before = [pin for pin in facts.pins if pin.account in named]
    after = [cut for pin in before for cut in until(pin, facts.effective_on)]
    after += [Pin(one, territory, Span(facts.effective_on, date.max)) for one in named]
    return changes(before, after, pin_key)


def pin_notes(facts: Facts, accounts: Collection[AccountId]) -> frozenset[Note]:
    named = set(accounts)
    later = any(pin.account in named and pin.span.start > facts.effective_on for pin in facts.pins)
    return frozenset({Note.LATER_PINS}) if later else frozenset()


def measure(facts: Facts, terms: Terms, moved: Moved, source: TerritoryId) -> Measure:
    """The moved accounts' part of the source by the basis of the terms. Raises Impossible if there is nothing to go by."""
    day = facts.effective_on
    within = [one for one in facts.accounts.values() if one.line.at(day).territory == source]
    whole = _weighed(within, terms.basis)
    gone = moved.all
    part = _weighed([one for one in within if one.id in gone], terms.basis)
    if not whole:
        name = facts.model.company.territories[source].name
        raise Impossible(
            f"{name} has no {_MEASURED[terms.basis]} to measure the moved share of its target by. "
            "Choose another basis, or write the amount that moves.",
            "terms",
        )
    return Measure(terms.basis, Fraction(part), Fraction(whole))


_MEASURED: Mapping[Basis, str] = {
    Basis.CREDIT: "credit in the last 12 months",
    Basis.POTENTIAL: "potential",
    Basis.OPEN: "open pipeline",
    Basis.EQUAL: "account",
}


def _weighed(accounts: Collection[AccountFacts], basis: Basis) -> int:
    """What is negative (more came back than was sold) counts as nothing, so that no share is beyond 0 to 100 %."""
    return len(accounts) if basis is Basis.EQUAL else sum(max(one.weight, 0) for one in accounts)


def deals_of(facts: Facts, moved: Moved, source: TerritoryId) -> list[DealFacts]:
    """The open deals of the moved accounts, without those that name another territory than the source themselves."""
    gone = moved.all
    return [deal for deal in facts.deals if deal.account in gone and deal.territory in (None, source)]


def sole_holder(lines: Lines, territory: TerritoryId) -> Callable[[date], PersonId | None]:
    """Who alone holds a territory on a day."""

    def holder(day: date) -> PersonId | None:
        held = lines.holders_on(territory, day)
        return held[0] if len(held) == 1 else None

    return holder


def main_holder(lines: Lines, territory: TerritoryId) -> Callable[[date], PersonId | None]:
    """Who holds the largest share of a territory on a day; of equal ones, whoever has the smaller id."""

    def holder(day: date) -> PersonId | None:
        found = {one for tenure in lines.primaries(territory, _just(day)) for one in tenure.holders}
        return min(found, key=lambda one: (-one[1], one[0]))[0] if found else None

    return holder


def _just(day: date) -> Span:
    return Span(day, date.fromordinal(day.toordinal() + 1))
