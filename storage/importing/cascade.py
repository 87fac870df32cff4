"""What refers to something that is not there, or that was refused, is refused too."""

from sqlalchemy import Column as SqlColumn
from sqlalchemy import ColumnElement, Integer, Table, and_, select

from storage.importing.context import Import, StagedKind
from storage.importing.identities import IN_SQL
from storage.importing.refusing import Wrong, refuse
from storage.importing.staging import SEQ
from storage.kinds import KINDS, Column


async def cascade(run: Import) -> int:
    """Refuse rows whose references lead nowhere; returns how many there were this time."""
    missing = await _missing(run)
    found = 0
    for staged in run.in_order():
        for column in staged.kind.references:
            if staged.has(column):
                found += await _check(run, staged, column, missing)
    return found


async def _missing(run: Import) -> dict[str, dict[int, str]]:
    """Kind to ids that were promised and that no row keeps, with the reason that is told."""
    keys = run.refused_keys
    refused = {(row.kind, row.key) for row in await run.staging.execute(select(keys.c.kind, keys.c.key))}
    found: dict[str, dict[int, str]] = {}
    for name, identities in run.identities.items():
        one = KINDS[name].singular
        for number, key in identities.undelivered().items():
            was_refused = (name, key) in refused
            reason = (
                f"refers to a refused {one}" if was_refused else f"is no {one} that Turf knows, nor one of this import"
            )
            found.setdefault(name, {})[number] = reason
    for name, ids in run.gone.items():
        reason = f"refers to a refused {KINDS[name].singular}"
        found.setdefault(name, {}).update({number: reason for number, new in ids.items() if new})
    return found


async def _check(run: Import, staged: StagedKind, column: Column, missing: dict[str, dict[int, str]]) -> int:
    if column.refers is not None:
        return await _check_target(run, staged, column, column.refers, missing)
    singulars = staged.kind.by_name[column.refers_by or ""].choices
    kinds = [kind.name for kind in KINDS.values() if kind.singular in singulars]
    return sum([await _check_target(run, staged, column, name, missing) for name in kinds])


async def _check_target(
    run: Import, staged: StagedKind, column: Column, target: str, missing: dict[str, dict[int, str]]
) -> int:
    gone = dict(missing.get(target, {}))
    if staged.kind.belongs_to == column.name:
        # A part goes with its whole, even if an earlier state of the whole stands.
        refused = [*run.gone.get(target, {}), *await _refused_updates(run, target)]
        gone |= dict.fromkeys(refused, f"refers to a refused {KINDS[target].singular}")
    if target == "deals" or staged.kind.belongs_to == column.name:
        removed = await _removed_ones(run, staged, column, target)
        gone |= dict.fromkeys(removed, f"refers to a {KINDS[target].singular} that is removed: its file lacks it")
    if not gone:
        return 0
    table = await run.staging.create("gone", [SqlColumn("id", Integer)], ["id"])
    await run.staging.bulk_insert(table, ["id"], [(number,) for number in gone])
    st = staged.table
    field = st.c[column.field or f"{column.name}_id"]
    here: ColumnElement[bool] = field.in_(select(table.c.id))
    if column.refers_by is not None:
        here = and_(here, st.c[column.refers_by] == KINDS[target].singular)
    rows = (await run.staging.execute(select(st.c[SEQ], field.label("id")).where(here))).all()
    names = await _keys(run, target, table) if rows else {}
    return await refuse(run, staged, [Wrong(row.seq, column.name, gone[row.id], names.get(row.id)) for row in rows])


async def _removed_ones(run: Import, staged: StagedKind, column: Column, target: str) -> list[int]:
    """Ids that staged rows refer to and that this import removes."""
    removed = run.staging.get(f"removed_{target}")
    if removed is None:
        return []
    st = staged.table
    referred = select(st.c[column.field])
    if column.refers_by is not None:
        referred = referred.where(st.c[column.refers_by] == KINDS[target].singular)
    return list((await run.staging.execute(select(removed.c.id).where(removed.c.id.in_(referred)))).scalars())


async def _refused_updates(run: Import, target: str) -> list[int]:
    """Ids of known things whose only row was refused before it was compared."""
    keys, identity = run.refused_keys, KINDS[target].identified_in
    assert identity is not None
    query = select(identity.c.id).where(
        identity.c.workspace_id == run.workspace_id,
        identity.c.key.in_(select(keys.c.key).where(keys.c.kind == target)),
    )
    staged = run.kinds.get(target)
    if staged is not None:
        kept = staged.table.c
        query = query.where(identity.c.key.not_in(select(kept.key)))
    return list((await run.staging.execute(query)).scalars())


async def _keys(run: Import, target: str, table: Table) -> dict[int, str]:
    if target not in IN_SQL:
        wanted = set((await run.staging.execute(select(table.c.id))).scalars())
        return {number: key for key, number in run.identities[target].items() if number in wanted}
    identity = KINDS[target].identity
    assert identity is not None
    source = run.after.source(identity)
    query = select(source.c.id, source.c.key).where(source.c.id.in_(select(table.c.id)))
    return {row.id: row.key for row in await run.staging.execute(query)}
