"""Who wants a digest when: channels and people, how far each was dealt with, and the sections that people muted."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, delete, exists, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.company import PersonId
from domain.errors import NotFound
from domain.schedules import HolidayRule, Schedule, Slot
from storage.revisions import WORKSPACES
from storage.tables import table_of
from storage.tables.digests import MutedSection, Subscription

SUBSCRIPTIONS = table_of(Subscription)
MUTED = table_of(MutedSection)


class State(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"
    """By a person, until they resume it."""
    RESTING = "resting"
    """It cannot be sent; `why` says so, and a person can resume it once that is put right."""
    ENDED = "ended"
    """A person ended it (`why` is the state in which it was), or another one took its place (no `why`); it is kept for the
    digests that it had."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is subscribed to: in a channel or by direct message, by whom, of which subject, when and how."""

    channel_id: str | None
    person_id: PersonId | None
    owner_id: PersonId
    scope_kind: str
    scope_id: int | None
    schedule: Schedule
    hidden: frozenset[str] = frozenset()
    skip_when_empty: bool = False


@dataclass(frozen=True, slots=True)
class StoredSubscription:
    """A wish and how far it was dealt with: `last_slot` is the last local date, `next` the slot that follows, if any."""

    id: int
    wish: Wish
    state: State
    why: str | None
    last_slot: date
    next: Slot | None
    version: int
    created_at: datetime

    @property
    def schedule(self) -> Schedule:
        return self.wish.schedule


def _is(workspace_id: int, number: int) -> ColumnElement[bool]:
    return and_(SUBSCRIPTIONS.c.workspace_id == workspace_id, SUBSCRIPTIONS.c.id == number)


def _all(workspace_id: int) -> Select[Any]:
    return select(SUBSCRIPTIONS).where(SUBSCRIPTIONS.c.workspace_id == workspace_id)


async def find_subscription(connection: AsyncConnection, workspace_id: int, number: int) -> StoredSubscription:
    """Raises NotFound."""
    found = (await connection.execute(_all(workspace_id).where(SUBSCRIPTIONS.c.id == number))).one_or_none()
    if found is None:
        raise NotFound("This digest is no longer there. /digest list shows those that are.")
    return _stored(found)


async def of_channel(connection: AsyncConnection, workspace_id: int, channel_id: str) -> StoredSubscription | None:
    return await _one(connection, _all(workspace_id).where(SUBSCRIPTIONS.c.channel_id == channel_id))


async def of_person(connection: AsyncConnection, workspace_id: int, person: PersonId) -> StoredSubscription | None:
    """What a person gets by direct message."""
    return await _one(connection, _all(workspace_id).where(SUBSCRIPTIONS.c.person_id == person))


async def follower_of(
    connection: AsyncConnection, workspace_id: int, known: StoredSubscription
) -> StoredSubscription | None:
    """What came next in the place of a digest, whatever became of that since."""
    wish = known.wish
    place = (
        SUBSCRIPTIONS.c.channel_id == wish.channel_id
        if wish.channel_id
        else SUBSCRIPTIONS.c.person_id == wish.person_id
    )
    later = _all(workspace_id).where(place, SUBSCRIPTIONS.c.id > known.id).order_by(SUBSCRIPTIONS.c.id).limit(1)
    found = (await connection.execute(later)).one_or_none()
    return None if found is None else _stored(found)


async def _one(connection: AsyncConnection, query: Select[Any]) -> StoredSubscription | None:
    there = query.where(SUBSCRIPTIONS.c.state != State.ENDED).order_by(SUBSCRIPTIONS.c.id.desc())
    found = (await connection.execute(there.limit(1))).one_or_none()
    return None if found is None else _stored(found)


async def all_subscriptions(connection: AsyncConnection, workspace_id: int) -> Sequence[StoredSubscription]:
    """Those that are due soonest first, then those that are not due at all."""
    order = SUBSCRIPTIONS.c.due_at.is_(None), SUBSCRIPTIONS.c.due_at, SUBSCRIPTIONS.c.id
    query = _all(workspace_id).where(SUBSCRIPTIONS.c.state != State.ENDED).order_by(*order)
    return [_stored(row) for row in await connection.execute(query)]


async def create_subscription(
    connection: AsyncConnection,
    workspace_id: int,
    wish: Wish,
    *,
    last_slot: date,
    following: Slot | None,
    now: datetime,
) -> int:
    """A new one; its number. The caller holds the workspace's queue."""
    highest = select(func.max(SUBSCRIPTIONS.c.id)).where(SUBSCRIPTIONS.c.workspace_id == workspace_id)
    number = int((await connection.execute(highest)).scalar_one() or 0) + 1
    kept = {"state": State.ACTIVE, "why": None, "last_slot": last_slot, "version": 1, "created_at": now}
    row = {"workspace_id": workspace_id, "id": number, **_values(wish), **kept, **_next(following)}
    await connection.execute(insert(SUBSCRIPTIONS).values(row))
    return number


