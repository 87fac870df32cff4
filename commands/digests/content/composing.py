"""Puts a digest into words for those who can read it at the moment of posting."""

from collections.abc import Sequence
from datetime import date

from commands.digests.content.facts import DigestContext
from commands.digests.content.making import period_of
from commands.digests.content.model import Ask, Digest, Made, Said
from commands.digests.content.readers import Extent, extent, may_name
from commands.kit import Block
from commands.kit.outgoing import LOCALE, Audience, Dropped
from commands.kit.sections import Lines, Section
from commands.targets import service
from storage.store import Repositories
from templates import EMPTY, Mrkdwn
from templates.numbers import Numbers

HEADLINE, FOOTER = "headline", "footer"
LINES = 7
"""So many lines the head has between the headline and the small print; sections beyond that are left to the thread."""


async def compose(
    repo: Repositories,
    ask: Ask,
    made: Made,
    audience: Audience,
    sections: Sequence[Section],
    *,
    locale: str = LOCALE,
) -> Digest | Dropped:
    """What may be said to this audience, from the digest's own revision; Dropped, with the reason, if nothing may."""
    found = await extent(repo, ask, made, audience)
    if isinstance(found, Dropped):
        return found
    then = repo if found.revision >= repo.revision else await repo.earlier(found.revision)
    period = period_of(then, found.today)
    card = await service.build(then, subject=ask.subject, period=period, today=found.today, sight=found.sight)
    context = DigestContext(
        kind=ask.kind,
        subject=ask.subject,
        period=period,
        today=found.today,
        since=_since(ask, found),
        is_total=found.is_total,
        reader=ask.reader,
        may_name=may_name(repo, ask, audience),
        n=Numbers(then.settings.currency, locale),
        settings=then.settings,
        ask=ask,
        made=made,
        card=service.without_parts(card) if found.is_total else card,
        before=found.before,
        ended=found.ended,
        is_held=found.is_held,
    )
    return await _said(context, then, sections)


def _since(ask: Ask, found: Extent) -> date | None:
    if found.is_total:
        return found.before.day if found.before else None
    return ask.compared.today if ask.compared else None


async def _said(context: DigestContext, then: Repositories, sections: Sequence[Section]) -> Digest:
    found = dict[str, Lines]()
    for section in sections:
        lines = await section.provide(context, then) if _is_asked(context, section) else None
        if lines is not None:
            found[section.key] = lines
    ends = (HEADLINE, FOOTER)
    words = [Said(key, lines.words) for key, lines in found.items() if lines.words and key not in ends]
    thread: list[Block] = []
    older: list[Block] = []
    for lines in found.values():
        thread += lines.thread
        older += lines.thread if lines.older is None else lines.older
    return Digest(
        kind=context.kind,
        subject=context.subject,
        period=context.period,
        headline=_words(found, HEADLINE),
        lines=words[:LINES],
        about=_words(found, FOOTER),
        thread=thread,
        older=older,
        is_total=context.is_total,
        is_held=context.is_held,
        carried=None if context.ask.number is None else str(context.ask.number),
    )


def _is_asked(context: DigestContext, section: Section) -> bool:
    if section.title is not None and section.key in context.ask.hidden:
        return False
    return context.kind in section.audience and (section.totals or not context.is_total)


def _words(found: dict[str, Lines], key: str) -> Mrkdwn:
    lines = found.get(key)
    return Mrkdwn(EMPTY) if lines is None or lines.words is None else lines.words
