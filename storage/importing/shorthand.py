"""Columns of one kind that stand for rows of another: a person's manager and team, an account's territory.

What such a column says holds from the day of hire, or else always, when its thing has no rows yet; a later change
holds from the day of the import. A thing with rows of its own in the same import is left to those.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import null, select
from sqlmodel import SQLModel

from storage.importing.context import Import, StagedKind
from storage.importing.decided import decided_pins, note_pin
from storage.importing.staging import SEQ, WAS
from storage.kinds import KINDS
from storage.snapshot import rows_of
from storage.tables import ALWAYS, OPEN_END, OPEN_REV

Values = tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the other kind; `was` is the first revision of the version that it replaces."""

    start: date
    end: date
    values: Values
    was: int | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """Rows to write, and the first day of a row that ends without another in its place."""

    rows: tuple[Row, ...] = ()
    ends: date | None = None


NOTHING = Change()


def in_force(rows: Iterable[Row], today: date) -> Row | None:
    """The row that a shorthand column shows: today's (the one that began last), else the next to come."""
    known = list(rows)
    now = max((row for row in known if row.start <= today < row.end), key=lambda row: row.start, default=None)
    return now or min((row for row in known if row.start > today), key=lambda row: row.start, default=None)


def change(rows: Sequence[Row], values: Values, *, since: date | None, today: date, blank_allowed: bool) -> Change:
    """What becomes of a thing's rows when its shorthand columns say `values`."""
    empty = not any(value is not None for value in values)
    if not rows:
        return NOTHING if empty else Change((Row(since or ALWAYS, OPEN_END, values),))
    now = in_force(rows, today)
    if now is None:
        # All rows have ended: the column speaks for the days from now on.
        return NOTHING if empty else Change((Row(today, OPEN_END, values),))
    if now.values == values:
        return NOTHING
    if now.start >= today:
        return Change(ends=now.start) if empty and not blank_allowed else Change((replace(now, values=values),))
    closed = replace(now, end=today)
    new = Row(today, now.end, values)
    return Change((closed,) if empty else (closed, new))


@dataclass(frozen=True, slots=True)
class Said:
    """What the shorthand columns of one staged row say, and since when that holds if nothing else is known."""

    id: int
    seq: int
    src: int
    values: Values
    since: date | None


async def expand(run: Import, staged: StagedKind) -> None:
    """Turn the shorthand columns of a kind's staged rows into new and ended rows of the other kind."""
    columns = [column for column in staged.kind.shorthands if staged.has(column)]
    if not columns:
        return
    target = KINDS[columns[0].shorthand or ""]
    fields = [f"{column.name}_id" for column in staged.kind.shorthands]
    owner = target.keys[0].field
    known = await _known_rows(run, target.table, owner, fields)
    explicit = await _explicit(run, target.name, owner)
    writer = _Writer(run, staged.kind.name)
    decided = await decided_pins(run) if target.name == "pins" else {}
    for said in await _said(run, staged, fields):
        if said.id not in explicit:
            rows = known.get(said.id, ())
            values = _given(run, staged, said, rows)
            if said.id in decided:
                now = in_force(rows, run.today)
                note_pin(run, staged, said.seq, decided[said.id], turf=now.values[0] if now else None, file=values[0])
                continue
            blank = target.name == "reporting"
            writer.add(said, change(rows, values, since=said.since, today=run.today, blank_allowed=blank))
    await writer.write(target.table, owner, fields)


class _Writer:
    """Collects what changes."""

    def __init__(self, run: Import, kind: str) -> None:
        self._run = run
        self._kind = kind
        self.rows: list[tuple[Any, ...]] = []
        self.ends: list[tuple[Any, ...]] = []

    def add(self, said: Said, found: Change) -> None:
        day, run = self._run.staging.day, self._run
        for row in found.rows:
            versions = (run.workspace_id, run.revision, OPEN_REV)
            self.rows.append((*versions, said.id, day(row.start), day(row.end), *row.values, -said.seq, row.was))
            if row.was is not None:
                self.ends.append((said.id, day(row.start)))
        if found.ends is not None:
            self.ends.append((said.id, day(found.ends)))
            run.ended_by[self._kind, said.seq] = (said.id, found.ends)

    async def write(self, model: type[SQLModel], owner: str, fields: Sequence[str]) -> None:
        staging = self._run.staging
        names = ["workspace_id", "rev_from", "rev_to", owner, "from_on", "to_on", *fields, SEQ, WAS]
        await staging.bulk_insert(await staging.new(model), names, self.rows)
        await staging.bulk_insert(await staging.ended(model), [owner, "from_on"], self.ends)


def _given(run: Import, staged: StagedKind, said: Said, rows: Sequence[Row]) -> Values:
    """The values that a row gives; a column that its file does not have keeps what is in force."""
    given = run.sources[said.src].given
    now = in_force(rows, run.today)
    kept = now.values if now is not None else (None,) * len(said.values)
    columns = zip(staged.kind.shorthands, said.values, kept, strict=True)
    return tuple(value if column.name in given else old for column, value, old in columns)


async def _known_rows(
    run: Import, model: type[SQLModel], owner: str, fields: Sequence[str]
) -> Mapping[int, Sequence[Row]]:
    found: defaultdict[int, list[Row]] = defaultdict(list)
    query = rows_of(run.before, model, owner, "from_on", "to_on", "rev_from", *fields)
    for row in await run.staging.execute(query):
        key, start, end, was, *values = tuple(row)
        found[key].append(Row(start, end, tuple(values), was))
    return found


async def _explicit(run: Import, name: str, owner: str) -> frozenset[int]:
    """Things that have rows of the other kind in this very import."""
    staged = run.kinds.get(name)
    if staged is None:
        return frozenset()
    return frozenset((await run.staging.execute(select(staged.table.c[owner]).distinct())).scalars())


async def _said(run: Import, staged: StagedKind, fields: Sequence[str]) -> list[Said]:
    st = staged.table
    version = run.after.source(staged.kind.table)
    since = version.c.hired_on if "hired_on" in version.c else null()
    joined = st.outerjoin(version, version.c.id == st.c.id)
    query = select(st.c.id, st.c[SEQ], st.c.src, since, *(st.c[name] for name in fields)).select_from(joined)
    found = map(tuple, await run.staging.execute(query.order_by(st.c[SEQ])))
    return [Said(key, seq, src, tuple(values), start) for key, seq, src, start, *values in found]
