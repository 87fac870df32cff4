"""Who is told when an import moves their number, and up to which revision they were told."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.company import PersonId
from storage.revisions import REVISIONS
from storage.tables import table_of
from storage.tables.delivery import TellingOfMoves

TELLING = table_of(TellingOfMoves)
IMPORT = "import"


@dataclass(frozen=True, slots=True)
class Behind:
    """Someone who was told up to `told_to`; `newest` is the last import's revision since."""

    workspace_id: int
    person: PersonId
    told_to: int
    newest: int


async def is_told(connection: AsyncConnection, workspace_id: int, person: PersonId) -> bool:
    """Whether a person is told."""
    query = select(TELLING.c.told_to).where(_of(workspace_id, person))
    return (await connection.execute(query)).scalar_one_or_none() is not None


async def begin_telling(connection: AsyncConnection, workspace_id: int, person: PersonId, revision: int) -> bool:
    """Tell a person of what comes after `revision`; False if they are told already. The caller holds the workspace's queue."""
    if await is_told(connection, workspace_id, person):
        return False
    values = {"told_to": revision, "change": await _next(connection, workspace_id)}
    known = await connection.execute(update(TELLING).where(_of(workspace_id, person)).values(values))
    if not known.rowcount:
        await connection.execute(insert(TELLING).values(workspace_id=workspace_id, person_id=person, **values))
    return True


async def stop_telling(connection: AsyncConnection, workspace_id: int, person: PersonId) -> bool:
    """Tell a person no more; False if they are not told anyway. The caller holds the workspace's queue."""
    values = {"told_to": None, "change": await _next(connection, workspace_id)}
    told = and_(_of(workspace_id, person), TELLING.c.told_to.is_not(None))
    return bool((await connection.execute(update(TELLING).where(told).values(values))).rowcount)


async def behind(connection: AsyncConnection) -> Sequence[Behind]:
    """Everybody in all workspaces who was not told yet of the last import that changed anything."""
    newest = (
        select(REVISIONS.c.id)
        .where(REVISIONS.c.workspace_id == TELLING.c.workspace_id, REVISIONS.c.cause == IMPORT)
        .order_by(REVISIONS.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    columns = TELLING.c.workspace_id, TELLING.c.person_id, TELLING.c.told_to, newest
    query = select(*columns).where(TELLING.c.told_to < newest)
    return [Behind(*row) for row in await connection.execute(query.order_by(*columns[:2]))]


async def told(connection: AsyncConnection, one: Behind) -> bool:
    """Record that someone was told up to the newest import; False if another was quicker, or they want it no more."""
    same = and_(_of(one.workspace_id, one.person), TELLING.c.told_to == one.told_to)
    return bool((await connection.execute(update(TELLING).where(same).values(told_to=one.newest))).rowcount)


async def _next(connection: AsyncConnection, workspace_id: int) -> int:
    highest = select(func.max(TELLING.c.change)).where(TELLING.c.workspace_id == workspace_id)
    return int((await connection.execute(highest)).scalar_one() or 0) + 1


def _of(workspace_id: int, person: PersonId) -> ColumnElement[bool]:
    here: Any = TELLING.c.workspace_id == workspace_id
    return and_(here, TELLING.c.person_id == person)
