"""Who has to decide a request: its sides, who sits where, and who decides in their place.

- Releasing: the manager of who holds what gives. Receiving: the manager of who holds, or will hold, what takes.
  MOVE and MERGE have both; REP, COVER and SPLIT the territory's side and that of who is named; TARGET has the side of
  who carries it; BOUNDARY the territory's side, and of the territories that lose or gain accounts by it: their manager,
  or if they have several, the lowest superior of all of them.
- Superior: if more target moves than the policy's threshold, the next level above one manager, or the lowest common
  superior of two.
- Leader: for a day that has passed, and for the target of a period that has ended.

A side whose manager asked for it (or somebody above them did) counts as agreed. Who is away is stood in for by their
delegate; who cannot decide (vacant, has left, not in Slack, no manager's role) by the next above, then the fallback
approver, a leader, sales operations. Nobody stands in for a side and asked for it as well. One person decides once,
whatever number of sides they sit on. The route follows today's lines, so that it is worked out again at each click.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from domain import policies
from domain.company import Person, PersonId, Role, Span, SubjectKind, TeamId, TerritoryId
from domain.errors import TurfError
from domain.model import CompanyModel
from domain.periods import parse_label
from domain.policies import Decision, Permission, Refusal
from domain.requests.concerned import territories_of
from domain.requests.model import Change, ChangeBoundary, ChangeRep, ChangeTarget, Cover, Reversal, Split
from domain.requests.policy import RequestPolicy
from domain.requests.words import some_of


class Undecidable(TurfError):
    """There is nobody who could decide; the message says whom to name."""


class Side(StrEnum):
    RELEASING = "releasing"
    RECEIVING = "receiving"
    SUPERIOR = "superior"
    LEADER = "leader"


class Standing(StrEnum):
    """By what somebody decides."""

    OWN = "own"
    DELEGATE = "delegate"
    NEXT_UP = "next_up"
    FALLBACK = "fallback"
    LEADER = "leader"
    SALES_OPERATIONS = "sales_operations"


@dataclass(frozen=True, slots=True)
class Asked:
    """What routes a request. For a reversal `change` is what it gives back.

    `moved` is the target that changes hands, in minor units of the workspace's currency (below 0 if it is lowered).
    `others` are the territories whose accounts a change of rules takes or gives, besides its own.
    """

    change: Change
    requester: PersonId
    effective_on: date
    moved: int = 0
    others: frozenset[TerritoryId] = frozenset()


@dataclass(frozen=True, slots=True)
class Slot:
    """One decision: for which sides, who is asked, and whose place it is (None where there is nobody in it).

    `also` may decide it just as well: who is stood in for, any other leader.
    """

    sides: tuple[Side, ...]
    decider: PersonId
    principal: PersonId | None
    standing: Standing = Standing.OWN
    agreed: bool = False
    also: frozenset[PersonId] = frozenset()

    @property
    def key(self) -> str:
        return "+".join(self.sides)

    def on_behalf_of(self, person: PersonId) -> PersonId | None:
        """In whose place somebody decides; None in their own."""
        return None if person == self.principal or self.standing is Standing.OWN else self.principal


@dataclass(frozen=True, slots=True)
class Route:
    """All decisions that a request needs, in the order of their sides; those that count as agreed are among them."""

    slots: tuple[Slot, ...]

    def open(self, decided: Mapping[Side, PersonId]) -> tuple[Slot, ...]:
        """What is still to decide, after what was agreed for these sides, and by whom. Nobody is asked twice."""
        found = []
        for slot in self.slots:
            sides = tuple(side for side in slot.sides if side not in decided)
            if sides and not slot.agreed and slot.decider not in decided.values():
                found.append(replace(slot, sides=sides))
        return tuple(found)

    @property
    def is_announced(self) -> bool:
        """Nobody else has to decide: it is done, and told."""
        return not self.open({})


def route(asked: Asked, model: CompanyModel, policy: RequestPolicy, today: date) -> Route:
    """Who decides, by today's lines. Raises Undecidable."""
    hall = _Hall(model, policy, today, asked.requester, asked.effective_on)
    lines = dict(hall.sides(asked))
    if abs(asked.moved) > policy.threshold:
        lines[Side.SUPERIOR] = hall.above(list(lines.values()))
    if _needs_leader(asked, model, today):
        lines[Side.LEADER] = tuple(person.id for person in hall.people if person.role is Role.LEADER)
    return Route(tuple(_deduplicated(hall.seat(side, line) for side, line in lines.items())))


