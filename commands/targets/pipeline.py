"""What the open deals add: forecasts and coverage, of one subject or of all in a report."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from domain.attainment import Amount, NotAvailable, Progress, Reason
from domain.company import Metric, TeamId
from domain.exchange import MissingRate
from domain.forecast import (
    Category,
    Coverage,
    OpenDeal,
    OpenPipeline,
    PipelineForecast,
    StageCount,
    StageRates,
    by_pipeline,
    coverage,
    pipeline,
    run_rate,
    trailing_year,
)
from domain.scorecard import NO_TEAM, Score, ScoreKind
from storage import ledger
from storage.ledger import EVERYONE, OpenSum, Scope, Whose, WinRate
from storage.store import Repositories


@dataclass(frozen=True, slots=True)
class Outlook:
    """Where the period may end. `pipeline` are the open deals that close in its rest, each group with its chance.

    `without_rate` is how many more close in it, in a currency that cannot be converted: they are in no figure.
    """

    run_rate: Amount
    by_pipeline: PipelineForecast | NotAvailable
    coverage: Coverage | NotAvailable
    pipeline: OpenPipeline
    without_rate: int

    @property
    def is_empty(self) -> bool:
        """No open deal closes in the rest of the period."""
        return not (self.pipeline.deals or self.without_rate)


async def outlook(repo: Repositories, score: Score, whose: Whose, metric: Metric = Metric.REVENUE) -> Outlook:
    """Forecasts and coverage from today on, with the win rate of the last year; of counts only the run rate."""
    progress = score.standing.progress
    if not metric.is_money:
        return counted(score)
    groups = [_group(repo, row, progress) for row in await _open(repo, progress, whose)]
    closed = await _win_rate(repo, whose, progress.today)
    return _outlook(score, groups, await stage_rates(repo, progress.today), closed)


def counted(score: Score) -> Outlook:
    """Where a count may end: open deals are money and say nothing of it."""
    standing, none = score.standing, NotAvailable(Reason.NO_MONEY)
    found = run_rate(standing.achieved, standing.target, standing.expected, standing.progress)
    return Outlook(found, none, none, OpenPipeline((), (), (), has_categories=False), without_rate=0)


async def _open(repo: Repositories, progress: Progress, whose: Whose, *, in_period: bool = False) -> list[OpenSum]:
    since, until = first_day_left(progress), progress.period.end
    return await ledger.open_sums(*repo.at, whose, today=progress.today, since=since, until=until, in_period=in_period)


async def open_total(repo: Repositories, score: Score, whose: Whose) -> tuple[int, int]:
    """The open amount that closes in the rest of a score's period, and how many shares of deals that is.

    Those that cannot be converted count too.
    """
    progress = score.standing.progress
    groups = [_group(repo, row, progress) for row in await _open(repo, progress, whose, in_period=True)]
    return sum(group.deal.amount for group in groups if group.deal), sum(group.row.count for group in groups)


def first_day_left(progress: Progress) -> date:
    """Where the rest of a period begins: today, or its first day if that is yet to come."""
    return max(progress.today, progress.period.start)


async def outlooks(repo: Repositories, scores: Sequence[Score]) -> list[Outlook]:
    """The same for each row of a report, from one reading of the open deals that close in the rest of the period.

    Without what coverage would need, and without the deals that are overdue or close later: no column tells of them.
    """
    if not scores:
        return []
    progress = scores[0].standing.progress
    groups = [_group(repo, row, progress) for row in await _open(repo, progress, EVERYONE, in_period=True)]
    rates = await stage_rates(repo, progress.today)
    shares = _Shares(repo, groups, progress.today)
    return [_outlook(score, shares.of(score), rates, WinRate(0, 0, 0, 0)) for score in scores]


class _Group(NamedTuple):
    """Open deals that are alike, and what forecasts weigh; `deal` is None if they cannot be converted."""

    row: OpenSum
    deal: OpenDeal | None


def _outlook(score: Score, groups: Sequence[_Group], rates: StageRates, closed: WinRate) -> Outlook:
    standing, progress = score.standing, score.standing.progress
    deals = [group.deal for group in groups if group.deal is not None]
    found = pipeline(deals, progress.period, progress.today, rates)
    return Outlook(
        run_rate=run_rate(standing.achieved, standing.target, standing.expected, progress),
        by_pipeline=by_pipeline(standing.achieved, found, progress),
        coverage=coverage(found.amount, standing.gap, progress, won=closed.won_base, lost=closed.lost_base),
        pipeline=found,
        without_rate=sum(group.row.count for group in groups if group.deal is None),
    )


def _group(repo: Repositories, row: OpenSum, progress: Progress) -> _Group:
    """A group of open deals; of its dates only overdue, in the period, or later matters.

    Deals that cannot be converted matter in the period; of others only their number is asked.
    """
    exchange, today = repo.model.exchange, progress.today
    later = first_day_left(progress) if row.in_period else progress.period.end
    try:
        amount = exchange.convert(row.amount, row.currency, exchange.latest(row.currency, today))
    except MissingRate:
        if row.in_period:
            return _Group(row, None)
        amount = 0
    deal = OpenDeal(
        amount=amount,
        expected_close_on=today - timedelta(days=1) if row.overdue else later,
        stage=row.stage,
        probability=row.probability,
        category=Category(row.forecast_category) if row.forecast_category else None,
        count=row.count,
    )
    return _Group(row, deal)


async def _win_rate(repo: Repositories, whose: Whose, today: date) -> WinRate:
    """Of the deals that closed in the last year."""

    async def read() -> WinRate:
        year = Scope(trailing_year(today), whose.people, whose.unassigned, whose.territories)
        return await ledger.win_rate(*repo.at, year)

    return await repo.remembered(("win rate", _frozen(whose.people), _frozen(whose.territories), today), read)


def _frozen(ids: Collection[int] | None) -> frozenset[int] | None:
    return None if ids is None else frozenset(ids)


async def stage_rates(repo: Repositories, today: date) -> StageRates:
    """The chances of the company's stages; a revision's are read once a day."""

    async def read() -> StageRates:
        year = trailing_year(today)
        history = await ledger.stage_history(*repo.at, year.start, year.end)
        return StageRates(
            [StageCount(row.stage, row.closed, row.won) for row in history], repo.company.stage_probability
        )

    return await repo.remembered(("stage rates", today), read)


class _Shares:
    """Which groups of open deals are a subject's: those of the people who are there today. Sorted once for a report."""

    def __init__(self, repo: Repositories, groups: Sequence[_Group], today: date) -> None:
        self._lines, self._today, self._all = repo.model.lines, today, groups
        self._by_person = _grouped(groups, lambda row: row.person)
        self._by_territory = _grouped(groups, lambda row: row.territory)
        people = [person for person in self._by_person if person is not None]
        self._team_of = {person: self._lines.team_of(person, today) for person in people}

    def of(self, score: Score) -> Sequence[_Group]:
        lines, subject = self._lines, score.subject
        match subject.kind:
            case ScoreKind.PERSON:
                people = {subject.id} if score.is_leaf else {subject.id, *lines.below(subject.id, self._today)}
                return _of(self._by_person, people)
            case ScoreKind.TERRITORY:
                inside = {subject.id, *(() if score.is_leaf else lines.territories_below(subject.id))}
                return _of(self._by_territory, inside)
            case ScoreKind.TEAM:
                return self._of_teams({subject.id, *(() if score.is_leaf else lines.teams_below(subject.id))})
            case ScoreKind.UNASSIGNED:
                nobody = _of(self._by_person, {None})
                return [*nobody, *self._of_teams({None})] if subject == NO_TEAM else nobody
            case ScoreKind.NO_TERRITORY:
                return _of(self._by_territory, {None})
            case _:
                return self._all

    def _of_teams(self, teams: Collection[TeamId | None]) -> list[_Group]:
        return _of(self._by_person, {person for person, team in self._team_of.items() if team in teams})


def _grouped(groups: Iterable[_Group], key: Callable[[OpenSum], int | None]) -> dict[int | None, list[_Group]]:
    found: defaultdict[int | None, list[_Group]] = defaultdict(list)
    for group in groups:
        found[key(group.row)].append(group)
    return dict(found)


def _of(groups: Mapping[int | None, list[_Group]], keys: Iterable[int | None]) -> list[_Group]:
    return [group for key in keys for group in groups.get(key, ())]
