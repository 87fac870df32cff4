"""Batches of text become columns of values; each distinct cell is read once, each bad row is set aside with its reason."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from domain.company import WHOLE, Settings
from domain.money import exponent
from storage.importing import cells, rows
from storage.importing.identities import IN_SQL, Identities
from storage.importing.report import KindReport
from storage.kinds import SINGULAR, WORKSPACE_CURRENCY, Blank, Column, Kind, Type
from storage.tables import ALWAYS, OPEN_END

REMEMBERED = 50_000
"""Distinct cells that are kept for each column."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a row is refused: the column by its name in the kind, and the cell."""

    column: str
    cell: str
    reason: str


NO_FAULTS: Mapping[int, Fault] = {}


class Memo(dict[str, Any]):
    """Cells that were read before; `bad` holds the reasons of those that can't be read."""

    def __init__(self, convert: Callable[[str], Any]) -> None:
        super().__init__()
        self._convert = convert
        self.bad: dict[str, str] = {}

    def __missing__(self, cell: str) -> Any:
        if len(self) >= REMEMBERED:
            self.clear()
        try:
            value = self[cell] = self._convert(cell)
        except ValueError as error:
            # Not remembered, so that each batch notices its own bad cells.
            self.bad[cell] = str(error)
            return None
        return value


@dataclass(slots=True)
class Converted:
    """Values by field of the staging table, the lines that they come from, and the rows that can't be taken."""

    values: dict[str, Sequence[Any]]
    lines: Sequence[int]
    faults: list[tuple[int, Fault]] = field(default_factory=list)
    """(line, fault)"""
    held: list[tuple[Any, ...]] = field(default_factory=list)
    """Keys of refused rows: with --full they must not count as absent."""
    held_lines: list[int] = field(default_factory=list)
    """The lines of these rows."""
    refused_keys: list[str] = field(default_factory=list)
    """The same keys as text, for kinds that others refer to."""


def staged_field(column: Column) -> str:
    """The column of the staging table that holds what a file says."""
    if column.refers in IN_SQL:
        return f"{column.name}_key"
    return column.field or f"{column.name}_id"


def is_in_memory(kind: Kind) -> bool:
    """Whether ids of this kind are known while its rows are read."""
    return kind.identity is not None and kind.name not in IN_SQL