def _needs_leader(asked: Asked, model: CompanyModel, today: date) -> bool:
    if isinstance(asked.change, ChangeTarget):
        return parse_label(asked.change.period, model.settings.fiscal_start).ended(today)
    return asked.effective_on < today


def _deduplicated(slots: Iterable[Slot]) -> Iterator[Slot]:
    """One slot for each person; it has the first one's standing and all sides."""
    found: dict[tuple[PersonId, bool], Slot] = {}
    for slot in slots:
        key = (slot.decider, slot.agreed)
        first = found.get(key)
        found[key] = replace(first, sides=first.sides + slot.sides, also=first.also & slot.also) if first else slot
    yield from found.values()


def slot_for(viewer: Person, slots: Collection[Slot], model: CompanyModel, today: date) -> Slot | Refusal:
    """The first of the open slots that somebody may decide; or why none of them."""
    refusal = Refusal("Everybody has decided. There is nothing left to decide here.")
    for slot in slots:
        allowed = may_decide(viewer, slot, model, today)
        if not isinstance(allowed, Refusal):
            return slot
        refusal = allowed
    waiting = [model.company.people[slot.decider].name for slot in slots]
    return refusal if len(slots) < 2 else Refusal(f"This waits for {some_of(waiting)}. Ask one of them.")


def may_decide(viewer: Person, slot: Slot, model: CompanyModel, today: date) -> Decision:
    """Whether somebody may decide for a slot of the route as it is at this moment."""
    may = policies.has(viewer, Permission.DECIDE, today)
    if viewer.id in {slot.decider, *slot.also} or not may:
        return may
    return Refusal(f"This waits for {model.company.people[slot.decider].name}. Ask them.")


Line = tuple[PersonId, ...]
"""Who may decide for a side: whose place it is, then those above, lowest first."""


