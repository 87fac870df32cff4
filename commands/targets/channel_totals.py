"""Which teams' totals, and whether the company's, may be told in a channel; the same answer for every channel.

By quarter or year only, and of a year each quarter must pass; see `domain.channel_totals` for the rule.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from commands.targets import metrics
from commands.targets.team_total import Behind, Days, readable_beside
from domain import policies
from domain.channel_totals import Reader, channel_totals
from domain.company import AssignmentRole, Metric, Person, PersonId, TeamId, TerritoryId
from domain.disclosure import Total
from domain.errors import NotAllowed
from domain.lines import upwards
from domain.periods import Period, PeriodKind, containing
from domain.policies import Decision, Permission, Readable
from domain.scorecard import Scorecard, line_changes
from storage.ledger import Scope
from storage.store import Repositories

WHOLE: TeamId = 0
"""Stands for the company among the teams."""
Totals: TypeAlias = Mapping[TeamId, Behind]


async def require_tellable(repo: Repositories, team: TeamId, period: Period, metric: Metric, *, today: date) -> None:
    """Raises NotAllowed unless the total of a team, or of the company, may be told to everybody in a channel."""
    if period.kind is PeriodKind.MONTH:
        raise NotAllowed("A total is shared by quarter or year: by month it could be one person's figure.")
    quarters = (containing(month.start, PeriodKind.QUARTER, repo.settings.fiscal_start) for month in period.months())
    for one in dict.fromkeys((period, *quarters)):
        totals, decided = await _decided(repo, one, metric, today)
        if one == period and not totals[team].credit:
            policies.require(policies.TOO_SMALL)
        if one.start > today and not any(totals[team]):
            # Nothing is known of it yet that could be subtracted.
            continue
        policies.require(decided[team])


async def _decided(
    repo: Repositories, period: Period, metric: Metric, today: date
) -> tuple[Totals, Mapping[TeamId, Decision]]:
    async def decide() -> tuple[Totals, Mapping[TeamId, Decision]]:
        cuts = sorted({*line_changes(repo.model, period), *([today] if period.start < today < period.end else [])})
        credit = await metrics.credited(repo, metric, Scope(period.span), cuts)
        scores = Scorecard(repo.model, period, today, credit, cuts, metric)
        days = Days([period.start, *cuts], today)
        totals = {team: days.behind(scores.team(team)) for team in repo.company.teams}
        totals[WHOLE] = days.behind(scores.company())
        readers = Readers(repo, days, period, totals, today)
        return totals, channel_totals(totals, set(readers.all()), repo.settings.small_group)

    return await repo.remembered(("channel totals", period, metric, today), decide)


@dataclass(frozen=True, slots=True)
class Readers:
    """Everybody in the company, with what they see on their own cards."""

    repo: Repositories
    days: Days
    period: Period
    totals: Mapping[TeamId, Sequence[Total]]
    today: date

    def all(self) -> Iterator[Reader]:
        """Each way of reading along once: most people of a team differ in their own figures only.

        Whoever sees all figures learns nothing; partners see no figure beside.
        """
        plain = set()
        held, owners = self._held(), self._owners()
        for person in self.repo.company.people.values():
            if policies.has(person, Permission.SEE_ALL, self.today):
                continue
            if not policies.has(person, Permission.SEE_OWN, self.today):
                continue
            near = self._near(person)
            if self._reads_others(person, held, owners):
                yield self._reader(person, near)
            else:
                plain.add(near)
        # Whoever reads their own figures alone is one of at least three in each total: they need no look of their own.
        for near in plain:
            yield Reader(shown=self._shown(near, Readable()))

    def _reader(self, person: Person, near: frozenset[TeamId]) -> Reader:
        readable = readable_beside(self.repo, self.days, self.period, self.totals, person, self.today)
        return Reader(readable, self._shown(near, readable))

    def _shown(self, near: frozenset[TeamId], readable: Readable) -> frozenset[TeamId]:
        totals = {team: self.totals[team] for team in near}
        decided = policies.safe_totals(totals, readable, self.repo.settings.small_group)
        return frozenset(team for team, decision in decided.items() if decision)

    def _near(self, person: Person) -> frozenset[TeamId]:
        """The teams whose total is on the person's card, without its rows."""
        lines = self.repo.model.lines
        near = {*lines.teams_led(person.id), *upwards(self.repo.company.teams, lines.team_of(person.id, self.today))}
        return frozenset(team for team in near if not policies.may_see_team(person, team, lines, self.today))

    def _reads_others(
        self,
        person: Person,
        held: Mapping[PersonId, frozenset[TerritoryId]],
        owners: Mapping[TerritoryId, frozenset[PersonId]],
    ) -> bool:
        """Whether they may read more than their own figures: of people below, or in territories that they hold."""
        if policies.has(person, Permission.SEE_BELOW, self.today):
            return True
        return any(owners.get(one, frozenset()) - {person.id} for one in held.get(person.id, ()))

    def _held(self) -> Mapping[PersonId, frozenset[TerritoryId]]:
        """The territories in which each person who holds or covers some today may read each deal."""
        lines, found = self.repo.model.lines, dict[PersonId, set[TerritoryId]]()
        for territory in self.repo.company.territories.values():
            holders = {
                *lines.holders_on(territory.id, self.today),
                *lines.holders_on(territory.id, self.today, AssignmentRole.COVER),
            }
            for person in holders:
                found.setdefault(person, set()).update(self._read_with(person, territory.id))
        return {person: frozenset(some) for person, some in found.items()}

    def _read_with(self, person: PersonId, held: TerritoryId) -> Iterator[TerritoryId]:
        """What somebody reads who holds a territory: it with those above it, up to where others hold some, and all below."""
        lines, top = self.repo.model.lines, None
        for one in upwards(self.repo.company.territories, held):
            by = self.repo.company.people.get(person)
            if by is None or not policies.may_see_territory_figures(by, one, lines, self.today):
                break
            top = one
        if top is not None:
            yield from (top, *lines.territories_below(top))

    def _owners(self) -> Mapping[TerritoryId, frozenset[PersonId]]:
        """Whose portions are in each territory."""
        found = dict[TerritoryId, set[PersonId]]()
        for figures in self.totals.values():
            for total in figures:
                for portion in total:
                    if portion.territory is not None:
                        found.setdefault(portion.territory, set()).add(portion.person)
        return {territory: frozenset(people) for territory, people in found.items()}
