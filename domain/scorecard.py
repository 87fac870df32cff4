"""Scores: the figures of every subject that a card or a report shows, made from sums of credit and target parts.

One place decides whose credit belongs to whom: people by the reporting line of each day, territories by their tree.
People + unassigned = company, and territories + no territory = company, in every period.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Protocol

from domain.attainment import Progress, Standing
from domain.company import Metric, PersonId, Span, TeamId, TerritoryId
from domain.credit import Kind
from domain.model import CompanyModel
from domain.periods import Period
from domain.rollups import RollUp
from domain.targets import TargetPart, total


class CreditRow(Protocol):
    """A sum of credit in the workspace's minor units, or millionths of a count. `bucket` counts the changes of reporting lines before its days."""

    @property
    def person(self) -> PersonId | None: ...
    @property
    def territory(self) -> TerritoryId | None: ...
    @property
    def bucket(self) -> int: ...
    @property
    def kind(self) -> Kind: ...
    @property
    def base(self) -> int: ...


class ScoreKind(StrEnum):
    """What a score is about. Group: a person with everyone below them. Elsewhere: people who are no longer below the
    viewer, as one line without names. Vacant: a territory's days without a primary."""

    PERSON = "person"
    TERRITORY = "territory"
    TEAM = "team"
    UNASSIGNED = "unassigned"
    NO_TERRITORY = "no_territory"
    COMPANY = "company"
    ELSEWHERE = "elsewhere"
    VACANT = "vacant"
    GROUP = "group"


@dataclass(frozen=True, slots=True)
class Subject:
    """`id` is 0 where there is nothing to refer to; `parent` is the name of what it rolls up to."""

    kind: ScoreKind
    id: int
    key: str
    name: str
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Score:
    """One subject's figures and what they are sums of. `is_leaf`: one of the rows that sum to the company, no roll-up.

    `compared`: of a roll-up that may have a target of its own, what those below it carry.
    """

    subject: Subject
    is_leaf: bool
    standing: Standing
    credit: tuple[CreditRow, ...]
    parts: tuple[TargetPart, ...]
    compared: RollUp | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.parts or self.standing.credited or self.standing.overlay)


@dataclass(frozen=True, slots=True)
class TeamScores:
    """A manager's table: `rows` sum to `whole`; `vacant` territories stand beside it, in nobody's figure."""

    whole: Score
    rows: tuple[Score, ...]
    vacant: tuple[Score, ...]


UNASSIGNED = Subject(ScoreKind.UNASSIGNED, 0, "unassigned", "Unassigned")
NO_TEAM = Subject(ScoreKind.UNASSIGNED, 0, "unassigned", "No team")
NO_TERRITORY = Subject(ScoreKind.NO_TERRITORY, 0, "no_territory", "No territory")
WHOLE_COMPANY = Subject(ScoreKind.COMPANY, 0, "company", "Company")
ELSEWHERE = Subject(ScoreKind.ELSEWHERE, 0, "elsewhere", "Moved elsewhere")


