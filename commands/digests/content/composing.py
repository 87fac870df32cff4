"""Puts a digest into words for those who can read it at the moment of posting."""

from collections.abc import Sequence
from datetime import date

from commands.digests.content.context import contextual
from commands.digests.content.facts import DigestContext
from commands.digests.content.model import Ask, Digest, Made, Said
from commands.digests.content.story import Teller
from commands.digests.content.teller import tell
from commands.kit.blocks import section
from commands.kit.outgoing import LOCALE, Audience, Dropped
from commands.kit.sections import Lines, Section
from storage.store import Repositories
from templates import EMPTY, Mrkdwn

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
    on: date | None = None,
    locale: str = LOCALE,
    teller: Teller = tell,
) -> Digest | Dropped:
    """What may be said to this audience, from the digest's own revision; Dropped, with the reason, if nothing may.

    `on` is the day of posting, on which everybody has the rights that count; that of the digest if it is left out.
    """
    found = await contextual(repo, ask, made, audience, on=on or ask.today, locale=locale, teller=teller)
    return found if isinstance(found, Dropped) else await _said(found.context, found.then, sections)


async def _said(context: DigestContext, then: Repositories, sections: Sequence[Section]) -> Digest:
    found = dict[str, Lines]()
    for one in sections:
        lines = await one.provide(context, then) if _is_asked(context, one) else None
        if lines is not None:
            found[one.key] = lines
    ends = (HEADLINE, FOOTER)
    words = [Said(key, lines.words) for key, lines in found.items() if lines.words and key not in ends]
    head, rest = _fitting(words)
    thread = [section(Mrkdwn("\n".join(one.words for one in rest)), id="rest")] if rest else []
    older = list(thread)
    for lines in found.values():
        thread += lines.thread
        older += lines.thread if lines.older is None else lines.older
    return Digest(
        kind=context.kind,
        subject=context.subject,
        period=context.period,
        headline=_words(found, HEADLINE),
        lines=head,
        about=_words(found, FOOTER),
        thread=thread,
        older=older,
        is_total=context.is_total,
        is_held=context.is_held,
        carried=_carried(context.ask.number),
        subscription=_carried(context.ask.subscription),
    )


def _carried(number: int | None) -> str | None:
    return None if number is None else str(number)


def _fitting(words: Sequence[Said]) -> tuple[Sequence[Said], Sequence[Said]]:
    """The lines of the head, and those that are left to the thread: the last line, what to do, stays in the head."""
    if len(words) <= LINES:
        return words, ()
    return [*words[: LINES - 1], words[-1]], words[LINES - 1 : -1]


def _is_asked(context: DigestContext, section: Section) -> bool:
    if section.title is not None and section.key in context.ask.hidden:
        return False
    return context.kind in section.audience and (section.totals or not context.is_total)


def _words(found: dict[str, Lines], key: str) -> Mrkdwn:
    lines = found.get(key)
    return Mrkdwn(EMPTY) if lines is None or lines.words is None else lines.words
