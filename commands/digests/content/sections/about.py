"""The small print: how fresh the data are, what they are compared with, and what a reader has to know of them."""

from commands.digests.content.facts import DigestContext
from commands.kit import Lines, section
from commands.kit.sections import EVERYONE
from commands.kit.turf import local_date
from storage.store import Repositories
from templates import render


@section("footer", order=1000, audience=EVERYONE, totals=True)
async def footer(context: DigestContext, repo: Repositories) -> Lines:
    fresh, zone = context.card.fresh_at, context.settings.timezone
    words = render(
        "digests/footer.mrkdwn.j2",
        fresh=context.n.moment(fresh, zone) if fresh else None,
        since=context.n.day(context.since) if context.since and context.before else None,
        held=context.is_held,
        late=context.n.day(context.ask.slot) if context.ask.late else None,
        old=fresh is not None and not context.is_held and local_date(fresh, zone) < context.today,
        has_parts=context.before is not None and context.story is not None and bool(context.story.credited.steps),
        is_total=context.is_total,
    )
    return Lines(words)
