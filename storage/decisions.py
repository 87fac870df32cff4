"""Decisions made in Turf, which beat what an import says until it agrees or operations let them go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, ColumnElement, Text, and_, cast, delete, insert, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.target_setting import Key
from storage.tables import table_of, workspace

DECISIONS = table_of(workspace.Decision)


class What(StrEnum):
    """What can be decided in Turf and is in files, too."""

    TARGET = "target"
    ROLE = "role"


TARGET_KEY = ("subject_kind", "subject_id", "period", "metric")


@dataclass(frozen=True, slots=True)
class Decision:
    """Who decided it and when; `said` is what the last import said instead, at `said_at`, if it said anything else."""

    what: What
    key: str
    by: int
    at: datetime
    said: str | None = None
    said_at: datetime | None = None


def target_key(key: Key) -> str:
    kind, subject, period, metric = key
    return ":".join((kind.value, str(subject), period, metric.value))


def key_in_sql(what: What, columns: Any) -> ColumnElement[str]:
    """The key of a row with the columns of a target or a person's version."""
    names = TARGET_KEY if what is What.TARGET else ("id",)
    parts: list[Column[Any]] = [columns[name] for name in names]
    text: ColumnElement[str] = cast(parts[0], Text)
    for part in parts[1:]:
        text = text + literal(":") + cast(part, Text)
    return text


def _is(workspace_id: int, what: What, key: str) -> ColumnElement[bool]:
    return and_(DECISIONS.c.workspace_id == workspace_id, DECISIONS.c.what == what.value, DECISIONS.c.key == key)


async def decide(
    connection: AsyncConnection, workspace_id: int, what: What, key: str, *, by: int, at: datetime
) -> None:
    """From now on this holds whatever an import says."""
    await release(connection, workspace_id, what, key)
    row = {"workspace_id": workspace_id, "what": what.value, "key": key, "by_person_id": by, "at": at}
    await connection.execute(insert(DECISIONS).values(row))


async def release(connection: AsyncConnection, workspace_id: int, what: What, key: str) -> bool:
    """The next import may change it again. Whether it was decided at all."""
    return bool((await connection.execute(delete(DECISIONS).where(_is(workspace_id, what, key)))).rowcount)


async def decided(connection: AsyncConnection, workspace_id: int, what: What) -> Sequence[Decision]:
    """All decisions about something that hold."""
    here = DECISIONS.c.workspace_id == workspace_id, DECISIONS.c.what == what.value
    query = select(DECISIONS).where(*here).order_by(DECISIONS.c.key)
    return [
        Decision(what, row.key, row.by_person_id, row.at, row.said, row.said_at)
        for row in await connection.execute(query)
    ]
