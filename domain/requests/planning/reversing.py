"""A change given back: from the reversal's own day on everything is as it was before; the days before it stay as they were.

What has changed since is not given back over somebody's head: the reversal is refused, but for deals, which stay then.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import fields, replace
from typing import Any, TypeVar

from domain.company import Assignment, PersonId, Territory, TerritoryId
from domain.holdings import AccountId, Condition, Pin
from domain.requests.model import Merge, Split, TargetRule
from domain.requests.planning.bounding import handed_on, names_of, rules_until
from domain.requests.planning.checks import check_shares, check_tree
from domain.requests.planning.facts import Done, Facts, Impossible, MovedMonth, Note, Plan
from domain.requests.planning.giving_back import targets_given_back
from domain.requests.planning.rows import (
    changes,
    condition_key,
    deal_key,
    pin_key,
    since,
    until,
)
from domain.requests.planning.sums import sums_hold
from domain.requests.words import day_words
from domain.requests.writes import OpenDeal, Row, Rows, Writes
from domain.requests.written import assignment_key

S = TypeVar("S", Pin, Condition, Assignment)


def plan_reversal(done: Done, facts: Facts) -> Plan:
    """Raises Impossible with what has changed since, and MissingRate."""
    if facts.effective_on < done.effective_on:
        first = day_words(done.effective_on, facts.today)
        raise Impossible(f"This took effect on {first}. Choose that day or a later one.", "effective_on")
    _check_left_alone(done, facts)
    assignments = _assignments(done, facts)
    targets, months = targets_given_back(done, facts)
    deals, notes = _deals(done, facts)
    writes = Writes(
        territories=_territories(done, facts),
        rules=_rules(done, facts),
        pins=_pins(done, facts),
        assignments=assignments,
        targets=targets,
        deals=deals,
    )
    _check_sums(done, facts, writes, months)
    return Plan(writes, accounts=tuple(sorted(_accounts(done))), months=months, notes=notes)


def _check_sums(done: Done, facts: Facts, writes: Writes, months: Iterable[MovedMonth]) -> None:
    """With the tree as it was before, the targets of the months between must not count twice, or not at all."""
    if not writes.territories:
        return
    relieved = isinstance(done.change, Merge | Split) and done.change.terms.target is TargetRule.RELIEVED
    gained = Counter({month.month.label: month.moved for month in months if relieved})
    if not sums_hold(facts.model, writes, gained):
        day = day_words(done.effective_on, facts.today)
        raise Impossible(
            "With the territories as they were, targets of the months since would count twice, or not at all. "
            f"Choose {day}, the day on which this took effect, or ask for a new change instead.",
            "effective_on",
        )


def changed_since(done: Done, facts: Facts, what: str) -> Impossible:
    """The refusal to give back over something newer."""
    day = day_words(done.effective_on, facts.today)
    return Impossible(f"{what} has changed since this took effect on {day}. Ask for a new change instead.", "request")


# Rows that hold for spans of days


def _pins(done: Done, facts: Facts) -> Rows[Pin]:
    rows, accounts = done.writes.pins, _accounts(done)
    now = [row.after for row in rows if row.after is not None]
    mine = [pin for pin in facts.pins if pin.account in accounts and pin.span.end > facts.effective_on]
    if any(pin not in now for pin in mine) or not _stand(rows, facts.pins, pin_key, done, facts):
        raise changed_since(done, facts, "Which territory its accounts are pinned to")
    return _given_back(rows, done, facts, pin_key)


def _accounts(done: Done) -> frozenset[AccountId]:
    return frozenset(pin.account for row in done.writes.pins for pin in (row.before, row.after) if pin is not None)


def _assignments(done: Done, facts: Facts) -> Rows[Assignment]:
    """Those written, and those that a territory got that was new then: it ends."""
    present, rows = facts.model.company.assignments, done.writes.assignments
    if not _stand(rows, present, assignment_key, done, facts):
        raise changed_since(done, facts, "Who holds the territory")
    written = [row.after for row in rows if row.after is not None]
    others = [one for one in present if one.territory in _created(done) and one not in written]
    ended = changes(others, [part for one in others for part in until(one, facts.effective_on)], assignment_key)
    back = (*_given_back(rows, done, facts, assignment_key), *ended)
    gone = {row.before for row in back}
    after = [one for one in present if one not in gone] + [row.after for row in back if row.after is not None]
    for territory in {one.territory for row in rows for one in (row.before, row.after) if one is not None}:
        if territory not in _created(done):
            check_shares(facts, territory, after)
    return back


def _rules(done: Done, facts: Facts) -> Rows[Condition]:
    """On a later day than that of the change, what is given back has another name: see `bounding`."""
    rows, day = done.writes.rules, facts.effective_on
    if not _stand(rows, facts.conditions, condition_key, done, facts):
        raise changed_since(done, facts, "A rule")
    if day == done.effective_on:
        return _inverse(rows)
    now = [row.after for row in rows if row.after is not None]
    then = rules_until(now, day)
    for territory in {row.before.territory for row in rows if row.before is not None}:
        before = [row.before for row in rows if row.before is not None and row.before.territory == territory]
        taken = names_of(facts.conditions, territory) | {one.rule for one in before}
        then += handed_on(before, territory, day, taken)
    return changes(now, then, condition_key)


def _stand(rows: Rows[S], present: Iterable[S], key: Callable[[S], Any], done: Done, facts: Facts) -> bool:
    """Whether what was written is still so on the days that are given back, and nothing stands where a row was ended."""
    held = {key(one): one for one in present}
    same_day = facts.effective_on == done.effective_on
    for row in rows:
        there = held.get(key(row.after or row.before))  # type: ignore[arg-type]
        if there != row.after and (row.after is None or same_day or row.after.span.end > facts.effective_on):
            return False
    return True


def _given_back(rows: Rows[S], done: Done, facts: Facts, key: Callable[[S], Any]) -> Rows[S]:
    """What was written up to the day, what was before from it on; on the very day of the change just what was before."""
    day = facts.effective_on
    if day == done.effective_on:
        return _inverse(rows)
    now = [row.after for row in rows if row.after is not None]
    then = [part for row in now for part in until(row, day)]
    then += [part for row in rows if row.before is not None for part in since(row.before, day)]
    return changes(now, then, key)


def _inverse(rows: Rows[S]) -> Rows[S]:
    return tuple(Row(row.after, row.before) for row in rows)


# Territories


def _created(done: Done) -> frozenset[TerritoryId]:
    return frozenset(row.after.id for row in done.writes.territories if row.before is None and row.after is not None)


def _check_left_alone(done: Done, facts: Facts) -> None:
    """A territory that was new then has got nothing else since, or its reversal would leave that nowhere. Raises Impossible."""
    created, day, company = _created(done), facts.effective_on, facts.model.company
    named = {pin.account for pin in facts.pins if pin.territory in created and pin.span.end > day}
    rules = any(one.territory in created and one.span.end > day for one in facts.conditions)
    below = any(one.parent in created and one.closed_on is None for one in company.territories.values())
    if rules or below or named - _accounts(done):
        raise changed_since(done, facts, "What belongs to the new territory")


def _territories(done: Done, facts: Facts) -> Rows[Territory]:
    """What was changed of each is changed back; one that was new is closed, because its days stay."""
    before = facts.model.company.territories
    after = dict(before)
    for row in done.writes.territories:
        now = before.get(row.after.id) if row.after is not None else None
        if row.after is None or now is None:
            raise changed_since(done, facts, "A territory")
        after[now.id] = _as_before(done, facts, row.before, row.after, now)
    check_tree(after)
    return changes(before.values(), after.values(), lambda one: one.id)


def _as_before(done: Done, facts: Facts, was: Territory | None, written: Territory, now: Territory) -> Territory:
    if was is None:
        into = done.change.territory if isinstance(done.change, Split) else None
        return replace(now, closed_on=facts.effective_on, merged_into=into)
    back = {}
    for one in fields(Territory):
        old, new = getattr(was, one.name), getattr(written, one.name)
        if old != new:
            back[one.name] = old
            if getattr(now, one.name) != new:
                raise changed_since(done, facts, f"The territory {now.name}")
    return replace(now, **back)


# Open deals


def _deals(done: Done, facts: Facts) -> tuple[Rows[OpenDeal], frozenset[Note]]:
    """Deals that are open, and as they were written. Of somebody who has left they are nobody's."""
    now = {deal.deal: deal.row for deal in facts.deals}
    kept = [row for row in done.writes.deals if row.after is not None and now.get(row.after.deal) == row.after]
    before = [row.after for row in kept if row.after is not None]
    after = [replace(row.before, owner=_still(facts, row.before.owner)) for row in kept if row.before is not None]
    changed = len(kept) < len(done.writes.deals)
    return changes(before, after, deal_key), frozenset({Note.SINCE_CHANGED} if changed else ())


def _still(facts: Facts, owner: PersonId | None) -> PersonId | None:
    known = None if owner is None else facts.model.company.people.get(owner)
    if known is None or (known.left_on is not None and known.left_on < facts.effective_on):
        return None
    return owner
