"""What --full removes: keys that the files no longer have, with everything that was a part of them.

It is worked out anew after each round of refusals: a row that is refused changes nothing, so what it would have replaced
stands, with everything that it refers to.
"""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Table,
    and_,
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
from sqlmodel import SQLModel

from domain.credit import Kind as CreditKind
from domain.money import to_decimal
from storage.importing.context import Import, StagedKind, key_fields, key_in_file, key_text
from storage.importing.convert import is_in_memory, staged_field
from storage.importing.report import SHOWN, Removal
from storage.importing.staging import SEQ, WAS, key_columns
from storage.kinds import KINDS, Column, Kind
from storage.scopes import CREDITS, known, stands
from storage.tables import OPEN_REV, table_of

TOGETHER = {"splits": "deal", "assignments": "territory", "seasonality": "profile"}
"""Kinds whose rows make one whole together: while one of them is refused, none of the others is missing."""
NAMED_BY_CREDITS = {"people": ("person_id", "owner_id"), "territories": ("territory_id",)}


class Removing:
    """The removal of one import; of one that is not full it is nothing."""

    def __init__(self, run: Import) -> None:
        self._run = run
        self._staging = run.staging
        self._notes: dict[str, list[str]] = {}

    async def work_out(self) -> None:
        """End what is absent from the files of each kind that this import brings, whatever was worked out before."""
        if not self._run.full:
            return
        await self._take_back()
        for staged in self._run.in_order():
            await self._find_absent(staged)
        things = [staged for staged in self._run.in_order() if staged.kind.identity is not None]
        while sum([await self._keep_referred(staged) for staged in things]):
            # What is kept may refer to more that must be kept.
            pass
        for staged in self._run.in_order():
            await self._end_parts(staged.kind)
        await self._let_go()

    async def tell(self) -> None:
        """Count and list what is removed."""
        if not self._run.full:
            return
        for staged in self._run.in_order():
            staged.report.notes += self._notes.get(staged.kind.name, [])
            await self._list(staged)

    async def _take_back(self) -> None:
        """Forget what was worked out before."""
        self._notes.clear()
        for kind in KINDS.values():
            ended = self._staging.get(f"ended_{table_of(kind.table).name}")
            for name in (f"removed_{kind.name}", f"parts_{kind.name}", f"freed_{kind.name}"):
                found = self._staging.get(name)
                if found is not None and ended is not None:
                    await self._staging.execute(delete(ended).where(exists().where(_same_keys(ended, found))))
                    await self._staging.execute(delete(found))
            new = self._staging.get(f"new_{table_of(kind.table).name}")
            if new is not None and self._staging.get(f"freed_{kind.name}") is not None:
                await self._staging.execute(delete(new).where(new.c[SEQ].is_(None)))

    # What is absent

    async def _keys(self, name: str, model: type[SQLModel]) -> Table:
        """A staging table of keys of a table; made on first use."""
        found = self._staging.get(name)
        if found is not None:
            return found
        real = table_of(model)
        keys = key_columns(real)
        return await self._staging.create(name, [real.c[column] for column in keys], keys)

    async def _removed(self, kind: Kind) -> Table:
        return await self._keys(f"removed_{kind.name}", kind.table)

    async def _find_absent(self, staged: StagedKind) -> None:
        kind, now = staged.kind, staged.kind.stored_in
        held = self._staging.get(f"held_{kind.name}")
        assert held is not None
        holds = _holds(self._run, now)
        staged.report.present = await self._count(select(func.count()).select_from(now).where(holds))
        absent = [~exists().where(_same(self._run, kind, now, present)) for present in (staged.table, held)]
        if kind.name in TOGETHER:
            column = kind.by_name[TOGETHER[kind.name]]
            whole = key_in_file(self._run, column, now.c[column.field])
            absent.append(~exists().where(held.c[staged_field(column)] == whole))
        spoken_for = _spoken_for(self._run, staged, held)
        if spoken_for is not None:
            absent.append(~spoken_for)
        removed = await self._removed(kind)
        await self._end(kind, removed, and_(holds, *absent))
        if staged.without_key and (count := await self._keep(staged, true())):
            self._note(staged, f"{_absent(count)} kept: {_unread(staged.without_key)} be read and may be about them")

    async def _end(self, kind: Kind, removed: Table, where: ColumnElement[bool]) -> int:
        """Put the keys that hold and meet a condition into `removed`, and end them; how many there are."""
        now, ended = kind.stored_in, await self._staging.ended(kind.table)
        names = [column.name for column in removed.c]
        query = select(*(now.c[name] for name in names)).where(where, ~exists().where(_same_keys(now, ended)))
        count = (await self._staging.execute(insert(removed).from_select(names, query))).rowcount
        if count:
            await self._staging.execute(insert(ended).from_select(names, select(removed)))
            self._staging.mark_filled(ended)
        return count

    async def _keep(self, staged: StagedKind, where: ColumnElement[bool]) -> int:
        """Let what meets a condition on the absent ones stand; how many there were."""
        removed, ended = await self._removed(staged.kind), await self._staging.ended(staged.kind.table)
        await self._staging.execute(delete(ended).where(exists().where(_same_keys(ended, removed), where)))
        return (await self._staging.execute(delete(removed).where(where))).rowcount

    def _note(self, staged: StagedKind, text: str) -> None:
        self._notes.setdefault(staged.kind.name, []).append(text)

    # What must stay

    async def _keep_referred(self, staged: StagedKind) -> int:
        """What rows that stay refer to is kept, unless they are parts of it: history needs its name. How many were kept."""
        removed = await self._removed(staged.kind)
        if not await self._count(select(func.count()).select_from(removed)):
            return 0
        kept = await self._keep_credited(staged, removed)
        for other in KINDS.values():
            for column in other.references:
                if keeps(staged.kind, other, column):
                    referred = await self._referred(other, column)
                    count = await self._keep(staged, removed.c.id.in_(referred))
                    if count:
                        self._note(staged, f"{_absent(count)} kept: {other.name} refer to them as {column.name}")
                    kept += count
        return kept

    async def _referred(self, other: Kind, column: Column) -> Any:
        """What a column of the rows that stay refers to."""
        source = self._run.after.source(other.table)
        referred = select(source.c[column.field]).where(source.c[column.field].is_not(None))
        if other.belongs_to is None:
            return referred
        # Parts of what goes will go with it.
        owner = other.by_name[other.belongs_to]
        for name in _targets(owner):
            gone = self._staging.get(f"removed_{name}")
            if gone is not None:
                theirs: ColumnElement[bool] = source.c[owner.field].in_(select(gone.c.id))
                if owner.refers_by is not None:
                    theirs = and_(theirs, source.c[owner.refers_by] == KINDS[name].singular)
                referred = referred.where(~theirs)
        return referred

    async def _keep_credited(self, staged: StagedKind, removed: Table) -> int:
        """Whom credit names is kept, for credit stays where it was at close; unless its deal goes too."""
        columns = [CREDITS.c[name] for name in NAMED_BY_CREDITS.get(staged.kind.name, ())]
        if not columns:
            return 0
        gone = await self._removed(KINDS["deals"])
        before, counted = self._run.before, [CreditKind.REVENUE.value, CreditKind.OVERLAY.value]
        named = exists().where(
            *known(before),
            CREDITS.c.kind.in_(counted),
            or_(*(column == removed.c.id for column in columns)),
            CREDITS.c.deal_id.not_in(select(gone.c.id)),
            stands(before),
        )
        count = await self._keep(staged, named)
        if count:
            self._note(staged, f"{_absent(count)} kept: credit of closed deals names them")
        return count

    # What goes with it

    async def _end_parts(self, kind: Kind) -> None:
        """End the rows that were parts of what is removed."""
        if kind.identity is None:
            return
        removed = await self._removed(kind)
        for other in KINDS.values():
            if other.belongs_to is None or kind.name not in _targets(other.by_name[other.belongs_to]):
                continue
            column, now = other.by_name[other.belongs_to], other.stored_in
            theirs: ColumnElement[bool] = now.c[column.field].in_(select(removed.c.id))
            if column.refers_by is not None:
                theirs = and_(theirs, now.c[column.refers_by] == kind.singular)
            parts = await self._keys(f"parts_{other.name}", other.table)
            await self._end(other, parts, and_(_holds(self._run, now), theirs))

    async def _let_go(self) -> None:
        """Rows that stay and refer to a removed deal lose that reference."""
        if "deals" not in self._run.kinds:
            return
        gone = await self._removed(KINDS["deals"])
        for other in KINDS.values():
            for column in other.references:
                if column.refers == "deals" and other.belongs_to != column.name:
                    await self._free(other, column, gone)

    async def _free(self, other: Kind, column: Column, gone: Table) -> None:
        now, new = other.stored_in, await self._staging.new(other.table)
        freed = await self._keys(f"freed_{other.name}", other.table)
        to_gone = select(gone.c.id)
        changed = update(new).where(new.c[SEQ] > 0, new.c[column.field].in_(to_gone))
        count = (await self._staging.execute(changed.values({column.field: None}))).rowcount
        count += await self._end(other, freed, and_(_holds(self._run, now), now.c[column.field].in_(to_gone)))
        if count:
            self._note(self._run.kinds["deals"], f"{count:,} of {other.name} referred to removed ones as {column.name}")
        values: dict[str, ColumnElement[Any]] = {one.name: one for one in now.c}
        values |= {"rev_from": literal(self._run.revision), column.field: null(), WAS: now.c.rev_from}
        query = select(*values.values()).where(_holds(self._run, now), exists().where(_same_keys(now, freed)))
        await self._staging.execute(insert(new).from_select(list(values), query))
        self._staging.mark_filled(new)

    # What is told

    async def _count(self, query: Any) -> int:
        return int((await self._staging.execute(query)).scalar_one())

    async def _list(self, staged: StagedKind) -> None:
        kind, now = staged.kind, staged.kind.stored_in
        removed = await self._removed(kind)
        staged.report.removed = await self._count(select(func.count()).select_from(removed))
        same = and_(_holds(self._run, now), _same_keys(now, removed))
        key = _shown_key(self._run, kind, now)
        columns = [key, now.c.amount, now.c.currency] if "amount" in now.c else [key]
        query = select(*columns).select_from(removed.join(now, same)).order_by(key).limit(SHOWN)
        for row in await self._staging.execute(query):
            values = tuple(row)
            self._run.report.removals.append(Removal(kind.name, str(values[0]), _money(*values[1:])))


