"""Where the subject stands: the headline, and what is left to do."""

from dataclasses import dataclass
from fractions import Fraction

from commands.digests.content.facts import DigestContext
from commands.digests.content.words import off_pace, since, who
from commands.kit import Lines, section
from commands.kit.sections import EVERYONE, DigestKind
from commands.targets.service_for_digests import against
from domain.attainment import Pace, RequiredPerDay
from domain.targets import total
from storage.store import Repositories
from templates import render


@dataclass(frozen=True, slots=True)
class Week:
    """What was achieved since the last digest, and what the target asked of these days; None without a target."""

    booked: int
    needed: int | None


def week_of(context: DigestContext, repo: Repositories) -> Week | None:
    """None where there is nothing of the same period to compare with."""
    before, score = context.before, context.card.score
    if before is None:
        return None
    booked = score.standing.achieved - before.achieved
    if not score.parts or score.standing.expected is None:
        return Week(booked, None)
    by_then = total(repo.model.targets.before(score.parts, before.day)).effective
    return Week(booked, score.standing.expected - by_then)


@section("headline", order=10, audience=EVERYONE, totals=True)
async def headline(context: DigestContext, repo: Repositories) -> Lines:
    """Actual, needed, consequence: it stands alone on a lock screen."""
    standing = context.card.score.standing
    pace = standing.pace if isinstance(standing.pace, Pace) else None
    ended = context.ended
    words = render(
        "digests/headline.mrkdwn.j2",
        n=context.n,
        who=who(context),
        period=context.period,
        standing=standing,
        held=context.n.day(context.today) if context.is_held else None,
        is_empty=context.card.score.is_empty,
        met=bool(standing.target) and standing.achieved >= (standing.target or 0),
        week=week_of(context, repo),
        since=since(context),
        pace=pace,
        share=off_pace(pace),
        ended=ended,
        ended_period=context.period.previous() if ended else None,
        ended_share=Fraction(ended["credited"], ended["target"]) if ended and ended["target"] else None,
    )
    return Lines(words)


@section("standing", order=20, audience=EVERYONE, totals=True)
async def where_we_are(context: DigestContext, repo: Repositories) -> Lines | None:
    standing = context.card.score.standing
    if not standing.target or context.is_held:
        return None
    words = render(
        "digests/standing.mrkdwn.j2",
        n=context.n,
        standing=standing,
        kind=context.kind,
        later=context.card.dated_later,
        against=against(context.card),
    )
    return Lines(words)


@section("to_go", order=30, audience=EVERYONE - {DigestKind.LEADERSHIP}, title="To go", totals=True)
async def to_go(context: DigestContext, repo: Repositories) -> Lines | None:
    standing = context.card.score.standing
    required, days = standing.required_per_day, standing.progress.days_before
    if not standing.target or context.is_held or not isinstance(required, RequiredPerDay):
        return None
    words = render(
        "digests/to_go.mrkdwn.j2",
        n=context.n,
        gap=standing.gap,
        required=required,
        so_far=standing.achieved // days if days else None,
    )
    return Lines(words)
