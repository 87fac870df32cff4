"""Who sends what next: lanes are claimed, a message at a time, and what came of it is recorded.

A lane is held by a lease (`storage.leases`), so that several senders never send into one channel at once and a dead one
holds it up for a minute at most. It is found by when its first open message is due, which every change of it keeps right. Every function is a short transaction of its own: Slack is called between them.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select, union_all, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database
from storage.leases import LEASE, free, machine_time
from storage.outbox import LANES, OPEN, OUTBOX, Operation, State
from storage.revisions import WORKSPACES


@dataclass(frozen=True, slots=True)
class Related:
    """The message that one answers or replaces."""

    state: State
    channel: str | None
    ts: str | None


@dataclass(frozen=True, slots=True)
class Claim:
    """The first open message of a lane that is held by `lease`."""

    workspace_id: int
    id: int
    lane: str
    lease: str
    delivery: str
    operation: Operation
    kind: str
    raw_arguments: str
    person_id: int | None
    state: State
    attempts: int
    first_attempt_at: datetime | None
    attempted_at: datetime | None
    channel: str | None
    file_id: str | None
    cursor: str | None
    related: Related | None
    in_thread: bool
    """`related` is the message that it answers; otherwise the one that it replaces."""

    @property
    def arguments(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = json.loads(self.raw_arguments)
        return found

    @property
    def thread(self) -> str | None:
        """The ts of the message that it answers."""
        return self.related.ts if self.related and self.in_thread else None


@dataclass(frozen=True, slots=True)
class Settlement:
    """What came of a claim. The lane is let go, and nothing leaves from it for `pause`."""

    state: State
    next_at: datetime
    error: str | None = None
    channel: str | None = None
    ts: str | None = None
    file_id: str | None = None
    cursor: str | None = None
    pause: timedelta = timedelta()
    counts: bool = False
    """An attempt that ended before anything was asked of Slack counts too."""


async def claim(database: Database, team: str, now: datetime, machine: datetime | None = None) -> Claim | None:
    """Take the lane of this Slack team whose first open message has been due longest; None if there is none."""
    machine = machine or machine_time()
    async with database.write() as connection:
        here = select(WORKSPACES.c.id).where(WORKSPACES.c.slack_team_id == team)
        workspace = (await connection.execute(here)).scalar_one_or_none()
        if workspace is None:
            return None
        while (lane := (await connection.execute(_due_lane(workspace, now, machine))).scalar_one_or_none()) is not None:
            row = (await connection.execute(_first_open(workspace, lane))).one_or_none()
            if row is not None and row.next_at <= now:
                return await _taken(connection, row, machine)
            # The message for which it was due has become another one since.
            await reschedule(connection, workspace, lane)
    return None


async def _taken(connection: AsyncConnection, row: Any, machine: datetime) -> Claim:
    lease = secrets.token_hex(8)
    held = {"lease": lease, "lease_until": machine + LEASE}
    await connection.execute(update(LANES).where(_lane(row.workspace_id, row.lane)).values(held))
    return _claimed(row, lease, await _related(connection, row.workspace_id, row.thread_of or row.target))


def _due_lane(workspace_id: int, now: datetime, machine: datetime) -> Select[Any]:
    due = and_(LANES.c.workspace_id == workspace_id, LANES.c.due_at <= now, free(LANES.c.lease_until, machine))
    query = select(LANES.c.name).where(due).order_by(LANES.c.due_at, LANES.c.name).limit(1)
    return query.with_for_update(skip_locked=True)


async def reschedule(connection: AsyncConnection, workspace_id: int, lane: str) -> None:
    """Say anew when the first open message of a lane may leave."""
    # Held before it is looked for: who writes into the lane just now would be overlooked, and its message never sent.
    held = select(LANES.c.next_send_at).where(_lane(workspace_id, lane)).with_for_update()
    found = (await connection.execute(held)).one()
    head = (await connection.execute(_first_open(workspace_id, lane))).one_or_none()
    due = None if head is None else max(head.next_at, found.next_send_at)
    await connection.execute(update(LANES).where(_lane(workspace_id, lane)).values(due_at=due))


def _first_open(workspace_id: int, lane: str) -> Select[Any]:
    # The first of each state is one step into the index; both states at once would be sorted at each claim.
    here = OUTBOX.c.workspace_id == workspace_id, OUTBOX.c.lane == lane
    each = [select(OUTBOX.c.id).where(*here, OUTBOX.c.state == state).order_by(OUTBOX.c.id).limit(1) for state in OPEN]
    firsts = union_all(*(select(one.subquery().c.id) for one in each))
    query = select(OUTBOX).where(OUTBOX.c.workspace_id == workspace_id, OUTBOX.c.id.in_(firsts))
    return query.order_by(OUTBOX.c.id).limit(1)


async def _related(connection: AsyncConnection, workspace_id: int, number: int | None) -> Related | None:
    if number is None:
        return None
    query = select(OUTBOX.c.state, OUTBOX.c.channel, OUTBOX.c.ts).where(_message(workspace_id, number))
    row = (await connection.execute(query)).one()
    return Related(State(row.state), row.channel, row.ts)


def _claimed(row: Any, lease: str, related: Related | None) -> Claim:
    same = ("workspace_id", "id", "lane", "delivery", "kind", "person_id", "attempts", "first_attempt_at")
    return Claim(
        **{name: getattr(row, name) for name in (*same, "attempted_at", "channel", "file_id", "cursor")},
        lease=lease,
        operation=Operation(row.operation),
        raw_arguments=row.arguments,
        state=State(row.state),
        related=related,
        in_thread=row.thread_of is not None,
    )


async def begin(
    database: Database, claimed: Claim, channel: str, now: datetime, machine: datetime | None = None
) -> bool:
    """Record that an attempt begins. False if the lane is no longer ours, or the message has become another one."""
    until = (machine or machine_time()) + LEASE
    async with database.write() as connection:
        ours = and_(_lane(claimed.workspace_id, claimed.lane), LANES.c.lease == claimed.lease)
        held = await connection.execute(update(LANES).where(ours).values(lease_until=until))
        if not held.rowcount:
            return False
        same = and_(
            _message(claimed.workspace_id, claimed.id),
            OUTBOX.c.state == claimed.state,
            OUTBOX.c.delivery == claimed.delivery,
        )
        values = {
            "state": State.SENDING,
            "attempts": OUTBOX.c.attempts + 1,
            "attempted_at": now,
            "first_attempt_at": func.coalesce(OUTBOX.c.first_attempt_at, claimed.first_attempt_at or now),
            "channel": channel,
            "file_id": None,
            "cursor": None,
        }
        return bool((await connection.execute(update(OUTBOX).where(same).values(values))).rowcount)


async def settle(database: Database, claimed: Claim, outcome: Settlement, now: datetime) -> None:
    """Record what came of it, and let the lane go. Who has lost the lane knows no more than that something was sent."""
    known = {"channel": outcome.channel, "ts": outcome.ts, "file_id": outcome.file_id}
    values: dict[str, Any] = {
        "state": outcome.state,
        "next_at": outcome.next_at,
        "error": outcome.error,
        "cursor": outcome.cursor,
        "settled_at": None if outcome.state in OPEN else now,
        **{name: value for name, value in known.items() if value is not None},
    }
    if outcome.counts:
        values["attempts"] = OUTBOX.c.attempts + 1
    async with database.write() as connection:
        # The lane first, also if another sender has it by now: whoever writes into it waits, and sees what is decided here.
        held = select(LANES.c.name).where(_lane(claimed.workspace_id, claimed.lane)).with_for_update()
        await connection.execute(held)
        if await _let_go(connection, claimed, next_send_at=now + outcome.pause) or outcome.state is State.SENT:
            still = and_(_message(claimed.workspace_id, claimed.id), OUTBOX.c.state.in_(OPEN))
            await connection.execute(update(OUTBOX).where(still).values(values))
        await reschedule(connection, claimed.workspace_id, claimed.lane)


async def release(database: Database, claimed: Claim) -> None:
    """Let the lane go; the message is as it was."""
    async with database.write() as connection:
        await _let_go(connection, claimed)
        await reschedule(connection, claimed.workspace_id, claimed.lane)


async def _let_go(connection: AsyncConnection, claimed: Claim, **more: Any) -> bool:
    """Whether it was ours."""
    ours = and_(_lane(claimed.workspace_id, claimed.lane), LANES.c.lease == claimed.lease)
    values = {"lease": None, "lease_until": None, **more}
    return bool((await connection.execute(update(LANES).where(ours).values(values))).rowcount)


def _lane(workspace_id: int, name: str) -> ColumnElement[bool]:
    return and_(LANES.c.workspace_id == workspace_id, LANES.c.name == name)


def _message(workspace_id: int, number: int) -> ColumnElement[bool]:
    return and_(OUTBOX.c.workspace_id == workspace_id, OUTBOX.c.id == number)
