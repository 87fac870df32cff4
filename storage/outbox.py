"""What is to be sent to Slack, written in the transaction of what it tells.

A row is an intent: a kind, whose words a feature registers, and arguments that hold ids only. It is rendered when it is
sent, for whoever is there then.
"""

import json
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import table_of
from storage.tables.delivery import Lane, OutgoingMessage

OUTBOX = table_of(OutgoingMessage)
LANES = table_of(Lane)
Arguments = Mapping[str, Any]


KEPT = timedelta(days=30)
FORGOTTEN = "{}"


class State(StrEnum):
    WAITING = "waiting"
    SENDING = "sending"
    """An attempt was begun, and nobody knows yet what came of it."""
    SENT = "sent"
    DEAD = "dead"
    """Given up: `turf outbox` lists it with the reason, and can try again."""
    DROPPED = "dropped"
    """There was nothing to say any more, or nobody who may read it."""


OPEN = (State.WAITING, State.SENDING)


class Operation(StrEnum):
    POST = "post"
    UPDATE = "update"
    FILE = "file"
    HOME = "home"
    """A person's Home tab, published anew."""

    @property
    def is_idempotent(self) -> bool:
        """Done twice it looks the same, so nobody has to find out whether it was done."""
        return self in (Operation.UPDATE, Operation.HOME)


class Outbox:
    """The outbox of one workspace in a transaction that holds the workspace's queue (see `Writing`)."""

    def __init__(self, connection: AsyncConnection, workspace_id: int, now: datetime) -> None:
        self._connection = connection
        self._workspace_id = workspace_id
        self._now = now
        self.added = 0
        """How many were written here."""

    async def direct(self, person_id: int, kind: str, arguments: Arguments, *, thread_of: int | None = None) -> int:
        """A direct message; its number. `thread_of` is the number of the message that it answers, in the same lane."""
        return await self._add(Operation.POST, person_id, kind, arguments, thread_of=thread_of)

    async def post(self, channel_id: str, kind: str, arguments: Arguments, *, thread_of: int | None = None) -> int:
        """A message in a channel; its number. `thread_of` is the number of the message that it answers."""
        return await self._add(Operation.POST, channel_id, kind, arguments, thread_of=thread_of)

    async def file(self, to: int | str, kind: str, arguments: Arguments, *, thread_of: int | None = None) -> int:
        """A file for a person (their number) or a channel (its Slack id); its number."""
        return await self._add(Operation.FILE, to, kind, arguments, thread_of=thread_of)

    async def answer(self, message_id: int, kind: str, arguments: Arguments) -> int:
        """A message in the thread of another one, wherever that is; its number."""
        target = await self._row(message_id)
        await self._open(target.lane)
        self.added += 1
        more = {"lane": target.lane, "person_id": target.person_id, "thread_of": message_id}
        return await self._insert(Operation.POST, kind, arguments, **more)

    async def posted(self, kind: str, arguments: Arguments, *, after: int) -> Mapping[int, int]:
        """Direct messages of a kind that say the same: the person of each, by its number, of those numbered from `after` on."""
        here = OUTBOX.c.workspace_id == self._workspace_id, OUTBOX.c.id >= after, OUTBOX.c.operation == Operation.POST
        same = OUTBOX.c.kind == kind, OUTBOX.c.arguments == _json(arguments), OUTBOX.c.person_id.is_not(None)
        query = select(OUTBOX.c.id, OUTBOX.c.person_id).where(*here, *same)
        return {row.id: row.person_id for row in await self._connection.execute(query)}

    async def update(self, message_id: int, kind: str, arguments: Arguments) -> int:
        """Show something else in place of message `message_id`; an update of it that still waits is replaced."""
        target = await self._row(message_id)
        await self._open(target.lane)
        self.added += 1
        if (found := await self._replaced(OUTBOX.c.target == message_id, target.lane, kind, arguments)) is not None:
            return found
        more = {"lane": target.lane, "person_id": target.person_id, "target": message_id}
        return await self._insert(Operation.UPDATE, kind, arguments, **more)

    async def home(self, person_id: int, kind: str) -> int:
        """Publish someone's Home tab anew, once for all that changes before it is published.

        Its lane is its own: it neither waits for their direct messages nor holds them up.
        """
        lane = f"home:{person_id}"
        await self._open(lane)
        self.added += 1
        if (found := await self._replaced(OUTBOX.c.lane == lane, lane, kind, {})) is not None:
            return found
        return await self._insert(Operation.HOME, kind, {}, lane=lane, person_id=person_id)

    async def _replaced(self, which: ColumnElement[bool], lane: str, kind: str, arguments: Arguments) -> int | None:
        """The number of the message that still waits and now says this, due at once; None if there is none.

        Its new delivery tells a sender that has made the old words already.
        """
        waiting = and_(OUTBOX.c.workspace_id == self._workspace_id, which, OUTBOX.c.state == State.WAITING)
        fresh = {"kind": kind, "arguments": _json(arguments), "delivery": uuid.uuid4().hex}
        values = fresh | {"attempts": 0, "next_at": self._now, "error": None}
        changed = await self._connection.execute(update(OUTBOX).where(waiting).values(values).returning(OUTBOX.c.id))
        found: int | None = changed.scalar()
        if found is not None:
            # It may have been put off before.
            soon = and_(self._lane(lane), LANES.c.due_at > func.coalesce(LANES.c.next_send_at, self._now))
            await self._connection.execute(update(LANES).where(soon).values(due_at=LANES.c.next_send_at))
        return found

    async def _add(
        self, operation: Operation, to: int | str, kind: str, arguments: Arguments, *, thread_of: int | None
    ) -> int:
        lane = lane_of(to)
        if thread_of is not None and (await self._row(thread_of)).lane != lane:
            raise ValueError(f"message {thread_of} is not in {lane}: an answer goes where the thread is")
        await self._open(lane)
        self.added += 1
        person = to if isinstance(to, int) else None
        return await self._insert(operation, kind, arguments, lane=lane, person_id=person, thread_of=thread_of)

    async def _insert(self, operation: Operation, kind: str, arguments: Arguments, **more: Any) -> int:
        highest = select(func.max(OUTBOX.c.id)).where(OUTBOX.c.workspace_id == self._workspace_id)
        number = int((await self._connection.execute(highest)).scalar_one() or 0) + 1
        row = {
            "workspace_id": self._workspace_id,
            "id": number,
            "delivery": uuid.uuid4().hex,
            "operation": operation,
            "kind": kind,
            "arguments": _json(arguments),
            "state": State.WAITING,
            "attempts": 0,
            "created_at": self._now,
            "next_at": self._now,
            **more,
        }
        await self._connection.execute(insert(OUTBOX).values(row))
        return number

    async def _row(self, message_id: int) -> Any:
        """Raises LookupError for a message that is not there: numbers come from here."""
        query = select(OUTBOX.c.lane, OUTBOX.c.person_id)
        here = and_(OUTBOX.c.workspace_id == self._workspace_id, OUTBOX.c.id == message_id)
        found = (await self._connection.execute(query.where(here))).one_or_none()
        if found is None:
            raise LookupError(f"there is no message {message_id}")
        return found

    async def _open(self, lane: str) -> None:
        """Have a lane whose row is ours until the commit, due now if nothing waits in it."""
        found = select(LANES.c.due_at, LANES.c.next_send_at).where(self._lane(lane)).with_for_update()
        row = (await self._connection.execute(found)).one_or_none()
        if row is None:
            new = {"workspace_id": self._workspace_id, "name": lane, "next_send_at": self._now, "due_at": self._now}
            await self._connection.execute(insert(LANES).values(new))
        elif row.due_at is None:
            due = max(self._now, row.next_send_at)
            await self._connection.execute(update(LANES).where(self._lane(lane)).values(due_at=due))

    def _lane(self, name: str) -> ColumnElement[bool]:
        return and_(LANES.c.workspace_id == self._workspace_id, LANES.c.name == name)


