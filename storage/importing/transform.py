"""A mapping at work: batches of an export in, batches of a kind out, with what was changed counted."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from string import Formatter

from storage.importing.batches import BadRow, Batch, FileTable, NumberCell
from storage.importing.cells import NO_SUCH_DAY, number
from storage.importing.convert import Fault
from storage.importing.mapping import ColumnRule, Condition, TableRule
from storage.importing.presence import Lookups, present, read_by
from storage.importing.report import KindReport
from storage.importing.stage import KindBatch
from storage.kinds import KINDS

Table = Mapping[str, Sequence[str]]
REFUSED = "\0"
"""Stands before a cell that the mapping refuses, and between it and the reason, until its row is refused. No file's cell has it."""
_WITH_COMMA = re.compile(r"-?(?:\d{1,3}(?:(?P<mark>[.\s'’])\d{3}(?:(?P=mark)\d{3})*)?|\d+)(?:,\d+)?")
_NO_PART = re.compile(r"[^\d,-]")


class Transform:
    """Applies the rule of one table to the batches of one file."""

    def __init__(
        self,
        rule: TableRule,
        table: FileTable,
        lookups: Lookups,
        report: KindReport,
        known: Callable[[str], bool] = lambda key: False,
    ) -> None:
        self._rule = rule
        self._key = KINDS[rule.kind].keys[0].name
        self._lookups = lookups
        self._report = report
        self._known = known
        self._seen: set[tuple[str, ...]] = set()
        found = present(rule, table.header, lookups)
        self._columns = found.columns
        self.missing, self.without = sorted(found.missing), found.reasons

    @property
    def given(self) -> frozenset[str]:
        return frozenset(self._columns)

    @property
    def origins(self) -> dict[str, str]:
        """What a column of the kind is called in the file, where it is one column."""
        return {name: one.column for name, one in self._columns.items() if one.column}

    @property
    def used(self) -> set[str]:
        """Columns of the file that the rule reads."""
        found = {name for one in self._columns.values() for name in read_by(one)}
        return found | set(self._rule.where) | set(self._rule.unless)

    def apply(self, batches: Iterable[Batch]) -> Iterator[KindBatch]:
        for batch in batches:
            wanted = self._wanted(batch.columns, len(batch.lines))
            table = _rows(batch.columns, wanted) if len(wanted) < len(batch.lines) else batch.columns
            lines = [batch.lines[at] for at in wanted]
            yield self._batch(table, lines, self._without_footer(batch.bad))

    def _wanted(self, table: Table, count: int) -> Sequence[int]:
        wanted: Sequence[int] = range(count)
        if self._rule.where:
            wanted = [at for at in wanted if _meets(self._rule.where, table, at)]
        if self._rule.unless:
            wanted = [at for at in wanted if not _meets(self._rule.unless, table, at)]
        return wanted

    def _without_footer(self, bad: Sequence[BadRow]) -> Sequence[BadRow]:
        if not self._rule.footer:
            return bad
        rows = [row for row in bad if not row.reason.startswith("has 1 cell ")]
        if len(rows) < len(bad):
            count = len(bad) - len(rows)
            lines = "1 line with a single cell was" if count == 1 else f"{count} lines with a single cell were"
            self._report.notes.append(f"{lines} taken for the report's footer and left out")
        return rows

    def _batch(self, table: Table, lines: Sequence[int], bad: Sequence[BadRow]) -> KindBatch:
        found: dict[str, Sequence[str]] = {}
        for name, rule in self._columns.items():
            found[name] = self._cells(name, rule, table, found, len(lines))
        keep = self._first_seen(found, len(lines)) if self._rule.distinct or self._rule.missing_only else None
        if keep is not None and len(keep) < len(lines):
            found, lines = _rows(found, keep), [lines[at] for at in keep]
        return KindBatch(found, lines, bad, self._take_refused(found))

    def _take_refused(self, found: dict[str, Sequence[str]]) -> dict[int, Fault]:
        """Blank the cells that the mapping refuses; the faults of their rows, by position."""
        faults: dict[int, Fault] = {}
        for name, rule in self._columns.items():
            cells = found[name]
            if _may_refuse(rule) and any(cell.startswith(REFUSED) for cell in cells):
                for at, cell in enumerate(cells):
                    if cell.startswith(REFUSED):
                        _, shown, reason = cell.split(REFUSED, 2)
                        faults[at] = Fault(name, shown, reason)
                found[name] = ["" if cell.startswith(REFUSED) else cell for cell in cells]
        return faults

    def _first_seen(self, found: Table, count: int) -> list[int]:
        keep = []
        rows = list(zip(*found.values(), strict=True)) if found else [()] * count
        keys = found.get(self._key, ())
        for at, row in enumerate(rows):
            if self._rule.missing_only and (not keys[at].strip() or self._known(keys[at].strip())):
                continue
            if row not in self._seen:
                self._seen.add(row)
                keep.append(at)
        return keep

    # One column

    def _cells(self, name: str, rule: ColumnRule, table: Table, found: Table, count: int) -> Sequence[str]:
        cells = _kept(rule, table, found, self._origin(name, rule, table, count))
        for step in (self._looked_up, self._translated, self._reshaped):
            cells = step(name, rule, cells)
        # Before, so that only what is kept is counted; and after, for a blank cell may have been given a value.
        return _kept(rule, table, found, cells)

    def _origin(self, name: str, rule: ColumnRule, table: Table, count: int) -> Sequence[str]:
        if rule.column is not None:
            return table[rule.column]
        if rule.value is not None:
            return [rule.value] * count
        if rule.text is not None:
            return [_filled(rule.text, table, at) for at in range(count)]
        return self._derived(name, rule, table, count)

    def _derived(self, name: str, rule: ColumnRule, table: Table, count: int) -> Sequence[str]:
        rules, cells = rule.derive or (), []
        asked = dict.fromkeys(column for one in rules for column in one.when)
        for at in range(count):
            chosen = next((one.then for one in rules if _meets(one.when, table, at)), None)
            shown = ", ".join(f"{column} {table[column][at].strip() or '(blank)'}" for column in asked)
            if not chosen and rule.otherwise == "refuse":
                cells.append(_refused(shown, "fits no rule of the mapping"))
                continue
            cells.append(chosen or "")
            self._report.normalised[name, shown, cells[-1] or "(blank)"] += 1
        return cells

    def _looked_up(self, name: str, rule: ColumnRule, cells: Sequence[str]) -> Sequence[str]:
        lookup = rule.lookup
        if lookup is None:
            return cells
        there = self._lookups[lookup.key]
        if lookup.found is not None:
            return [lookup.found if cell.strip() in there else lookup.missing for cell in cells]
        unknown = sum(1 for cell in cells if cell.strip() and cell.strip() not in there)
        if unknown:
            self._report.normalised[name, f"(not found in {lookup.file})", lookup.missing or "(blank)"] += unknown
        return [there.get(cell.strip(), lookup.missing) for cell in cells]

    def _translated(self, name: str, rule: ColumnRule, cells: Sequence[str]) -> Sequence[str]:
        if not rule.normalise and not rule.values:
            return cells
        memo = {cell: _translate(rule, cell.strip()) for cell in set(cells)}
        changed = Counter(cell for cell in cells if memo[cell] != cell.strip())
        for cell, count in changed.items():
            if not memo[cell].startswith(REFUSED):
                self._report.normalised[name, cell.strip(), memo[cell] or "(blank)"] += count
        return [cell if memo[cell] == cell else memo[cell] for cell in cells]

    def _reshaped(self, name: str, rule: ColumnRule, cells: Sequence[str]) -> Sequence[str]:
        if not rule.strip and rule.decimal is None and rule.scale is None and not rule.dates:
            return cells
        # A number and a text that looks like it are equal, and not read alike.
        kinds = [isinstance(cell, NumberCell) for cell in cells]
        memo = {
            (cell, is_number): _reshape(rule, cell, is_number)
            for cell, is_number in set(zip(cells, kinds, strict=True))
        }
        found = [memo[cell, is_number] for cell, is_number in zip(cells, kinds, strict=True)]
        for form, count in Counter(form for _, form in found if form).items():
            self._report.normalised[name, f"(date written as {form})", "(ISO date)"] += count
        return [cell for cell, _ in found]


