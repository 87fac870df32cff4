"""Whose open deals become, and which of them stay for a while."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple

from domain.company import PersonId, TerritoryId
from domain.requests.model import HoldOver
from domain.requests.planning.facts import DealFacts, Facts, Impossible
from domain.requests.planning.rows import changes, deal_key
from domain.requests.words import day_words
from domain.requests.writes import OpenDeal, Rows

FUTURE_DAYS = 366
"""A hold-over that is longer is no hold-over."""


class Handed(NamedTuple):
    """What changes on the effective day, and what only when the hold-over ends."""

    now: Rows[OpenDeal]
    later: Rows[OpenDeal]


@dataclass(frozen=True, slots=True)
class Handing:
    """From whom to whom (as of a day) deals go; those that name the territory `source` themselves then name `target`."""

    givers: frozenset[PersonId]
    taker: Callable[[date], PersonId | None]
    source: TerritoryId
    target: TerritoryId

    def after(self, deal: DealFacts, day: date) -> OpenDeal:
        owner = self.taker(day) if deal.owner in self.givers else deal.owner
        territory = self.target if deal.territory == self.source else deal.territory
        return OpenDeal(deal.deal, owner, territory)


def givers_of(facts: Facts, holders: Iterable[PersonId]) -> frozenset[PersonId]:
    """Whose deals go along: those of who holds the territory, and of everybody who has left: they can't keep them."""
    day, people = facts.effective_on, facts.model.company.people.values()
    return frozenset(holders).union(one.id for one in people if one.left_on is not None and one.left_on < day)


def hand(deals: Iterable[DealFacts], handing: Handing, hold: HoldOver | None, day: date) -> Handed:
    """Each deal as it is after `day`, or after the hold-over if it is held."""
    now: list[tuple[OpenDeal, OpenDeal]] = []
    later: list[tuple[OpenDeal, OpenDeal]] = []
    for deal in deals:
        held = hold is not None and _stays(deal, hold, day)
        after = handing.after(deal, hold.until if hold is not None and held else day)
        (later if held else now).append((deal.row, after))
    return Handed(_rows(now), _rows(later))


def hand_over(held: Rows[OpenDeal], deals: Iterable[DealFacts], owner: PersonId | None) -> Rows[OpenDeal]:
    """What the end of a hold-over writes: the held deals that are open still and as they were, to who holds the territory now."""
    now = {deal.deal: deal.row for deal in deals}
    pairs = []
    for row in held:
        if row.before is not None and row.after is not None and now.get(row.before.deal) == row.before:
            moves = row.after.owner != row.before.owner
            pairs.append((row.before, replace(row.after, owner=owner) if moves else row.after))
    return _rows(pairs)


def _rows(pairs: Iterable[tuple[OpenDeal, OpenDeal]]) -> Rows[OpenDeal]:
    before, after = [], []
    for old, new in pairs:
        before.append(old)
        after.append(new)
    return changes(before, after, deal_key)


def _stays(deal: DealFacts, hold: HoldOver, day: date) -> bool:
    """Whether a deal meets every condition; what is not known about it does not meet one."""
    if hold.stages and deal.stage not in hold.stages:
        return False
    if hold.least is not None and (deal.amount is None or deal.amount < hold.least):
        return False
    if hold.closing_within is None:
        return True
    return deal.closes_on is not None and deal.closes_on <= day + timedelta(days=hold.closing_within)


def check_hold_over(hold: HoldOver | None, day: date, today: date) -> None:
    """It ends after the effective day, and within a year of it. Raises Impossible."""
    if hold is None:
        return
    if not day < hold.until <= day + timedelta(days=FUTURE_DAYS):
        raise Impossible(
            f"Open deals can stay until a day after {day_words(day, today)} and within a year of it, "
            f"not until {day_words(hold.until, today)}.",
            "terms",
        )
