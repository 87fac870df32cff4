"""How a period went so far: credit and the target to date, added up week by week or month by month."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from domain.credit import Kind
from domain.model import CompanyModel
from domain.periods import Period, PeriodKind
from domain.scorecard import Score
from domain.targets import total

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """Credit (a person's with overlay) and effective target from the period's start to `last_day`, in minor units."""

    last_day: date
    credited: int
    expected: int | None


def trend_cuts(period: Period) -> tuple[date, ...]:
    """Where the steps of a trend begin, the first aside: months of a year, weeks of a quarter or a month."""
    if period.kind is PeriodKind.YEAR:
        return tuple(month.start for month in period.months()[1:])
    steps = range(1, (period.end - period.start).days // 7 + 1)
    return tuple(day for day in (period.start + WEEK * step for step in steps) if day < period.end)


def day_cuts(period: Period, today: date) -> tuple[date, ...]:
    """Where what is dated after today begins, within a period that is under way."""
    tomorrow = today + timedelta(days=1)
    return (tomorrow,) if period.start < tomorrow < period.end else ()


def dated_later(score: Score, today: date, cuts: Sequence[date]) -> int:
    """The credit (a person's with overlay) that is dated after today, in minor units; `cuts` hold the day after today.

    It counts from the moment at which it is known: a deal that is closed belongs to the period of its date.
    """
    starts = [score.standing.progress.period.start, *cuts]
    return sum(row.base for row in score.credit if row.kind in _kinds(score) and starts[row.bucket] > today)


def _kinds(score: Score) -> tuple[Kind, ...]:
    return (Kind.REVENUE, Kind.OVERLAY) if score.standing.overlay else (Kind.REVENUE,)


def trend(model: CompanyModel, score: Score, today: date, cuts: Sequence[date]) -> list[TrendPoint]:
    """A point for each step that has begun; `cuts` are those that the score's credit was summed with.

    The last one of a period under way is what stands on the card: with what is dated later.
    """
    period = score.standing.progress.period
    starts = [period.start, *cuts]
    points = []
    for start, end in zip([period.start, *trend_cuts(period)], [*trend_cuts(period), period.end], strict=True):
        if start > today:
            break
        # The step that is under way ends today, and asks for what was expected before today, as the card does.
        until, last_day = (today, today) if end > today else (end, end - timedelta(days=1))
        before = period.end if end > today else end
        credited = sum(row.base for row in score.credit if row.kind in _kinds(score) and starts[row.bucket] < before)
        expected = total(model.targets.before(score.parts, until)).effective if score.parts else None
        points.append(TrendPoint(last_day, credited, expected))
    return points
