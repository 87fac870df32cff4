"""Exactly what would be posted now, for who would read it now."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from commands.digests import views
from commands.digests.asking import ask_of
from commands.digests.content import Ask, compose, make
from commands.digests.content.making import period_of
from commands.digests.content.readers import Extent, extent
from commands.kit import Audience, Block, Call, Dropped, Member, Turf
from commands.kit.names import Subject
from commands.kit.outgoing import LOCALE
from commands.kit.sections import DigestKind, Section
from commands.targets.service_of_audiences import Narrow, sight_of_all, why_total
from commands.targets.service_of_changes import require_tellable_total
from domain.errors import NotAllowed
from storage.store import Repositories
from storage.subscriptions import Wish
from templates import Mrkdwn


@dataclass(frozen=True, slots=True)
class Preview:
    """Both messages as blocks, `text` as a notification; or `refused`, why nothing would be posted.

    `is_open`: the channel can be reached. `is_left_out`: nothing has changed, and such a digest is not wanted.
    """

    text: str = ""
    head: Sequence[Block] = ()
    thread: Sequence[Block] = ()
    refused: str = ""
    is_open: bool = True
    is_left_out: bool = False
    total: Narrow | None = None
    """Why it is a total, if it is one."""
    without: Sequence[str] = ()
    """Titles of the sections that were chosen and that a total can't have."""


async def audience_of(call: Call, turf: Turf, channel: str) -> Audience | NotAllowed:
    """Who can read along in a channel, or the caller alone; or why the channel can't be reached. Raises Unavailable."""
    if not channel:
        return Audience([Member(call.slack_user_id, call.person, locale=call.locale)])
    try:
        return await turf.audience(call, channel)
    except NotAllowed as error:
        return error


async def tellable(
    repo: Repositories, subjects: Iterable[Subject], audience: Audience, sections: Sequence[Section], *, today: date
) -> Subject | None:
    """The first of these of which a channel's digest could be posted now to this audience, without making its words."""
    for subject in subjects:
        ask = Ask(kind=DigestKind.CHANNEL, subject=subject, today=today, slot=today)
        try:
            if sight_of_all(repo, subject, audience, today=today) is None:
                await require_tellable_total(repo, subject, period_of(repo, today), today=today)
        except NotAllowed:
            continue
        if isinstance(await extent(repo, ask, await make(repo, ask, sections), audience, on=today), Extent):
            return subject
    return None


async def preview(
    repo: Repositories,
    wish: Wish,
    audience: Audience | NotAllowed,
    sections: Sequence[Section],
    *,
    subscription: int | None,
    today: date,
    locale: str = LOCALE,
) -> Preview:
    """What a digest would say; the same steps as when it is made and sent. Raises NotFound if its subject is gone."""
    if isinstance(audience, NotAllowed):
        return Preview(refused=audience.message, is_open=False)
    ask, _ = await ask_of(repo, wish, subscription=subscription, today=today, slot=today)
    made = await make(repo, ask, sections)
    reads = LOCALE if wish.channel_id else locale
    digest = await compose(repo, ask, made, audience, sections, locale=reads)
    if isinstance(digest, Dropped):
        return Preview(refused=digest.reason)
    head = views.head(digest)
    # A modal knows older blocks only.
    return Preview(
        text=Mrkdwn(head.text),
        head=head.blocks,
        thread=digest.older,
        is_left_out=made.is_empty and wish.skip_when_empty,
        total=why_total(audience) if digest.is_total else None,
        without=[one.title for one in sections if one.title and _is_lost(one, ask)] if digest.is_total else [],
    )


def _is_lost(section: Section, ask: Ask) -> bool:
    """Whether a section that was chosen is not part of a total."""
    return ask.kind in section.audience and section.key not in ask.hidden and not section.totals
