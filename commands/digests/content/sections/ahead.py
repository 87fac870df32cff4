"""What is ahead: whether enough is open, and the one thing to do this week."""

from dataclasses import dataclass
from fractions import Fraction

from commands.digests.content.facts import DigestContext
from commands.digests.content.sections.movement import label
from commands.kit import Lines, section
from commands.kit.sections import EVERYONE, DigestKind
from domain.forecast import Coverage
from domain.recommend import Action, Rule, Situation, recommend
from storage.store import Repositories
from templates import render


def needed(context: DigestContext) -> int | None:
    """The open amount that today's win rate asks for; None where it is not known or nothing is missing."""
    found, gap = context.card.outlook.coverage, context.card.score.standing.gap
    if not isinstance(found, Coverage) or not isinstance(found.needed, Fraction) or not isinstance(gap, int):
        return None
    return round(found.needed * gap)


@section("coverage", order=70, audience=EVERYONE, title="Coverage")
async def coverage(context: DigestContext, repo: Repositories) -> Lines | None:
    found, wanted = context.card.outlook.coverage, needed(context)
    if not isinstance(found, Coverage) or not isinstance(found.ratio, Fraction):
        return None
    words = render(
        "digests/coverage.mrkdwn.j2",
        n=context.n,
        ratio=found.ratio,
        needed=found.needed if isinstance(found.needed, Fraction) else None,
        win_rate=1 / found.needed if isinstance(found.needed, Fraction) else None,
        missing=max((wanted or 0) - context.card.outlook.pipeline.amount, 0),
        overdue=context.card.outlook.pipeline.overdue_count,
        you=context.kind is DigestKind.REP,
    )
    return Lines(words)


@dataclass(frozen=True, slots=True)
class Recommended:
    """The action, and what the rules looked at."""

    action: Action
    situation: Situation


def recommended(context: DigestContext) -> Recommended:
    """The one thing to do, from the digest's own figures."""
    standing = context.card.score.standing
    story = context.story
    seen = [
        one
        for one in (story.wanting if story else ())
        if story and (deal := story.deals.get(one.deal)) and context.may_name(deal.owner)
    ]
    situation = Situation(
        target=standing.target or None,
        gap=standing.gap if isinstance(standing.gap, int) else None,
        days_left=standing.progress.days_left,
        open=context.card.outlook.pipeline.amount,
        needed=needed(context),
        wanting=seen,
    )
    return Recommended(recommend(situation), situation)


@section("do", order=90, audience=EVERYONE, title="Do this week")
async def do_this_week(context: DigestContext, repo: Repositories) -> Lines | None:
    found = recommended(context).action
    if found.rule is Rule.KEEP:
        return None
    deals = context.story.deals if context.story else {}
    named = [(label(context, deals[one.deal]), one.amount, one.days) for one in found.deals]
    words = render("digests/do.mrkdwn.j2", n=context.n, action=found, deals=named, period=context.period)
    return Lines(words)
