"""The card behind `/targets`: whose figures, from which credit, against which target."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum

from commands.kit.names import Asker, Kind, Subject, find_subject
from commands.targets import metrics
from commands.targets.pipeline import Outlook, outlook
from commands.targets.query import TargetsQuery
from commands.targets.team_total import ever_in, require_safe
from domain import policies
from domain.company import Metric, Person, SubjectKind, TerritoryId
from domain.errors import NotAllowed
from domain.periods import Period
from domain.rollups import RollUp
from domain.scorecard import Score, Scorecard, line_changes
from domain.targets import TargetPart
from domain.trend import TrendPoint, dated_later, day_cuts, trend, trend_cuts
from storage import ledger
from storage.ledger import CreditSum, Scope, Whose
from storage.store import Known, Repositories
from templates import name


class Sight(Enum):
    """How much of a subject someone may see."""

    ALL = "all"
    OWN = "own"
    """A person's figures without those of who reports to them."""
    TOTAL = "total"
    """A team's figures without what they are sums of."""


@dataclass(frozen=True, slots=True)
class TargetsCard:
    """All that the card shows. `rows` sum to `score`; `vacant` stand beside it. Without any data `score` is all zero.

    Amounts are minor units of `currency`, or millionths where `metric` is no money. `metrics`: what else there is to see.
    """

    subject: Subject
    period: Period
    metric: Metric
    metrics: tuple[Metric, ...]
    today: date
    revision: int
    currency: str
    score: Score
    rows: tuple[Score, ...]
    vacant: tuple[Score, ...]
    points: tuple[TrendPoint, ...]
    dated_later: int
    """How much of credited and overlay is dated after today."""
    outlook: Outlook
    territory_names: tuple[str, ...]
    not_counted: tuple[str, ...]
    """Territories that a person holds whose targets don't count, because there is a target of the person's own."""
    compared: RollUp | None
    """Its own target beside what those below it carry, if it has one."""
    fresh_at: datetime | None
    has_deals: bool
    sight: Sight

    @property
    def has_why(self) -> bool:
        """Whether there is anything behind it that its reader may see."""
        return self.sight is not Sight.TOTAL and not (self.score.is_empty and self.outlook.is_empty)

    @property
    def title(self) -> str:
        """Whose figures these are, and of what, as cards show it: a manager's are those of the whole team."""
        with_team = self.subject.kind is Kind.PERSON and not self.score.is_leaf
        shown = name(self.subject.name)
        whose = f"{shown} and team" if with_team else shown
        return whose if self.metric is Metric.REVENUE else f"{whose}, {self.metric.words}"


def asked_about(repo: Known, ask: TargetsQuery, by: Person, today: date) -> Subject:
    """Whose figures are asked for: one's own if nobody is named.

    Raises NotFound or Ambiguous, with names that would work, and NotAllowed for who may not see those.
    """
    if not ask.who:
        return Subject(Kind.PERSON, by.id, by.name)
    by = as_listed(repo, by)
    policies.require(policies.may_see_names(by, today))
    return find_subject(ask.who, repo.company, asker(repo, by, today))


def asker(repo: Known, by: Person, today: date) -> Asker:
    """Who asks, and whose figures they may see any of."""

    def sees(subject: Subject) -> bool:
        try:
            return bool(allow(repo, subject, by=by, today=today))
        except NotAllowed:
            return False

    return Asker(by, tuple(_my_teams(repo, by, today)), sees)


def _my_teams(repo: Known, by: Person, today: date) -> Iterator[Subject]:
    """The teams that someone leads; else whoever reports to them, with them; else the team that they are in."""
    company, lines = repo.company, repo.model.lines
    led = [team.id for team in company.teams.values() if team.lead == by.id]
    if not led and lines.direct_reports(by.id, today) and policies.may_see_with_team(by, today):
        yield Subject(Kind.PERSON, by.id, by.name)
        return
    for team in led or filter(None, [lines.team_of(by.id, today)]):
        yield Subject(Kind.TEAM, team, company.teams[team].name)


async def card(repo: Repositories, *, ask: TargetsQuery, by: Person, today: date) -> TargetsCard:
    """What `by` may see of the subject's figures. Raises NotFound, Ambiguous or NotAllowed."""
    return await allowed(repo, asked_about(repo, ask, by, today), ask.period, ask.metric, by=by, today=today)


