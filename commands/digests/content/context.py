"""What a digest's sections speak from, for those who read it."""

from dataclasses import dataclass
from datetime import date

from commands.digests.content.facts import DigestContext
from commands.digests.content.making import card_of, period_of
from commands.digests.content.model import Ask, Made
from commands.digests.content.readers import Extent, extent, may_name
from commands.digests.content.story import Story, Teller
from commands.kit.outgoing import Audience, Dropped
from commands.targets import service
from commands.targets.service import Sight, TargetsCard
from domain.periods import Period
from storage.store import Repositories
from templates.numbers import Numbers


@dataclass(frozen=True, slots=True)
class Spoken:
    """The context, and the state that it speaks of."""

    context: DigestContext
    then: Repositories


async def contextual(
    repo: Repositories, ask: Ask, made: Made, audience: Audience, *, on: date, locale: str, teller: Teller
) -> Spoken | Dropped:
    """As much as this audience may be told, from the digest's own revision; Dropped, with the reason, if nothing.

    Rights are those `on` a day, by what is known now.
    """
    found = await extent(repo, ask, made, audience, on=on)
    if isinstance(found, Dropped):
        return found
    then = repo if found.revision >= repo.revision else await repo.earlier(found.revision)
    period = period_of(then, found.today)
    card = await _card(then, ask, found, period)
    context = DigestContext(
        kind=ask.kind,
        subject=ask.subject,
        period=period,
        today=found.today,
        since=_since(ask, found),
        is_total=found.is_total,
        reader=ask.reader,
        may_name=may_name(repo, audience, on=on),
        n=Numbers(then.settings.currency, locale),
        settings=then.settings,
        ask=ask,
        made=made,
        card=card,
        before=found.before,
        ended=found.ended,
        story=await _story(then, ask, found, period, teller),
        is_held=found.is_held,
    )
    return Spoken(context, then)


async def _card(then: Repositories, ask: Ask, found: Extent, period: Period) -> TargetsCard:
    """A total is the same sum whoever reads it, so it is not added up again: only its parts are left out."""
    sight = Sight.ALL if found.is_total else found.sight
    card = await card_of(then, ask.subject, period, today=found.today, sight=sight)
    return service.without_parts(card) if found.is_total else card


async def _story(then: Repositories, ask: Ask, found: Extent, period: Period, teller: Teller) -> Story | None:
    """Nothing of single deals is even looked up for readers of totals."""
    if found.is_total:
        return None
    compared = ask.last
    earlier = await then.earlier(compared.revision) if compared else None
    was = compared.today if compared else found.today
    return await teller(earlier, then, ask.subject, period, was=was, today=found.today, sight=found.sight)


def _since(ask: Ask, found: Extent) -> date | None:
    if found.is_total:
        return found.before.day if found.before else None
    return ask.last.today if ask.last else None
