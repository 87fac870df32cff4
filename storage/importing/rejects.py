"""The rejects file: refused rows as they stood in their files, with the line, the column and the reason."""

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping
from io import TextIOWrapper
from pathlib import Path

from sqlalchemy import select

from storage.files import replacing
from storage.importing.batches import FileTable
from storage.importing.context import Import

ADDED = ("line", "column", "reason")
Reasons = dict[int, list[tuple[str, str, str]]]
"""Line to (column, value, reason), one for each kind that the row was read as."""


async def write_rejects(run: Import, path: Path, tables: Mapping[str, FileTable]) -> int:
    """Write the refused rows to `path`, corrected and imported again they are taken; returns how many there are.

    The columns are separated as in the file that they come from: what a decimal comma is there is one here.
    """
    refused = {name: reasons for name, reasons in (await _refused(run)).items() if name in tables}
    several = len(refused) > 1
    header = list(dict.fromkeys(column for name in refused for column in tables[name].header))
    count = 0
    mark, is_said = _mark([tables[name] for name in refused])
    with replacing(path) as whole, TextIOWrapper(whole, encoding="utf-8", newline="") as file:
        if is_said:
            file.write(f"sep={mark}\n")
        writer = csv.writer(file, delimiter=mark, lineterminator="\n")
        writer.writerow([*(["file"] if several else []), *header, *ADDED])
        for name, reasons in refused.items():
            for row in _rows(tables[name], header, reasons):
                writer.writerow([*([name] if several else []), *row])
                count += 1
    return count


def _mark(tables: list[FileTable]) -> tuple[str, bool]:
    """What separates the columns, and whether a line above the header is to say so; files that differ make a comma."""
    found = {(table.mark, table.says_mark) for table in tables}
    return found.pop() if len(found) == 1 else (",", False)


async def _refused(run: Import) -> dict[str, Reasons]:
    found: defaultdict[str, Reasons] = defaultdict(dict)
    table = run.refused
    names = ("src", "line", "column", "value", "reason")
    for row in await run.staging.execute(
        select(*(table.c[name] for name in names)).order_by(table.c.src, table.c.line)
    ):
        found[run.sources[row.src].file].setdefault(row.line, []).append((row.column, row.value, row.reason))
    return found


def _rows(table: FileTable, header: list[str], reasons: Reasons) -> Iterator[list[str]]:
    """The file is read once more: refused rows are few, and keeping all of them in memory would not be."""
    for batch in table.batches():
        for bad in batch.bad:
            if bad.line in reasons:
                yield [bad.value, *[""] * (len(header) - 1), *_added(bad.line, reasons)]
        for at, line in enumerate(batch.lines):
            if line in reasons:
                cells = [batch.columns[name][at] if name in batch.columns else "" for name in header]
                yield [*cells, *_added(line, reasons)]


def _added(line: int, reasons: Reasons) -> list[str]:
    found = list(dict.fromkeys((column, reason) for column, _, reason in reasons[line]))
    return [str(line), found[0][0], "; ".join(reason for _, reason in found)]
