"""What the Home tab shows of targets: where someone stands, and which of their targets they have not answered yet."""

from collections.abc import Sequence
from datetime import date

from commands.kit import Block
from commands.kit.names import Kind, Subject
from commands.targets import service, views
from domain import policies
from domain.company import Person
from domain.periods import PeriodKind, containing
from storage import target_notices
from storage.store import Repositories
from storage.target_notices import Notice


async def where_i_stand(repo: Repositories, *, by: Person, today: date, locale: str) -> list[Block]:
    """One's own figures of this quarter in a few lines; nothing for who has none to see."""
    if not policies.may_see_figures(by, today):
        return []
    period = containing(today, PeriodKind.QUARTER, repo.settings.fiscal_start)
    card = await service.allowed(repo, Subject(Kind.PERSON, by.id, by.name), period, by=by, today=today)
    return views.in_short(card, locale=locale, settings=repo.settings, you=True)


async def unanswered(repo: Repositories, *, by: Person) -> Sequence[Notice]:
    """The targets that someone was told of and has not answered, oldest first."""
    return [notice for notice in await target_notices.unanswered(*repo.at) if notice.person == by.id]
