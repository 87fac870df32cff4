"""What a staged kind changes: set-based, by comparing staged rows with those that hold now."""

from itertools import groupby
from typing import Any

from sqlalchemy import (
    Column as SqlColumn,
)
from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    String,
    Table,
    and_,
    case,
    cast,
    delete,
    exists,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    true,
    update,
)

from storage.importing.context import Import, StagedKind, key_fields
from storage.importing.convert import default_of, is_in_memory, staged_field
from storage.importing.decided import keep_decided
from storage.importing.identities import IN_SQL, highest_id
from storage.importing.staging import SEQ, WAS, key_columns
from storage.kinds import KINDS, WORKSPACE_CURRENCY, Column, Kind, Type
from storage.tables import OPEN_REV

PLACE = (SEQ, "src", "line")


async def compare(run: Import, staged: StagedKind) -> None:
    """Fill `new_` and `ended_` of a kind's tables from its staged rows."""
    await _index(run, staged)
    await _drop_twins(run, staged)
    await _drop_duplicates(run, staged)
    await _resolve(run, staged)
    await keep_decided(run, staged)
    if staged.kind.identity is not None:
        await _compare_identities(run, staged)
    await _compare_versions(run, staged)


async def _index(run: Import, staged: StagedKind) -> None:
    await run.staging.index(staged.table, *key_fields(staged.kind))
    await run.staging.analyze(staged.table)


# The same key twice


async def _drop_twins(run: Import, staged: StagedKind) -> None:
    """Refuse rows whose key is that of a row that could not be read as a whole: nobody knows which of them is right."""
    unread = run.staging.get(f"unread_{staged.kind.name}")
    if unread is None:
        return
    st = staged.table
    same = and_(*(unread.c[name] == st.c[name] for name in key_fields(staged.kind)))
    own = st.c.src.not_in([source.number for source in staged.sources if source.stands_in])
    query = select(st.c[SEQ], st.c.src, unread.c.src.label("other"), unread.c.line)
    query = query.select_from(st.join(unread, same)).where(own).order_by(st.c[SEQ], unread.c.src, unread.c.line)
    twins = {row.seq: _place(run, row) for row in reversed((await run.staging.execute(query)).all())}
    first = staged.kind.keys[0]
    await drop_rows(run, staged, [(seq, first, f"is on {at} too, which was refused") for seq, at in twins.items()])


def _place(run: Import, row: Any) -> str:
    """`line 3`, or `line 3 of deals-2.csv` if it is in another file."""
    file = run.sources[row.other].file
    return f"line {row.line}" if file == run.sources[row.src].file else f"line {row.line} of {file}"


async def _drop_duplicates(run: Import, staged: StagedKind) -> None:
    st, keys = staged.table, key_fields(staged.kind)
    twice = select(*(st.c[name] for name in keys)).group_by(*(st.c[name] for name in keys)).having(func.count() > 1)
    parts = twice.subquery()
    same = and_(*(parts.c[name] == st.c[name] for name in keys))
    query = select(st).select_from(st.join(parts, same)).order_by(*(st.c[name] for name in keys), st.c[SEQ])
    repeated: list[int] = []
    clashing: list[tuple[int, int]] = []
    found = (await run.staging.execute(query)).all()
    for _, group in groupby(found, key=lambda row: tuple(getattr(row, name) for name in keys)):
        rows = list(group)
        if len({_content(row) for row in rows}) == 1:
            repeated += [row.seq for row in rows[1:]]
        else:
            clashing += [(row.seq, next(other.line for other in rows if other.seq != row.seq)) for row in rows]
    staged.report.duplicates += len(repeated)
    await drop_rows(run, staged, [(seq, None, "") for seq in repeated], refused=False)
    reason = "is on line {} too, with other values"
    first = staged.kind.keys[0]
    await drop_rows(run, staged, [(seq, first, reason.format(line)) for seq, line in clashing])


def _content(row: Any) -> tuple[Any, ...]:
    return tuple(value for name, value in row._mapping.items() if name not in PLACE)


