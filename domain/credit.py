"""Who gets credit for a deal: people, territory and overlay, and how its amount is shared out.

The same rules serve the import, which writes the ledger by them, and the tests, which hold the ledger against them.
The first that matches decides. Person: the deal's revenue splits; its owner; the primary of its territory on the day;
nobody. Territory: the deal's own; its account's on the day; the owner's only primary territory on the day; none.
What runs once for each of a million deals is a NamedTuple, which is made four times faster than a frozen dataclass.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any, NamedTuple, TypeAlias

from domain.company import WHOLE, Assignment, AssignmentRole, Company, PersonId, Span, TerritoryId
from domain.holdings import AccountId, Holding
from domain.money import allocate, apply_share
from domain.timelines import Timeline, timeline

Share: TypeAlias = tuple[PersonId, int]
"""A person and their part in millionths."""


class Kind(StrEnum):
    """What a row of the ledger counts as. Overlay counts for its person only; lost deals are kept for win rates."""

    REVENUE = "revenue"
    OVERLAY = "overlay"
    LOST = "lost"


class Because(StrEnum):
    """The rule that gave a person their part."""

    SPLIT = "split"
    OWNER = "owner"
    TERRITORY = "territory"
    UNASSIGNED = "unassigned"
    RETURN = "return"
    OVERLAY_SPLIT = "overlay_split"
    OVERLAY_ASSIGNMENT = "overlay_assignment"


class Deal(NamedTuple):
    """What the rules need to know of a deal. `day` is the credit date; of an open deal the one on which it is expected
    to close, `date.min` if nobody expects it on any."""

    owner: PersonId | None
    territory: TerritoryId | None
    account: AccountId | None
    day: date
    splits: Sequence[Share] = ()
    overlay_splits: Sequence[Share] = ()


class Frozen(NamedTuple):
    """Owner and territory as they were when the deal was first seen won; what was empty then is not frozen."""

    owner: PersonId | None
    territory: TerritoryId | None


NOT_FROZEN = Frozen(None, None)


class Part(NamedTuple):
    """One person's part of a deal (None: nobody's), in millionths."""

    kind: Kind
    person: PersonId | None
    share: int
    because: Because


class Attribution(NamedTuple):
    """Revenue parts sum to exactly 100 %; overlay parts stand beside them."""

    owner: PersonId | None
    territory: TerritoryId | None
    parts: tuple[Part, ...]


UNASSIGNED = (Part(Kind.REVENUE, None, WHOLE, Because.UNASSIGNED),)
NONE: tuple[Part, ...] = ()


class CreditContext:
    """What a company's assignments and accounts say about each day, looked up once for each deal.

    An assignment ends with its person's last day.
    """

    def __init__(self, company: Company, accounts: Mapping[AccountId, Timeline[Holding]]) -> None:
        held = list(_while_employed(company))
        self._accounts = accounts
        self._primaries = _primaries(held)
        self._only_territory = _only_territories(held)
        self._overlays = _overlays(held, company)
        self._owners: dict[PersonId, tuple[Part, ...]] = {}

    def primaries(self, territory: TerritoryId, day: date) -> tuple[Part, ...]:
        """The parts of those who held a territory as primary on a day; what nobody held is unassigned."""
        known = self._primaries.get(territory)
        return known.at(day) if known else UNASSIGNED

    def overlays(self, territory: TerritoryId, day: date) -> tuple[Part, ...]:
        """The parts of those who had an overlay on a territory, or on one above it, on a day."""
        known = self._overlays.get(territory)
        return known.at(day) if known else NONE

    def only_territory(self, person: PersonId, day: date) -> TerritoryId | None:
        """The territory that a person held as primary on a day, if there was exactly one."""
        known = self._only_territory.get(person)
        return known.at(day) if known else None

    def account_territory(self, account: AccountId, day: date) -> TerritoryId | None:
        """The territory that an account was in on a day."""
        known = self._accounts.get(account)
        return known.at(day).territory if known else None

    def changes(self, deal: Deal) -> list[date]:
        """The days after the deal's own on which its territory or the holder of that may be another."""
        held = [deal.territory] if deal.territory is not None else []
        lines: list[Timeline[Any]] = []
        if deal.territory is None:
            if deal.account is not None and (of_account := self._accounts.get(deal.account)):
                lines.append(of_account)
                held += [holding.territory for holding in of_account.values if holding.territory is not None]
            if deal.owner is not None and (of_owner := self._only_territory.get(deal.owner)):
                lines.append(of_owner)
        if deal.owner is None and not deal.splits:
            lines += [self._primaries[territory] for territory in held if territory in self._primaries]
        return sorted({start for line in lines for start in line.starts if start > deal.day})

    def owner(self, person: PersonId) -> tuple[Part, ...]:
        """All of a deal for its owner."""
        parts = self._owners.get(person)
        if parts is None:
            parts = self._owners[person] = (Part(Kind.REVENUE, person, WHOLE, Because.OWNER),)
        return parts


def attribute(
    deal: Deal, context: CreditContext, frozen: Frozen = NOT_FROZEN, reverses: Attribution | None = None
) -> Attribution:
    """Who gets credit for a deal.

    `reverses` is the attribution of the deal that a return takes back: the return takes its people, shares and,
    unless it names one of its own, its territory.
    """
    owner = deal.owner if frozen.owner is None else frozen.owner
    territory = frozen.territory
    if territory is None:
        territory = deal.territory
        if territory is None:
            territory = reverses.territory if reverses else _resolve(deal, owner, context)
    if reverses:
        return Attribution(owner, territory, tuple(part._replace(because=Because.RETURN) for part in reverses.parts))
    parts = _people(deal, owner, territory, context)
    overlay = _overlay(deal, territory, context)
    return Attribution(owner, territory, parts + overlay if overlay else parts)