class Converter:
    """Reads the rows of one file as one kind."""

    def __init__(
        self,
        kind: Kind,
        given: Sequence[str],
        settings: Settings,
        identities: Mapping[str, Identities],
        report: KindReport,
        day: Callable[[Any], Any],
    ) -> None:
        self.kind = kind
        self.columns = [column for column in kind.columns if column.name in given]
        self._settings = settings
        self._identities = identities
        self._report = report
        self._day = day
        self._absent = {
            staged_field(column): default_of(column, settings, day) for column in kind.keys if column.name not in given
        }
        self._memos = {column.name: Memo(self._reader(column)) for column in self.columns}
        self._highest: Counter[str] = Counter()

    # How a cell of a column is read

    def _reader(self, column: Column) -> Callable[[str], Any]:
        blank = self._blank(column)
        convert = self._cell_reader(column)

        def read(cell: str) -> Any:
            if cell:
                return convert(cell)
            if column.must_be_given:
                raise ValueError("is empty, and must not be")
            return blank

        return read

    def _cell_reader(self, column: Column) -> Callable[[str], Any]:
        convert = cells.reader(column, self._settings.timezone) if column.type is not Type.MONEY else cells.text
        if column.type is Type.DATE:
            return lambda cell: self._day(convert(cell))
        if column.type is Type.REFERENCE and column.refers is not None and column.refers not in IN_SQL:
            known = self._identities[column.refers]
            return lambda cell: known[cells.text(cell)]
        return convert

    def _blank(self, column: Column) -> Any:
        return default_of(column, self._settings, self._day)

    @property
    def notes(self) -> list[str]:
        """What looks odd about a column as a whole, once all batches are read."""
        return [
            f"no {name} is above 1: they were taken for percents, so 0.5 for 0.5 %. "
            "If 0.5 is to be 50 %, a mapping reads them with scale: 100"
            for name, highest in sorted(self._highest.items())
            if 0 < highest <= WHOLE // 100
        ]

    # Batches

    def convert(
        self, given: Mapping[str, Sequence[str]], lines: Sequence[int], found: Mapping[int, Fault] = NO_FAULTS
    ) -> Converted:
        """The values of a batch of rows. `given` has the cells of the kind's columns, `found` are faults known before."""
        faults = dict(found)
        stripped = {column.name: self._trimmed(column, given[column.name]) for column in self.columns}
        values: dict[str, Sequence[Any]] = {name: [value] * len(lines) for name, value in self._absent.items()}
        for column in self.columns:
            if column.type is not Type.MONEY and not column.refers_by:
                values[staged_field(column)] = self._read(column, stripped[column.name], faults)
        for column in self.columns:
            if column.type is Type.MONEY:
                values[staged_field(column)] = self._amounts(column, stripped[column.name], values, faults)
            elif column.refers_by:
                values[staged_field(column)] = self._subjects(column, stripped, faults)
        rows.check(self.kind.name, values, lambda at, name, reason: _fault(faults, stripped, at, name, reason))
        return self._without_faults(values, stripped, lines, faults)

    def _trimmed(self, column: Column, given: Sequence[str]) -> Sequence[str]:
        stripped = list(map(str.strip, given))
        if stripped != list(given):
            count = sum(1 for old, new in zip(given, stripped, strict=True) if old != new)
            self._report.normalised[column.name, "(spaces around the value)", "(none)"] += count
        return stripped

    def _read(self, column: Column, given: Sequence[str], faults: dict[int, Fault]) -> Sequence[Any]:
        if column.type is Type.TEXT and not column.must_be_given and column.default is None:
            return [None if not cell else cell if cell[0] != "'" else cells.text(cell) for cell in given]
        memo = self._memos[column.name]
        found = list(map(memo.__getitem__, given))
        if column.type is Type.PERCENT:
            self._highest[column.name] = max([self._highest[column.name], *filter(None, found)])
        if memo.bad:
            self._note_bad(column, given, memo, faults)
        self._count(column, given, memo)
        return found

    def _note_bad(self, column: Column, given: Sequence[str], memo: Memo, faults: dict[int, Fault]) -> None:
        for at, cell in enumerate(given):
            if cell in memo.bad:
                faults.setdefault(at, Fault(column.name, cell, memo.bad[cell]))
        memo.bad.clear()

    def _count(self, column: Column, given: Sequence[str], memo: Memo) -> None:
        """Count what was filled in or written differently."""
        if column.default == WORKSPACE_CURRENCY and "" in memo:
            self._report.assumed[column.name, self._settings.currency] += given.count("")
        if column.type in (Type.CHOICE, Type.ZONE):
            changed = {cell for cell, value in memo.items() if value is not None and cell and cell != value}
            for cell, count in Counter(cell for cell in given if cell in changed).items() if changed else ():
                self._report.normalised[column.name, cell, memo[cell]] += count

    def _amounts(
        self, column: Column, given: Sequence[str], values: dict[str, Sequence[Any]], faults: dict[int, Fault]
    ) -> Sequence[int | None]:
        found: list[int | None] = []
        for at, (cell, digits) in enumerate(zip(given, self._digits(column, values, len(given)), strict=True)):
            amount = None
            if cell:
                try:
                    amount, rounded = cells.minor_units(cell, digits)
                    self._report.rounded += rounded
                except ValueError as error:
                    faults.setdefault(at, Fault(column.name, cell, str(error)))
            elif column.must_be_given:
                faults.setdefault(at, Fault(column.name, cell, "is empty, and must not be"))
            found.append(amount)
        return found

    def _digits(self, column: Column, values: dict[str, Sequence[Any]], count: int) -> Sequence[int]:
        """The digits of the minor unit for each row."""
        own = exponent(self._settings.currency)
        currencies = values.get(column.currency or "")
        digits = [own] * count if currencies is None else self._digits_by_currency(currencies, own)
        metrics = values.get("metric") if self.kind.name == "targets" else None
        if metrics is None:
            return digits
        return [size if metric == "revenue" else 0 for size, metric in zip(digits, metrics, strict=True)]

    def _digits_by_currency(self, currencies: Sequence[str | None], own: int) -> Sequence[int]:
        known = {code: exponent(code) if code else own for code in set(currencies)}
        return [known[code] for code in currencies]

    def _subjects(self, column: Column, stripped: dict[str, Sequence[str]], faults: dict[int, Fault]) -> Sequence[Any]:
        """References whose kind another column of the row names."""
        found: list[int | None] = []
        for at, (cell, singular) in enumerate(
            zip(stripped[column.name], stripped[column.refers_by or ""], strict=True)
        ):
            known = self._identities.get(SINGULAR.get(singular.lower(), ""))
            if not cell:
                faults.setdefault(at, Fault(column.name, cell, "is empty, and must not be"))
            found.append(known[cells.text(cell)] if cell and known is not None else None)
        return found

    def _without_faults(
        self,
        values: dict[str, Sequence[Any]],
        stripped: dict[str, Sequence[str]],
        lines: Sequence[int],
        faults: dict[int, Fault],
    ) -> Converted:
        if not faults:
            return Converted(values, lines)
        wanted = [at for at in range(len(lines)) if at not in faults]
        keys = [column.name for column in self.kind.keys]
        held = [values[staged_field(column)] for column in self.kind.keys]
        with_key = [
            at
            for at, fault in faults.items()
            if fault.column not in keys and all(found[at] is not None for found in held)
        ]
        return Converted(
            {name: [found[at] for at in wanted] for name, found in values.items()},
            [lines[at] for at in wanted],
            [(lines[at], fault) for at, fault in sorted(faults.items())],
            [tuple(found[at] for found in held) for at in with_key],
            [lines[at] for at in with_key],
            [cells.text(stripped[keys[0]][at]) for at in with_key] if self.kind.identity else [],
        )


def default_of(column: Column, settings: Settings, day: Callable[[Any], Any]) -> Any:
    """What is stored for an empty cell, or for a column that a file does not have, of a new thing."""
    if column.blank is not None:
        return day(ALWAYS if column.blank is Blank.ALWAYS else OPEN_END)
    if column.default == WORKSPACE_CURRENCY:
        return settings.currency
    if not column.default:
        return column.default
    return cells.reader(column, settings.timezone)(column.default)


def _fault(faults: dict[int, Fault], stripped: dict[str, Sequence[str]], at: int, name: str, reason: str) -> None:
    faults.setdefault(at, Fault(name, stripped[name][at], reason))