def keeps(kind: Kind, other: Kind, column: Column) -> bool:
    """Whether what a column of another kind refers to is kept for it.

    Not for its parts, nor for what a shorthand says; and a deal that is gone counts no more, whatever refers to it.
    """
    refers = kind.name in _targets(column) and other.belongs_to != column.name
    return refers and not column.shorthand and kind.name != "deals"


def _absent(count: int) -> str:
    return "1 absent one is" if count == 1 else f"{count:,} absent ones are"


def _unread(count: int) -> str:
    return "1 row can't" if count == 1 else f"{count:,} rows can't"


def _holds(run: Import, table: FromClause) -> ColumnElement[bool]:
    return and_(table.c.workspace_id == run.workspace_id, table.c.rev_to == OPEN_REV)


def _same_keys(table: FromClause, keys: Table) -> ColumnElement[bool]:
    """A row has the key that stands in a table of keys."""
    return and_(*(table.c[column.name] == column for column in keys.c))


def _same(run: Import, kind: Kind, now: Table, present: Table) -> ColumnElement[bool]:
    """A row that holds and a row of a file (or its key) are the same thing."""
    if kind.identity is None:
        fields = key_fields(kind)
        pairs = zip(kind.keys, fields, strict=True)
        return and_(*(key_in_file(run, column, now.c[column.field]) == present.c[name] for column, name in pairs))
    if is_in_memory(kind):
        return present.c.id == now.c.id
    return present.c.key == key_text(run, kind, now.c.id)


