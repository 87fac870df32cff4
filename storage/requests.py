"""Requests as they are kept: what they hold, how far they came, who decided.

A request changes only from the state and the version that whoever changes it has seen, so that of two who do so at the
same moment one wins. What it holds while it is open, the database lets no other hold.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.company import PersonId
from domain.errors import NotFound, TurfError
from domain.requests.model import KIND_OF, Change, RequestId, RequestKind, Reversal, State
from domain.requests.objects import found_by, held_by
from domain.requests.writes import Writes
from storage.request_json import change_from_json, change_to_json, writes_from_json, writes_to_json
from storage.tables import requests, table_of
from storage.versions import stretches

REQUESTS = table_of(requests.Request)
OBJECTS = table_of(requests.RequestObject)
DECISIONS = table_of(requests.RequestDecision)


class AlreadyAsked(TurfError):
    """Another open request, `request`, holds some of `objects`."""

    def __init__(self, request: RequestId, objects: Collection[str]) -> None:
        super().__init__(f"Request {request} is open and about the same. Decide or withdraw that one first.")
        self.request = request
        self.objects = frozenset(objects)


@dataclass(frozen=True, slots=True)
class Request:
    """One request. `reason` is a note's number, `card` that of its message in the outbox; `turn` counts how often it was
    submitted; `basis_rev` and `basis_digest` are of the preview that was shown last."""

    id: RequestId
    kind: RequestKind
    state: State
    version: int
    turn: int
    requester: PersonId
    effective_on: date
    change: Change
    policy_version: int | None
    reason: int | None
    basis_rev: int | None
    basis_digest: str | None
    card: int | None
    failure: str | None
    written_rev: int | None
    created_at: datetime
    submitted_at: datetime | None
    changed_at: datetime
    """When it came into its state, or was decided about last."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was decided for a side in one turn; `note` is the number of what was said with it, `rev` what was seen."""

    turn: int
    side: str
    by: PersonId
    on_behalf_of: PersonId | None
    verdict: str
    note: int | None
    rev: int | None
    at: datetime


async def add(
    connection: AsyncConnection,
    workspace_id: int,
    change: Change,
    *,
    requester: PersonId,
    effective_on: date,
    now: datetime,
    state: State = State.SUBMITTED,
    reason: int | None = None,
    policy_version: int | None = None,
) -> RequestId:
    """Its number. The caller holds the workspace's queue. Raises AlreadyAsked if it is open and so is one about the same."""
    highest = select(func.max(REQUESTS.c.id)).where(REQUESTS.c.workspace_id == workspace_id)
    number = int((await connection.execute(highest)).scalar_one() or 0) + 1
    row = {
        "workspace_id": workspace_id,
        "id": number,
        "kind": KIND_OF[type(change)].value,
        "state": state.value,
        "version": 1,
        "turn": 1,
        "requester_id": requester,
        "effective_on": effective_on,
        "change": change_to_json(change),
        "reason": reason,
        "policy_version": policy_version,
        "reverses_id": change.request if isinstance(change, Reversal) else None,
        "created_at": now,
        "submitted_at": now if state is not State.DRAFT else None,
        "changed_at": now,
    }
    await connection.execute(insert(REQUESTS).values(row))
    await _about(connection, workspace_id, number, change, held=state.is_open)
    return number


async def read(connection: AsyncConnection, workspace_id: int, number: RequestId) -> Request:
    """Raises NotFound."""
    row = (await connection.execute(select(REQUESTS).where(_is(workspace_id, number)))).one_or_none()
    if row is None:
        raise NotFound(f"There is no request {number}.")
    return request_of(row)


def request_of(row: Any) -> Request:
    """A request from its row."""
    kind = RequestKind(row.kind)
    return Request(
        id=row.id,
        kind=kind,
        state=State(row.state),
        version=row.version,
        turn=row.turn,
        requester=row.requester_id,
        effective_on=row.effective_on,
        change=change_from_json(kind, row.change),
        policy_version=row.policy_version,
        reason=row.reason,
        basis_rev=row.basis_rev,
        basis_digest=row.basis_digest,
        card=row.card,
        failure=row.failure,
        written_rev=row.written_rev,
        created_at=row.created_at,
        submitted_at=row.submitted_at,
        changed_at=row.changed_at,
    )


async def transit(
    connection: AsyncConnection,
    workspace_id: int,
    seen: Request,
    to: State,
    *,
    now: datetime,
    failure: str | None = None,
) -> bool:
    """Bring a request into a state, its own or another; False if it is not what was `seen` any more.

    What it holds is free once it is open no more, and held as soon as it is: raises AlreadyAsked. `failure` is why it
    did not take effect.
    """
    values: dict[str, Any] = {"state": to.value, "changed_at": now, "failure": failure}
    if to is State.SUBMITTED and seen.state in (State.DRAFT, State.CHANGES_REQUESTED):
        values["submitted_at"] = now
        values["turn"] = seen.turn + (seen.state is State.CHANGES_REQUESTED)
    if not await _update(connection, workspace_id, seen, values):
        return False
    if to.is_open != seen.state.is_open:
        await _about(connection, workspace_id, seen.id, seen.change, held=to.is_open)
    return True