def _may_refuse(rule: ColumnRule) -> bool:
    return rule.otherwise == "refuse" or rule.decimal is not None or bool(rule.dates)


def _reshape(rule: ColumnRule, cell: str, is_number: bool) -> tuple[str, str]:
    """The cell without what is to be stripped, scaled, as an ISO date; and the form that a date was written in."""
    cell = cell.strip()
    if cell.startswith(REFUSED):
        return cell, ""
    for mark in rule.strip:
        cell = cell.replace(mark, "")
    cell = cell.strip()
    if rule.decimal is not None and cell and not is_number:
        cell = _without_comma(cell)
    if rule.scale is not None and cell:
        cell = _scaled(cell, rule.scale)
    return _as_date(rule.dates, cell) if rule.dates and cell else (cell, "")


def _as_date(forms: Sequence[str], cell: str) -> tuple[str, str]:
    """The ISO date of a cell in the first form that fits, and that form if it is another one."""
    refused = ""
    for form in forms:
        try:
            # Without a zone it is a date as the file has it; with one, the workspace's zone decides on the day.
            found = datetime.strptime(cell, form)  # noqa: DTZ007
        except ValueError as error:
            if "does not match" not in str(error):
                refused = _refused(cell, NO_SUCH_DAY)
            continue
        iso = found.isoformat() if found.tzinfo else found.date().isoformat()
        return iso, "" if form == "%Y-%m-%d" else form
    return refused or cell, ""