async def change_subscription(
    connection: AsyncConnection,
    workspace_id: int,
    known: StoredSubscription,
    wish: Wish,
    *,
    following: Slot | None,
    state: State = State.ACTIVE,
    why: str | None = None,
) -> bool:
    """Put `wish` in place of what is `known`; False if somebody changed it since. What is not active is never due."""
    due = following if state is State.ACTIVE else None
    values = {**_values(wish), **_next(due), "state": state, "why": why, "version": known.version + 1}
    same = and_(_is(workspace_id, known.id), SUBSCRIPTIONS.c.version == known.version)
    return bool((await connection.execute(update(SUBSCRIPTIONS).where(same).values(values))).rowcount)


# What is due


async def workspaces_due(connection: AsyncConnection, now: datetime) -> Sequence[int]:
    """The workspaces in which anything is due by `now`."""
    due = exists().where(SUBSCRIPTIONS.c.workspace_id == WORKSPACES.c.id, SUBSCRIPTIONS.c.due_at <= now)
    return (await connection.execute(select(WORKSPACES.c.id).where(due).order_by(WORKSPACES.c.id))).scalars().all()


async def due_subscriptions(
    connection: AsyncConnection, workspace_id: int, now: datetime, limit: int
) -> Sequence[StoredSubscription]:
    """Those that are due by `now`, the longest due first; at most `limit`."""
    query = _all(workspace_id).where(SUBSCRIPTIONS.c.due_at <= now).order_by(SUBSCRIPTIONS.c.due_at).limit(limit)
    return [_stored(row) for row in await connection.execute(query)]


@dataclass(frozen=True, slots=True)
class Dealt:
    """Up to which local date a subscription was dealt with, and what follows."""

    id: int
    last_slot: date
    following: Slot | None


async def keep_dealt(connection: AsyncConnection, workspace_id: int, dealt: Iterable[Dealt]) -> None:
    """Record how far subscriptions were dealt with. The caller holds the workspace's queue."""
    rows = [{"number": one.id, "last": one.last_slot, **_next(one.following, "following", "due")} for one in dealt]
    if not rows:
        return
    values = {
        "last_slot": bindparam("last"),
        "next_slot": bindparam("following"),
        "due_at": bindparam("due", type_=SUBSCRIPTIONS.c.due_at.type),
    }
    here = and_(SUBSCRIPTIONS.c.workspace_id == workspace_id, SUBSCRIPTIONS.c.id == bindparam("number"))
    await connection.execute(update(SUBSCRIPTIONS).where(here).values(values), rows)


# Muted sections


async def muted_sections(connection: AsyncConnection, workspace_id: int, person: PersonId) -> frozenset[str]:
    """The keys of the sections that a person does not want to see in direct messages."""
    here = MUTED.c.workspace_id == workspace_id, MUTED.c.person_id == person
    return frozenset((await connection.execute(select(MUTED.c.section).where(*here))).scalars())


async def mute(connection: AsyncConnection, workspace_id: int, person: PersonId, section: str) -> bool:
    """False if it is muted already."""
    if section in await muted_sections(connection, workspace_id, person):
        return False
    row = {"workspace_id": workspace_id, "person_id": person, "section": section}
    await connection.execute(insert(MUTED).values(row))
    return True


async def unmute(connection: AsyncConnection, workspace_id: int, person: PersonId, section: str) -> bool:
    """False if it is not muted."""
    here = MUTED.c.workspace_id == workspace_id, MUTED.c.person_id == person, MUTED.c.section == section
    return bool((await connection.execute(delete(MUTED).where(*here))).rowcount)


# Rows


def _values(wish: Wish) -> dict[str, Any]:
    schedule = wish.schedule
    return {
        "channel_id": wish.channel_id,
        "person_id": wish.person_id,
        "owner_id": wish.owner_id,
        "scope_kind": wish.scope_kind,
        "scope_id": wish.scope_id,
        "weekdays": ",".join(map(str, sorted(schedule.weekdays))),
        "at": f"{schedule.at:%H:%M}",
        "timezone": schedule.zone,
        "holiday_rule": schedule.holiday_rule.value,
        "starts_on": schedule.starts_on,
        "ends_on": schedule.ends_on,
        "paused_until": schedule.paused_until,
        "hidden": ",".join(sorted(wish.hidden)),
        "skip_when_empty": wish.skip_when_empty,
    }


def _next(following: Slot | None, day: str = "next_slot", due: str = "due_at") -> Mapping[str, Any]:
    return {day: following.day if following else None, due: following.due if following else None}


def _stored(row: Any) -> StoredSubscription:
    wish = Wish(
        channel_id=row.channel_id,
        person_id=row.person_id,
        owner_id=row.owner_id,
        scope_kind=row.scope_kind,
        scope_id=row.scope_id,
        schedule=_schedule(row),
        hidden=frozenset(key for key in row.hidden.split(",") if key),
        skip_when_empty=row.skip_when_empty,
    )
    return StoredSubscription(
        id=row.id,
        wish=wish,
        state=State(row.state),
        why=row.why,
        last_slot=row.last_slot or date.min,
        next=Slot(row.next_slot, row.due_at) if row.next_slot and row.due_at else None,
        version=row.version,
        created_at=row.created_at,
    )


def _schedule(row: Any) -> Schedule:
    return Schedule(
        weekdays=frozenset(map(int, row.weekdays.split(","))),
        at=time.fromisoformat(row.at),
        zone=row.timezone,
        holiday_rule=HolidayRule(row.holiday_rule),
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        paused_until=row.paused_until,
    )
