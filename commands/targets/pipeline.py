"""What the open deals add: forecasts and coverage, of one subject or of all in a report."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from domain.attainment import Amount, NotAvailable, Progress
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


async def outlook(repo: Repositories, score: Score, whose: Whose) -> Outlook:
    """Forecasts and coverage from today on, with the win rate of the last year."""
    progress = score.standing.progress
    rows = await _open(repo, progress, whose)
    closed = await _win_rate(repo, whose, progress.today)
    return _outlook(repo, score, rows, await _stage_rates(repo, progress.today), closed)


async def _open(repo: Repositories, progress: Progress, whose: Whose) -> list[OpenSum]:
    since, until = first_day_left(progress), progress.period.end
    return await ledger.open_sums(*repo.at, whose, today=progress.today, since=since, until=until)


def first_day_left(progress: Progress) -> date:
    """Where the rest of a period begins: today, or its first day if that is yet to come."""
    return max(progress.today, progress.period.start)


async def outlooks(repo: Repositories, scores: Sequence[Score]) -> list[Outlook]:
    """The same for each row of a report, from one reading of the open deals; without what coverage would need."""
    if not scores:
        return []
    progress = scores[0].standing.progress
    rows = await _open(repo, progress, EVERYONE)
    rates = await _stage_rates(repo, progress.today)
    mine = [_belongs(repo, score) for score in scores]
    return [
        _outlook(repo, score, [row for row in rows if is_mine(row)], rates, WinRate(0, 0, 0, 0))
        for score, is_mine in zip(scores, mine, strict=True)
    ]


def _outlook(repo: Repositories, score: Score, rows: Iterable[OpenSum], rates: StageRates, closed: WinRate) -> Outlook:
    standing, progress = score.standing, score.standing.progress
    deals = [(row, _deal(repo, row, progress)) for row in rows]
    priced = [deal for _, deal in deals if deal is not None]
    found = pipeline(priced, progress.period, progress.today, rates)
    return Outlook(
        run_rate=run_rate(standing.achieved, standing.target, standing.expected, progress),
        by_pipeline=by_pipeline(standing.achieved, found, progress),
        coverage=coverage(found.amount, standing.gap, progress, won=closed.won_base, lost=closed.lost_base),
        pipeline=found,
        without_rate=sum(row.count for row, deal in deals if deal is None and row.in_period),
    )


def _deal(repo: Repositories, row: OpenSum, progress: Progress) -> OpenDeal | None:
    """A group of open deals; of its dates only overdue, in the period, or later matters.

    None for deals in the period that cannot be converted. The others are counted at most: their amount is not needed.
    """
    exchange, today = repo.model.exchange, progress.today
    later = first_day_left(progress) if row.in_period else progress.period.end
    try:
        amount = exchange.convert(row.amount, row.currency, exchange.latest(row.currency, today))
    except MissingRate:
        if row.in_period:
            return None
        amount = 0
    return OpenDeal(
        amount=amount,
        expected_close_on=today - timedelta(days=1) if row.overdue else later,
        stage=row.stage,
        probability=row.probability,
        category=Category(row.forecast_category) if row.forecast_category else None,
        count=row.count,
    )


async def _win_rate(repo: Repositories, whose: Whose, today: date) -> WinRate:
    """Of the deals that closed in the last year."""

    async def read() -> WinRate:
        year = Scope(trailing_year(today), whose.people, whose.unassigned, whose.territories)
        return await ledger.win_rate(*repo.at, year)

    return await repo.remembered(("win rate", _frozen(whose.people), _frozen(whose.territories), today), read)


def _frozen(ids: Collection[int] | None) -> frozenset[int] | None:
    return None if ids is None else frozenset(ids)


async def _stage_rates(repo: Repositories, today: date) -> StageRates:
    async def read() -> StageRates:
        year = trailing_year(today)
        history = await ledger.stage_history(*repo.at, year.start, year.end)
        return StageRates(
            [StageCount(row.stage, row.closed, row.won) for row in history], repo.company.stage_probability
        )

    return await repo.remembered(("stage rates", today), read)


def _belongs(repo: Repositories, score: Score) -> Callable[[OpenSum], bool]:
    """Which groups of open deals are a subject's: those of the people who are there today."""
    lines, subject, today = repo.model.lines, score.subject, score.standing.progress.today
    match subject.kind:
        case ScoreKind.PERSON:
            people = {subject.id} if score.is_leaf else {subject.id, *lines.below(subject.id, today)}
            return lambda row: row.person in people
        case ScoreKind.TERRITORY:
            inside = {subject.id, *(() if score.is_leaf else lines.territories_below(subject.id))}
            return lambda row: row.territory in inside
        case ScoreKind.TEAM:
            teams = {subject.id, *(() if score.is_leaf else lines.teams_below(subject.id))}
            return lambda row: row.person is not None and lines.team_of(row.person, today) in teams
        case ScoreKind.UNASSIGNED:
            teamless = subject == NO_TEAM
            return lambda row: row.person is None or (teamless and lines.team_of(row.person, today) is None)
        case ScoreKind.NO_TERRITORY:
            return lambda row: row.territory is None
        case _:
            return lambda row: True
