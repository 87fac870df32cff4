"""What a territory's card shows of its figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from commands.kit import Block
from commands.kit.blocks import Control, button
from commands.kit.names import Kind, Subject
from commands.targets import service, views
from commands.targets.controls import WHY
from commands.targets.reference import CardReference
from commands.targets.service import TargetsCard
from domain.company import Person, Territory
from domain.periods import PeriodKind, containing
from storage.store import Repositories


@dataclass(frozen=True, slots=True)
class Standing:
    """A territory's figures of this quarter, as `/targets` shows them; `why` explains them, if there are any."""

    card: TargetsCard
    blocks: Sequence[Block]
    why: Control | None


async def standing_of(repo: Repositories, territory: Territory, *, by: Person, today: date, locale: str) -> Standing:
    """A territory's standing in this quarter, with everything below it. Raises NotAllowed for who may not see it."""
    period = containing(today, PeriodKind.QUARTER, repo.settings.fiscal_start)
    subject = Subject(Kind.TERRITORY, territory.id, territory.name)
    card = await service.allowed(repo, subject, period, by=by, today=today)
    why = button("Why?", WHY, value=CardReference.of(card).encoded) if card.has_why else None
    return Standing(card, views.in_short(card, locale=locale, settings=repo.settings), why)
