"""Slack channels that the data names, and those that messages wait for."""

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import SQLModel

from storage.outbox import OPEN, OUTBOX
from storage.revisions import WORKSPACES, latest
from storage.snapshot import Snapshot, rows_of
from storage.tables.people import TeamVersion
from storage.tables.territories import TerritoryVersion

_NAMING: dict[str, type[SQLModel]] = {"team": TeamVersion, "territory": TerritoryVersion}


@dataclass(frozen=True, slots=True)
class NamedChannel:
    """A channel as it was imported or is written to: an id, or a name with or without `#`.

    `whose` says who names it ("team North"), `waiting` how many messages wait for it.
    """

    channel: str
    whose: tuple[str, ...]
    waiting: int


async def named_channels(connection: AsyncConnection) -> list[NamedChannel]:
    """Those of all workspaces, in their order."""
    whose: dict[str, list[str]] = defaultdict(list)
    for workspace in (await connection.execute(select(WORKSPACES.c.id).order_by(WORKSPACES.c.id))).scalars().all():
        now = await latest(connection, workspace)
        for kind, model in _NAMING.items():
            for channel, name in await _named(connection, now, model):
                whose[channel].append(f"{kind} {name}")
    waiting = await _waited_for(connection)
    channels = sorted({*whose, *waiting})
    return [NamedChannel(one, tuple(whose.get(one, ())), waiting.get(one, 0)) for one in channels]


async def named_in(connection: AsyncConnection, workspace_id: int) -> dict[str, str]:
    """Which teams and territories of one workspace name a channel, by its id: "team North, territory Oslo"."""
    now, whose = await latest(connection, workspace_id), defaultdict[str, list[str]](list)
    for kind, model in _NAMING.items():
        for channel, name in await _named(connection, now, model):
            whose[channel].append(f"{kind} {name}")
    return {channel: ", ".join(names) for channel, names in whose.items()}


async def _named(connection: AsyncConnection, now: Snapshot, model: type[SQLModel]) -> list[tuple[str, str]]:
    rows = await connection.execute(rows_of(now, model, "channel", "name"))
    return sorted((row.channel, row.name) for row in rows if row.channel)


async def _waited_for(connection: AsyncConnection) -> dict[str, int]:
    to_channel = or_(*(OUTBOX.c.lane.startswith(letter) for letter in "CG"))
    query = (
        select(OUTBOX.c.lane, func.count().label("messages"))
        .where(to_channel, OUTBOX.c.state.in_(OPEN))
        .group_by(OUTBOX.c.lane)
    )
    return {row.lane: row.messages for row in await connection.execute(query)}
