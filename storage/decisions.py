"""Decisions made in Turf, which beat what an import says until it agrees or operations let them go."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, ColumnElement, Date, Text, and_, case, cast, delete, insert, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.target_setting import Key
from storage.tables import ALWAYS, table_of, workspace
from storage.versions import stretches

DECISIONS = table_of(workspace.Decision)


class What(StrEnum):
    """What can be decided in Turf and is in files, too."""

    TARGET = "target"
    ROLE = "role"
    PIN = "pin"
    ASSIGNMENT = "assignment"
    RULE = "rule"
    DEAL_OWNER = "deal_owner"
    """Owner and territory of an open deal."""


KEYS = {
    What.TARGET: ("subject_kind", "subject_id", "period", "metric"),
    What.ROLE: ("id",),
    What.PIN: ("account_id", "from_on"),
    What.ASSIGNMENT: ("territory_id", "person_id", "role", "from_on"),
    What.RULE: ("territory_id", "rule", "dimension"),
    What.DEAL_OWNER: ("id",),
}
"""The columns that name the row which is decided about."""


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
    return key_of((kind.value, subject, period, metric.value))


def key_of(parts: Iterable[Any]) -> str:
    """The key of a row whose values of KEYS these are."""
    return ":".join(map(str, parts))


def key_in_sql(what: What, columns: Any) -> ColumnElement[str]:
    """The key of a row with the columns of the table that it stands in."""
    first, *rest = (_text(columns[name]) for name in KEYS[what])
    for part in rest:
        first = first + literal(":") + part
    return first


def _text(column: Column[Any]) -> ColumnElement[str]:
    """A value as `key_of` has it."""
    text = cast(column, Text)
    # PostgreSQL knows the first of all days as -infinity.
    return case((column == ALWAYS, literal(ALWAYS.isoformat())), else_=text) if isinstance(column.type, Date) else text


def _is(workspace_id: int, what: What, key: str) -> ColumnElement[bool]:
    return and_(DECISIONS.c.workspace_id == workspace_id, DECISIONS.c.what == what.value, DECISIONS.c.key == key)


async def decide(
    connection: AsyncConnection, workspace_id: int, what: What, key: str, *, by: int, at: datetime
) -> None:
    """From now on this holds whatever an import says."""
    await release(connection, workspace_id, what, key)
    row = {"workspace_id": workspace_id, "what": what.value, "key": key, "by_person_id": by, "at": at}
    await connection.execute(insert(DECISIONS).values(row))


async def decide_all(
    connection: AsyncConnection, workspace_id: int, what: What, keys: Iterable[str], *, by: int, at: datetime
) -> None:
    """As `decide`, for many."""
    for some in stretches(sorted(set(keys))):
        here = DECISIONS.c.workspace_id == workspace_id, DECISIONS.c.what == what.value
        await connection.execute(delete(DECISIONS).where(*here, DECISIONS.c.key.in_(some)))
        row = {"workspace_id": workspace_id, "what": what.value, "by_person_id": by, "at": at}
        await connection.execute(insert(DECISIONS), [row | {"key": key} for key in some])


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
