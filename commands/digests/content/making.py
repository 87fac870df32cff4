"""Makes what is stored of a digest: the figures that it shows, and whether anything has changed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from commands.digests.content.model import Ask, Ended, Figures, Made
from commands.digests.content.telling import Telling, may_tell_end, telling
from commands.kit.names import Kind, Subject
from commands.kit.sections import DigestKind, Section
from commands.targets import service
from commands.targets.service import Sight, TargetsCard
from domain.forecast import PipelineForecast
from domain.periods import Period, PeriodKind, containing
from storage import ledger
from storage.store import Repositories

MOVING = ("period", "credited", "overlay", "target", "forecast")
"""What tells of a change; what is expected by now grows by itself."""


def period_of(repo: Repositories, today: date) -> Period:
    """The quarter that a digest of this day is about."""
    return containing(today, PeriodKind.QUARTER, repo.settings.fiscal_start)


def sight_of(ask: Ask) -> Sight:
    """A rep's digest is about their own figures, whoever reports to them."""
    alone = ask.subject.kind is Kind.PERSON and ask.kind is DigestKind.REP
    return Sight.OWN if alone else Sight.ALL


async def make(repo: Repositories, ask: Ask, sections: Sequence[Section]) -> Made:
    """The figures as they are now. What may be said of them is decided when the digest is posted."""
    period = period_of(repo, ask.today)
    card = await card_of(repo, ask.subject, period, today=ask.today, sight=sight_of(ask))
    own = ask.subject.kind is Kind.PERSON and not service.has_team(repo, ask.subject, period, sight_of(ask))
    figures = _figures(card, own, await _ended(repo, ask, period), await telling(repo, ask, card))
    return Made(repo.revision, figures, is_empty=_is_empty(ask, figures))


async def card_of(repo: Repositories, subject: Subject, period: Period, *, today: date, sight: Sight) -> TargetsCard:
    """A subject's figures for who has this sight of it: found once for all digests that show them, with both messages.

    Whose eyes they are for is no part of it; that is decided anew for each message.
    """
    key = "digest", subject, period, today, sight
    found = await repo.remembered(
        key, lambda: service.build(repo, subject=subject, period=period, today=today, sight=sight)
    )
    # An import that changes nothing makes the same revision fresher.
    return replace(found, fresh_at=await ledger.freshness(*repo.at))


def _figures(card: TargetsCard, own: bool, ended: Ended | None, telling: Telling) -> Figures:
    standing, forecast = card.score.standing, card.outlook.by_pipeline
    return Figures(
        about=f"{card.subject.kind}:{card.subject.id}",
        period=card.period.label,
        own=own,
        credited=standing.credited,
        overlay=standing.overlay,
        target=standing.target,
        expected=standing.expected,
        forecast=forecast.weighted if isinstance(forecast, PipelineForecast) else None,
        ended=ended,
        told=telling.told,
        untold=telling.untold,
    )


async def _ended(repo: Repositories, ask: Ask, period: Period) -> Ended | None:
    """How the last period ended, in the first digest after it; None if there was nothing in it."""
    if ask.last is None or ask.last.figures["period"] == period.label:
        return None
    before = period.previous()
    card = await card_of(repo, ask.subject, before, today=ask.today, sight=sight_of(ask))
    standing = card.score.standing
    if card.score.is_empty:
        return None
    tellable = await may_tell_end(repo, ask, before)
    return Ended(period=before.label, credited=standing.achieved, target=standing.target, tellable=tellable)


def _is_empty(ask: Ask, figures: Figures) -> bool:
    if ask.last is None:
        return not figures["credited"] and not figures["target"]
    was: Mapping[str, Any] = ask.last.figures
    now: Mapping[str, Any] = figures
    return all(was.get(key) == now[key] for key in MOVING)