class _Hall:
    """Who sits where on one day, seen from one request."""

    def __init__(
        self, model: CompanyModel, policy: RequestPolicy, today: date, requester: PersonId, effective_on: date
    ) -> None:
        self._model, self._policy, self._today, self._effective_on = model, policy, today, effective_on
        self._requester = model.company.people.get(requester)
        self.people = sorted(model.company.people.values(), key=lambda person: person.key)

    # Whose place a side is

    def sides(self, asked: Asked) -> Iterator[tuple[Side, Line]]:
        change = asked.change
        match change:
            case Reversal():
                raise ValueError("a reversal is routed like what it gives back")
            case ChangeTarget():
                yield Side.RECEIVING, self._of_target(change)
                return
            case ChangeBoundary(territory=territory):
                yield Side.RECEIVING, self._of_territory(territory)
                if asked.others:
                    yield Side.RELEASING, self._of_several(asked.others)
                return
        source, *target = territories_of(change)
        yield Side.RELEASING, self._of_territory(source)
        for territory in target:
            yield Side.RECEIVING, self._of_territory(territory)
        match change:
            case ChangeRep(person=person) | Cover(person=person) | Split(person=person):
                if person is not None:
                    yield Side.RECEIVING, self._of_person(person)

    def above(self, lines: list[Line]) -> Line:
        """Those above every one of the managers, lowest first."""
        first, *others = [line[1:] for line in lines if line] or [()]
        return tuple(one for one in first if all(one in other for other in others))

    def _of_person(self, person: PersonId) -> Line:
        """Those above a person; at the top themselves, if their role decides at all."""
        return self._managers(person) or self._if_decides(person)

    def _of_territory(self, territory: TerritoryId) -> Line:
        """Those above who holds it on the effective day; if nobody does, who leads its team, or holds the one above."""
        lines, seen = self._model.lines, set[TerritoryId]()
        holder = self._main_holder(territory)
        if holder is not None:
            return self._of_person(holder)
        team = lines.team_of_territory(territory)
        lead = None if team is None else lines.lead_of(team)
        if lead is not None:
            return lead, *self._managers(lead)
        above = self._above(territory)
        while above is not None and above not in seen:
            seen.add(above)
            holder = self._main_holder(above)
            if holder is not None:
                return *self._if_decides(holder), *self._managers(holder)
            above = self._above(above)
        return ()

    def _of_several(self, territories: Iterable[TerritoryId]) -> Line:
        found = [line for line in map(self._of_territory, sorted(territories)) if line]
        first, *others = found or [()]
        return tuple(one for one in first if all(one in other for other in others))

    def _of_target(self, change: ChangeTarget) -> Line:
        match change.subject_kind:
            case SubjectKind.PERSON:
                return self._of_person(change.subject)
            case SubjectKind.TERRITORY:
                return self._of_territory(change.subject)
            case SubjectKind.TEAM:
                return self._of_team(change.subject)

    def _of_team(self, team: TeamId) -> Line:
        """Those above its lead; without one, the leads of the teams above it."""
        seen: set[TeamId] = set()
        at: TeamId | None = team
        while at is not None and at not in seen and at in self._model.company.teams:
            seen.add(at)
            lead = self._model.lines.lead_of(at)
            if lead is not None:
                return self._of_person(lead) if at == team else (lead, *self._managers(lead))
            at = self._model.company.teams[at].parent
        return ()

    def _main_holder(self, territory: TerritoryId) -> PersonId | None:
        day = self._effective_on
        span = Span(day, date.fromordinal(day.toordinal() + 1))
        holders = [one for tenure in self._model.lines.primaries(territory, span) for one in tenure.holders]
        return min(holders, key=lambda one: (-one[1], one[0]))[0] if holders else None

    def _above(self, territory: TerritoryId) -> TerritoryId | None:
        known = self._model.company.territories.get(territory)
        return known.parent if known else None

    def _managers(self, person: PersonId) -> Line:
        found: list[PersonId] = []
        at = self._model.lines.manager_of(person, self._today)
        while at is not None and at not in (person, *found):
            found.append(at)
            at = self._model.lines.manager_of(at, self._today)
        return tuple(found)

    def _if_decides(self, person: PersonId) -> Line:
        return (person,) if policies.has(self._model.company.people[person], Permission.DECIDE, self._today) else ()

    # Who decides there

    def seat(self, side: Side, line: Line) -> Slot:
        """Who decides for a side. Raises Undecidable."""
        principal = line[0] if line else None
        requester = self._requester
        if requester is not None and self._agrees(requester, side, line):
            return Slot((side,), requester.id, principal, agreed=True)
        slots = (*self._in_line(side, line), *self._as_last(side, principal))
        if slots:
            return slots[0]
        if requester is not None and policies.has(requester, Permission.CHANGE_SETTINGS, self._today):
            return Slot((side,), requester.id, principal, agreed=True)
        raise Undecidable(
            f"Nobody can decide for the {side} side of this: name a fallback approver in the policy, "
            "or ask sales operations to."
        )

    def _agrees(self, requester: Person, side: Side, line: Line) -> bool:
        """Whether this is the requester's own side; nobody is above a leader."""
        decides = policies.has(requester, Permission.DECIDE, self._today)
        leads = requester.role is Role.LEADER and side in (Side.SUPERIOR, Side.LEADER)
        return bool(decides) and (requester.id in line or leads)

    def _in_line(self, side: Side, line: Line) -> Iterator[Slot]:
        """Each of the line who can decide, or whose delegate can, in turn."""
        leaders = frozenset(line) if side is Side.LEADER else frozenset[PersonId]()
        for person in line:
            standing = Standing.OWN if person == line[0] or side is Side.LEADER else Standing.NEXT_UP
            if not self._reachable(person):
                continue
            delegate = self._delegate(person)
            if not self._is_away(person):
                yield Slot((side,), person, person if leaders else line[0], standing, also=leaders - {person})
            elif delegate is not None:
                yield Slot((side,), delegate, person, Standing.DELEGATE, also=leaders | {person})

    def _as_last(self, side: Side, principal: PersonId | None) -> Iterator[Slot]:
        fallback = [(one, Standing.FALLBACK) for one in self.people if one.key == self._policy.fallback]
        leaders = [(one, Standing.LEADER) for one in self.people if one.role is Role.LEADER]
        operations = [(one, Standing.SALES_OPERATIONS) for one in self.people if one.role is Role.OPS]
        for person, standing in (*fallback, *leaders, *operations):
            if person != self._requester and self._reachable(person.id) and not self._is_away(person.id):
                yield Slot((side,), person.id, principal, standing)

    def _reachable(self, person: PersonId) -> bool:
        """Whether somebody may decide at all, and can be asked."""
        known = self._model.company.people.get(person)
        if known is None or known.slack_user_id is None:
            return False
        return bool(policies.has(known, Permission.DECIDE, self._today))

    def _is_away(self, person: PersonId) -> bool:
        return any(one.person == person and self._today in one.span for one in self._model.company.absences)

    def _delegate(self, person: PersonId) -> PersonId | None:
        """Who decides in the place of somebody who is away: neither away too, nor who asked."""
        found = (one for one in self._model.company.absences if one.person == person and self._today in one.span)
        for delegate in (one.delegate for one in found):
            if delegate is None or (self._requester is not None and delegate == self._requester.id):
                continue
            if self._reachable(delegate) and not self._is_away(delegate):
                return delegate
        return None
