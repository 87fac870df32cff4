"""What is wrong with how accounts are divided up, and what is at stake: a list of findings, what hurts most first."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from domain.company import AssignmentRole, Company, PersonId, TerritoryId
from domain.holdings import AccountId, How
from domain.lines import Lines
from domain.territories.survey import Survey

DealId: TypeAlias = int
SOON = timedelta(days=30)
"""Whoever leaves within so many days leaves soon."""


class FindingKind(StrEnum):
    """In the order in which they hurt, other things being equal."""

    GAP = "gap"
    OVERLAP = "overlap"
    ORPHAN = "orphan"
    OWNER = "owner"
    CRM = "crm"
    LEAVING = "leaving"
    PIN = "pin"
    RULE = "rule"
    EMPTY = "empty"


TO_LOOK_AT = frozenset({FindingKind.PIN, FindingKind.RULE, FindingKind.EMPTY})
"""May be meant so: they come after the others whatever their amount."""
_ORDER = {kind: place for place, kind in enumerate(FindingKind)}


class Part(NamedTuple):
    """Open deals of a finding that count for one person and one territory; `amount` is in the workspace's currency."""

    person: PersonId | None
    territory: TerritoryId | None
    amount: int
    deals: int


class OpenPart(NamedTuple):
    """A part of the open deals of an account."""

    account: AccountId | None
    part: Part


class OpenDeal(NamedTuple):
    """An open deal with its owner and the territory that it counts in."""

    deal: DealId
    account: AccountId | None
    owner: PersonId
    territory: TerritoryId
    amount: int


@dataclass(frozen=True, slots=True)
class Overruled:
    """A decision of Turf's where the last import said otherwise: what it is about, under which key, and what was said."""

    what: str
    key: str
    said: str
    said_on: date | None


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong. What does not belong to its kind is empty.

    `territories`: of an overlap those that claim the account; of a pin its own and those of the rules; else the one that
    it is about. `person`: the owner of a deal, or who leaves or has left, `on` that last day. `accounts` are those
    in the territory; None where it is about open deals alone, or where that is not for whoever reads it.
    """

    kind: FindingKind
    territories: tuple[TerritoryId, ...] = ()
    account: AccountId | None = None
    person: PersonId | None = None
    deal: DealId | None = None
    rule: str = ""
    on: date | None = None
    parts: tuple[Part, ...] = ()
    accounts: int | None = None
    overruled: Overruled | None = None

    @property
    def amount(self) -> int:
        """Minor units of the workspace's currency that are open here."""
        return sum(part.amount for part in self.parts)

    @property
    def deals(self) -> int:
        return sum(part.deals for part in self.parts)


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """What hurts most first: by the open amount, then by accounts. The order says only what the findings say."""
    return sorted(findings, key=_pain)


def _pain(one: Finding) -> tuple[object, ...]:
    what = one.overruled.key if one.overruled else ""
    return (
        one.kind in TO_LOOK_AT,
        -one.amount,
        -(one.accounts or 0),
        _ORDER[one.kind],
        one.territories,
        one.account or 0,
        one.deal or 0,
        one.rule,
        what,
    )


def findings(
    company: Company,
    lines: Lines,
    seen: Survey,
    parts: Iterable[OpenPart],
    deals: Iterable[OpenDeal],
    day: date,
) -> list[Finding]:
    """What is wrong with territories on `day`, in order; `deals` are those whose owner is not among who holds their territory."""
    by_account: defaultdict[AccountId, list[Part]] = defaultdict(list)
    by_territory: defaultdict[TerritoryId, list[Part]] = defaultdict(list)
    for account, part in parts:
        if account is not None:
            by_account[account].append(part)
        if part.territory is not None:
            by_territory[part.territory].append(part)
    counts = seen.counts()
    found = [
        *(_unplaced(seen, by_account) if seen.ruled else ()),
        *_against(seen, by_account),
        *(Finding(FindingKind.RULE, (one.territory,), rule=one.rule) for one in seen.idle),
        *_territories(company, lines, counts, by_territory, day, ruled=seen.ruled),
        *(_owner(one) for one in deals if lines.holders_on(one.territory, day)),
    ]
    return in_order(found)