class Scorecard:
    """The scores of one period on one day.

    `credit` was summed in buckets that begin at the period's start and at each of `cuts`, which hold at least the
    days on which a reporting line changes (`line_changes`). It is of `metric`, and so are the targets.
    """

    def __init__(
        self,
        model: CompanyModel,
        period: Period,
        today: date,
        credit: Sequence[CreditRow],
        cuts: Sequence[date],
        metric: Metric = Metric.REVENUE,
    ) -> None:
        self.model = model
        self.metric = metric
        self.period = period
        self.today = today
        self._credit = [row for row in credit if row.kind is not Kind.LOST]
        self._starts = [period.start, *cuts]
        self._progress = Progress.of(period, today, model.calendar)

    # People

    def person(self, person: PersonId) -> Score:
        """A person's own figures in the whole period, whoever they reported to."""
        return self._score(self._person(person), self._of_person(person, None), self._parts(person, None), overlay=True)

    def team_of(self, manager: PersonId) -> TeamScores:
        """The manager and everyone below on the days that they were; a row for each direct report with their people."""
        spans = self.model.lines.spans_below(manager, self.period.span)
        rows: dict[Subject, tuple[list[CreditRow], list[TargetPart]]] = {}
        for person in (manager, *spans):
            days = None if person == manager else spans[person]
            credit, parts = rows.setdefault(self._row_of(person, manager), ([], []))
            credit += self._of_person(person, days)
            parts += self._parts(person, days)
        scores = [
            self._score(subject, *made, overlay=subject.kind is ScoreKind.PERSON) for subject, made in rows.items()
        ]
        everyone = [row for credit, _ in rows.values() for row in credit]
        asked = [part for _, parts in rows.values() for part in parts]
        whole = self._score(self._person(manager), everyone, asked, is_leaf=False)
        return TeamScores(whole, tuple(score for score in scores if not score.is_empty), tuple(self._vacant(manager)))

    def _row_of(self, person: PersonId, manager: PersonId) -> Subject:
        """The row that a person's figures stand in: the one of today's direct report whom they are under, or are."""
        if person == manager:
            return self._person(person)
        if person not in self.model.lines.below(manager, self.today):
            return ELSEWHERE
        at = person
        while (above := self.model.lines.manager_of(at, self.today)) is not None and above != manager:
            at = above
        if self.model.lines.direct_reports(at, self.today):
            with_team = self.model.company.people[at]
            return Subject(ScoreKind.GROUP, at, with_team.key, with_team.name)
        return self._person(at)

    def _vacant(self, manager: PersonId) -> Iterator[Score]:
        teams = self.model.lines.teams_led(manager)
        for territory in self.model.company.territories.values():
            if self.model.lines.team_of_territory(territory.id) in teams:
                parts = self.model.targets.unassigned_parts(self.period, metric=self.metric, territories=[territory.id])
                credit = [row for row in self._by_territory.get(territory.id, ()) if row.person is None]
                subject = Subject(ScoreKind.VACANT, territory.id, territory.key, territory.name)
                score = self._score(subject, credit, parts)
                if not score.is_empty:
                    yield score

    def people(self) -> list[Score]:
        """A leaf for each person, a roll-up for each manager, what is nobody's, and the company; many may be empty."""
        people = sorted(self.model.company.people, key=lambda person: self.model.company.people[person].key)
        leaves = [self.person(person) for person in people]
        nobody = self._score(UNASSIGNED, self._by_person.get(None, ()), self._unassigned)
        rollups = [self.team_of(person).whole for person in people if self._leads(person)]
        return [*leaves, *rollups, nobody, self._company([*leaves, nobody])]

    def _leads(self, person: PersonId) -> bool:
        return any(self.model.lines.below(person, start) for start in self._starts)

    # Territories

    def territory(self, territory: TerritoryId) -> Score:
        """A territory with everything below it."""
        inside = {territory, *self.model.lines.territories_below(territory)}
        credit = [row for one in inside for row in self._by_territory.get(one, ())]
        rollup = self.model.rollups.territory(territory, self.period, metric=self.metric)
        compared = rollup if len(inside) > 1 else None
        return self._score(
            self._territory(territory), credit, rollup.parts, is_leaf=compared is None, compared=compared
        )

    def children_of(self, territory: TerritoryId | None) -> list[Score]:
        """The rows that a territory's credit is the sum of: its children and its own; of the company: its trees."""
        if territory is None:
            roots = [one.id for one in self.model.company.territories.values() if one.parent is None]
            return [*(self.territory(root) for root in roots), self.no_territory()]
        children = [self.territory(child) for child in self.model.lines.child_territories(territory)]
        return [*children, self._direct(territory)] if children else []

    def territories(self) -> list[Score]:
        """A leaf for each territory without children and for a parent's own credit, roll-ups, and the company."""
        everywhere = list(self.model.company.territories)
        whole = [self.territory(territory) for territory in everywhere]
        direct = [self._direct(territory) for territory in everywhere if self.model.lines.child_territories(territory)]
        rows = [*whole, *direct, self.no_territory()]
        return [*rows, self._company(row for row in rows if row.is_leaf)]

    def no_territory(self) -> Score:
        """Credit of no territory; the targets of months in which no territory has any, too."""
        return self._score(NO_TERRITORY, self._by_territory.get(None, ()), self._asked[1])

    def company(self) -> Score:
        """All credit, against what is asked for at the top; compared with the territories at the bottom."""
        return self.territories()[-1]

    @cached_property
    def _asked(self) -> tuple[list[TargetPart], list[TargetPart]]:
        """What the tops of the territory trees ask for; and in months in which those have no target, the top teams do."""
        roots = [one.id for one in self.model.company.territories.values() if one.parent is None]
        of_territories: list[TargetPart] = []
        of_teams: list[TargetPart] = []
        for month in self.period.months():
            rollups = (self.model.rollups.territory(root, month, metric=self.metric) for root in roots)
            tops = [part for rollup in rollups for part in rollup.parts]
            of_territories += tops
            of_teams += () if tops else (part for part in self._of_teams if part.month == month)
        return of_territories, of_teams

    @cached_property
    def _of_teams(self) -> list[TargetPart]:
        """What the top teams ask for, and what people carry on days on which they are in no team."""
        roots = [one.id for one in self.model.company.teams.values() if one.parent is None]
        tops = [part for root in roots for part in self.model.rollups.team(root, self.period, metric=self.metric).parts]
        return [*tops, *self._teamless()]

    def _direct(self, territory: TerritoryId) -> Score:
        return self._score(self._territory(territory), self._by_territory.get(territory, ()), ())

    # Teams

    def teams(self) -> list[Score]:
        """A leaf for each team's own members, roll-ups of teams with a target or teams below, who has none, the company."""
        leaves = [self._on_days(self._team(team), spans) for team, spans in self._in_teams.items()]
        rollups = [self.team(team) for team in self._in_teams]
        nobody = self._score(NO_TEAM, self._without_team(), [*self._unassigned, *self._teamless()])
        return [*leaves, *rollups, nobody, self._company([*leaves, nobody])]

    def team(self, team: TeamId) -> Score:
        """A team with its child teams: members by the line of each day, the target its own row or theirs."""
        inside = {team, *self.model.lines.teams_below(team)}
        credit: list[CreditRow] = []
        for one in inside:
            for person, days in self.model.lines.spans_in_team(one, self.period.span).items():
                credit += self._of_person(person, days)
        rollup = self.model.rollups.team(team, self.period, metric=self.metric)
        return self._score(self._team(team), credit, rollup.parts, is_leaf=False, compared=rollup)

    def members_of(self, team: TeamId) -> list[Score]:
        """The rows that a team's credit is the sum of: its child teams, today's members, and who was one earlier."""
        spans = self.model.lines.spans_in_team(team, self.period.span)
        present = set(self.model.lines.members(team, self.today))
        here = {person: days for person, days in spans.items() if person in present}
        gone = {person: days for person, days in spans.items() if person not in present}
        rows = [self.team(child) for child in self.model.lines.child_teams(team)]
        rows += [self._on_days(self._person(person), {person: days}) for person, days in here.items()]
        return [row for row in [*rows, self._on_days(ELSEWHERE, gone)] if not row.is_empty]

    def _on_days(self, subject: Subject, spans: Mapping[PersonId, tuple[Span, ...]]) -> Score:
        credit = [row for person, days in spans.items() for row in self._of_person(person, days)]
        parts = [part for person, days in spans.items() for part in self._parts(person, days)]
        return self._score(subject, credit, parts, overlay=subject.kind is ScoreKind.PERSON)

    @cached_property
    def _in_teams(self) -> dict[TeamId, dict[PersonId, tuple[Span, ...]]]:
        """The days on which each person was in each team."""
        return {team: self.model.lines.spans_in_team(team, self.period.span) for team in self.model.company.teams}

    def _without_team(self) -> Iterator[CreditRow]:
        """Credit of nobody, or of people on days on which they were in no team."""
        for row in self._credit:
            if row.person is None or not any(
                self._in(row, in_one.get(row.person, ())) for in_one in self._in_teams.values()
            ):
                yield row

    def _teamless(self) -> Iterator[TargetPart]:
        for person in self.model.company.people:
            inside = [span for in_one in self._in_teams.values() for span in in_one.get(person, ())]
            for part in self._parts(person, None):
                yield from self._outside(part, inside)

    def _outside(self, part: TargetPart, inside: Sequence[Span]) -> Iterator[TargetPart]:
        """The days of a part that lie in none of the spans."""
        at = part.span.start
        for span in sorted(inside, key=lambda span: span.start):
            if span.start > at:
                yield from self.model.targets.restrict([part], Span(at, min(span.start, part.span.end)))
            at = max(at, span.end)
        if at < part.span.end:
            yield from self.model.targets.restrict([part], Span(at, part.span.end))

    # What scores are made of

    @cached_property
    def _unassigned(self) -> tuple[TargetPart, ...]:
        return self.model.targets.unassigned_parts(self.period, metric=self.metric)

    def _of_person(self, person: PersonId, days: Sequence[Span] | None) -> list[CreditRow]:
        """A person's credit, all of it or on certain days only (which begin and end where reporting lines change)."""
        return [row for row in self._by_person.get(person, ()) if days is None or self._in(row, days)]

    @cached_property
    def _by_person(self) -> Mapping[PersonId | None, list[CreditRow]]:
        return _grouped(self._credit, lambda row: row.person)

    @cached_property
    def _by_territory(self) -> Mapping[TerritoryId | None, list[CreditRow]]:
        return _grouped(self._credit, lambda row: row.territory)

    def _in(self, row: CreditRow, days: Iterable[Span]) -> bool:
        return any(self._starts[row.bucket] in span for span in days)

    def _parts(self, person: PersonId, days: Sequence[Span] | None) -> list[TargetPart]:
        targets = self.model.targets
        if days is None:
            return list(targets.person_parts(person, self.period, metric=self.metric))
        return [part for span in days for part in targets.person_parts(person, self.period, span, self.metric)]

    def _score(
        self,
        subject: Subject,
        credit: Iterable[CreditRow],
        parts: Sequence[TargetPart],
        *,
        is_leaf: bool = True,
        overlay: bool = False,
        compared: RollUp | None = None,
    ) -> Score:
        rows = tuple(credit)
        sums = {Kind.REVENUE: 0, Kind.OVERLAY: 0}
        for row in rows:
            sums[row.kind] += row.base
        target = total(parts).effective if parts else None
        expected = total(self.model.targets.before(parts, self.today)).effective if parts else None
        standing = Standing(self._progress, sums[Kind.REVENUE], sums[Kind.OVERLAY] if overlay else 0, target, expected)
        return Score(subject, is_leaf, standing, rows, tuple(parts), compared)

    def _company(self, leaves: Iterable[Score]) -> Score:
        """All credit, against what is asked for at the top: one figure, whichever leaves it is compared with."""
        asked = [part for parts in self._asked for part in parts]
        carried = tuple(part for score in leaves for part in score.parts)
        compared = RollUp(tuple(asked), carried, has_own=True)
        return self._score(WHOLE_COMPANY, self._credit, asked, is_leaf=False, compared=compared)

    def _person(self, person_id: PersonId) -> Subject:
        person = self.model.company.people[person_id]
        manager = self.model.lines.manager_of(person_id, min(self.today, self.period.last_day))
        above = self.model.company.people.get(manager) if manager is not None else None
        return Subject(ScoreKind.PERSON, person_id, person.key, person.name, above.name if above else "")

    def _territory(self, territory_id: TerritoryId) -> Subject:
        territory = self.model.company.territories[territory_id]
        above = self.model.company.territories.get(territory.parent) if territory.parent is not None else None
        return Subject(ScoreKind.TERRITORY, territory_id, territory.key, territory.name, above.name if above else "")

    def _team(self, team_id: TeamId) -> Subject:
        team = self.model.company.teams[team_id]
        above = self.model.company.teams.get(team.parent) if team.parent is not None else None
        return Subject(ScoreKind.TEAM, team_id, team.key, team.name, above.name if above else "")


def line_changes(model: CompanyModel, period: Period) -> tuple[date, ...]:
    """The days in a period on which a reporting line changes: credit has to be summed apart before and after each."""
    return model.lines.breakpoints(period.span)


def _grouped(rows: Iterable[CreditRow], by: Callable[[CreditRow], int | None]) -> Mapping[int | None, list[CreditRow]]:
    found: defaultdict[int | None, list[CreditRow]] = defaultdict(list)
    for row in rows:
        found[by(row)].append(row)
    return found
