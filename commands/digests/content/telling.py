"""What a digest may tell to readers of whom not each may see the parts: the team's total, or that of an earlier digest.

Decided when the digest is made and kept with it, because the next one depends on what this one may have told.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from commands.digests.content.model import Ask, Told
from commands.kit.names import Kind
from commands.targets import service
from commands.targets.service import Sight, TargetsCard
from commands.targets.service_of_changes import Before, require_tellable_change, require_tellable_total
from domain.company import Person
from domain.errors import NotAllowed
from domain.periods import Period
from storage import digests
from storage.store import Repositories


@dataclass(frozen=True, slots=True)
class Telling:
    """`told` is the total that may be told, None without any; `untold` says why it is not the one of now, if it is not."""

    told: Told | None
    untold: str | None


async def telling(repo: Repositories, ask: Ask, card: TargetsCard) -> Telling:
    """As of now if that may be told, else as it was told last in this period, else nothing."""
    number = None if ask.subject.kind is Kind.COMPANY else ask.subject.id
    latest = await digests.latest_figures(repo.connection, repo.workspace_id, ask.subject.kind, number)
    last = _last(latest, card.period)
    if ask.reader is not None and _sees_all(repo, ask, ask.reader):
        return Telling(last, None)
    try:
        await require_tellable_total(repo, ask.subject, card.period, today=ask.today)
        if last is not None:
            await _require_change(repo, ask, card.period, last)
    except NotAllowed as error:
        return Telling(last, error.message)
    return Telling(_now(card, last), None)


def _sees_all(repo: Repositories, ask: Ask, reader: Person) -> bool:
    try:
        return service.allow(repo, ask.subject, by=reader, today=ask.today) is not Sight.TOTAL
    except NotAllowed:
        return False


async def may_tell_end(repo: Repositories, ask: Ask, ended: Period) -> bool:
    """Whether the result of a period that has ended may be told, after what was told of it before."""
    number = None if ask.subject.kind is Kind.COMPANY else ask.subject.id
    latest = await digests.latest_figures(repo.connection, repo.workspace_id, ask.subject.kind, number)
    try:
        await require_tellable_total(repo, ask.subject, ended, today=ask.today)
        if (last := _last(latest, ended)) is not None:
            await _require_change(repo, ask, ended, last)
    except NotAllowed:
        return False
    return True


async def _require_change(repo: Repositories, ask: Ask, period: Period, last: Told) -> None:
    before = Before(await repo.earlier(last["revision"]), date.fromisoformat(last["today"]))
    await require_tellable_change(repo, before, ask.subject, period, today=ask.today)


def _last(latest: Mapping[str, Any] | None, period: Period) -> Told | None:
    told: Told | None = (latest or {}).get("told")
    return told if told is not None and told["period"] == period.label else None


def _now(card: TargetsCard, last: Told | None) -> Told:
    return Told(
        revision=card.revision,
        today=card.today.isoformat(),
        period=card.period.label,
        credited=card.score.standing.credited,
        since=last["today"] if last else None,
        was=last["credited"] if last else None,
    )
