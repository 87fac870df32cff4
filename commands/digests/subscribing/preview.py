"""Exactly what would be posted now, for who would read it now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from commands.digests import views
from commands.digests.asking import ask_of
from commands.digests.content import compose, make
from commands.kit import Audience, Block, Call, Dropped, Member, Turf
from commands.kit.outgoing import LOCALE
from commands.kit.sections import Section
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


async def audience_of(call: Call, turf: Turf, channel: str) -> Audience | NotAllowed:
    """Who can read along in a channel, or the caller alone; or why the channel can't be reached. Raises Unavailable."""
    if not channel:
        return Audience([Member(call.slack_user_id, call.person, locale=call.locale)])
    try:
        return await turf.audience(call, channel)
    except NotAllowed as error:
        return error


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
    )
