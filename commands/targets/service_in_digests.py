"""What a digest shows of one person's own targets: as they were when it was made, and as they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from commands.kit import Block
from commands.kit.names import Kind, Subject
from commands.targets import service, views
from commands.targets.service import Sight, TargetsCard
from domain import policies
from domain.company import Person
from domain.periods import Period
from storage.store import Repositories


@dataclass(frozen=True, slots=True)
class OwnNumbers:
    """`was` is None for who was not there yet; it is shown as `blocks`."""

    was: TargetsCard | None
    now: TargetsCard
    blocks: Sequence[Block]


async def own_numbers(
    repo: Repositories, then: Repositories, by: Person, period: Period, *, was: date, today: date, locale: str
) -> OwnNumbers:
    """One's own figures of a period, on the day `was` as known `then`, and now. Raises NotAllowed for who has none."""
    by = service.as_listed(repo, by)
    policies.require(policies.may_see_figures(by, today))
    now = await _own(repo, by, period, today)
    if by.id not in then.company.people:
        return OwnNumbers(None, now, ())
    card = await _own(then, by, period, was)
    return OwnNumbers(card, now, views.in_short(card, locale=locale, settings=then.settings))


async def _own(repo: Repositories, by: Person, period: Period, today: date) -> TargetsCard:
    subject = Subject(Kind.PERSON, by.id, by.name)
    return await service.build(repo, subject=subject, period=period, today=today, sight=Sight.OWN)
