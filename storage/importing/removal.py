"""What --full removes: keys that the files no longer have, with everything that was a part of them."""

from typing import Any

from sqlalchemy import Column as SqlColumn
from sqlalchemy import ColumnElement, Table, and_, delete, exists, func, insert, select

from domain.money import to_decimal
from storage.importing.context import Import, StagedKind, key_fields
from storage.importing.convert import is_in_memory
from storage.importing.report import SHOWN, Removal
from storage.importing.staging import key_columns
from storage.kinds import KINDS, Column, Kind
from storage.tables import OPEN_REV, table_of


async def remove_absent(run: Import) -> None:
    """End what is absent from the files of each kind that this import brings. Nothing unless the import is full."""
    if not run.full:
        return
    for staged in run.in_order():
        await _end_absent(run, staged)
    while sum([await _keep_referred(run, staged) for staged in run.in_order() if staged.kind.identity is not None]):
        # What is kept may refer to more that must be kept.
        pass
    for staged in run.in_order():
        await _end_parts(run, staged.kind)
        await _list(run, staged)


async def _removed(run: Import, kind: Kind) -> Table:
    """`removed_<kind>`: the keys of what is absent."""
    name = f"removed_{kind.name}"
    real = kind.stored_in
    keys = key_columns(real)
    found = run.staging.get(name)
    if found is None:
        found = await run.staging.create(name, [real.c[column] for column in keys], keys)
    return found


def _holds(run: Import, table: Table) -> ColumnElement[bool]:
    return and_(table.c.workspace_id == run.workspace_id, table.c.rev_to == OPEN_REV)


async def _end_absent(run: Import, staged: StagedKind) -> None:
    kind, now = staged.kind, staged.kind.stored_in
    held = run.staging.get(f"held_{kind.name}")
    assert held is not None
    removed = await _removed(run, kind)
    names = [column.name for column in removed.c]
    query = select(*(now.c[name] for name in names)).where(_holds(run, now))
    for present in (staged.table, held):
        query = query.where(~exists().where(_same(run, kind, now, present)))
    await run.staging.execute(insert(removed).from_select(names, query))
    staged.report.present = await _count(run, select(func.count()).select_from(now).where(_holds(run, now)))
    await _end(run, kind, removed)


def _same(run: Import, kind: Kind, now: Table, present: Table) -> ColumnElement[bool]:
    """A row that holds and a row of a file (or its key) are the same thing."""
    if kind.identity is None:
        fields = key_fields(kind)
        plain = [(column.field, name) for column, name in zip(kind.keys, fields, strict=True)]
        return and_(*(_key_of(run, now, field, name) == present.c[name] for field, name in plain))
    if is_in_memory(kind):
        return present.c.id == now.c.id
    return present.c.key == _key_text(run, kind, now.c.id)


def _key_of(run: Import, now: Table, field: str, staged_name: str) -> ColumnElement[Any]:
    return now.c[field] if field == staged_name else _key_text(run, KINDS["deals"], now.c[field])


def _key_text(run: Import, kind: Kind, number: SqlColumn[Any]) -> ColumnElement[Any]:
    """The key of an id, as files have it."""
    identity = kind.identified_in
    assert identity is not None
    query = select(identity.c.key).where(identity.c.workspace_id == run.workspace_id, identity.c.id == number)
    # Inside two subqueries SQLAlchemy would otherwise select from the table of the id anew.
    return query.correlate(number.table).scalar_subquery()


async def _end(run: Import, kind: Kind, removed: Table) -> None:
    ended = await run.staging.ended(kind.table)
    names = [column.name for column in removed.c]
    fresh = select(*(removed.c[name] for name in names)).where(
        ~exists().where(and_(*(ended.c[name] == removed.c[name] for name in names)))
    )
    if (await run.staging.execute(insert(ended).from_select(names, fresh))).rowcount:
        run.staging.mark_filled(ended)


