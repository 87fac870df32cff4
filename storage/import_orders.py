"""Imports that are asked for in Slack or by files in a folder: what is wanted, how far it is, what came of it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.errors import NotFound
from storage.outbox import OPEN, OUTBOX
from storage.tables import table_of
from storage.tables.workspace import ImportOrder

ORDERS = table_of(ImportOrder)
LOOKED_BACK = 200
"""So many imports of the folder are asked whether they held the same."""
REJECTS_KEPT = timedelta(days=1)
"""For how long refused rows are kept at most, if their file can't be sent."""


class Source(StrEnum):
    SLACK = "slack"
    FOLDER = "folder"


class OrderState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    FOUND = "found"
    """What came of it is known; nobody was told yet."""
    TOLD = "told"


UNSETTLED = (OrderState.WAITING, OrderState.RUNNING, OrderState.FOUND)


class Outcome(StrEnum):
    IMPORTED = "imported"
    DRY = "dry"
    """A dry run, which wrote nothing."""
    REFUSED = "refused"
    """Rolled back: more rows were refused or would be removed than allowed."""
    FAILED = "failed"
    """It could not be read at all; `error` says why and what to do."""


@dataclass(frozen=True, slots=True)
class WantedFile:
    """A file by its name; `slack_id` is where Slack keeps it, `content` stands for what it holds."""

    name: str
    size: int
    slack_id: str = ""
    content: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted of an import, as it is asked for on the command line."""

    mapping: str | None = None
    kind: str | None = None
    full: bool = False
    dry_run: bool = False
    max_rejects: str = "5%"
    max_removed: str = "5%"


@dataclass(frozen=True, slots=True)
class Ordered:
    """One import that was asked for. `progress` are the rows that were read of each file."""

    id: int
    source: Source
    person_id: int | None
    wish: Wish
    files: Sequence[WantedFile]
    state: OrderState
    outcome: Outcome | None
    progress: Mapping[str, int]
    told: Mapping[str, Any] | None
    error: str | None
    rejects: str | None = field(repr=False)
    message: int | None
    refused: int
    created_at: datetime
    settled_at: datetime | None

    @property
    def left_out(self) -> frozenset[str]:
        """Names of the files of which nothing was read."""
        return frozenset((self.told or {}).get("left_out", ()))


async def add(
    connection: AsyncConnection,
    workspace_id: int,
    source: Source,
    files: Sequence[WantedFile],
    wish: Wish,
    *,
    now: datetime,
    by: int | None = None,
    content: str | None = None,
) -> int:
    """Its number. The caller holds the workspace's queue."""
    highest = select(func.max(ORDERS.c.id)).where(ORDERS.c.workspace_id == workspace_id)
    number = int((await connection.execute(highest)).scalar_one() or 0) + 1
    row = {
        "workspace_id": workspace_id,
        "id": number,
        "source": source,
        "person_id": by,
        "options": json.dumps(_plain(wish)),
        "files": json.dumps([_plain(file) for file in files]),
        "content": content,
        "state": OrderState.WAITING,
        "refused": 0,
        "created_at": now,
    }
    await connection.execute(insert(ORDERS).values(row))
    return number


def _plain(value: Any) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__dataclass_fields__}


async def read(connection: AsyncConnection, workspace_id: int, number: int) -> Ordered:
    """Raises NotFound for an import that nobody asked for."""
    row = (await connection.execute(select(ORDERS).where(_order(workspace_id, number)))).one_or_none()
    if row is None:
        raise NotFound("Nobody asked for this import.")
    return _ordered(row)


def _ordered(row: Any) -> Ordered:
    same = ("id", "person_id", "error", "rejects", "message", "refused", "created_at", "settled_at")
    return Ordered(
        **{name: getattr(row, name) for name in same},
        source=Source(row.source),
        wish=Wish(**json.loads(row.options)),
        files=[WantedFile(**file) for file in json.loads(row.files)],
        state=OrderState(row.state),
        outcome=Outcome(row.outcome) if row.outcome else None,
        progress=json.loads(row.progress or "{}"),
        told=json.loads(row.told) if row.told else None,
    )