def _unplaced(seen: Survey, parts: Mapping[AccountId, list[Part]]) -> Iterator[Finding]:
    """Accounts that no territory takes, or several. In a company without any rule that says nothing."""
    for account, holding in seen.holdings.items():
        if holding.territory is None:
            kind = FindingKind.OVERLAP if holding.how is How.OVERLAP else FindingKind.GAP
            yield Finding(kind, holding.rivals, account=account, parts=_merged(parts.get(account, ())))


def _against(seen: Survey, parts: Mapping[AccountId, list[Part]]) -> Iterator[Finding]:
    for one in seen.against:
        where = (one.pinned, *one.ruled)
        yield Finding(FindingKind.PIN, where, account=one.account, parts=_merged(parts.get(one.account, ())))


def _owner(one: OpenDeal) -> Finding:
    part = Part(one.owner, one.territory, one.amount, 1)
    return Finding(
        FindingKind.OWNER, (one.territory,), account=one.account, person=one.owner, deal=one.deal, parts=(part,)
    )


def _territories(
    company: Company,
    lines: Lines,
    counts: Mapping[TerritoryId, int],
    parts: Mapping[TerritoryId, list[Part]],
    day: date,
    *,
    ruled: bool,
) -> Iterator[Finding]:
    """Territories that nobody holds or soon will, and those without any account.

    An area that is only a frame for those below it needs neither, nor does a territory that is no more.
    """
    gone = _gone(company, day)
    for one, territory in company.territories.items():
        count, open_parts = counts.get(one, 0), _merged(parts.get(one, ()))
        ended = territory.closed_on is not None and territory.closed_on <= day
        holders, is_frame = lines.holders_on(one, day), ended or bool(lines.child_territories(one))
        if ruled and not count and not is_frame:
            yield Finding(FindingKind.EMPTY, (one,), parts=open_parts, accounts=0)
        if not holders and (count or open_parts or not is_frame):
            on, person = gone.get(one, (None, None))
            waiting = count if count or not is_frame else None
            yield Finding(FindingKind.ORPHAN, (one,), person=person, on=on, parts=open_parts, accounts=waiting)
        elif leaving := _leaving(company, lines, one, holders, day):
            person, on = leaving
            yield Finding(FindingKind.LEAVING, (one,), person=person, on=on, parts=open_parts, accounts=count)


def _gone(company: Company, day: date) -> dict[TerritoryId, tuple[date, PersonId]]:
    """Of each territory that somebody would hold who has left, the last of them, with that last day."""
    found: dict[TerritoryId, tuple[date, PersonId]] = {}
    for row in company.assignments:
        person = company.people.get(row.person)
        if (
            row.role is AssignmentRole.PRIMARY
            and day in row.span
            and person
            and person.left_on
            and person.left_on < day
        ):
            found[row.territory] = max(found.get(row.territory, (date.min, 0)), (person.left_on, person.id))
    return found


def _leaving(
    company: Company, lines: Lines, territory: TerritoryId, holders: Iterable[PersonId], day: date
) -> tuple[PersonId, date] | None:
    """Who of its holders leaves soon and last, if nobody holds it from then on, and the last day."""
    ends = [(on, one) for one in holders if (on := company.people[one].left_on) and on != date.max]
    last = max(ends, default=None)
    if last is None or last[0] > day + SOON or lines.holders_on(territory, last[0] + timedelta(days=1)):
        return None
    return last[1], last[0]


def _merged(parts: Iterable[Part]) -> tuple[Part, ...]:
    """One part for each person and territory."""
    sums: dict[tuple[PersonId | None, TerritoryId | None], tuple[int, int]] = {}
    for part in parts:
        amount, deals = sums.get((part.person, part.territory), (0, 0))
        sums[part.person, part.territory] = amount + part.amount, deals + part.deals
    return tuple(Part(*whose, *sums[whose]) for whose in sums)
