"""Digests that were made: one for each subscription and slot, with the figures that it showed."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, and_, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.errors import NotFound
from storage.outbox import OUTBOX, State
from storage.tables import table_of
from storage.tables.digests import Digest, Subscription, ToldTotal

DIGESTS = table_of(Digest)
SUBSCRIPTIONS = table_of(Subscription)
TOLD = table_of(ToldTotal)


@dataclass(frozen=True, slots=True)
class StoredDigest:
    """A digest with what its subscription asks for: the scope, and for whom (a person, or a channel)."""

    id: int
    subscription_id: int
    slot: date
    kind: str
    made_at: datetime
    late: bool
    today: date
    revision: int
    compared_with: int | None
    figures: Mapping[str, Any]
    message: int | None
    channel_id: str | None
    person_id: int | None
    owner_id: int
    scope_kind: str
    scope_id: int | None
    skip_when_empty: bool
    hidden: frozenset[str]


_OF_DIGEST = (
    "id",
    "subscription_id",
    "slot",
    "kind",
    "made_at",
    "late",
    "today",
    "revision",
    "compared_with",
    "message",
)
_OF_SUBSCRIPTION = ("channel_id", "person_id", "owner_id", "scope_kind", "scope_id", "skip_when_empty")


async def find_digest(connection: AsyncConnection, workspace_id: int, number: int) -> StoredDigest:
    """A digest by its number. Raises NotFound."""
    subscribed = and_(
        SUBSCRIPTIONS.c.workspace_id == DIGESTS.c.workspace_id, SUBSCRIPTIONS.c.id == DIGESTS.c.subscription_id
    )
    columns = [DIGESTS.c[name] for name in _OF_DIGEST] + [SUBSCRIPTIONS.c[name] for name in _OF_SUBSCRIPTION]
    query = select(*columns, DIGESTS.c.figures, SUBSCRIPTIONS.c.hidden).join(SUBSCRIPTIONS, subscribed)
    here = DIGESTS.c.workspace_id == workspace_id, DIGESTS.c.id == number
    found = (await connection.execute(query.where(*here))).one_or_none()
    if found is None:
        raise NotFound("This digest is no longer there.")
    kept = {name: getattr(found, name) for name in (*_OF_DIGEST, *_OF_SUBSCRIPTION)}
    return StoredDigest(
        **kept, figures=json.loads(found.figures), hidden=frozenset(key for key in found.hidden.split(",") if key)
    )


@dataclass(frozen=True, slots=True)
class StoredTotal:
    """A total that a digest may have told; `told` is what it was, `scope_id` is 0 for the company's."""

    scope_kind: str
    scope_id: int
    told: Mapping[str, Any]


async def told_totals(connection: AsyncConnection, workspace_id: int, since: date) -> list[StoredTotal]:
    """What digests of teams and the company told of a day since then, each total once; what was told last stands last."""
    rows = await connection.execute(_told_since(workspace_id, since))
    return [StoredTotal(row.scope_kind, row.scope_id, _as_figures(row)) for row in rows]


def _told_since(workspace_id: int, since: date) -> Select[Any]:
    return select(TOLD).where(TOLD.c.workspace_id == workspace_id, TOLD.c.today >= since).order_by(TOLD.c.digest_id)


def _as_figures(row: Row[Any]) -> Mapping[str, Any]:
    """As it stands in a digest's figures."""
    days = {"today": row.today.isoformat(), "since": row.since and row.since.isoformat()}
    return {name: getattr(row, name) for name in ("revision", "period", "credited", "was")} | days


@dataclass(frozen=True, slots=True)
class NewDigest:
    """What is kept of a digest that is about to be sent; `scope_id` is 0 for the company's."""

    subscription_id: int
    scope_kind: str
    scope_id: int
    slot: date
    kind: str
    made_at: datetime
    late: bool
    today: date
    revision: int
    compared_with: int | None
    figures: Mapping[str, Any]