async def drop_rows(
    run: Import, staged: StagedKind, rows: list[tuple[int, Column | None, str]], *, refused: bool = True
) -> None:
    """Take rows (seq, column, reason) out of the staging table before anything was compared."""
    if not rows:
        return
    st = staged.table
    table = await run.staging.create(
        "dropped", [SqlColumn(SEQ, Integer), *(run.refused.c[name] for name in ("column", "reason"))], [SEQ]
    )
    await run.staging.bulk_insert(
        table, [SEQ, "column", "reason"], [(seq, column.name if column else "", reason) for seq, column, reason in rows]
    )
    if refused:
        await refuse_rows(run, staged, table)
        await hold_keys(run, staged, table)
    await run.staging.execute(delete(st).where(st.c[SEQ].in_(select(table.c[SEQ]))))
    await run.staging.drop("dropped")


async def hold_keys(run: Import, staged: StagedKind, dropped: Table) -> None:
    """Remember the keys of refused rows: they are not absent, and what refers to them is told so."""
    st, kind = staged.table, staged.kind
    joined = st.join(dropped, dropped.c[SEQ] == st.c[SEQ])
    held = run.staging.get(f"held_{kind.name}")
    if held is not None:
        names = key_fields(kind)
        await run.staging.execute(
            insert(held).from_select(names, select(*(st.c[n] for n in names)).select_from(joined))
        )
    if kind.identity is not None:
        query = select(literal(kind.name), st.c.key).select_from(joined)
        await run.staging.execute(insert(run.refused_keys).from_select(["kind", "key"], query))


async def refuse_rows(run: Import, staged: StagedKind, chosen: Table) -> int:
    """Refuse the rows that a table of (seq, column, reason) names, with their place and the value that the file has."""
    st, kind = staged.table, staged.kind
    # A column of the kind by its name, the same column by what the file calls it, and its value as text.
    shown = [c for c in kind.columns if c.type is not Type.REFERENCE or c.refers in IN_SQL]
    value: ColumnElement[Any] = case(
        *(
            (chosen.c.column == column.name, func.coalesce(_as_text(st.c[staged_field(column)]), ""))
            for column in shown
        ),
        else_="",
    )
    names = [
        ((chosen.c.column == name) & (st.c.src == source.number), origin)
        for source in staged.sources
        for name, origin in source.origins.items()
        if name != origin
    ]
    called = case(*names, else_=chosen.c.column) if names else chosen.c.column
    if "value" in chosen.c:
        value = func.coalesce(chosen.c.value, value)
    query = select(st.c.src, st.c.line, called, value, chosen.c.reason).select_from(
        st.join(chosen, chosen.c[SEQ] == st.c[SEQ])
    )
    return await run.refuse(kind.name, query)


def _as_text(column: ColumnElement[Any]) -> ColumnElement[str]:
    return cast(column, String)


# References to kinds that are not held in memory


async def _resolve(run: Import, staged: StagedKind) -> None:
    if staged.kind.name in IN_SQL:
        await _name_new(run, staged)
    for column in staged.kind.references:
        if column.refers in IN_SQL and staged.has(column):
            target = KINDS[column.refers or ""]
            while await _resolve_column(run, staged, column, target) and target is staged.kind:
                # What referred to a row that is gone now has to look again.
                await _forget_dropped(run, staged)


async def _name_new(run: Import, staged: StagedKind) -> None:
    """Give ids to keys that were never seen."""
    kind, st = staged.kind, staged.table
    assert kind.identity is not None
    identity = kind.identified_in
    assert identity is not None
    highest = await highest_id(run.staging, kind, run.workspace_id)
    known = exists().where(identity.c.workspace_id == run.workspace_id, identity.c.key == st.c.key)
    query = select(literal(run.workspace_id), highest + st.c[SEQ], st.c.key, st.c[SEQ]).order_by(st.c[SEQ])
    new = await run.staging.new(kind.identity)
    if highest:
        query = query.where(~known)
    await run.staging.execute(insert(new).from_select(["workspace_id", "id", "key", SEQ], query))
    run.staging.mark_filled(new)


async def _forget_dropped(run: Import, staged: StagedKind) -> None:
    """Take the ids of new keys back whose rows were dropped."""
    assert staged.kind.identity is not None
    new = await run.staging.new(staged.kind.identity)
    await run.staging.execute(delete(new).where(new.c[SEQ].not_in(select(staged.table.c[SEQ]))))