async def amend(
    connection: AsyncConnection,
    workspace_id: int,
    seen: Request,
    change: Change,
    *,
    effective_on: date,
    reason: int | None = None,
) -> bool:
    """Another change of the same kind in the place of what was asked for. False, AlreadyAsked as in `transit`."""
    if KIND_OF[type(change)] is not seen.kind:
        raise ValueError("a request keeps its kind")
    values = {"change": change_to_json(change), "effective_on": effective_on, "reason": reason or seen.reason}
    if not await _update(connection, workspace_id, seen, values):
        return False
    await _about(connection, workspace_id, seen.id, change, held=seen.state.is_open)
    return True


async def show(connection: AsyncConnection, workspace_id: int, seen: Request, *, rev: int, digest: str) -> bool:
    """Remember the preview that is shown; whoever decides by an older one has to look again. False as in `transit`."""
    return await _update(connection, workspace_id, seen, {"basis_rev": rev, "basis_digest": digest})


async def set_card(connection: AsyncConnection, workspace_id: int, number: RequestId, message: int) -> None:
    """Which message of the outbox is its card."""
    await connection.execute(update(REQUESTS).where(_is(workspace_id, number)).values(card=message))


async def record_written(
    connection: AsyncConnection, workspace_id: int, number: RequestId, writes: Writes, revision: int
) -> None:
    """Keep the rows that it changed, so that they can be given back."""
    values = {"written": writes_to_json(writes), "written_rev": revision}
    await connection.execute(update(REQUESTS).where(_is(workspace_id, number)).values(values))


async def written_by(connection: AsyncConnection, workspace_id: int, number: RequestId) -> Writes | None:
    """The rows that it changed; None before it took effect."""
    query = select(REQUESTS.c.written).where(_is(workspace_id, number))
    found = (await connection.execute(query)).scalar_one_or_none()
    return None if found is None else writes_from_json(found)


async def decide(
    connection: AsyncConnection,
    workspace_id: int,
    seen: Request,
    sides: Collection[str],
    verdict: str,
    to: State,
    *,
    by: PersonId,
    now: datetime,
    on_behalf_of: PersonId | None = None,
    note: int | None = None,
) -> bool:
    """Record a verdict for these sides and bring the request into the state that follows. False as in `transit`."""
    if not await transit(connection, workspace_id, seen, to, now=now):
        return False
    row = {
        "workspace_id": workspace_id,
        "request_id": seen.id,
        "turn": seen.turn,
        "by_person_id": by,
        "on_behalf_of_id": on_behalf_of,
        "verdict": verdict,
        "note": note,
        "rev": seen.basis_rev,
        "at": now,
    }
    await connection.execute(insert(DECISIONS), [row | {"slot": side} for side in sorted(sides)])
    return True


async def verdicts(connection: AsyncConnection, workspace_id: int, number: RequestId) -> Sequence[Verdict]:
    """All of them, oldest turn first."""
    here = DECISIONS.c.workspace_id == workspace_id, DECISIONS.c.request_id == number
    query = select(DECISIONS).where(*here).order_by(DECISIONS.c.turn, DECISIONS.c.at, DECISIONS.c.slot)
    return [
        Verdict(row.turn, row.slot, row.by_person_id, row.on_behalf_of_id, row.verdict, row.note, row.rev, row.at)
        for row in await connection.execute(query)
    ]


async def holders(
    connection: AsyncConnection, workspace_id: int, objects: Collection[str], *, but: RequestId | None = None
) -> Mapping[str, RequestId]:
    """Which of these things an open request holds, and which one."""
    found: dict[str, RequestId] = {}
    here = OBJECTS.c.workspace_id == workspace_id, OBJECTS.c.held, OBJECTS.c.request_id.is_distinct_from(but)
    for some in stretches(sorted(objects)):
        query = select(OBJECTS.c.object, OBJECTS.c.request_id).where(*here, OBJECTS.c.object.in_(some))
        found |= {row.object: row.request_id for row in await connection.execute(query)}
    return found


async def _about(
    connection: AsyncConnection, workspace_id: int, number: RequestId, change: Change, *, held: bool
) -> None:
    """What it is about, in the place of what it was. Raises AlreadyAsked."""
    here = OBJECTS.c.workspace_id == workspace_id, OBJECTS.c.request_id == number
    await connection.execute(delete(OBJECTS).where(*here))
    alone, more = held_by(change), found_by(change)
    row = {"workspace_id": workspace_id, "request_id": number}
    rows = [row | {"object": one, "held": held and one in alone} for one in sorted(alone | more)]
    try:
        async with connection.begin_nested():
            await connection.execute(insert(OBJECTS), rows)
    except IntegrityError as error:
        others = await holders(connection, workspace_id, alone, but=number)
        if not others:
            raise
        first = min(others.values())
        raise AlreadyAsked(first, [one for one, other in others.items() if other == first]) from error


async def _update(connection: AsyncConnection, workspace_id: int, seen: Request, values: Mapping[str, Any]) -> bool:
    as_seen = and_(_is(workspace_id, seen.id), REQUESTS.c.state == seen.state.value, REQUESTS.c.version == seen.version)
    done = await connection.execute(update(REQUESTS).where(as_seen).values(**values, version=seen.version + 1))
    return bool(done.rowcount)


def _is(workspace_id: int, number: RequestId) -> ColumnElement[bool]:
    return and_(REQUESTS.c.workspace_id == workspace_id, REQUESTS.c.id == number)
