"""What is stored, in exactly the form in which it is imported: the same columns, sorted by their keys."""

from collections import defaultdict
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, FromClause, and_, func, null, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.company import WHOLE, Settings
from domain.money import to_decimal
from storage.importing.cells import RATE_ONE
from storage.importing.shorthand import Row, in_force
from storage.kinds import KINDS, SINGULAR, Blank, Column, Kind, Type
from storage.snapshot import Snapshot, rows_of
from storage.tables import ALWAYS, OPEN_END

Cell: TypeAlias = str | int | float | date | Decimal | None
BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Export:
    """The rows of a kind; each has a cell for each column."""

    kind: Kind
    rows: AsyncGenerator[list[tuple[Cell, ...]], None]

    @property
    def name(self) -> str:
        return self.kind.name

    @property
    def columns(self) -> Sequence[Column]:
        return self.kind.columns


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows that were made elsewhere, for the same files."""

    name: str
    columns: Sequence[Column]
    rows: AsyncGenerator[list[tuple[Cell, ...]], None]


async def export(
    connection: AsyncConnection, snapshot: Snapshot, kind: Kind, settings: Settings, today: date
) -> Export:
    """The rows of a kind as they stand in `snapshot`. `today` decides which manager, team or territory is the present one."""
    shorthands = await _shorthands(connection, snapshot, kind, today)
    return Export(kind, _rows(connection, snapshot, kind, settings, shorthands))


# Reading


class _Query:
    """The SELECT of a kind: its stored columns, with keys in the place of ids."""

    def __init__(self, snapshot: Snapshot, kind: Kind) -> None:
        self._snapshot = snapshot
        self._kind = kind
        self._version = snapshot.source(kind.table)
        self._joined: FromClause = self._version
        self._identity = self._join_identity(kind, self._version.c.id) if kind.identity is not None else None

    def select(self, dialect: str) -> Any:
        columns = [self._column(column) for column in self._kind.columns]
        numbered = [found.label(f"c{at}") for at, found in enumerate(columns)]
        keys = [found for column, found in zip(self._kind.columns, columns, strict=True) if column.key]
        own = self._version.c.id if self._kind.identity is not None else null()
        query = select(own.label("own"), *numbered).select_from(self._joined)
        return query.order_by(*(_plain_order(key, dialect) for key in keys))

    def _column(self, column: Column) -> ColumnElement[Any]:
        if column.shorthand:
            return null()
        if self._identity is not None and (column.key or column.identity):
            found: ColumnElement[Any] = self._identity.c[column.field]
            return found
        field = self._version.c[column.field]
        if column.type is not Type.REFERENCE:
            return field
        if column.refers is not None:
            key: ColumnElement[Any] = self._join_identity(KINDS[column.refers], field).c.key
            return key
        return self._subject(column, field)

    def _subject(self, column: Column, field: ColumnElement[Any]) -> ColumnElement[Any]:
        """The key of what one of several kinds holds, as another column says."""
        which = self._version.c[column.refers_by or ""]
        singulars = self._kind.by_name[column.refers_by or ""].choices
        keys = [self._join_identity(KINDS[SINGULAR[one]], field, which == one).c.key for one in singulars]
        return func.coalesce(*keys)

    def _join_identity(self, kind: Kind, number: ColumnElement[Any], *more: ColumnElement[bool]) -> Any:
        assert kind.identified_in is not None
        there = kind.identified_in.alias()
        here = there.c.workspace_id == self._snapshot.workspace_id
        self._joined = self._joined.outerjoin(there, and_(here, there.c.id == number, *more))
        return there


def _plain_order(key: ColumnElement[Any], dialect: str) -> ColumnElement[Any]:
    """Sorted by code points on every database, so that the same data makes the same file."""
    textual = hasattr(key.type, "collation")
    return key.collate("C") if textual and dialect == "postgresql" else key


async def _rows(
    connection: AsyncConnection,
    snapshot: Snapshot,
    kind: Kind,
    settings: Settings,
    shorthands: Mapping[int, Sequence[str | None]],
) -> AsyncGenerator[list[tuple[Cell, ...]], None]:
    query = _Query(snapshot, kind).select(connection.dialect.name)
    show = _shower(kind, settings)
    at_shorthand = [at for at, column in enumerate(kind.columns) if column.shorthand]
    async with connection.stream(query.execution_options(yield_per=BATCH)) as result:
        async for part in result.partitions():
            rows = []
            for own, *cells in map(tuple, part):
                for at, cell in zip(at_shorthand, shorthands.get(own, ()), strict=False):
                    cells[at] = cell
                rows.append(show(cells))
            yield rows


async def _shorthands(
    connection: AsyncConnection, snapshot: Snapshot, kind: Kind, today: date
) -> dict[int, tuple[str | None, ...]]:
    """What the shorthand columns show: id to the keys that are in force today."""
    if not kind.shorthands:
        return {}
    target = KINDS[kind.shorthands[0].shorthand or ""]
    owner = target.keys[0].field
    fields = [f"{column.name}_id" for column in kind.shorthands]
    known: defaultdict[int, list[Row]] = defaultdict(list)
    query = rows_of(snapshot, target.table, owner, "from_on", "to_on", *fields)
    for number, start, end, *values in map(tuple, await connection.execute(query)):
        known[number].append(Row(start, end, tuple(values)))
    names = [await _keys(connection, snapshot, KINDS[column.refers or ""]) for column in kind.shorthands]
    found = {}
    for number, rows in known.items():
        now = in_force(rows, today)
        if now is not None:
            found[number] = tuple(keys.get(value or 0) for keys, value in zip(names, now.values, strict=True))
    return found


async def _keys(connection: AsyncConnection, snapshot: Snapshot, kind: Kind) -> dict[int, str]:
    assert kind.identity is not None
    source = snapshot.source(kind.identity)
    return dict(map(tuple, await connection.execute(select(source.c.id, source.c.key))))


# Showing


def _shower(kind: Kind, settings: Settings) -> Callable[[Sequence[Any]], tuple[Cell, ...]]:
    """From stored values to cells."""
    shows = [_show(column) for column in kind.columns]
    names = [column.name for column in kind.columns]
    amounts = [(at, _place(names, c.currency)) for at, c in enumerate(kind.columns) if c.type is Type.MONEY]
    metric = _place(names, "metric") if kind.name == "targets" else None

    def show(cells: Sequence[Any]) -> tuple[Cell, ...]:
        found = [one(cell) for one, cell in zip(shows, cells, strict=True)]
        counted = metric is not None and cells[metric] != "revenue"
        for at, currency in amounts:
            if cells[at] is not None and not counted:
                code = cells[currency] if currency is not None else None
                found[at] = to_decimal(cells[at], code or settings.currency)
        return tuple(found)

    return show


def _place(names: Sequence[str], name: str | None) -> int | None:
    return names.index(name) if name in names and name is not None else None


def _show(column: Column) -> Callable[[Any], Cell]:
    if column.blank is not None:
        ends = {Blank.ALWAYS: ALWAYS, Blank.OPEN: OPEN_END}[column.blank]
        return lambda value: None if value == ends else value
    return _SHOW.get(column.type, _as_is)


def _as_is(value: Any) -> Cell:
    return value  # type: ignore[no-any-return]


def _percent(share: int | None) -> Decimal | None:
    return None if share is None else _short(Decimal(share) / (WHOLE // 100))


def _rate(e12: int | None) -> Decimal | None:
    return None if e12 is None else _short(Decimal(e12) / RATE_ONE)


def _short(value: Decimal) -> Decimal:
    """Without zeros at the end, and never with an exponent."""
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


_SHOW: dict[Type, Callable[[Any], Cell]] = {Type.PERCENT: _percent, Type.RATE: _rate}
