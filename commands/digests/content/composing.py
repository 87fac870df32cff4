"""Puts a digest into words for those who can read it at the moment of posting."""

from collections.abc import Callable, Sequence

from commands.digests.content.facts import DigestContext
from commands.digests.content.making import period_of, sight_of
from commands.digests.content.model import Ask, Digest, Made, Said
from commands.kit import Block
from commands.kit.outgoing import LOCALE, Audience, Dropped
from commands.kit.sections import Lines, Section
from commands.targets import service
from commands.targets.service_of_audiences import sight_of_all
from domain import policies
from domain.company import Person, PersonId
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
    sight = sight_of_all(repo, ask.subject, audience, today=ask.today)
    if sight is None:
        return Dropped("Not everyone there may see these figures.")
    then = repo if made.revision >= repo.revision else await repo.earlier(made.revision)
    period = period_of(then, ask.today)
    card = await service.build(then, subject=ask.subject, period=period, today=ask.today, sight=sight_of(ask))
    context = DigestContext(
        kind=ask.kind,
        subject=ask.subject,
        period=period,
        today=ask.today,
        since=ask.compared.today if ask.compared else None,
        is_total=False,
        reader=ask.reader,
        may_name=_may_name(repo, ask, audience),
        n=Numbers(then.settings.currency, locale),
        settings=then.settings,
        ask=ask,
        made=made,
        card=card,
    )
    return await _said(context, then, sections)


def _may_name(repo: Repositories, ask: Ask, audience: Audience) -> Callable[[PersonId | None], bool]:
    """Whether each reader may see a person's figures today."""
    readers = [member.person for member in audience.members]

    def sees(reader: Person | None, person: PersonId) -> bool:
        return reader is not None and bool(policies.may_see_person(reader, person, repo.model.lines, ask.today))

    return lambda person: person is None or all(sees(reader, person) for reader in readers)


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
        carried=None if context.ask.number is None else str(context.ask.number),
    )


def _is_asked(context: DigestContext, section: Section) -> bool:
    if section.title is not None and section.key in context.ask.hidden:
        return False
    return context.kind in section.audience and (section.totals or not context.is_total)


def _words(found: dict[str, Lines], key: str) -> Mrkdwn:
    lines = found.get(key)
    return Mrkdwn(EMPTY) if lines is None or lines.words is None else lines.words
