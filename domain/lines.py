"""Who reported to whom, who was in which team and who held which territory, on any day."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple, Protocol, TypeVar

from domain.company import (
    WHOLE,
    Assignment,
    AssignmentRole,
    Company,
    PersonId,
    Reporting,
    Span,
    TeamId,
    TerritoryId,
)
from domain.money import allocate
from domain.timelines import timeline

K = TypeVar("K", bound=Hashable)
ALWAYS = Span()


class Tenure(NamedTuple):
    """Who held a territory as primary on the days of `span`, each with a share in millionths; nobody: an empty tuple.

    What shares leave open below 100 % is held by nobody.
    """

    span: Span
    holders: tuple[tuple[PersonId, int], ...]


class Holding(NamedTuple):
    """A territory that a person held on the days of `span`, with their share in millionths."""

    territory: TerritoryId
    span: Span
    share: int


@dataclass(slots=True)
class _Chart:
    """The reporting lines of a stretch of days in which none of them changed."""

    manager: dict[PersonId, PersonId] = field(default_factory=dict)
    team: dict[PersonId, TeamId] = field(default_factory=dict)
    reports: defaultdict[PersonId, list[PersonId]] = field(default_factory=lambda: defaultdict(list))
    members: defaultdict[TeamId, list[PersonId]] = field(default_factory=lambda: defaultdict(list))
    below: dict[PersonId, frozenset[PersonId]] = field(default_factory=dict)


class Lines:
    """Reporting lines, trees and tenures of one company. Built once for it: what was asked before is remembered."""

    def __init__(self, company: Company) -> None:
        self._company = company
        self._charts: dict[int, _Chart] = {}
        self._tenures: dict[TerritoryId, list[Tenure]] = {}
        self._holdings: dict[tuple[PersonId, AssignmentRole], list[Holding]] = {}

    # Reporting lines

    def manager_of(self, person: PersonId, day: date) -> PersonId | None:
        return self._chart_on(day).manager.get(person)

    def team_of(self, person: PersonId, day: date) -> TeamId | None:
        return self._chart_on(day).team.get(person)

    def direct_reports(self, person: PersonId, day: date) -> tuple[PersonId, ...]:
        return tuple(self._chart_on(day).reports.get(person, ()))

    def members(self, team: TeamId, day: date) -> tuple[PersonId, ...]:
        """The people whose own team this is, without those of teams below it."""
        return tuple(self._chart_on(day).members.get(team, ()))

    def below(self, person: PersonId, day: date) -> frozenset[PersonId]:
        """Everyone who reports to a person, directly or through others, without the person."""
        chart = self._chart_on(day)
        if person not in chart.below:
            chart.below[person] = _descendants(person, lambda one: chart.reports.get(one, ()))
        return chart.below[person]

    def spans_below(self, manager: PersonId, span: Span) -> dict[PersonId, tuple[Span, ...]]:
        """For everyone who was below a manager on some day of `span`: the days on which they were."""
        return self._spans(span, lambda day: self.below(manager, day))

    def spans_in_team(self, team: TeamId, span: Span) -> dict[PersonId, tuple[Span, ...]]:
        """For everyone whose own team this was on some day of `span`: the days on which it was."""
        return self._spans(span, lambda day: self.members(team, day))

    def breakpoints(self, span: Span) -> tuple[date, ...]:
        """The days inside `span` (its first day aside) from which some reporting line is different."""
        return tuple(self._changes[bisect_right(self._changes, span.start) : bisect_left(self._changes, span.end)])

    def _spans(self, span: Span, present: Callable[[date], Iterable[PersonId]]) -> dict[PersonId, tuple[Span, ...]]:
        found: defaultdict[PersonId, list[Span]] = defaultdict(list)
        for start, end in pairwise([span.start, *self.breakpoints(span), span.end]):
            for person in present(start):
                spans = found[person]
                if spans and spans[-1].end == start:
                    start_of_run = spans.pop().start
                    spans.append(Span(start_of_run, end))
                else:
                    spans.append(Span(start, end))
        return {person: tuple(spans) for person, spans in sorted(found.items())}

    @cached_property
    def _lines_of(self) -> dict[PersonId, list[Reporting]]:
        rows: defaultdict[PersonId, list[Reporting]] = defaultdict(list)
        for row in self._company.reporting:
            rows[row.person].append(row)
        return rows

    @cached_property
    def _changes(self) -> list[date]:
        days = {day for row in self._company.reporting for day in (row.span.start, row.span.end)}
        return sorted(days - {date.min, date.max})

    def _chart_on(self, day: date) -> _Chart:
        index = bisect_right(self._changes, day)
        chart = self._charts.get(index)
        if chart is None:
            chart = self._charts[index] = self._draw(day)
        return chart

    def _draw(self, day: date) -> _Chart:
        chart = _Chart()
        for person, rows in self._lines_of.items():
            row = _latest(rows, day)
            if row is None:
                continue
            if row.manager is not None:
                chart.manager[person] = row.manager
                chart.reports[row.manager].append(person)
            if row.team is not None:
                chart.team[person] = row.team
                chart.members[row.team].append(person)
        return chart

    # Trees

    def child_teams(self, team: TeamId) -> tuple[TeamId, ...]:
        return tuple(self._child_teams.get(team, ()))

    def teams_below(self, team: TeamId) -> frozenset[TeamId]:
        """The teams below a team at any depth, without it."""
        return _descendants(team, self.child_teams)

    def lead_of(self, team: TeamId) -> PersonId | None:
        found = self._company.teams.get(team)
        return found.lead if found else None

    def teams_led(self, person: PersonId) -> frozenset[TeamId]:
        """The teams that a person leads, and all teams below those."""
        led = [team.id for team in self._company.teams.values() if team.lead == person]
        return frozenset(led).union(*(self.teams_below(team) for team in led))

    def child_territories(self, territory: TerritoryId) -> tuple[TerritoryId, ...]:
        return tuple(self._child_territories.get(territory, ()))

    def territories_below(self, territory: TerritoryId) -> frozenset[TerritoryId]:
        """The territories below a territory at any depth, without it."""
        return _descendants(territory, self.child_territories)

    def team_of_territory(self, territory: TerritoryId) -> TeamId | None:
        """A territory's own team, else that of the nearest territory above it that has one."""
        seen: set[TerritoryId] = set()
        at: TerritoryId | None = territory
        while at is not None and at not in seen and at in self._company.territories:
            seen.add(at)
            here = self._company.territories[at]
            if here.team is not None:
                return here.team
            at = here.parent
        return None

    @cached_property
    def _child_teams(self) -> Mapping[TeamId, list[TeamId]]:
        return _children((team.id, team.parent, team.key) for team in self._company.teams.values())

    @cached_property
    def _child_territories(self) -> Mapping[TerritoryId, list[TerritoryId]]:
        return _children((one.id, one.parent, one.key) for one in self._company.territories.values())

    # Who holds a territory

    def primaries(self, territory: TerritoryId, span: Span = ALWAYS) -> list[Tenure]:
        """The primary holders day by day: complete, in order, without overlaps. Days without any have no holders.

        Nobody holds a territory beyond their last day in the company.
        """
        tenures = self._tenures.get(territory)
        if tenures is None:
            rows = self._assigned.get((territory, AssignmentRole.PRIMARY), [])
            days = timeline(((row.span, row) for row in rows), _shares).stretches()
            tenures = self._tenures[territory] = [Tenure(*one) for one in days]
        clipped = ((tenure.span.clip(span), tenure.holders) for tenure in tenures)
        return [Tenure(days, holders) for days, holders in clipped if days is not None]

    def held_by(
        self, person: PersonId, span: Span = ALWAYS, role: AssignmentRole = AssignmentRole.PRIMARY
    ) -> list[Holding]:
        """The territories that a person held on some day of `span`, by territory and day."""
        key = (person, role)
        if key not in self._holdings:
            self._holdings[key] = list(self._held(person, role))
        clipped = ((held, held.span.clip(span)) for held in self._holdings[key])
        return [Holding(held.territory, days, held.share) for held, days in clipped if days is not None]

    def _held(self, person: PersonId, role: AssignmentRole) -> Iterator[Holding]:
        rows = sorted(self._assigned_to.get((person, role), ()), key=lambda row: (row.territory, row.span.start))
        if role is not AssignmentRole.PRIMARY:
            yield from (Holding(row.territory, row.span, row.share) for row in rows)
            return
        for territory in dict.fromkeys(row.territory for row in rows):
            for span, holders in self.primaries(territory):
                yield from (Holding(territory, span, share) for one, share in holders if one == person)

    def holders_on(
        self, territory: TerritoryId, day: date, role: AssignmentRole = AssignmentRole.PRIMARY
    ) -> tuple[PersonId, ...]:
        """Who held a territory on a day in a role, in the order of their ids."""
        rows = self._assigned.get((territory, role), ())
        return tuple(sorted({row.person for row in rows if day in row.span and row.share > 0}))

    @cached_property
    def _assigned(self) -> Mapping[tuple[TerritoryId, AssignmentRole], list[Assignment]]:
        found: defaultdict[tuple[TerritoryId, AssignmentRole], list[Assignment]] = defaultdict(list)
        for row in self._company.assignments:
            days = row.span.clip(self._employed(row.person))
            if days is not None:
                whole = Assignment(row.territory, row.person, row.role, days, row.share)
                found[row.territory, row.role].append(whole)
        return found

    def _employed(self, person: PersonId) -> Span:
        known = self._company.people.get(person)
        if known is None or known.left_on is None or known.left_on == date.max:
            return ALWAYS
        return Span(date.min, known.left_on + timedelta(days=1))

    @cached_property
    def _assigned_to(self) -> Mapping[tuple[PersonId, AssignmentRole], list[Assignment]]:
        found: defaultdict[tuple[PersonId, AssignmentRole], list[Assignment]] = defaultdict(list)
        for rows in self._assigned.values():
            for row in rows:
                found[row.person, row.role].append(row)
        return found


