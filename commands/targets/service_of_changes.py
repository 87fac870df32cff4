"""Whether a team's total may be told again in a channel where it was told before.

Who reads both reads the change between them, so the change is a total of its own and has to be of many people, as each
total has to be: whose credit has changed, whose target has, and who carries the target of the days between. The same
answer for the company, whatever the channel; it is asked beside the changes of all other teams in the same days.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, TypeAlias

from commands.kit.names import Kind, Subject
from commands.targets import metrics
from commands.targets.channel_totals import WHOLE, Readers, require_tellable
from commands.targets.team_total import Days
from domain import policies
from domain.channel_totals import channel_totals
from domain.company import Metric, PersonId, SubjectKind, TeamId, TerritoryId
from domain.credit import Kind as CreditKind
from domain.disclosure import Portion, Total
from domain.errors import NotAllowed
from domain.lines import upwards
from domain.periods import Period
from domain.policies import TOO_SMALL
from domain.scorecard import Score, Scorecard, line_changes
from storage.ledger import Scope
from storage.store import Repositories

Place: TypeAlias = tuple[PersonId, TerritoryId | None, int]
"""A person, in a territory, in a stretch of days."""


class Moved(NamedTuple):
    """Whose portions the change of a team's figures is the sum of; nobody is in a team's own target."""

    credit: Total
    target: Total
    expected: Total


@dataclass(frozen=True, slots=True)
class Before:
    """A state in which a total was told: what was known then, and the day."""

    repo: Repositories
    today: date


async def require_tellable_total(repo: Repositories, subject: Subject, period: Period, *, today: date) -> None:
    """Raises NotAllowed unless the total of a team, or of the company, may be told to everybody."""
    if subject.kind not in (Kind.TEAM, Kind.COMPANY):
        raise NotAllowed("Not everyone there may see these figures, and only a team's total could stand for them.")
    await require_tellable(repo, _key(subject), period, Metric.REVENUE, today=today)


async def require_tellable_change(
    repo: Repositories, before: Before, subject: Subject, period: Period, *, today: date
) -> None:
    """Raises NotAllowed unless what has changed in a total since it was told before may be told to everybody."""
    moved = await _asked(repo, before, period, today)
    # That nobody's credit has changed would say something of each of them.
    if not moved.of_team[_key(subject)].credit:
        policies.require(TOO_SMALL)
    policies.require(moved.decided[_key(subject)])


async def require_tellable_beside(
    repo: Repositories, other: Before, subject: Subject, period: Period, *, today: date
) -> None:
    """Raises NotAllowed unless the total may be told beside one that overlaps with it and was told in the state `other`.

    Both cut the time as well: what has changed since then, here and in what overlaps, is of many people or of nobody.
    """
    moved = await _asked(repo, other, period, today)
    if any(moved.of_team[_key(subject)]):
        policies.require(moved.decided[_key(subject)])


def overlaps(repo: Repositories, subject: Subject, kind: str, number: int) -> bool:
    """Whether another total is of people who are in this one too: a team above it or below it, or the company."""
    if Kind.COMPANY in (subject.kind, kind):
        return True
    if kind != Kind.TEAM:
        return False
    lines, teams = repo.model.lines, repo.company.teams
    return number in {*upwards(teams, subject.id), *lines.teams_below(subject.id)} if subject.id in teams else False


async def _asked(repo: Repositories, before: Before, period: Period, today: date) -> "_Decided":
    key = "changes", before.repo.revision, before.today, period, today
    return await repo.remembered(key, lambda: _moved(repo, before, period, today))


class _Decided(NamedTuple):
    of_team: Mapping[TeamId, Moved]
    decided: Mapping[TeamId, policies.Decision]


async def _moved(repo: Repositories, before: Before, period: Period, today: date) -> _Decided:
    edges = {day for day in (before.today, today) if period.start < day < period.end}
    cuts = sorted({*line_changes(repo.model, period), *line_changes(before.repo.model, period), *edges})
    days = Days([period.start, *cuts], today)
    was = await _scores(before.repo, period, before.today, cuts)
    now = await _scores(repo, period, today, cuts)
    between = _Between(days, before.today)
    moved = {team: between.of(was.get(team), score) for team, score in now.items()}
    readers = Readers(repo, days, period, moved, today)
    return _Decided(moved, channel_totals(moved, set(readers.all()), repo.settings.small_group))


async def _scores(repo: Repositories, period: Period, today: date, cuts: list[date]) -> Mapping[TeamId, Score]:
    credit = await metrics.credited(repo, Metric.REVENUE, Scope(period.span), cuts)
    scores = Scorecard(repo.model, period, today, credit, cuts)
    return {**{team: scores.team(team) for team in repo.company.teams}, WHOLE: scores.company()}


@dataclass(frozen=True, slots=True)
class _Between:
    """What two scores of the same team differ by."""

    days: Days
    since: date

    def of(self, was: Score | None, now: Score) -> Moved:
        credit = _changed(_credit(was), _credit(now), "credit")
        asked = self._asked(now)
        target = _changed(self._asked(was), asked, "target")
        carried = (place for place, amount in asked.items() if amount and self._is_between(place))
        return Moved(credit, target, frozenset(Portion(one, "expected", land, at) for one, land, at in carried))

    def _is_between(self, place: Place) -> bool:
        return self.since <= self.days.starts[place[2]] < self.days.today

    def _asked(self, score: Score | None) -> Mapping[Place, int]:
        """What is asked of each person: in each stretch of days a part says the amount that it is of."""
        found: defaultdict[Place, int] = defaultdict(int)
        for part in score.parts if score else ():
            land = part.subject if part.kind is SubjectKind.TERRITORY else None
            for at in self.days.stretches(part.span) if part.person else ():
                found[part.person or 0, land, at] += part.amounts.effective
        return found


def _credit(score: Score | None) -> Mapping[Place, int]:
    found: defaultdict[Place, int] = defaultdict(int)
    for row in score.credit if score else ():
        if row.person and row.kind is CreditKind.REVENUE:
            found[row.person, row.territory, row.bucket] += row.base
    return found


def _changed(was: Mapping[Place, int], now: Mapping[Place, int], figure: str) -> Total:
    places: Iterable[Place] = {*was, *now}
    return frozenset(
        Portion(person, figure, land, at)
        for person, land, at in places
        if was.get((person, land, at), 0) != now.get((person, land, at), 0)
    )


def _key(subject: Subject) -> TeamId:
    return WHOLE if subject.kind is Kind.COMPANY else subject.id
