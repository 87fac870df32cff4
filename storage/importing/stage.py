"""Reading files into staging tables: convert, number the rows, set the bad ones aside."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from typing import Any

from storage.importing.batches import BadRow, FileTable
from storage.importing.context import Import, Source, StagedKind, key_fields
from storage.importing.convert import Converted, Converter, Fault, is_in_memory
from storage.importing.staging import SEQ
from storage.kinds import Kind

Progress = Callable[[str, int], None]
"""Called with a file's name and the rows of it that are read so far."""


@dataclass(frozen=True, slots=True)
class KindBatch:
    """Rows of a file in the columns of a kind; `faults` are those of rows (by position) that a mapping refuses."""

    columns: Mapping[str, Sequence[str]]
    lines: Sequence[int]
    bad: Sequence[BadRow] = ()
    faults: Mapping[int, Fault] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reading:
    """A file that is to be read as a kind. `origins` tells what a column is called in the file."""

    kind: Kind
    file: str
    given: frozenset[str]
    origins: Mapping[str, str]
    batches: Callable[[], Iterable[KindBatch]]
    table: FileTable | None = None
    """The file itself; None for rows that a mapping holds."""
    stands_in: bool = False
    """Its rows only stand in for what no other file brings."""


async def stage(run: Import, reading: Reading, progress: Progress) -> None:
    """Put all rows of a file that can be taken on their own into the kind's staging table."""
    staged = await run.staged(reading.kind)
    keys = frozenset(column.name for column in reading.kind.keys)
    given = reading.given | keys
    source = run.add_source(staged, reading.file, given, reading.origins, stands_in=reading.stands_in)
    converter = Converter(
        reading.kind, sorted(reading.given), run.settings, run.identities, staged.report, run.staging.day
    )
    read = 0
    for batch in reading.batches():
        converted = converter.convert(batch.columns, batch.lines, batch.faults)
        read += len(batch.lines) + len(batch.bad)
        staged.report.read += len(batch.lines) + len(batch.bad)
        await _keep(run, staged, source, converted)
        await _set_aside(run, staged, source, converted, batch.bad)
        progress(reading.file, read)
    staged.report.notes += [f"{reading.file}: {note}" for note in converter.notes]


async def _keep(run: Import, staged: StagedKind, source: Source, converted: Converted) -> None:
    count = len(converted.lines)
    columns: dict[str, Iterable[Any]] = {
        SEQ: range(staged.rows + 1, staged.rows + count + 1),
        "src": repeat(source.number, count),
        "line": converted.lines,
    }
    if is_in_memory(staged.kind):
        known = run.identities[staged.kind.name]
        ids = [known[key] for key in converted.values["key"]]
        known.delivered.update(ids)
        columns["id"] = ids
    columns |= converted.values
    staged.rows += count
    await run.staging.bulk_insert(staged.table, list(columns), zip(*columns.values(), strict=True))


async def _set_aside(
    run: Import, staged: StagedKind, source: Source, converted: Converted, bad: Sequence[BadRow]
) -> None:
    kind = staged.kind.name
    rows = [(kind, source.number, row.line, "", row.value, row.reason) for row in bad]
    rows += [
        (kind, source.number, line, source.origins.get(fault.column, fault.column), fault.cell, fault.reason)
        for line, fault in converted.faults
    ]
    staged.report.refused += len(rows)
    staged.without_key += len(rows) - len(converted.held)
    await run.staging.bulk_insert(run.refused, ["kind", "src", "line", "column", "value", "reason"], rows)
    await run.staging.bulk_insert(run.refused_keys, ["kind", "key"], [(kind, key) for key in converted.refused_keys])
    if converted.held:
        names, keys = key_fields(staged.kind), _held_keys(run, staged.kind, converted)
        places = [(*key, source.number, line) for key, line in zip(keys, converted.held_lines, strict=True)]
        await run.staging.bulk_insert(await run.unread(staged.kind), [*names, "src", "line"], places)
        if (held := run.staging.get(f"held_{kind}")) is not None:
            await run.staging.bulk_insert(held, names, keys)


def _held_keys(run: Import, kind: Kind, converted: Converted) -> list[tuple[Any, ...]]:
    if not is_in_memory(kind):
        return converted.held
    known = run.identities[kind.name]
    return [(known[key],) for key in converted.refused_keys]