async def unsettled(connection: AsyncConnection, workspace_id: int) -> list[Ordered]:
    """Those that wait or run, oldest first."""
    here = ORDERS.c.workspace_id == workspace_id, ORDERS.c.state.in_(UNSETTLED)
    return [_ordered(row) for row in await connection.execute(select(ORDERS).where(*here).order_by(ORDERS.c.id))]


async def failed_since(connection: AsyncConnection, workspace_id: int, since: datetime, most: int) -> list[Ordered]:
    """Those that came to nothing, newest first."""
    here = ORDERS.c.workspace_id == workspace_id, ORDERS.c.outcome.in_((Outcome.FAILED, Outcome.REFUSED))
    query = select(ORDERS).where(*here, ORDERS.c.created_at >= since).order_by(ORDERS.c.id.desc()).limit(most)
    return [_ordered(row) for row in await connection.execute(query)]


async def of_folder(connection: AsyncConnection, workspace_id: int) -> list[Ordered]:
    """What the folder brought last, newest first."""
    here = ORDERS.c.workspace_id == workspace_id, ORDERS.c.source == Source.FOLDER
    query = select(ORDERS).where(*here).order_by(ORDERS.c.id.desc()).limit(LOOKED_BACK)
    return [_ordered(row) for row in await connection.execute(query)]


async def headed_by(connection: AsyncConnection, workspace_id: int, number: int, message: int) -> None:
    """Remember the message that its thread begins with."""
    await connection.execute(update(ORDERS).where(_order(workspace_id, number)).values(message=message))


async def note_progress(
    connection: AsyncConnection, workspace_id: int, number: int, progress: Mapping[str, int]
) -> bool:
    """It runs, and has read so far; False if it is beyond that."""
    still = ORDERS.c.state.in_((OrderState.WAITING, OrderState.RUNNING))
    values = {"state": OrderState.RUNNING, "progress": json.dumps(progress)}
    changed = await connection.execute(update(ORDERS).where(_order(workspace_id, number), still).values(values))
    return bool(changed.rowcount)


async def note_outcome(
    connection: AsyncConnection,
    workspace_id: int,
    number: int,
    outcome: Outcome,
    *,
    told: Mapping[str, Any] | None = None,
    error: str | None = None,
    rejects: str | None = None,
    refused: int = 0,
    run_id: int | None = None,
) -> bool:
    """What came of it; False if that was known already: somebody else did it."""
    open_ = ORDERS.c.state.in_((OrderState.WAITING, OrderState.RUNNING))
    values = {
        "state": OrderState.FOUND,
        "outcome": outcome,
        "told": json.dumps(told) if told else None,
        "error": error,
        "rejects": rejects,
        "refused": refused,
        "run_id": run_id,
    }
    changed = await connection.execute(update(ORDERS).where(_order(workspace_id, number), open_).values(values))
    return bool(changed.rowcount)


async def note_told(
    connection: AsyncConnection, workspace_id: int, number: int, now: datetime, rejects_message: int | None
) -> None:
    """Whoever is to be told is told, as far as the outbox goes."""
    values = {"state": OrderState.TOLD, "settled_at": now, "rejects_message": rejects_message}
    if rejects_message is None:
        values["rejects"] = None
    await connection.execute(update(ORDERS).where(_order(workspace_id, number)).values(values))


async def forget_rejects(connection: AsyncConnection, now: datetime) -> int:
    """Empty the refused rows of all workspaces whose file was sent, or was not within a day; how many there were."""
    on_its_way = exists().where(
        OUTBOX.c.workspace_id == ORDERS.c.workspace_id,
        OUTBOX.c.id == ORDERS.c.rejects_message,
        OUTBOX.c.state.in_(OPEN),
    )
    done = ORDERS.c.state == OrderState.TOLD, ORDERS.c.rejects.is_not(None)
    gone = or_(~on_its_way, ORDERS.c.settled_at <= now - REJECTS_KEPT)
    return (await connection.execute(update(ORDERS).where(*done, gone).values(rejects=None))).rowcount


def _order(workspace_id: int, number: int) -> ColumnElement[bool]:
    return and_(ORDERS.c.workspace_id == workspace_id, ORDERS.c.id == number)
