"""Writes the rows of a change as versions at one revision."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.company import WHOLE, Territory
from domain.errors import ChangedMeanwhile
from domain.requests.writes import Row, Writes
from domain.requests.written import changed
from storage.changing.kinds import WRITTEN, Values, Written
from storage.tables import OPEN_REV, table_of, territories
from storage.versions import end_versions, stretches

TERRITORIES = table_of(territories.Territory)


async def write_rows(
    connection: AsyncConnection, workspace_id: int, revision: int, writes: Writes, *, again: bool = False
) -> None:
    """End the rows before and begin those after; `again` if this revision has rows already. Raises ChangedMeanwhile if one before is not what holds."""
    for kind in WRITTEN:
        rows = list(changed(getattr(writes, kind.name)))
        if rows:
            await _Kind(connection, workspace_id, revision, kind, again=again).write(rows)


class _Kind:
    """The rows of one kind."""

    def __init__(
        self, connection: AsyncConnection, workspace_id: int, revision: int, kind: Written[Any], *, again: bool
    ) -> None:
        self._connection = connection
        self._workspace_id = workspace_id
        self._revision = revision
        self._again = again
        self._kind = kind
        self._table = table_of(kind.model)

    async def write(self, rows: Collection[Row[Any]]) -> None:
        named = [row.before or row.after for row in rows] + [row.after or row.before for row in rows]
        held = await self._held({self._kind.values(one)[self._kind.many] for one in named})
        self._check(rows, held)
        if self._kind.name == "territories":
            await self._name([row.after for row in rows if row.before is None and row.after is not None])
        await self._end({self._kind.key_of(row.before) for row in rows if row.before is not None})
        begun = [self._begun(row, held) for row in rows if row.after is not None]
        if begun:
            await self._connection.execute(insert(self._table), begun)

    async def _held(self, many: Collection[Any]) -> dict[tuple[Any, ...], Values]:
        """The rows that hold now, by their keys."""
        table = self._table
        found: dict[tuple[Any, ...], Values] = {}
        here = table.c.workspace_id == self._workspace_id, table.c.rev_to == OPEN_REV
        for some in stretches(sorted(many)):
            query = select(table).where(*here, table.c[self._kind.many].in_(some))
            for row in (await self._connection.execute(query)).mappings():
                found[tuple(row[name] for name in self._kind.key)] = dict(row)
        return found

    def _check(self, rows: Collection[Row[Any]], held: Mapping[tuple[Any, ...], Values]) -> None:
        """Each row before is as it was, and none stands where a new one begins."""
        ended = set()
        for row in rows:
            if row.before is None:
                continue
            key, said = self._kind.key_of(row.before), self._kind.values(row.before)
            there = held.get(key)
            if there is None or any(_plain(name, there[name]) != value for name, value in said.items()):
                raise ChangedMeanwhile(self._kind.name)
            ended.add(key)
        if any(
            row.after is not None and (key := self._kind.key_of(row.after)) in held and key not in ended for row in rows
        ):
            raise ChangedMeanwhile(self._kind.name)

    async def _name(self, new: Collection[Territory]) -> None:
        """Give new territories their names in imports; one that was there before has it still."""
        here = TERRITORIES.c.workspace_id == self._workspace_id
        known = {row.id: row.key for row in await self._connection.execute(select(TERRITORIES).where(here))}
        fresh = [one for one in new if one.id not in known]
        if any(known.get(one.id, one.key) != one.key for one in new) or {one.key for one in fresh} & set(
            known.values()
        ):
            raise ChangedMeanwhile(self._kind.name)
        if fresh:
            named = [{"workspace_id": self._workspace_id, "id": one.id, "key": one.key} for one in fresh]
            await self._connection.execute(insert(TERRITORIES), named)

    async def _end(self, keys: Collection[tuple[Any, ...]]) -> None:
        alike: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
        position = self._kind.key.index(self._kind.many)
        for key in keys:
            alike[key[:position] + key[position + 1 :]].append(key[position])
        names = [name for name in self._kind.key if name != self._kind.many]
        at = self._connection, self._table, self._workspace_id, self._revision
        for rest in sorted(alike):
            same = dict(zip(names, rest, strict=True))
            await end_versions(*at, same, self._kind.many, sorted(alike[rest]), again=self._again)

    def _begun(self, row: Row[Any], held: Mapping[tuple[Any, ...], Values]) -> dict[str, Any]:
        """The new version: what the change does not speak of stays as it was."""
        said = dict(self._kind.values(row.after))
        if row.before is not None:
            was = self._kind.values(row.before)
            said = {name: value for name, value in said.items() if value != was[name]}
            said = {**held[self._kind.key_of(row.before)], **said}
        versions = {"workspace_id": self._workspace_id, "rev_from": self._revision, "rev_to": OPEN_REV}
        return said | versions


def _plain(name: str, value: Any) -> Any:
    """A value of a row as `Written.values` says it: a share of all is none."""
    return None if name == "share" and value == WHOLE else value
