"""What a digest may tell to readers of whom not each may see the parts: the team's total, or that of an earlier digest.

Decided when the digest is made and kept with it, because the next one depends on what this one may have told.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from commands.digests.content.model import Ask, Told
from commands.kit.names import Kind
from commands.targets import service
from commands.targets.service import Sight, TargetsCard
from commands.targets.service_of_changes import (
    Before,
    overlaps,
    require_tellable_beside,
    require_tellable_change,
    require_tellable_total,
)
from domain.company import Person
from domain.errors import NotAllowed
from domain.periods import Period
from storage import digests
from storage.digests import StoredTotal
from storage.store import Repositories

MADE_FOR_ALL = "Who gets it could see all of it when it was made, and may not any more."


@dataclass(frozen=True, slots=True)
class Telling:
    """`told` is the total that may be told, None without any; `untold` says why it is not the one of now, if it is not."""

    told: Told | None
    untold: str | None


async def telling(repo: Repositories, ask: Ask, card: TargetsCard) -> Telling:
    """As of now if that may be told, else as it was told last in this period, else nothing."""
    told = await _told(repo, ask, card.period)
    last = _last(told, ask)
    if ask.reader is not None and _sees_all(repo, ask, ask.reader):
        return Telling(last, MADE_FOR_ALL)
    if last is not None and _is_of_now(repo, ask, last):
        return Telling(last, None)
    try:
        await _require(repo, ask, card.period, told)
    except NotAllowed as error:
        return Telling(last, error.message)
    return Telling(_now(card, last), None)


async def may_tell_end(repo: Repositories, ask: Ask, ended: Period) -> bool:
    """Whether the result of a period that has ended may be told, after what was told of it before, in it and since."""
    told = await _told(repo, ask, ended)
    last = _last(told, ask)
    if last is not None and _is_of_now(repo, ask, last):
        return True
    try:
        await _require(repo, ask, ended, told)
    except NotAllowed:
        return False
    return True


def _is_of_now(repo: Repositories, ask: Ask, told: Told) -> bool:
    """Whether it is the same state, of the same day: told again, it tells nothing more."""
    return (told["revision"], told["today"]) == (repo.revision, ask.today.isoformat())


async def _require(repo: Repositories, ask: Ask, period: Period, told: Sequence[StoredTotal]) -> None:
    """Raises NotAllowed unless the total may be told after all others of the period that were."""
    await require_tellable_total(repo, ask.subject, period, today=ask.today)
    last = _last(told, ask)
    if last is not None:
        before = await _state(repo, last)
        await require_tellable_change(repo, before, ask.subject, period, today=ask.today)
    for other in _beside(repo, ask, told, last):
        await require_tellable_beside(repo, await _state(repo, other), ask.subject, period, today=ask.today)


async def _told(repo: Repositories, ask: Ask, period: Period) -> list[StoredTotal]:
    """All totals of the period that digests may have told, what was told last at the end; of a person or a territory none is."""
    if ask.subject.kind not in (Kind.TEAM, Kind.COMPANY):
        return []
    found = await digests.told_totals(repo.connection, repo.workspace_id, period.start)
    return [one for one in found if one.told["period"] == period.label]


def _last(told: Sequence[StoredTotal], ask: Ask) -> Told | None:
    """What was told last of the same subject, to whomever."""
    mine = [one.told for one in told if (one.scope_kind, one.scope_id) == (ask.subject.kind, ask.subject.id)]
    return cast(Told, mine[-1]) if mine else None


def _beside(repo: Repositories, ask: Ask, told: Sequence[StoredTotal], last: Told | None) -> list[Told]:
    """The states in which overlapping totals were told since this one was; each once."""
    states = {
        (one.told["revision"], one.told["today"]): cast(Told, one.told)
        for one in told
        if overlaps(repo, ask.subject, one.scope_kind, one.scope_id)
        and (last is None or one.told["revision"] >= last["revision"])
    }
    known = {(repo.revision, ask.today.isoformat())} | ({(last["revision"], last["today"])} if last else set())
    return [one for state, one in states.items() if state not in known]


async def _state(repo: Repositories, told: Told) -> Before:
    return Before(await repo.earlier(told["revision"]), date.fromisoformat(told["today"]))


def _sees_all(repo: Repositories, ask: Ask, reader: Person) -> bool:
    try:
        return service.allow(repo, ask.subject, by=reader, today=ask.today) is not Sight.TOTAL
    except NotAllowed:
        return False


def _now(card: TargetsCard, last: Told | None) -> Told:
    return Told(
        revision=card.revision,
        today=card.today.isoformat(),
        period=card.period.label,
        credited=card.score.standing.credited,
        since=last["today"] if last else None,
        was=last["credited"] if last else None,
    )