def _spoken_for(run: Import, staged: StagedKind, held: Table) -> ColumnElement[bool] | None:
    """Rows that a shorthand column made are not absent from this kind's file while that column still speaks for them.

    It made the first row of its thing, and others on the day of an import; it speaks for things without rows of their own.
    """
    kind, now = staged.kind, staged.kind.stored_in
    speaker = next((one for one in run.in_order() if any(c.shorthand == kind.name for c in one.kind.columns)), None)
    if speaker is None:
        return None
    names = {column.name for column in speaker.kind.shorthands}
    sources = [source.number for source in speaker.sources if names & source.given]
    owner = kind.keys[0].field
    own = or_(*(exists().where(table.c[owner] == now.c[owner]) for table in (staged.table, held)))
    earlier = now.alias("earlier")
    is_first = ~exists().where(
        _holds(run, earlier), earlier.c[owner] == now.c[owner], earlier.c.from_on < now.c.from_on
    )
    said: ColumnElement[bool] = exists().where(speaker.table.c.id == now.c[owner], speaker.table.c.src.in_(sources))
    # A refused row says nothing: all stays as it was.
    refused = run.staging.get(f"held_{speaker.kind.name}")
    assert refused is not None
    said = or_(said, exists().where(refused.c.id == now.c[owner]))
    return and_(said, ~own, or_(now.c.from_on <= run.today, is_first))


def _targets(column: Column) -> tuple[str, ...]:
    if column.refers is not None:
        return (column.refers,)
    return ("people", "territories", "teams")


def _shown_key(run: Import, kind: Kind, now: Table) -> ColumnElement[Any]:
    first = kind.keys[0]
    if kind.identity is not None:
        return key_text(run, kind, now.c.id)
    if first.refers is not None:
        return key_text(run, KINDS[first.refers], now.c[first.field])
    return now.c[first.field]


def _money(amount: int | None = None, currency: str | None = None) -> str:
    if amount is None:
        return ""
    return f"{to_decimal(amount, currency):,} {currency}" if currency else f"{amount:,}"
