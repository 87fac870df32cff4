"""Finds what happened to single deals: what a digest's sections and Why? tell, unless a test brings its own."""

from datetime import date

from commands.digests.content.story import Story
from commands.kit.names import Subject
from commands.targets.service import Sight
from commands.targets.service_for_digests import happened
from domain.bridges import Bridge
from domain.periods import Period
from storage.store import Repositories

NOTHING = Bridge(0, 0, ())


async def tell(
    then: Repositories | None,
    now: Repositories,
    subject: Subject,
    period: Period,
    *,
    was: date,
    today: date,
    sight: Sight,
) -> Story:
    found = await happened(then, now, subject, period, was=was, today=today, sight=sight)
    moved = found.moved
    return Story(
        credited=moved.credited if moved else NOTHING,
        forecast=moved.forecast if moved else None,
        deals=found.deals,
        won=found.closed.won,
        lost=found.closed.lost,
        wanting=found.attention.wanting,
        apart=found.apart,
    )