async def allowed(
    repo: Repositories,
    subject: Subject,
    period: Period,
    metric: Metric = Metric.REVENUE,
    *,
    by: Person,
    today: date,
) -> TargetsCard:
    """The subject's card, or as much of it as `by` may see. Raises NotAllowed."""
    by = as_listed(repo, by)
    sight = allow(repo, subject, by=by, today=today)
    made = await build(repo, subject=subject, period=period, metric=metric, today=today, sight=sight)
    if sight is not Sight.TOTAL:
        return made
    await require_safe(repo, subject.id, period, metric, by=by, today=today)
    return without_parts(made)


def without_parts(card: TargetsCard) -> TargetsCard:
    """A total's card. Parts of it (weeks, open deals, what is behind the target) may be one person's."""
    bare = replace(
        card, rows=(), vacant=(), points=(), dated_later=0, compared=None, territory_names=(), not_counted=()
    )
    return replace(bare, sight=Sight.TOTAL)


async def build(
    repo: Repositories,
    *,
    subject: Subject,
    period: Period,
    metric: Metric = Metric.REVENUE,
    today: date,
    sight: Sight = Sight.ALL,
) -> TargetsCard:
    """The card of a subject for who has this sight of it."""
    cuts = sorted({*line_changes(repo.model, period), *trend_cuts(period), *day_cuts(period, today)})
    whose = whose_credit(repo, subject, period, sight)
    credit = await _credit(repo, metric, whose, period, cuts)
    scores = Scorecard(repo.model, period, today, credit, cuts, metric)
    score, rows, vacant = scores_of(scores, subject, sight, with_team=has_team(repo, subject, period, sight))
    summary = await repo.remembered("deals", lambda: ledger.deals_summary(*repo.at))
    return TargetsCard(
        subject=subject,
        period=period,
        metric=metric,
        metrics=tuple(_metrics(repo, subject, period, metric, today, sight)),
        today=today,
        revision=repo.revision,
        currency=repo.settings.currency,
        score=score,
        rows=tuple(rows),
        vacant=tuple(vacant),
        points=tuple(trend(repo.model, score, today, cuts)),
        dated_later=dated_later(score, today, cuts),
        outlook=await outlook(repo, score, whose_open(repo, subject, period, today, sight), metric),
        territory_names=tuple(repo.company.territories[one].name for one in _territories(score.parts)),
        not_counted=tuple(_not_counted(repo, score, subject, metric)),
        compared=score.compared,
        fresh_at=await ledger.freshness(*repo.at),
        has_deals=summary.deals,
        sight=sight,
    )


def as_listed(repo: Known, by: Person) -> Person:
    """The person as the list of people has them now, which may not be the one that they were found in."""
    found = repo.company.people.get(by.id)
    if found is None:
        raise NotAllowed("You are no longer in Turf's list of people. Ask sales operations if that is wrong.")
    return found


def allow(repo: Known, subject: Subject, *, by: Person, today: date) -> Sight:
    """How much `by` may see of the subject. Raises NotAllowed if nothing."""
    lines, by = repo.model.lines, as_listed(repo, by)
    match subject.kind:
        case Kind.PERSON:
            policies.require(policies.may_see_person(by, subject.id, lines, today))
            return Sight.ALL if policies.may_see_with_team(by, today) else Sight.OWN
        case Kind.TERRITORY:
            policies.require(policies.may_see_territory_figures(by, subject.id, lines, today))
        case Kind.COMPANY:
            policies.require(policies.may_see_company(by, today))
        case Kind.TEAM:
            if not policies.may_see_team(by, subject.id, lines, today):
                policies.require(policies.may_see_team_total(by, subject.id, lines, today))
                return Sight.TOTAL
    return Sight.ALL


