"""What every kind of file is read as: batches of columns of text, under a header."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from domain.errors import DataError

BATCH = 20_000
NO_UTF8 = "is not UTF-8 text: export the file as UTF-8 (in Excel: CSV UTF-8)"


class NumberCell(str):
    """The text of a cell that is a number in its file, not a text that looks like one."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that can't be read as one, so that nobody knows its key."""

    line: int
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows as columns, with the line on which each row starts."""

    columns: dict[str, Sequence[str]]
    lines: Sequence[int]
    bad: Sequence[BadRow] = ()


@dataclass(frozen=True, slots=True)
class FileTable:
    """A file that is open for reading: its header, and its rows in batches, as often as asked for."""

    path: Path
    header: tuple[str, ...]
    batches: Callable[[], Iterator[Batch]]
    notes: tuple[str, ...] = field(default=())
    mark: str = ","
    """What separates the columns of a CSV file."""
    says_mark: bool = False
    """A line above the header says so (`sep=;`)."""

    @property
    def name(self) -> str:
        return self.path.name


def named(path: Path, header: Iterable[str]) -> tuple[str, ...]:
    """The header with its spaces trimmed. Raises DataError for a header that names a column twice, or nothing."""
    names = [name.strip() for name in header]
    twice = next((name for name in names if name and names.count(name) > 1), None)
    if twice:
        raise DataError(f"{path.name}: the header has the column '{twice}' twice. Rename or remove one.")
    if not any(names):
        raise DataError(
            f"{path.name}: there is no header in the first line. The names of the columns must stand there."
        )
    return tuple(name or f"(column {number})" for number, name in enumerate(names, 1))


def columns_of(
    header: tuple[str, ...], rows: list[list[str]], lines: Sequence[int], bad: list[BadRow], mark: str = ","
) -> Batch:
    """Rows as a batch; those that have more or fewer cells than the header are bad."""
    if set(map(len, rows)) - {len(header)}:
        good: list[list[str]] = []
        kept: list[int] = []
        for row, line in zip(rows, lines, strict=True):
            if len(row) == len(header):
                good.append(row)
                kept.append(line)
            elif row:
                bad.append(BadRow(line, mark.join(row)[:200], _uneven(row, len(header))))
        rows, lines = good, kept
    columns: dict[str, Sequence[str]] = dict.fromkeys(header, ())
    if rows:
        columns = dict(zip(header, zip(*rows, strict=True), strict=True))
    return checked(columns, lines, bad)


def _uneven(row: Sequence[str], columns: int) -> str:
    found = "1 cell" if len(row) == 1 else f"{len(row)} cells"
    reason = f"has {found} where the header has {columns}"
    if len(row) < columns:
        return reason
    if any(row[columns:]):
        return f"{reason}: a cell with a separator in it stands in quotation marks"
    return f"{reason}: give the header as many, or remove the blank ones at the end"


def checked(columns: dict[str, Sequence[str]], lines: Sequence[int], bad: Sequence[BadRow] = ()) -> Batch:
    unreadable = _unreadable(columns, lines)
    if not unreadable:
        return Batch(columns, lines, bad)
    wanted = [index for index, line in enumerate(lines) if line not in unreadable]
    return Batch(
        {name: [cells[index] for index in wanted] for name, cells in columns.items()},
        [lines[index] for index in wanted],
        [*bad, *unreadable.values()],
    )


def _unreadable(columns: dict[str, Sequence[str]], lines: Sequence[int]) -> dict[int, BadRow]:
    """Rows with bytes that are no UTF-8, or with a NUL, by line. Whole columns are looked at first: such rows are rare."""
    found: dict[int, BadRow] = {}
    for cells in columns.values():
        joined = "".join(cells)
        if "\0" not in joined and is_text(joined):
            continue
        for line, cell in zip(lines, cells, strict=True):
            if "\0" in cell:
                found[line] = BadRow(line, cell.replace("\0", "?"), "has a NUL character in it")
            elif not is_text(cell):
                shown = cell.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
                found[line] = BadRow(line, shown, NO_UTF8)
    return found


def is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
