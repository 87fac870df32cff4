"""Taking back what a staged row would change, once a check of the whole has found fault with it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Column as SqlColumn
from sqlalchemy import ColumnElement, Integer, String, Table, and_, case, delete, exists, insert, literal, or_, select
from sqlmodel import SQLModel

from storage.importing.context import Import, StagedKind, key_fields, key_in_file
from storage.importing.diff import hold_keys, refuse_rows
from storage.importing.staging import SEQ, key_columns
from storage.kinds import KINDS
from storage.tables import table_of


@dataclass(frozen=True, slots=True)
class Wrong:
    """A staged row, and what is wrong with it. `value` is given where the staging table does not hold it as text."""

    seq: int
    column: str
    reason: str
    value: str | None = None


async def refuse(run: Import, staged: StagedKind, found: Iterable[Wrong]) -> int:
    """Refuse staged rows with everything that they would have changed; returns how many there were."""
    wrong = {one.seq: one for one in found}
    if not wrong:
        return 0
    chosen = await _table_of(run, list(wrong.values()))
    await refuse_rows(run, staged, chosen)
    await hold_keys(run, staged, chosen)
    await _note_gone(run, staged, chosen)
    for model in (staged.kind.table, staged.kind.identity):
        if model is not None:
            await _take_back(run, model, chosen, sign=1)
    if staged.kind.shorthands:
        await _take_back_shorthand(run, staged, chosen, list(wrong))
    st = staged.table
    await run.staging.execute(delete(st).where(st.c[SEQ].in_(select(chosen.c[SEQ]))))
    return len(wrong)


async def refuse_where(run: Import, kind: str, rules: Sequence[tuple[ColumnElement[bool], str, str]]) -> int:
    """Refuse new rows of a kind that meet one of (condition, column, reason); one pass over them, the first rule counts."""
    staged = run.kinds.get(kind)
    if staged is None or not rules:
        return 0
    new = await run.staging.new(staged.kind.table)
    which = case(*((condition, literal(number)) for number, (condition, _, _) in enumerate(rules)))
    query = select(new.c[SEQ], which.label("rule")).where(
        or_(*(condition for condition, _, _ in rules)), new.c[SEQ] > 0
    )
    rows = (await run.staging.execute(query)).all()
    return await refuse(run, staged, [Wrong(row.seq, *rules[row.rule][1:]) for row in rows])


async def let_stand(run: Import, staged: StagedKind, where: ColumnElement[bool]) -> int:
    """Count absent rows whose end meets a condition as present, so that they are not removed; how many there were."""
    held = run.staging.get(f"held_{staged.kind.name}")
    if held is None:
        return 0
    new, ended = await run.staging.new(staged.kind.table), await run.staging.ended(staged.kind.table)
    replaced = exists().where(new.c.was.is_not(None), *(new.c[column.name] == column for column in ended.c))
    keys = [key_in_file(run, column, ended.c[column.field]) for column in staged.kind.keys]
    query = select(*keys).where(where, ~replaced)
    return (await run.staging.execute(insert(held).from_select(key_fields(staged.kind), query))).rowcount


async def _table_of(run: Import, wrong: list[Wrong]) -> Table:
    columns: list[SqlColumn[object]] = [SqlColumn(SEQ, Integer)]
    columns += [SqlColumn(name, String) for name in ("column", "value", "reason")]
    table = await run.staging.create("wrong", columns, [SEQ])
    rows = [(one.seq, one.column, one.value, one.reason) for one in wrong]
    await run.staging.bulk_insert(table, [SEQ, "column", "value", "reason"], rows)
    return table


async def _note_gone(run: Import, staged: StagedKind, chosen: Table) -> None:
    """What refers to a refused row must go too: to a new thing always, to a known one if it is a part of it."""
    kind = staged.kind
    if kind.identity is None:
        return
    new = await run.staging.new(kind.table)
    query = select(new.c.id, new.c.was).where(new.c[SEQ].in_(select(chosen.c[SEQ])))
    for row in await run.staging.execute(query):
        run.gone.setdefault(kind.name, {})[row.id] = row.was is None


async def _take_back(run: Import, model: type[SQLModel], chosen: Table, *, sign: int) -> None:
    """Delete new rows of these staged rows, and let the versions that they would have ended stand."""
    staging, name = run.staging, table_of(model).name
    new, ended = staging.get(f"new_{name}"), staging.get(f"ended_{name}")
    if new is None:
        return
    theirs = (sign * new.c[SEQ]).in_(select(chosen.c[SEQ]))
    if ended is not None and staging.is_filled(ended.name):
        same = and_(*(new.c[column] == ended.c[column] for column in key_columns(table_of(model))))
        await staging.execute(delete(ended).where(exists().where(same, theirs, new.c.was.is_not(None))))
    await staging.execute(delete(new).where(theirs))


async def _take_back_shorthand(run: Import, staged: StagedKind, chosen: Table, rows: list[int]) -> None:
    target = KINDS[staged.kind.shorthands[0].shorthand or ""]
    await _take_back(run, target.table, chosen, sign=-1)
    ended = await run.staging.ended(target.table)
    owner = ended.c[target.keys[0].field]
    for seq in rows:
        key = run.ended_by.pop((staged.kind.name, seq), None)
        if key is not None:
            await run.staging.execute(delete(ended).where(owner == key[0], ended.c.from_on == key[1]))
