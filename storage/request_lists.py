"""Requests looked for: pages of them, what is due, what was said in their threads."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, exists, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.company import PersonId, TerritoryId
from domain.requests.model import RequestId, RequestKind, State
from domain.requests.objects import thing
from storage.notes import NOTES, write_note
from storage.outbox import OUTBOX
from storage.requests import DECISIONS, OBJECTS, REQUESTS, Request, request_of
from storage.tables import requests, table_of

REPLIES = table_of(requests.RequestReply)
PAGE = 20
"""Requests on one page."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which requests; what is empty or None says nothing. `person` asked for it, is named by it, or decided about it."""

    states: frozenset[State] = frozenset()
    kinds: frozenset[RequestKind] = frozenset()
    person: PersonId | None = None
    requester: PersonId | None = None
    territories: frozenset[TerritoryId] = frozenset()


@dataclass(frozen=True, slots=True)
class Page:
    """The newest requests first; `count` are those of all pages, `before` asks for the next one, None on the last."""

    requests: Sequence[Request]
    count: int
    before: RequestId | None


@dataclass(frozen=True, slots=True)
class Reply:
    """What was said in a thread; `text` is empty once it was deleted."""

    channel: str
    ts: str
    person: PersonId
    text: str
    at: datetime
    changed_at: datetime | None


async def page(
    connection: AsyncConnection,
    workspace_id: int,
    wanted: Wanted,
    *,
    before: RequestId | None = None,
    size: int = PAGE,
) -> Page:
    """A page of those that are older than `before`; the first without it."""
    these = _wanted(workspace_id, wanted)
    count = (await connection.execute(select(func.count()).select_from(REQUESTS).where(these))).scalar_one()
    older = these if before is None else and_(these, REQUESTS.c.id < before)
    query = select(REQUESTS).where(older).order_by(REQUESTS.c.id.desc()).limit(size + 1)
    found = [request_of(row) for row in await connection.execute(query)]
    shown = found[:size]
    return Page(shown, count, shown[-1].id if len(found) > size else None)


def _wanted(workspace_id: int, wanted: Wanted) -> ColumnElement[bool]:
    found = [REQUESTS.c.workspace_id == workspace_id]
    if wanted.states:
        found.append(REQUESTS.c.state.in_(sorted(wanted.states)))
    if wanted.kinds:
        found.append(REQUESTS.c.kind.in_(sorted(wanted.kinds)))
    if wanted.requester is not None:
        found.append(REQUESTS.c.requester_id == wanted.requester)
    if wanted.person is not None:
        decided = exists().where(
            DECISIONS.c.workspace_id == REQUESTS.c.workspace_id,
            DECISIONS.c.request_id == REQUESTS.c.id,
            DECISIONS.c.by_person_id == wanted.person,
        )
        own = REQUESTS.c.requester_id == wanted.person
        found.append(or_(own, decided, _is_about([thing("person", wanted.person)])))
    if wanted.territories:
        found.append(_is_about([thing("territory", one) for one in sorted(wanted.territories)]))
    return and_(*found)


def _is_about(objects: Collection[str]) -> ColumnElement[bool]:
    return exists().where(
        OBJECTS.c.workspace_id == REQUESTS.c.workspace_id,
        OBJECTS.c.request_id == REQUESTS.c.id,
        OBJECTS.c.object.in_(objects),
    )


async def due(connection: AsyncConnection, workspace_id: int, today: date) -> Sequence[Request]:
    """Scheduled ones whose day has come, in the order in which they take effect."""
    these = _wanted(workspace_id, Wanted(states=frozenset({State.SCHEDULED}))), REQUESTS.c.effective_on <= today
    query = select(REQUESTS).where(*these).order_by(REQUESTS.c.effective_on, REQUESTS.c.id)
    return [request_of(row) for row in await connection.execute(query)]


async def of_thread(connection: AsyncConnection, workspace_id: int, channel: str, ts: str) -> RequestId | None:
    """The request whose card is the message `ts` of a channel."""
    sent = and_(OUTBOX.c.workspace_id == REQUESTS.c.workspace_id, OUTBOX.c.id == REQUESTS.c.card)
    here = REQUESTS.c.workspace_id == workspace_id, OUTBOX.c.channel == channel, OUTBOX.c.ts == ts
    query = select(REQUESTS.c.id).select_from(REQUESTS.join(OUTBOX, sent)).where(*here)
    found: RequestId | None = (await connection.execute(query)).scalar_one_or_none()
    return found


async def keep_reply(
    connection: AsyncConnection,
    workspace_id: int,
    request: RequestId,
    *,
    channel: str,
    ts: str,
    person: PersonId,
    text: str,
    now: datetime,
) -> bool:
    """Keep what was said; False if that message is kept already. The caller holds the workspace's queue."""
    here = REPLIES.c.workspace_id == workspace_id, REPLIES.c.request_id == request, REPLIES.c.ts == ts
    if (await connection.execute(select(REPLIES.c.ts).where(*here))).first() is not None:
        return False
    note = await write_note(connection, workspace_id, person, "requests.reply", text, now)
    row = {"workspace_id": workspace_id, "request_id": request, "channel": channel, "ts": ts, "person_id": person}
    await connection.execute(insert(REPLIES).values({**row, "note": note, "at": now}))
    return True


async def change_reply(
    connection: AsyncConnection, workspace_id: int, channel: str, ts: str, text: str | None, now: datetime
) -> bool:
    """Another text for the kept copy of a message, None if it was deleted. Whether there is one."""
    here = REPLIES.c.workspace_id == workspace_id, REPLIES.c.channel == channel, REPLIES.c.ts == ts
    note = (await connection.execute(select(REPLIES.c.note).where(*here))).scalar_one_or_none()
    if note is None:
        return False
    this = NOTES.c.workspace_id == workspace_id, NOTES.c.id == note
    await connection.execute(update(NOTES).where(*this).values(text=text))
    await connection.execute(update(REPLIES).where(*here).values(changed_at=now))
    return True


async def replies(connection: AsyncConnection, workspace_id: int, request: RequestId) -> Sequence[Reply]:
    """All that was said in its thread, in order."""
    said = and_(NOTES.c.workspace_id == REPLIES.c.workspace_id, NOTES.c.id == REPLIES.c.note)
    here = REPLIES.c.workspace_id == workspace_id, REPLIES.c.request_id == request
    query = select(REPLIES, NOTES.c.text).select_from(REPLIES.join(NOTES, said)).where(*here).order_by(REPLIES.c.ts)
    return [
        Reply(row.channel, row.ts, row.person_id, row.text or "", row.at, row.changed_at)
        for row in await connection.execute(query)
    ]
