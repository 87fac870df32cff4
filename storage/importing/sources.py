"""From a path to what is to be read: which files, in which order, as which kinds."""

from collections.abc import Callable, Iterator, Sequence
from fnmatch import fnmatch
from pathlib import Path

from domain.errors import DataError, UsageError
from storage.importing.batches import FileTable, NumberCell
from storage.importing.mapping import Lookup, Mapping, TableRule, load_mapping
from storage.importing.presence import Lookups
from storage.importing.readers import SUFFIXES, open_table
from storage.importing.report import Report
from storage.importing.stage import KindBatch, Reading
from storage.importing.transform import Transform
from storage.kinds import KINDS, Kind, kind_named

SHOWN_COLUMNS = 12
"""How many columns of a file a sentence names."""
Known = Callable[[str, str], bool]
"""Whether a kind has this key."""


def nobody_knows(_kind: str, _key: str) -> bool:
    return False


def readings(
    path: Path, kind: str | None, mapping: str | None, report: Report, known: Known = nobody_knows
) -> list[Reading]:
    """What is to be read at `path`, in this order. Raises DataError or UsageError with what is wrong.

    `known` tells whether a key of a kind is there already, or was brought by an earlier reading.
    """
    if mapping is not None:
        return mapped_readings(path, kind, load_mapping(mapping), mapping, report, known)
    found = [(_kind_of(file, kind), file) for file in files_at(path)]
    if path.is_dir():
        report.left_out += [file.name for one, file in found if one is None]
        report.notes += [f"{name} was left out: its name is not a kind" for name in report.left_out]
    order = list(KINDS)
    fitting = [(order.index(one.name), file, one) for one, file in found if one is not None]
    if not fitting:
        raise UsageError(_no_kind(path))
    return [_reading(one, open_table(file), report) for _, file, one in sorted(fitting, key=lambda row: row[:2])]


def _no_kind(path: Path) -> str:
    """What to do where no file is named after a kind."""
    if not path.is_dir():
        return (
            f"{path.name}: which kind is it? Name the kind (turf import deals {path.name}), "
            f"or the file after it: {', '.join(KINDS)}."
        )
    return (
        f"{_folder(path)}: no file here is named after what it holds, such as people.csv or deals.xlsx. Rename the files "
        f"(the names are {', '.join(KINDS)}), name the kind of one (turf import deals FILE), or use a mapping "
        "(--mapping salesforce)."
    )


def _folder(path: Path) -> str:
    """A folder's own name, also for `.`."""
    return path.name or path.resolve().name or str(path)


def mapped_readings(
    path: Path, kind: str | None, mapping: Mapping, name: str, report: Report, known: Known
) -> list[Reading]:
    """What a mapping makes of the files at `path`: each table of it, for each file that fits."""
    report.mapping = Path(name).stem
    if kind is not None:
        kind_named(kind)
    tables = [open_table(file) for file in files_at(path) if not _matches(file.name, mapping.ignore)]
    report.files += [table.name for table in tables]
    report.notes += [f"{table.name}: {note}" for table in tables for note in table.notes]
    rules = [rule for rule in mapping.tables if kind in (None, rule.kind)]
    lookups = _lookups(rules, path)
    used: dict[str, set[str]] = {}
    found: list[tuple[TableRule, Reading]] = []
    for rule in rules:
        if rule.rows is not None:
            found.append((rule, _constant(rule, name)))
        for table in tables:
            if rule.file is not None and _matches(table.name, [rule.file]) and set(rule.has) <= set(table.header):
                reading, columns = _mapped(rule, table, lookups, report, known)
                used.setdefault(table.name, set()).update(columns)
                found.append((rule, reading))
    _tell_unused(tables, used, report, [lookup.key for lookup in _all_lookups(rules)])
    if not used:
        raise UsageError(f"{_folder(path)}: the mapping {Path(name).stem} has no table that fits. {_wanted(mapping)}")
    order = list(KINDS)
    found.sort(key=lambda pair: (order.index(pair[0].kind), pair[0].missing_only))
    return [reading for _, reading in found]


def _mapped(
    rule: TableRule, table: FileTable, lookups: Lookups, report: Report, known: Known
) -> tuple[Reading, set[str]]:
    staged = report.kind(rule.kind)
    change = Transform(rule, table, lookups, staged, lambda key: known(rule.kind, key))
    kind = KINDS[rule.kind]
    _require_origins(rule, kind, table)
    require_keys(kind, table, change.given)
    staged.notes += [f"{table.name} has no column '{name}'" for name in change.missing]
    staged.notes += [f"{table.name}: {reason}" for reason in change.without]
    read = lambda: change.apply(table.batches())  # noqa: E731 - read again if the import is prepared again
    made = Reading(kind, table.name, change.given, change.origins, read, table, rule.missing_only)
    return made, change.used


def _require_origins(rule: TableRule, kind: Kind, table: FileTable) -> None:
    """Raises DataError if a file lacks a column that the mapping makes a key of."""
    for column in kind.keys:
        origin = rule.columns[column.name].column if column.name in rule.columns else None
        if column.must_be_given and origin is not None and origin not in table.header:
            raise DataError(
                f"{table.name}: the column '{origin}' is missing. The mapping takes {kind.name}.{column.name} from it. "
                f"{_there(table, [origin])}"
            )


def _constant(rule: TableRule, name: str) -> Reading:
    """Rows that the mapping itself holds."""
    rows = rule.rows or []
    columns = list(dict.fromkeys(column for row in rows for column in row))
    batch = KindBatch({column: [row.get(column, "") for row in rows] for column in columns}, range(1, len(rows) + 1))
    return Reading(KINDS[rule.kind], f"mapping {Path(name).stem}", frozenset(columns), {}, lambda: [batch])


