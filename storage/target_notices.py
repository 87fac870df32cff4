"""Who was told of which target, and what they answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.company import Metric, PersonId, SubjectKind
from domain.errors import NotFound
from domain.target_setting import Key
from storage.snapshot import Snapshot
from storage.tables import table_of, targets
from storage.target_versions import TARGETS

NOTICES = table_of(targets.TargetNotice)


@dataclass(frozen=True, slots=True)
class Notice:
    """Someone was told of a target as published at revision `rev`."""

    id: int
    key: Key
    rev: int
    person: PersonId
    by: PersonId
    at: datetime
    message: int | None
    read_at: datetime | None
    concern_at: datetime | None
    concern_note: int | None

    @property
    def is_answered(self) -> bool:
        return self.read_at is not None or self.concern_at is not None


async def give_notice(
    connection: AsyncConnection, workspace_id: int, key: Key, rev: int, person: PersonId, by: PersonId, now: datetime
) -> int:
    """Record that someone is told; its number. The caller holds the workspace's queue."""
    kind, subject, period, metric = key
    highest = select(func.max(NOTICES.c.id)).where(NOTICES.c.workspace_id == workspace_id)
    number = int((await connection.execute(highest)).scalar_one() or 0) + 1
    row = {
        "workspace_id": workspace_id,
        "id": number,
        "subject_kind": kind.value,
        "subject_id": subject,
        "period": period,
        "metric": metric.value,
        "rev": rev,
        "person_id": person,
        "by_person_id": by,
        "at": now,
    }
    await connection.execute(insert(NOTICES).values(row))
    return number


async def sent_as(connection: AsyncConnection, workspace_id: int, number: int, message: int) -> None:
    """Which message tells of a notice."""
    here = and_(NOTICES.c.workspace_id == workspace_id, NOTICES.c.id == number)
    await connection.execute(update(NOTICES).where(here).values(message=message))


async def read_notice(connection: AsyncConnection, workspace_id: int, number: int) -> Notice:
    """Raises NotFound for a number that no button of ours carries."""
    query = select(NOTICES).where(NOTICES.c.workspace_id == workspace_id, NOTICES.c.id == number)
    found = (await connection.execute(query)).one_or_none()
    if found is None:
        raise NotFound("What this message was about is no longer there. See /targets history.")
    return _notice(found)


async def notices_of(connection: AsyncConnection, workspace_id: int, key: Key, rev: int) -> Sequence[Notice]:
    """Everyone who was told of a target as published at a revision."""
    kind, subject, period, metric = key
    values = {"subject_kind": kind.value, "subject_id": subject, "period": period, "metric": metric.value, "rev": rev}
    here = NOTICES.c.workspace_id == workspace_id, *(NOTICES.c[name] == value for name, value in values.items())
    return [_notice(row) for row in await connection.execute(select(NOTICES).where(*here).order_by(NOTICES.c.id))]


async def mark_read(connection: AsyncConnection, workspace_id: int, number: int, now: datetime) -> bool:
    """Whether this is what made it read."""
    here = and_(NOTICES.c.workspace_id == workspace_id, NOTICES.c.id == number, NOTICES.c.read_at.is_(None))
    return bool((await connection.execute(update(NOTICES).where(here).values(read_at=now))).rowcount)


async def raise_concern(connection: AsyncConnection, workspace_id: int, number: int, note: int, now: datetime) -> bool:
    """Whether this is the first concern."""
    here = and_(NOTICES.c.workspace_id == workspace_id, NOTICES.c.id == number, NOTICES.c.concern_at.is_(None))
    values = {"concern_at": now, "concern_note": note}
    return bool((await connection.execute(update(NOTICES).where(here).values(values))).rowcount)


async def unanswered(connection: AsyncConnection, snapshot: Snapshot, then: datetime | None = None) -> Sequence[Notice]:
    """The notices of targets that still hold as they were told, and that nobody has answered (before `then`), oldest first."""
    names = ("workspace_id", "subject_kind", "subject_id", "period", "metric")
    same = and_(*(TARGETS.c[name] == NOTICES.c[name] for name in names), TARGETS.c.rev_from == NOTICES.c.rev)
    holds = TARGETS.c.rev_from <= snapshot.revision, TARGETS.c.rev_to > snapshot.revision
    here = NOTICES.c.workspace_id == snapshot.workspace_id
    answers = NOTICES.c.read_at, NOTICES.c.concern_at
    open_ones: list[ColumnElement[bool]]
    if then is None:
        open_ones = [answer.is_(None) for answer in answers]
    else:
        open_ones = [NOTICES.c.at < then, *(or_(answer.is_(None), answer >= then) for answer in answers)]
    query = select(NOTICES).select_from(NOTICES.join(TARGETS, same)).where(here, *holds, *open_ones)
    return [_notice(row) for row in await connection.execute(query.order_by(NOTICES.c.id))]


async def told_of(connection: AsyncConnection, workspace_id: int, then: datetime | None = None) -> Sequence[Key]:
    """The targets of which anybody was told (before `then`)."""
    columns = [NOTICES.c[name] for name in ("subject_kind", "subject_id", "period", "metric")]
    before = () if then is None else (NOTICES.c.at < then,)
    query = select(*columns).where(NOTICES.c.workspace_id == workspace_id, *before).distinct()
    rows = await connection.execute(query)
    return [(SubjectKind(row.subject_kind), row.subject_id, row.period, Metric(row.metric)) for row in rows]


def _notice(row: Any) -> Notice:
    return Notice(
        id=row.id,
        key=(SubjectKind(row.subject_kind), row.subject_id, row.period, Metric(row.metric)),
        rev=row.rev,
        person=row.person_id,
        by=row.by_person_id,
        at=row.at,
        message=row.message,
        read_at=row.read_at,
        concern_at=row.concern_at,
        concern_note=row.concern_note,
    )
