"""How the outbox stands: for metrics, `turf doctor` and `turf outbox`."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, case, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.lanes import reschedule
from storage.outbox import LANES, OPEN, OUTBOX, Operation, State


@dataclass(frozen=True, slots=True)
class Depth:
    """Counts over all workspaces. `retrying` and `unknown` (nobody knows whether it was sent) are part of `waiting`."""

    waiting: int
    retrying: int
    unknown: int
    dead: int
    oldest: datetime | None
    why: str | None = None
    """What holds up the oldest one, if it was tried."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A message as `turf outbox list` shows it: what it is, never what it says."""

    id: int
    kind: str
    lane: str
    state: State
    attempts: int
    created_at: datetime
    error: str | None


async def depth(connection: AsyncConnection) -> Depth:
    is_open = OUTBOX.c.state.in_(OPEN)
    query = select(
        func.count().filter(is_open),
        func.count().filter(and_(is_open, OUTBOX.c.attempts > 0)),
        func.count().filter(OUTBOX.c.state == State.SENDING),
        func.count().filter(OUTBOX.c.state == State.DEAD),
        func.min(OUTBOX.c.created_at).filter(is_open),
    ).where(OUTBOX.c.state.in_((*OPEN, State.DEAD)))
    first = select(OUTBOX.c.error).where(is_open).order_by(OUTBOX.c.created_at, OUTBOX.c.id).limit(1)
    waiting, retrying, unknown, dead, oldest = (await connection.execute(query)).one()
    return Depth(waiting, retrying, unknown, dead, oldest, (await connection.execute(first)).scalar())


async def listed(connection: AsyncConnection, workspace_id: int, *, all_open: bool, most: int = 200) -> list[Listed]:
    """What was given up, and with `all_open` what waits; oldest first."""
    states = (State.DEAD, *OPEN) if all_open else (State.DEAD,)
    names = ("id", "kind", "lane", "state", "attempts", "created_at", "error")
    query = select(*(OUTBOX.c[name] for name in names))
    query = query.where(OUTBOX.c.workspace_id == workspace_id, OUTBOX.c.state.in_(states)).order_by(OUTBOX.c.id)
    rows = (await connection.execute(query.limit(most))).mappings()
    return [Listed(**{**row, "state": State(row["state"])}) for row in rows]


async def retry(connection: AsyncConnection, workspace_id: int, number: int | None, now: datetime) -> int:
    """Try message `number` again (all that were given up without one); how many there were.

    One that Slack may have got is looked for first.
    """
    given_up = and_(OUTBOX.c.workspace_id == workspace_id, OUTBOX.c.state == State.DEAD)
    wanted = given_up if number is None else and_(given_up, OUTBOX.c.id == number)
    repeated = [one for one in Operation if one.is_idempotent]
    may_be_there = and_(OUTBOX.c.attempted_at.is_not(None), OUTBOX.c.operation.not_in(repeated))
    values = {
        "state": case((may_be_there, State.SENDING), else_=State.WAITING),
        "attempts": 0,
        "next_at": now,
        "settled_at": None,
        "file_id": None,
        "cursor": None,
        "error": None,
    }
    names = select(OUTBOX.c.lane).where(wanted).distinct().order_by(OUTBOX.c.lane)
    lanes = (await connection.execute(names)).scalars().all()
    held = and_(LANES.c.workspace_id == workspace_id, LANES.c.name.in_(lanes))
    await connection.execute(select(LANES.c.name).where(held).order_by(LANES.c.name).with_for_update())
    count = (await connection.execute(update(OUTBOX).where(wanted).values(values))).rowcount
    for lane in lanes:
        await reschedule(connection, workspace_id, lane)
    return count