async def _resolve_column(run: Import, staged: StagedKind, column: Column, target: Kind) -> int:
    """Fill in the ids of what a column refers to. Rows whose references lead nowhere are dropped: how many."""
    st, identity, version = staged.table, target.identified_in, target.stored_in
    assert identity is not None
    text, number = st.c[staged_field(column)], st.c[column.field]
    holds = and_(
        version.c.workspace_id == run.workspace_id, version.c.id == identity.c.id, version.c.rev_to == OPEN_REV
    )
    known = (
        select(identity.c.id)
        .select_from(identity.join(version, holds))
        .where(identity.c.workspace_id == run.workspace_id, identity.c.key == text)
    )
    await run.staging.execute(update(st).values({number: known.scalar_subquery()}).where(text.is_not(None)))
    if target.name in run.kinds:
        await _resolve_staged(run, staged, column, target)
    reasons = await _reasons(run, staged, column, target)
    await drop_rows(run, staged, reasons)
    return len(reasons)


async def _resolve_staged(run: Import, staged: StagedKind, column: Column, target: Kind) -> None:
    """References to things that this import brings: new ones, and ones that were removed before."""
    st, identity, there = staged.table, target.identified_in, run.kinds[target.name].table
    assert identity is not None
    assert target.identity is not None
    new = await run.staging.new(target.identity)
    await _index_once(run, new, "key")
    text, number = st.c[staged_field(column)], st.c[column.field]
    missing = and_(text.is_not(None), number.is_(None))
    found = select(new.c.id).where(new.c.key == text).scalar_subquery()
    await run.staging.execute(update(st).values({number: found}).where(missing))
    again = (
        select(identity.c.id)
        .where(identity.c.workspace_id == run.workspace_id, identity.c.key == text)
        .where(exists().where(there.alias("there").c.key == identity.c.key))
        .scalar_subquery()
    )
    await run.staging.execute(update(st).values({number: again}).where(missing))


async def _index_once(run: Import, table: Table, column: str) -> None:
    if not table.indexes:
        await run.staging.index(table, column)
        await run.staging.analyze(table)


async def _reasons(
    run: Import, staged: StagedKind, column: Column, target: Kind
) -> list[tuple[int, Column | None, str]]:
    """Why the references of some rows lead nowhere."""
    st, keys = staged.table, run.refused_keys
    text = st.c[staged_field(column)]
    refused = exists().where(keys.c.kind == target.name, keys.c.key == text)
    query = select(st.c[SEQ], refused.label("known")).where(text.is_not(None), st.c[column.field].is_(None))
    told = {
        True: f"refers to a refused {target.singular}",
        False: f"is no {target.singular} that Turf knows, nor one of this import",
    }
    found = await run.staging.execute(query)
    return [(row.seq, column, told[bool(row.known)]) for row in found]


# Identity rows


async def _compare_identities(run: Import, staged: StagedKind) -> None:
    kind, st = staged.kind, staged.table
    if not is_in_memory(kind) or kind.identity is None or kind.identified_in is None:
        return
    identity = kind.identified_in
    here = and_(identity.c.workspace_id == run.workspace_id, identity.c.id == st.c.id)
    values = {c.field: _value(run, staged, c, st, identity, identity.c.id.is_(None)) for c in kind.named}
    changed = [identity.c[name].is_distinct_from(value) for name, value in values.items()]
    query = (
        select(literal(run.workspace_id), st.c.id, st.c.key, *values.values(), st.c[SEQ], identity.c.id)
        .select_from(st.outerjoin(identity, here))
        .where(or_(identity.c.id.is_(None), *changed))
    )
    new = await run.staging.new(kind.identity)
    await run.staging.execute(insert(new).from_select(["workspace_id", "id", "key", *values, SEQ, WAS], query))
    run.staging.mark_filled(new)
    await end_replaced(run, kind.identity)


async def end_replaced(run: Import, model: Any) -> None:
    """End the versions that new rows replace."""
    new, ended = await run.staging.new(model), await run.staging.ended(model)
    names = [column.name for column in ended.c]
    query = select(*(new.c[name] for name in names)).where(new.c[WAS].is_not(None))
    count = (await run.staging.execute(insert(ended).from_select(names, query))).rowcount
    if count:
        run.staging.mark_filled(ended)


