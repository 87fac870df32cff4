"""A team's total for its members and its lead: whether it may be shown without giving anyone away.

Quarters and years only, and a year only if each of its quarters may be shown: a month, or what is left of a quarter
without its other months, may be one person's. What is credited, the target and what was expected by now are each asked
about, beside all other totals that the viewer could ask for and all that they may read on its own (`domain.policies`).
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from commands.targets import metrics
from domain import policies
from domain.company import Metric, Person, PersonId, Span, SubjectKind, TeamId, TerritoryId
from domain.credit import Kind
from domain.disclosure import Portion, Total
from domain.errors import NotAllowed
from domain.lines import Lines, upwards
from domain.periods import Period, PeriodKind, containing
from domain.policies import Decision, Readable, Refusal
from domain.scorecard import Score, Scorecard, line_changes
from domain.targets import TargetPart
from storage.ledger import Scope
from storage.store import Known, Repositories
from templates import name


async def require_safe(
    repo: Repositories, team: TeamId, period: Period, metric: Metric, *, by: Person, today: date
) -> None:
    """Raises NotAllowed unless `by`, who is in the team or leads it, may see its total of a period.

    It names the next team above whose total they may see, if there is one.
    """
    if period.kind is PeriodKind.MONTH:
        raise NotAllowed("A team's total is shown by quarter or year: by month it could be one person's figure.")
    months = period.months()
    quarters = (containing(month.start, PeriodKind.QUARTER, repo.settings.fiscal_start) for month in months)
    totals = [await _Totals.of(repo, one, metric, by, today) for one in dict.fromkeys((period, *quarters))]
    shown = [policies.safe_totals(one.of_team, one.readable, repo.settings.small_group) for one in totals]

    def decide(team: TeamId) -> Decision:
        # That nobody has any credit would say something of each of them.
        if not totals[0].of_team[team].credit:
            return policies.TOO_SMALL
        return next((decided[team] for decided in shown if not decided[team]), True)

    decision = decide(team)
    if isinstance(decision, Refusal):
        above = upwards(repo.company.teams, repo.company.teams[team].parent)
        better = next((one for one in above if one in shown[0] and decide(one)), None)
        hint = f" Try {name(repo.company.teams[better].name)}." if better is not None else ""
        raise NotAllowed(decision.reason + hint)


class Behind(NamedTuple):
    """Whose portions a team's figures are the sums of. A team's own target is nobody's."""

    credit: Total
    target: Total
    expected: Total


@dataclass(frozen=True, slots=True)
class _Totals:
    """Of one period: what is behind each team that someone sees without its rows, and what they may read beside that."""

    of_team: Mapping[TeamId, Behind]
    readable: Readable

    @classmethod
    async def of(cls, repo: Repositories, period: Period, metric: Metric, by: Person, today: date) -> "_Totals":
        lines = repo.model.lines
        near = [team for team in repo.company.teams if policies.may_see_team_total(by, team, lines, today)]
        teams = [team for team in near if not policies.may_see_team(by, team, lines, today)]
        people = {one for team in teams for one in ever_in(lines, team, period)}
        # Today is a cut as well: what was expected by now is the target of the days before it.
        cuts = sorted({*line_changes(repo.model, period), *([today] if period.start < today < period.end else [])})
        # Located: figures of a territory are read too by whoever holds or covers it.
        credit = await metrics.credited(repo, metric, Scope(period.span, people), cuts, located=True)
        scores, days = Scorecard(repo.model, period, today, credit, cuts, metric), Days([period.start, *cuts], today)
        totals = {team: days.behind(scores.team(team)) for team in teams}
        return cls(totals, readable_beside(repo, days, period, totals, by, today))


@dataclass(frozen=True, slots=True)
class Days:
    """The stretches of days of a period, each from a start to the next."""

    starts: list[date]
    today: date

    def stretches(self, span: Span) -> range:
        """Those that have a day of the span."""
        return range(max(bisect_right(self.starts, span.start) - 1, 0), bisect_left(self.starts, span.end))

    def behind(self, score: Score) -> Behind:
        credit = frozenset(
            Portion(row.person, "credit", row.territory, row.bucket)
            for row in score.credit
            if row.person and row.base and row.kind is Kind.REVENUE
        )
        target = frozenset(portion for part in score.parts for portion in self._target(part))
        return Behind(credit, target, frozenset(one for one in target if self.starts[one.stretch] < self.today))

    def _target(self, part: TargetPart) -> Iterable[Portion]:
        if part.person and part.amounts.effective:
            territory = part.subject if part.kind is SubjectKind.TERRITORY else None
            for stretch in self.stretches(part.span):
                yield Portion(part.person, "target", territory, stretch)

    def of(self, spans: Mapping[PersonId, Iterable[Span]]) -> Iterator[tuple[PersonId, int]]:
        """Each person with each of their stretches."""
        return ((person, at) for person, days in spans.items() for span in days for at in self.stretches(span))


def readable_beside(
    repo: Repositories, days: Days, period: Period, totals: Mapping[TeamId, Sequence[Total]], by: Person, today: date
) -> Readable:
    """What `by` may read beside totals, as far as these are made of it."""
    people = policies.readable_people(by, repo.model.lines, today)
    inside = {portion.territory for team in totals.values() for total in team for portion in total if portion.territory}
    territories = readable_territories(repo, inside, by, today)
    return Readable(people, territories, frozenset(_moved(repo, days, period, by, today)))


def readable_territories(repo: Known, some: Iterable[TerritoryId], by: Person, today: date) -> frozenset[TerritoryId]:
    """Those in which `by` may read each deal: figures of a territory have all below it in them, also what nobody holds."""
    lines, tree = repo.model.lines, repo.company.territories
    roots = {one for territory in some for one in upwards(tree, territory)}
    seen = [one for one in roots if policies.may_see_territory_figures(by, one, lines, today)]
    return frozenset(inside for one in seen for inside in (one, *lines.territories_below(one)))


def _moved(repo: Repositories, days: Days, period: Period, by: Person, today: date) -> Iterator[tuple[PersonId, int]]:
    """The days that are in a line "moved elsewhere", of a manager's table or of a team with its rows."""
    lines = repo.model.lines
    if not policies.has(by, policies.Permission.SEE_BELOW, today):
        return
    for manager in policies.readable_people(by, lines, today):
        yield from days.of(lines.spans_below(manager, period.span))
    for team in repo.company.teams:
        if policies.may_see_team(by, team, lines, today):
            for one in (team, *lines.teams_below(team)):
                yield from days.of(lines.spans_in_team(one, period.span))


def ever_in(lines: Lines, team: TeamId, period: Period) -> set[PersonId]:
    """Everyone who was in a team, or in one below it, on some day of the period."""
    return {person for one in (team, *lines.teams_below(team)) for person in lines.spans_in_team(one, period.span)}
