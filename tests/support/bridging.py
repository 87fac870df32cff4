"""Bridges held against the cards of both states: they begin and end where those do, and every deal in them is known."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from commands.kit.names import COMPANY, Kind, Subject
from commands.targets import service
from commands.targets.changes.bridging import Bridges, bridges
from commands.targets.service import Sight
from domain.company import Metric
from domain.forecast import PipelineForecast
from domain.periods import Period
from storage.store import Repositories


def subjects(repo: Repositories) -> Iterator[tuple[Subject, Sight]]:
    """Everything that a card can be about; of a person's, with and without those below."""
    company = repo.company
    yield COMPANY, Sight.ALL
    for person in company.people.values():
        for sight in (Sight.ALL, Sight.OWN):
            yield Subject(Kind.PERSON, person.id, person.name), sight
    for team in company.teams.values():
        yield Subject(Kind.TEAM, team.id, team.name), Sight.ALL
    for land in company.territories.values():
        yield Subject(Kind.TERRITORY, land.id, land.name), Sight.ALL


async def shown(
    repo: Repositories, subject: Subject, period: Period, today: date, sight: Sight = Sight.ALL
) -> tuple[int, int]:
    """What a card shows: credited (with overlay where it counts), and the forecast; that is credited once it has ended."""
    card = await service.build(repo, subject=subject, period=period, metric=Metric.REVENUE, today=today, sight=sight)
    forecast, achieved = card.outlook.by_pipeline, card.score.standing.achieved
    return achieved, forecast.weighted if isinstance(forecast, PipelineForecast) else achieved


async def exact(
    then: Repositories,
    now: Repositories,
    subject: Subject,
    period: Period,
    was: date,
    today: date,
    sight: Sight = Sight.ALL,
) -> Bridges:
    """The bridges; an AssertionError unless they lead from the one card to the other, to the minor unit."""
    found = await bridges(then, now, subject, period, was=was, today=today, sight=sight)
    before, after = await shown(then, subject, period, was, sight), await shown(now, subject, period, today, sight)
    assert (found.credited.before, found.credited.after) == (before[0], after[0]), subject
    if was < period.end:
        assert found.forecast is not None
        assert (found.forecast.before, found.forecast.after) == (before[1], after[1]), subject
    else:
        assert found.forecast is None
    moved = {step.deal for bridge in (found.credited, found.forecast) if bridge for step in bridge.steps}
    assert moved <= found.deals.keys()
    return found
