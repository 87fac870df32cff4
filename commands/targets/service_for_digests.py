"""What digests ask of targets: how a subject's figures moved between two states, what closed, what wants attention;
what a figure consists of, what it is measured against; and one person's own figures, in a digest and as they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from commands.kit import Block
from commands.kit.names import Kind, Subject
from commands.targets import service, views
from commands.targets.changes.bridging import Bridges, bridges, side_of
from commands.targets.changes.deals import DealFacts
from commands.targets.changes.ended import Attention, Closed, attention, closed, told_apart
from commands.targets.notes import against
from commands.targets.reference import CardReference
from commands.targets.service import Sight, TargetsCard
from commands.targets.why import Part, Why, WhyPage, explain
from commands.targets.why_views import PAGE as CARD_WHY
from commands.targets.why_views import content as why_content
from domain import policies
from domain.company import Person
from domain.periods import Period
from domain.shapley import Factors
from storage.store import Repositories

__all__ = [
    "CARD_WHY",
    "Bridges",
    "DealFacts",
    "Happened",
    "OwnNumbers",
    "Why",
    "against",
    "bridges",
    "consists_of",
    "happened",
    "own_numbers",
    "why_content",
]


@dataclass(frozen=True, slots=True)
class Happened:
    """`moved` is None where there is nothing to compare with; `deals` are those of its steps and of `attention`.

    `apart` is what volume, win rate and deal size did to the amount won, from 30 closed deals on.
    """

    moved: Bridges | None
    closed: Closed
    attention: Attention
    apart: Factors | None = None

    @property
    def deals(self) -> Mapping[int, DealFacts]:
        return {**self.attention.deals, **(self.moved.deals if self.moved else {})}


async def happened(
    then: Repositories | None,
    now: Repositories,
    subject: Subject,
    period: Period,
    *,
    was: date,
    today: date,
    sight: Sight = Sight.ALL,
) -> Happened:
    """All that a digest tells of single deals. The caller says how much of the subject the reader may see.

    Remembered: a digest asks for its head, for its thread, and whenever someone asks why.
    """
    key = ("happened", then.revision if then else None, subject, period.label, was, today, sight)
    return await now.remembered(key, lambda: _happened(then, now, subject, period, was=was, today=today, sight=sight))


async def _happened(
    then: Repositories | None,
    now: Repositories,
    subject: Subject,
    period: Period,
    *,
    was: date,
    today: date,
    sight: Sight,
) -> Happened:
    after = await side_of(now, subject, period, sight, today)
    if then is None:
        return Happened(None, Closed(), await attention(after, period, None, since=was, today=today))
    before = await side_of(then, subject, period, sight, was)
    moved = await bridges(then, now, subject, period, was=was, today=today, sight=sight)
    ended = await closed(then, before, after, subject, period, sight)
    wanting = await attention(after, period, moved, since=was, today=today)
    return Happened(moved, ended, wanting, await told_apart(after, since=was, today=today))


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
    return OwnNumbers(card, now, views.in_short(card, locale=locale, settings=then.settings, you=True))


async def _own(repo: Repositories, by: Person, period: Period, today: date) -> TargetsCard:
    subject = Subject(Kind.PERSON, by.id, by.name)
    return await service.build(repo, subject=subject, period=period, today=today, sight=Sight.OWN)


async def consists_of(repo: Repositories, card: TargetsCard, *, is_open: bool, by: Person, today: date) -> Why:
    """The card's own Why? of its credit, or of its open deals, by the rights of `by`. Raises NotAllowed."""
    page = WhyPage(CardReference.of(card), Part.OPEN if is_open else Part.CREDIT)
    return await explain(repo, page=page, by=by, today=today)