def whose_credit(repo: Repositories, subject: Subject, period: Period, sight: Sight) -> Whose:
    """Everyone and everything whose credit can count for the subject in the period."""
    lines = repo.model.lines
    match subject.kind:
        case Kind.PERSON if sight is Sight.OWN:
            return Whose(people={subject.id})
        case Kind.PERSON:
            below = lines.spans_below(subject.id, period.span)
            # Who leads a team also sees its vacant territories, whose credit is nobody's.
            return Whose(people={subject.id, *below}, unassigned=bool(lines.teams_led(subject.id)))
        case Kind.TEAM:
            return Whose(people=ever_in(lines, subject.id, period))
        case Kind.TERRITORY:
            return Whose(territories={subject.id, *lines.territories_below(subject.id)})
        case Kind.COMPANY:
            return Whose()


def has_team(repo: Repositories, subject: Subject, period: Period, sight: Sight) -> bool:
    """Whether a card is about a manager with everyone below them: about who had someone below them in the period."""
    if subject.kind is not Kind.PERSON or sight is Sight.OWN:
        return False
    return bool(repo.model.lines.spans_below(subject.id, period.span))


def whose_open(repo: Repositories, subject: Subject, period: Period, today: date, sight: Sight) -> Whose:
    """Whose open deals count: those of the people who are there today, or in the territories."""
    lines = repo.model.lines
    match subject.kind:
        case Kind.PERSON if not has_team(repo, subject, period, sight):
            return Whose(people={subject.id})
        case Kind.PERSON:
            return Whose(people={subject.id, *lines.below(subject.id, today)})
        case Kind.TEAM:
            return Whose(people=policies.everyone_in(subject.id, lines, today))
        case Kind.TERRITORY:
            return Whose(territories={subject.id, *lines.territories_below(subject.id)})
        case Kind.COMPANY:
            return Whose()


def scores_of(
    scores: Scorecard, subject: Subject, sight: Sight, *, with_team: bool
) -> tuple[Score, Sequence[Score], Sequence[Score]]:
    """The subject's score, the rows that sum to it, and what stands beside it."""
    match subject.kind:
        case Kind.PERSON if sight is Sight.OWN:
            return scores.person(subject.id), (), ()
        case Kind.PERSON:
            team = scores.team_of(subject.id)
            return (team.whole, team.rows, team.vacant) if with_team else (scores.person(subject.id), (), team.vacant)
        case Kind.TEAM:
            return scores.team(subject.id), scores.members_of(subject.id), ()
        case Kind.TERRITORY:
            return scores.territory(subject.id), [row for row in scores.children_of(subject.id) if not row.is_empty], ()
        case Kind.COMPANY:
            return scores.company(), [row for row in scores.children_of(None) if not row.is_empty], ()


def _metrics(
    repo: Repositories, subject: Subject, period: Period, shown: Metric, today: date, sight: Sight
) -> Iterator[Metric]:
    """What the subject's card can be of: revenue, what it is of now, and whatever else there is a target for."""
    known = {target.metric for target in repo.company.targets if target.published}
    for metric in Metric:
        if metric in (Metric.REVENUE, shown):
            yield metric
        elif metric in known:
            scores = Scorecard(repo.model, period, today, (), line_changes(repo.model, period), metric)
            if scores_of(scores, subject, sight, with_team=has_team(repo, subject, period, sight))[0].parts:
                yield metric


def _not_counted(repo: Repositories, score: Score, subject: Subject, metric: Metric) -> Iterator[str]:
    """Territories with a target that the subject carries none of."""
    if subject.kind is not Kind.PERSON or not score.is_leaf:
        return
    period, counted = score.standing.progress.period, set(_territories(score.parts))
    for territory in dict.fromkeys(one.territory for one in repo.model.lines.held_by(subject.id, period.span)):
        parts = repo.model.targets.territory_parts(territory, period, metric=metric)
        if territory not in counted and any(part.person == subject.id and part.amounts.full for part in parts):
            yield repo.company.territories[territory].name


async def _credit(
    repo: Repositories, metric: Metric, whose: Whose, period: Period, cuts: Sequence[date]
) -> list[CreditSum]:
    scope = Scope(period.span, whose.people, whose.unassigned, whose.territories)
    return await metrics.credited(repo, metric, scope, cuts)


def _territories(parts: Iterable[TargetPart]) -> list[TerritoryId]:
    """The territories that the parts come from, each once."""
    return list(dict.fromkeys(part.subject for part in parts if part.kind is SubjectKind.TERRITORY))