def _lookups(rules: list[TableRule], path: Path) -> Lookups:
    """The other files that columns are looked up in, each read once; what no file has is left out."""
    folder = path if path.is_dir() else path.parent
    found: dict[tuple[str, str, str], dict[str, str]] = {}
    for lookup in _all_lookups(rules):
        if (values := _lookup(folder, lookup)) is not None:
            found[lookup.key] = values
    return found


def _all_lookups(rules: list[TableRule]) -> list[Lookup]:
    columns = (column for rule in rules for column in rule.columns.values())
    return [column.lookup for column in columns if column.lookup is not None]


def _lookup(folder: Path, lookup: Lookup) -> dict[str, str] | None:
    """None if no file has the columns."""
    file_pattern, match, take = lookup.key
    found: dict[str, str] | None = None
    for file in files_at(folder):
        if not _matches(file.name, [file_pattern]):
            continue
        table = open_table(file)
        if {match, take} <= set(table.header):
            found = {} if found is None else found
            for batch in table.batches():
                keys = map(str.strip, batch.columns[match])
                found.update(
                    {key: _bare_cell(cell) for key, cell in zip(keys, batch.columns[take], strict=True) if key}
                )
    return found


def _bare_cell(cell: str) -> str:
    return cell if isinstance(cell, NumberCell) else cell.strip()


def _matches(name: str, patterns: list[str]) -> bool:
    return any(fnmatch(name.lower(), pattern.lower()) for pattern in patterns)


def _tell_unused(
    tables: list[FileTable], used: dict[str, set[str]], report: Report, lookups: list[tuple[str, str, str]]
) -> None:
    """A file in which something is only looked up is read, too."""
    for table in tables:
        if table.name not in used:
            if any(
                _matches(table.name, [file]) and {match, take} <= set(table.header) for file, match, take in lookups
            ):
                continue
            report.left_out.append(table.name)
            report.notes.append(f"{table.name} was left out: no table of the mapping fits it")
            continue
        ignored = [name for name in table.header if name not in used[table.name]]
        if ignored:
            report.notes.append(
                f"{table.name}: columns that the mapping does not use were ignored: {', '.join(ignored)}"
            )


def _wanted(mapping: Mapping) -> str:
    """What files a mapping looks for."""
    wants = []
    for rule in mapping.tables:
        if rule.file is not None:
            columns = f" with the column {', '.join(rule.has)}" if rule.has else ""
            wants.append(f"{rule.file}{columns}")
    return f"It looks for {'; '.join(dict.fromkeys(wants))}."


def files_at(path: Path) -> list[Path]:
    """The file itself, or the files of a folder that can be read."""
    if not path.exists():
        raise DataError(f"{path}: there is no such file or folder.")
    if not path.is_dir():
        return [path]
    found = sorted(file for file in path.iterdir() if file.suffix.lower() in SUFFIXES and not file.name.startswith("."))
    if not found:
        raise DataError(f"{path}: there is no {', '.join(SUFFIXES)} file in this folder.")
    return found


def _kind_of(file: Path, kind: str | None) -> Kind | None:
    return kind_named(kind) if kind is not None else KINDS.get(file.stem.lower())


def _reading(kind: Kind, table: FileTable, report: Report) -> Reading:
    given = frozenset(name for name in table.header if name in kind.by_name)
    require_keys(kind, table, given)
    staged = report.kind(kind.name)
    staged.ignored += [name for name in table.header if name not in given]
    staged.notes += _misspelt(kind, table)
    report.files.append(table.name)
    report.notes += [f"{table.name}: {note}" for note in table.notes]
    return Reading(kind, table.name, given, {}, lambda: _batches(table, given), table)


def require_keys(kind: Kind, table: FileTable, given: frozenset[str]) -> None:
    """Raises DataError if a file lacks a column without which none of its rows can be told apart."""
    missing = [column.name for column in kind.keys if column.must_be_given and column.name not in given]
    if missing:
        columns = f"the column '{missing[0]}'" if len(missing) == 1 else f"the columns {', '.join(missing)}"
        raise DataError(
            f"{table.name}: {columns} of {kind.name} is missing. It has to have {_header(kind)}. {_there(table, missing)}"
        )


def _there(table: FileTable, wanted: Sequence[str]) -> str:
    """What the file has in place of what is wanted."""
    similar = [(name, one) for one in wanted for name in table.header if _bare(name) == _bare(one)]
    if similar:
        return " ".join(f"Rename its column '{name}' to {one}." for name, one in similar)
    shown = ", ".join(f"'{name}'" for name in table.header[:SHOWN_COLUMNS])
    more = len(table.header) - SHOWN_COLUMNS
    return f"It has {shown}{f' and {more} more' if more > 0 else ''}."


def _bare(name: str) -> str:
    """A name without what people write differently: capitals, spaces and marks."""
    return "".join(filter(str.isalnum, name)).casefold()


def _misspelt(kind: Kind, table: FileTable) -> Iterator[str]:
    """Columns that would be known if they were written as Turf writes them."""
    known = {_bare(column.name): column.name for column in kind.columns if column.name not in table.header}
    for name in table.header:
        if name not in kind.by_name and _bare(name) in known:
            yield f"{table.name}: is its column '{name}' meant to be {known[_bare(name)]}? Rename it"


def _header(kind: Kind) -> str:
    return ", ".join(column.name for column in kind.columns if column.must_be_given)


def _batches(table: FileTable, given: frozenset[str]) -> Iterator[KindBatch]:
    for batch in table.batches():
        yield KindBatch({name: batch.columns[name] for name in given}, batch.lines, batch.bad)