def _rows(table: Table, wanted: Sequence[int]) -> dict[str, Sequence[str]]:
    return {name: [cells[at] for at in wanted] for name, cells in table.items()}


def _meets(condition: Condition, table: Table, at: int) -> bool:
    return all(column in table and table[column][at].strip() in values for column, values in condition.items())


def _kept(rule: ColumnRule, table: Table, found: Table, cells: Sequence[str]) -> Sequence[str]:
    """The cells, blank where the conditions of the rule are not met."""
    for condition, columns in ((rule.when, table), (rule.when_result, found)):
        if condition:
            cells = [cell if _meets(condition, columns, at) else "" for at, cell in enumerate(cells)]
    return cells


def _filled(template: str, table: Table, at: int) -> str:
    """The template with its columns filled in; blank if one of them is."""
    parts = []
    for literal, name, _, _ in Formatter().parse(template):
        parts.append(literal)
        if name is not None:
            cell = table[name][at].strip()
            if not cell:
                return ""
            parts.append(cell)
    return "".join(parts)


def _translate(rule: ColumnRule, cell: str) -> str:
    cell = rule.normalise.get(cell, cell)
    if cell in rule.values:
        return rule.values[cell]
    if not rule.values or rule.otherwise == "keep" or not cell or cell.startswith(REFUSED):
        return cell
    return "" if rule.otherwise == "blank" else _refused(cell, "is not among the values of the mapping")


def _refused(cell: str, reason: str) -> str:
    return f"{REFUSED}{cell}{REFUSED}{reason}"


def _without_comma(cell: str) -> str:
    """A number that was written with a decimal comma; thousands may be separated, each by the same mark."""
    if not _WITH_COMMA.fullmatch(cell):
        return _refused(cell, "is not a number with a decimal comma such as 1.234,50")
    return _NO_PART.sub("", cell).replace(",", ".")


def _scaled(cell: str, scale: float) -> str:
    """The scaled number; what is no plain one stays as it is, for its column to refuse."""
    try:
        return format((number(cell) * Decimal(str(scale))).normalize(), "f")
    except ValueError:
        return cell