async def _keep_referred(run: Import, staged: StagedKind) -> int:
    """What rows that stay refer to is kept, unless they are parts of it: history needs its name. How many were kept."""
    removed = await _removed(run, staged.kind)
    if not await _count(run, select(func.count()).select_from(removed)):
        return 0
    kept = 0
    for other in KINDS.values():
        for column in other.references:
            if staged.kind.name in _targets(column) and other.belongs_to != column.name and not column.shorthand:
                kept += await _keep_for(run, staged, removed, other, column)
    return kept


async def _keep_for(run: Import, staged: StagedKind, removed: Table, other: Kind, column: Column) -> int:
    source = run.after.source(other.table)
    referred = select(source.c[column.field]).where(source.c[column.field].is_not(None))
    if other.belongs_to is not None:
        # Parts of what goes will go with it.
        owner = other.by_name[other.belongs_to]
        for name in _targets(owner):
            gone = run.staging.get(f"removed_{name}")
            if gone is not None:
                theirs: ColumnElement[bool] = source.c[owner.field].in_(select(gone.c.id))
                if owner.refers_by is not None:
                    theirs = and_(theirs, source.c[owner.refers_by] == KINDS[name].singular)
                referred = referred.where(~theirs)
    here = removed.c.id.in_(referred)
    count = await _count(run, select(func.count()).select_from(removed).where(here))
    if count:
        staged.report.notes.append(f"{count:,} absent ones are kept: {other.name} refer to them as {column.name}")
        ended = await run.staging.ended(staged.kind.table)
        await run.staging.execute(delete(ended).where(ended.c.id.in_(select(removed.c.id).where(here))))
        await run.staging.execute(delete(removed).where(here))
    return count


def _targets(column: Column) -> tuple[str, ...]:
    if column.refers is not None:
        return (column.refers,)
    return ("people", "territories", "teams")


async def _end_parts(run: Import, kind: Kind) -> None:
    """End the rows that were parts of what is removed."""
    if kind.identity is None:
        return
    removed = await _removed(run, kind)
    for other in KINDS.values():
        if other.belongs_to is None or kind.name not in _targets(other.by_name[other.belongs_to]):
            continue
        column, now = other.by_name[other.belongs_to], table_of(other.table)
        ended = await run.staging.ended(other.table)
        names = [c.name for c in ended.c]
        parts = select(*(now.c[name] for name in names)).where(
            _holds(run, now),
            now.c[column.field].in_(select(removed.c.id)),
            ~exists().where(and_(*(ended.c[name] == now.c[name] for name in names))),
        )
        if column.refers_by is not None:
            parts = parts.where(now.c[column.refers_by] == kind.singular)
        if (await run.staging.execute(insert(ended).from_select(names, parts))).rowcount:
            run.staging.mark_filled(ended)


async def _count(run: Import, query: Any) -> int:
    return int((await run.staging.execute(query)).scalar_one())


async def _list(run: Import, staged: StagedKind) -> None:
    kind, removed, now = staged.kind, await _removed(run, staged.kind), staged.kind.stored_in
    staged.report.removed = await _count(run, select(func.count()).select_from(removed))
    same = and_(_holds(run, now), *(now.c[column.name] == removed.c[column.name] for column in removed.c))
    key = _shown_key(run, kind, now)
    amount, currency = (now.c.amount, now.c.currency) if "amount" in now.c else (None, None)
    columns = [key] if amount is None else [key, amount, currency]
    query = (
        select(*(c for c in columns if c is not None)).select_from(removed.join(now, same)).order_by(key).limit(SHOWN)
    )
    for row in await run.staging.execute(query):
        values = tuple(row)
        run.report.removals.append(Removal(kind.name, str(values[0]), _money(*values[1:])))


def _shown_key(run: Import, kind: Kind, now: Table) -> ColumnElement[Any]:
    first = kind.keys[0]
    if kind.identity is not None:
        return _key_text(run, kind, now.c.id)
    if first.refers is not None:
        return _key_text(run, KINDS[first.refers], now.c[first.field])
    return now.c[first.field]


def _money(amount: int | None = None, currency: str | None = None) -> str:
    if amount is None:
        return ""
    return f"{to_decimal(amount, currency):,} {currency}" if currency else f"{amount:,}"