def attribute_open(
    deal: Deal, context: CreditContext, reverses: Attribution | None = None
) -> Iterator[tuple[Span, Attribution]]:
    """Whose an open deal is, for each day that may be today: complete, in order, revenue only.

    It is theirs who would get the credit on the day that it is expected to close; once that has passed, or without
    one, theirs who would get it today. So it changes hands with its territory, whether or not anything is imported.
    """
    for start, end in pairwise([date.min, *context.changes(deal), date.max]):
        found = attribute(deal._replace(day=max(start, deal.day)), context, reverses=reverses)
        yield Span(start, end), found._replace(parts=tuple(part for part in found.parts if part.kind is Kind.REVENUE))


def _resolve(deal: Deal, owner: PersonId | None, context: CreditContext) -> TerritoryId | None:
    """The territory of a deal that names none."""
    territory = None if deal.account is None else context.account_territory(deal.account, deal.day)
    if territory is None and owner is not None:
        territory = context.only_territory(owner, deal.day)
    return territory


def _people(
    deal: Deal, owner: PersonId | None, territory: TerritoryId | None, context: CreditContext
) -> tuple[Part, ...]:
    if deal.splits:
        return whole(deal.splits, Because.SPLIT)
    if owner is not None:
        return context.owner(owner)
    return UNASSIGNED if territory is None else context.primaries(territory, deal.day)


def _overlay(deal: Deal, territory: TerritoryId | None, context: CreditContext) -> tuple[Part, ...]:
    if deal.overlay_splits:
        shares = sorted(deal.overlay_splits)
        return tuple(Part(Kind.OVERLAY, person, share, Because.OVERLAY_SPLIT) for person, share in shares if share)
    return NONE if territory is None else context.overlays(territory, deal.day)


def whole(shares: Iterable[Share], because: Because) -> tuple[Part, ...]:
    """Revenue parts that sum to exactly 100 %: what is missing is unassigned, what is too much is scaled down."""
    given = sorted((person, share) for person, share in shares if share)
    total = sum(share for _, share in given)
    if total > WHOLE:
        scaled = allocate(WHOLE, [share for _, share in given])
        given = [(person, share) for (person, _), share in zip(given, scaled, strict=True) if share]
    parts = tuple(Part(Kind.REVENUE, person, share, because) for person, share in given)
    rest = WHOLE - total
    return (*parts, Part(Kind.REVENUE, None, rest, Because.UNASSIGNED)) if rest > 0 else parts


def share_out(total: int, parts: Sequence[Part]) -> list[int]:
    """A deal's amount (minor units) in parts: revenue sums to the whole exactly, each overlay part is rounded alone."""
    if len(parts) == 1 and parts[0].share == WHOLE:
        return [total]
    shares = [part.share for part in parts if part.kind is Kind.REVENUE]
    revenue = iter(allocate(total, shares) if shares else [])
    return [next(revenue) if part.kind is Kind.REVENUE else apply_share(total, part.share) for part in parts]


def _while_employed(company: Company) -> Iterable[Assignment]:
    for held in company.assignments:
        person = company.people.get(held.person)
        if person is None or person.left_on is None:
            yield held
        elif span := held.span.clip(Span(date.min, person.left_on + timedelta(days=1))):
            yield replace(held, span=span)


def _primaries(held: Iterable[Assignment]) -> dict[TerritoryId, Timeline[tuple[Part, ...]]]:
    claims: dict[TerritoryId, list[tuple[Span, Share]]] = defaultdict(list)
    for one in held:
        if one.role is AssignmentRole.PRIMARY:
            claims[one.territory].append((one.span, (one.person, one.share)))
    return {
        territory: timeline(found, lambda shares: whole(shares, Because.TERRITORY))
        for territory, found in claims.items()
    }


def _only_territories(held: Iterable[Assignment]) -> dict[PersonId, Timeline[TerritoryId | None]]:
    claims: dict[PersonId, list[tuple[Span, TerritoryId]]] = defaultdict(list)
    for one in held:
        if one.role is AssignmentRole.PRIMARY:
            claims[one.person].append((one.span, one.territory))
    return {person: timeline(found, _only) for person, found in claims.items()}


def _only(territories: list[TerritoryId]) -> TerritoryId | None:
    distinct = set(territories)
    return distinct.pop() if len(distinct) == 1 else None


def _overlays(held: Iterable[Assignment], company: Company) -> dict[TerritoryId, Timeline[tuple[Part, ...]]]:
    claims: dict[TerritoryId, list[tuple[Span, Share]]] = defaultdict(list)
    for one in held:
        if one.role is AssignmentRole.OVERLAY:
            claims[one.territory].append((one.span, (one.person, one.share)))
    if not claims:
        return {}
    reach = {
        territory: [claim for above in _lineage(company, territory) for claim in claims.get(above, ())]
        for territory in {*company.territories, *claims}
    }
    return {territory: timeline(found, _nearest) for territory, found in reach.items() if found}


def _lineage(company: Company, territory: TerritoryId) -> Iterable[TerritoryId]:
    """A territory and those above it, from the bottom up."""
    above: TerritoryId | None = territory
    while above is not None:
        yield above
        known = company.territories.get(above)
        above = known.parent if known else None


def _nearest(shares: list[Share]) -> tuple[Part, ...]:
    """Each person's overlay once; claims come from the territory itself first, then from those above it."""
    nearest: dict[PersonId, int] = {}
    for person, share in shares:
        nearest.setdefault(person, share)
    return tuple(
        Part(Kind.OVERLAY, person, share, Because.OVERLAY_ASSIGNMENT) for person, share in sorted(nearest.items())
    )