# Versions


async def _compare_versions(run: Import, staged: StagedKind) -> None:
    kind, st, now = staged.kind, staged.table, staged.kind.stored_in
    holds = and_(now.c.workspace_id == run.workspace_id, now.c.rev_to == OPEN_REV)
    joined, own_key = await _joined(run, staged, holds)
    fresh = now.c.rev_from.is_(None)
    keys = key_columns(now)
    plain = [column for column in kind.stored if column.field not in keys]
    values = {column.field: _value(run, staged, column, st, now, fresh) for column in plain}
    if kind.name == "deals":
        # A return is negative whatever its sign in the file, and whichever of the two columns the file has.
        amount = values["amount"]
        values["amount"] = case((values["type"] == "return", -func.abs(amount)), else_=amount)
    changed = [now.c[c.field].is_distinct_from(values[c.field]) for c in plain if staged.has(c)]
    # What no file says of a thing, such as when a territory was closed, stays as it is.
    values |= {c.name: c for c in now.c if c.name not in (*values, *keys, "workspace_id", "rev_from", "rev_to")}
    ends = {"workspace_id": literal(run.workspace_id), "rev_from": literal(run.revision), "rev_to": literal(OPEN_REV)}
    whole = {**ends, **own_key, **values, SEQ: st.c[SEQ], WAS: now.c.rev_from}
    query = select(*whole.values()).select_from(joined).where(or_(fresh, *changed)).order_by(*own_key.values())
    new = await run.staging.new(kind.table)
    await run.staging.execute(insert(new).from_select(list(whole), query))
    run.staging.mark_filled(new)
    await run.staging.analyze(new)
    await end_replaced(run, kind.table)
    await _count_assumed(run, staged, new)


async def _joined(
    run: Import, staged: StagedKind, holds: ColumnElement[bool]
) -> tuple[FromClause, dict[str, ColumnElement[Any]]]:
    """Staged rows beside those that hold now, and the key of the rows to write."""
    kind, st, now = staged.kind, staged.table, staged.kind.stored_in
    if is_in_memory(kind):
        return st.outerjoin(now, and_(holds, now.c.id == st.c.id)), {"id": st.c.id}
    if kind.name not in IN_SQL:
        keys: dict[str, ColumnElement[Any]] = {column.field: st.c[column.field] for column in kind.keys}
        same = and_(*(now.c[name] == st.c[name] for name in keys))
        return st.outerjoin(now, and_(holds, same)), keys
    identity = kind.identified_in
    assert identity is not None
    highest = await highest_id(run.staging, kind, run.workspace_id)
    known = st.outerjoin(identity, and_(identity.c.workspace_id == run.workspace_id, identity.c.key == st.c.key))
    own = func.coalesce(identity.c.id, highest + st.c[SEQ]) if highest else highest + st.c[SEQ]
    return known.outerjoin(now, and_(holds, now.c.id == identity.c.id)), {"id": own}


def _value(
    run: Import, staged: StagedKind, column: Column, st: Table, now: Table, fresh: ColumnElement[bool]
) -> ColumnElement[Any]:
    """What a column becomes: the staged value; where no file says, the one that holds, or the default of a new thing."""
    field = now.c[column.field]
    lacking = staged.lacking(column)
    if not lacking:
        return st.c[column.field]
    default = default_of(column, run.settings, lambda day: day)
    kept = case((fresh, null() if default is None else literal(default, field.type)), else_=field)
    if len(lacking) == len(staged.sources):
        return kept
    return case((st.c.src.in_(lacking), kept), else_=st.c[column.field])


async def _count_assumed(run: Import, staged: StagedKind, new: Table) -> None:
    for column in staged.kind.columns:
        if column.default == WORKSPACE_CURRENCY and (lacking := staged.lacking(column)):
            st = staged.table
            query = (
                select(func.count())
                .select_from(new.join(st, st.c[SEQ] == new.c[SEQ]))
                .where(new.c[WAS].is_(None), st.c.src.in_(lacking) if len(lacking) < len(staged.sources) else true())
            )
            if count := (await run.staging.execute(query)).scalar_one():
                staged.report.assumed[column.name, run.settings.currency] += count
