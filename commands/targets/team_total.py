"""A team's total for its members: whether it may be shown without giving anyone away.

Quarters and years only, and a year only if each of its quarters may be shown: a month, or what is left of a quarter
without its other months, may be one person's. The total and the target are each asked about.
"""

from datetime import date

from domain import policies
from domain.company import PersonId, TeamId
from domain.credit import Kind
from domain.errors import NotAllowed
from domain.lines import Lines
from domain.periods import Period, PeriodKind, containing
from domain.scorecard import Score, Scorecard, line_changes
from storage import ledger
from storage.ledger import Scope
from storage.store import Repositories


async def require_safe(repo: Repositories, team: TeamId, period: Period, *, by: PersonId, today: date) -> None:
    """Raises NotAllowed unless a member may see the team's total of a period."""
    if period.kind is PeriodKind.MONTH:
        raise NotAllowed("A team's total is shown by quarter or year: by month it could be one person's figure.")
    await _require(repo, team, period, by, today, even_if_empty=True)
    if period.kind is PeriodKind.YEAR:
        fiscal_start = repo.settings.fiscal_start
        quarters = (containing(month.start, PeriodKind.QUARTER, fiscal_start) for month in period.months())
        for quarter in dict.fromkeys(quarters):
            await _require(repo, team, quarter, by, today, even_if_empty=False)


async def _require(
    repo: Repositories, team: TeamId, period: Period, by: PersonId, today: date, *, even_if_empty: bool
) -> None:
    """The other totals that could be subtracted are those of all teams that the member is in, above and below."""
    scores = await _scores(repo, by, period, today)
    for people_behind, must_be_many in ((_contributors, even_if_empty), (_carriers, False)):
        behind = {one: people_behind(score) for one, score in scores.items()}
        asked = behind.pop(team)
        if asked or must_be_many:
            policies.require(policies.total_is_safe(asked, by, repo.settings.small_group, behind.values()))


async def _scores(repo: Repositories, by: PersonId, period: Period, today: date) -> dict[TeamId, Score]:
    """The scores of all teams that a person is in or leads."""
    lines = repo.model.lines
    led = lines.teams_led(by)
    teams = [team for team in repo.company.teams if team in led or by in policies.everyone_in(team, lines, today)]
    people = {one for team in teams for one in ever_in(lines, team, period)}
    cuts, scope = line_changes(repo.model, period), Scope(period.span, people)
    scores = Scorecard(repo.model, period, today, await ledger.credited(*repo.at, scope, cuts), cuts)
    return {team: scores.team(team) for team in teams}


def ever_in(lines: Lines, team: TeamId, period: Period) -> set[PersonId]:
    """Everyone who was in a team, or in one below it, on some day of the period."""
    return {person for one in (team, *lines.teams_below(team)) for person in lines.spans_in_team(one, period.span)}


def _contributors(score: Score) -> frozenset[PersonId]:
    return frozenset(row.person for row in score.credit if row.person and row.base and row.kind is Kind.REVENUE)


def _carriers(score: Score) -> frozenset[PersonId]:
    """Whose targets the team's is the sum of: nobody's, if it has its own."""
    return frozenset(part.person for part in score.parts if part.person)