async def forget_arguments(connection: AsyncConnection, now: datetime) -> int:
    """Empty the arguments of messages of all workspaces that were settled 30 days ago; how many there were.

    What was given up keeps them, so that it can still be tried again.
    """
    old = and_(
        OUTBOX.c.state.in_((State.SENT, State.DROPPED)),
        OUTBOX.c.settled_at <= now - KEPT,
        OUTBOX.c.arguments != FORGOTTEN,
    )
    return (await connection.execute(update(OUTBOX).where(old).values(arguments=FORGOTTEN))).rowcount


def lane_of(to: int | str) -> str:
    """The lane of a person (their number) or a channel (its Slack id)."""
    return f"person:{to}" if isinstance(to, int) else to


def _json(arguments: Arguments) -> str:
    return json.dumps(arguments, sort_keys=True)


async def open_to(connection: AsyncConnection, workspace_id: int, kind: str) -> set[int]:
    """To whom direct messages of a kind are on their way."""
    here = OUTBOX.c.workspace_id == workspace_id, OUTBOX.c.state.in_(OPEN), OUTBOX.c.kind == kind
    return set((await connection.execute(select(OUTBOX.c.person_id).where(*here))).scalars())


async def outcome(connection: AsyncConnection, workspace_id: int, message_id: int) -> tuple[State, str]:
    """What has become of a message so far, and why. Raises LookupError for one that is not there."""
    here = and_(OUTBOX.c.workspace_id == workspace_id, OUTBOX.c.id == message_id)
    found = (await connection.execute(select(OUTBOX.c.state, OUTBOX.c.error).where(here))).one_or_none()
    if found is None:
        raise LookupError(f"there is no message {message_id}")
    return State(found.state), found.error or ""
