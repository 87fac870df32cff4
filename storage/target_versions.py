"""The versions of targets: which one holds, what came before it, and a new one in its place."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.company import Metric, SubjectKind
from domain.target_setting import Key
from storage.audit import AUDIT
from storage.notes import NOTES
from storage.revisions import REVISIONS
from storage.snapshot import Snapshot
from storage.tables import OPEN_REV, table_of, targets

TARGETS = table_of(targets.Target)
SET = "targets.set"
"""The audit's action."""
IMPORT = "import"
"""The cause of an import's revision."""


@dataclass(frozen=True, slots=True)
class TargetVersion:
    """A target as it was from revision `rev` on, and who made it so.

    `by` is None for an import. `ended` is the revision that ended it, if one did.
    """

    key: Key
    amount: int
    currency: str | None
    profile: str | None
    published: bool
    rev: int
    at: datetime
    by: int | None
    cause: str
    ended: int | None = None

    @property
    def content(self) -> tuple[object, ...]:
        return self.amount, self.currency, self.profile, self.published


def _key_is(key: Key) -> ColumnElement[bool]:
    kind, subject, period, metric = key
    return and_(
        TARGETS.c.subject_kind == kind.value,
        TARGETS.c.subject_id == subject,
        TARGETS.c.period == period,
        TARGETS.c.metric == metric.value,
    )


async def present_version(connection: AsyncConnection, workspace_id: int, key: Key) -> TargetVersion | None:
    """The version that holds now, with who made it."""
    found = await _versions(connection, workspace_id, and_(_key_is(key), TARGETS.c.rev_to == OPEN_REV))
    return found[0] if found else None


async def version_at(connection: AsyncConnection, workspace_id: int, key: Key, rev: int) -> TargetVersion | None:
    """The version that began with revision `rev`."""
    found = await _versions(connection, workspace_id, and_(_key_is(key), TARGETS.c.rev_from == rev))
    return found[0] if found else None


async def published_before(connection: AsyncConnection, workspace_id: int, key: Key, rev: int) -> TargetVersion | None:
    """The last published version that began before revision `rev`."""
    earlier = and_(_key_is(key), TARGETS.c.rev_from < rev, TARGETS.c.state == "published")
    found = await _versions(connection, workspace_id, earlier)
    return found[-1] if found else None


async def versions_of(
    connection: AsyncConnection,
    snapshot: Snapshot,
    subjects: Collection[tuple[SubjectKind, int]],
    periods: Collection[str],
) -> Sequence[TargetVersion]:
    """All versions known at the snapshot of the subjects' targets for these periods, in the order in which they came."""
    whose = or_(*(and_(TARGETS.c.subject_kind == kind.value, TARGETS.c.subject_id == one) for kind, one in subjects))
    asked = and_(whose, TARGETS.c.period.in_(sorted(periods)), TARGETS.c.rev_from <= snapshot.revision)
    return await _versions(connection, snapshot.workspace_id, asked)


async def _versions(
    connection: AsyncConnection, workspace_id: int, asked: ColumnElement[bool]
) -> Sequence[TargetVersion]:
    made = and_(REVISIONS.c.workspace_id == TARGETS.c.workspace_id, REVISIONS.c.id == TARGETS.c.rev_from)
    columns = REVISIONS.c.at, REVISIONS.c.by_person_id, REVISIONS.c.cause
    query = select(TARGETS, *columns).select_from(TARGETS.join(REVISIONS, made))
    order = TARGETS.c.rev_from, TARGETS.c.subject_kind, TARGETS.c.subject_id, TARGETS.c.period, TARGETS.c.metric
    rows = (await connection.execute(query.where(TARGETS.c.workspace_id == workspace_id, asked).order_by(*order))).all()
    return [_version(row) for row in rows]


def _version(row: Any) -> TargetVersion:
    return TargetVersion(
        key=(SubjectKind(row.subject_kind), row.subject_id, row.period, Metric(row.metric)),
        amount=row.amount,
        currency=row.currency,
        profile=row.profile,
        published=row.state == "published",
        rev=row.rev_from,
        at=row.at,
        by=row.by_person_id,
        cause=row.cause,
        ended=None if row.rev_to == OPEN_REV else row.rev_to,
    )


@dataclass(frozen=True, slots=True)
class Made:
    """When a revision was made, by whom, and what for."""

    at: datetime
    by: int | None
    cause: str


async def revisions(connection: AsyncConnection, workspace_id: int, numbers: Collection[int]) -> Mapping[int, Made]:
    """The revisions with these numbers."""
    query = select(REVISIONS.c.id, REVISIONS.c.at, REVISIONS.c.by_person_id, REVISIONS.c.cause)
    here = REVISIONS.c.workspace_id == workspace_id, REVISIONS.c.id.in_(sorted(numbers))
    return {row.id: Made(row.at, row.by_person_id, row.cause) for row in await connection.execute(query.where(*here))}


async def reasons(
    connection: AsyncConnection, workspace_id: int, subjects: Collection[tuple[SubjectKind, int]]
) -> Mapping[int, str]:
    """Why the subjects' targets were set, by revision, where somebody said so."""
    whose = or_(*(and_(AUDIT.c.subject_kind == kind.value, AUDIT.c.subject_id == one) for kind, one in subjects))
    here = AUDIT.c.workspace_id == workspace_id, AUDIT.c.action == SET, whose
    done = [json.loads(after) for after in (await connection.execute(select(AUDIT.c.after).where(*here))).scalars()]
    notes = {after["note"]: after["revision"] for after in done if after.get("note")}
    said = select(NOTES.c.id, NOTES.c.text).where(NOTES.c.workspace_id == workspace_id, NOTES.c.id.in_(sorted(notes)))
    return {notes[row.id]: row.text for row in await connection.execute(said) if row.text}


async def put(
    connection: AsyncConnection, workspace_id: int, revision: int, key: Key, values: Mapping[str, Any]
) -> None:
    """End the version that holds, if there is one, and begin a new one, as an import does."""
    kind, subject, period, metric = key
    now = and_(TARGETS.c.workspace_id == workspace_id, _key_is(key), TARGETS.c.rev_to == OPEN_REV)
    await connection.execute(update(TARGETS).where(now).values(rev_to=revision))
    row = {
        "workspace_id": workspace_id,
        "subject_kind": kind.value,
        "subject_id": subject,
        "period": period,
        "metric": metric.value,
        "rev_from": revision,
        "rev_to": OPEN_REV,
        **values,
    }
    await connection.execute(insert(TARGETS).values(row))