async def add_digest(connection: AsyncConnection, workspace_id: int, made: NewDigest) -> int:
    """Keep a digest and the totals that it may tell; its number. The caller holds the workspace's queue."""
    highest = select(func.max(DIGESTS.c.id)).where(DIGESTS.c.workspace_id == workspace_id)
    number = int((await connection.execute(highest)).scalar_one() or 0) + 1
    columns = ("subscription_id", "slot", "kind", "made_at", "late", "today", "revision", "compared_with")
    row = {"workspace_id": workspace_id, "id": number, **{name: getattr(made, name) for name in columns}}
    await connection.execute(insert(DIGESTS).values(**row, figures=json.dumps(made.figures, sort_keys=True)))
    for told in _totals(made):
        await _keep_told(connection, workspace_id, made, told, number)
    return number


def _totals(made: NewDigest) -> Iterator[Mapping[str, Any]]:
    """What it may tell: of its period as it stands in the figures, and the result of one that has ended."""
    told, ended = made.figures["told"], made.figures["ended"]
    if told:
        yield told
    if ended and ended["tellable"]:
        state = {"revision": made.revision, "today": made.today.isoformat(), "since": None, "was": None}
        yield state | {name: ended[name] for name in ("period", "credited")}


async def _keep_told(
    connection: AsyncConnection, workspace_id: int, made: NewDigest, told: Mapping[str, Any], number: int
) -> None:
    key = {
        "workspace_id": workspace_id,
        "today": date.fromisoformat(told["today"]),
        "revision": told["revision"],
        "scope_kind": made.scope_kind,
        "scope_id": made.scope_id,
        "period": told["period"],
    }
    since = date.fromisoformat(told["since"]) if told["since"] else None
    values = {name: told[name] for name in ("credited", "was")} | {"since": since, "digest_id": number}
    here = (TOLD.c[name] == value for name, value in key.items())
    if not (await connection.execute(update(TOLD).where(*here).values(values))).rowcount:
        await connection.execute(insert(TOLD).values(key | values))


async def sent_as(connection: AsyncConnection, workspace_id: int, number: int, message: int) -> None:
    """Which message of the outbox shows a digest."""
    here = and_(DIGESTS.c.workspace_id == workspace_id, DIGESTS.c.id == number)
    await connection.execute(update(DIGESTS).where(here).values(message=message))


@dataclass(frozen=True, slots=True)
class Shown:
    """The last digest that people saw of a subscription."""

    id: int
    slot: date
    today: date
    revision: int
    figures: Mapping[str, Any]


async def last_shown(connection: AsyncConnection, workspace_id: int, subscription: int) -> Shown | None:
    """What the next one is compared with: not what was given up or held back, which nobody saw."""
    sent = and_(OUTBOX.c.workspace_id == DIGESTS.c.workspace_id, OUTBOX.c.id == DIGESTS.c.message)
    columns = (DIGESTS.c[name] for name in ("id", "slot", "today", "revision", "figures"))
    query = (
        select(*columns)
        .outerjoin(OUTBOX, sent)
        .where(
            DIGESTS.c.workspace_id == workspace_id,
            DIGESTS.c.subscription_id == subscription,
            or_(OUTBOX.c.state.is_(None), OUTBOX.c.state.not_in((State.DEAD, State.DROPPED))),
        )
        .order_by(DIGESTS.c.id.desc())
        .limit(1)
    )
    found = (await connection.execute(query)).one_or_none()
    if found is None:
        return None
    return Shown(found.id, found.slot, found.today, found.revision, json.loads(found.figures))


async def message_of(connection: AsyncConnection, workspace_id: int, subscription: int, slot: date) -> int | None:
    """The message of the outbox that shows the digest of a subscription for a local date; None if there is none."""
    here = DIGESTS.c.workspace_id == workspace_id, DIGESTS.c.subscription_id == subscription, DIGESTS.c.slot == slot
    found: int | None = (await connection.execute(select(DIGESTS.c.message).where(*here))).scalar()
    return found


async def has_digest(connection: AsyncConnection, workspace_id: int, subscription: int, slot: date) -> bool:
    """Whether there is a digest of a subscription for a local date."""
    here = DIGESTS.c.workspace_id == workspace_id, DIGESTS.c.subscription_id == subscription, DIGESTS.c.slot == slot
    return (await connection.execute(select(DIGESTS.c.id).where(*here))).first() is not None