def _latest(rows: Sequence[Reporting], day: date) -> Reporting | None:
    """The row of a day; of several, the one that began last."""
    found: Reporting | None = None
    for row in rows:
        if row.span.start <= day < row.span.end and (found is None or row.span.start > found.span.start):
            found = row
    return found


def _descendants(root: K, children: Callable[[K], Iterable[K]]) -> frozenset[K]:
    """Everything below `root`. A cycle ends where it began, and never contains the root."""
    seen = {root}
    waiting = [root]
    while waiting:
        for child in children(waiting.pop()):
            if child not in seen:
                seen.add(child)
                waiting.append(child)
    return frozenset(seen - {root})


def _children(rows: Iterable[tuple[int, int | None, str]]) -> Mapping[int, list[int]]:
    """Parent to children, in the order of their keys."""
    found: defaultdict[int, list[tuple[str, int]]] = defaultdict(list)
    for child, parent, key in rows:
        if parent is not None:
            found[parent].append((key, child))
    return {parent: [child for _, child in sorted(children)] for parent, children in found.items()}


def _shares(rows: Sequence[Assignment]) -> tuple[tuple[PersonId, int], ...]:
    """Each holder's share. Shares that exceed 100 % together are cut in proportion, so that no day counts twice."""
    shares: defaultdict[PersonId, int] = defaultdict(int)
    for row in rows:
        shares[row.person] += row.share
    holders = sorted((person, share) for person, share in shares.items() if share > 0)
    if sum(share for _, share in holders) <= WHOLE:
        return tuple(holders)
    cut = allocate(WHOLE, [share for _, share in holders])
    return tuple((person, share) for (person, _), share in zip(holders, cut, strict=True))


class InTree(Protocol):
    """A team or a territory."""

    @property
    def parent(self) -> int | None: ...


def upwards(tree: Mapping[int, InTree], at: int | None) -> Iterator[int]:
    """The place itself and all above it."""
    while at is not None:
        yield at
        at = tree[at].parent
