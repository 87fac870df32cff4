"""One import in a process of its own: senders are not held up, and memory is given back when it ends.

The order comes as a line of JSON on standard input, which stays open: when it closes, the worker is gone, and so are we.
What came of it stands in the database, in the import's own transaction; standard output tells the progress.
"""

import asyncio
import json
import os
import sys
import threading
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from commands.imports.form import REJECTS_LABEL, REMOVED_LABEL
from commands.imports.reconciliation import Part, reconciliation
from domain.clock import Clock, FileClock, SystemClock
from domain.errors import Busy, TurfError, Unavailable
from storage.database import Database
from storage.import_orders import Outcome, note_outcome
from storage.importing.limits import Limit
from storage.importing.report import Report
from storage.importing.run import Order, run_import

MODAL = "modal"
"""Through what it was asked for, if that was the form in Slack."""
LATER = 75
"""The exit status for what could not be done just now (EX_TEMPFAIL)."""
SAY_SECONDS = 1.0
REJECTS_BYTES = 5_000_000
"""What is larger is kept nowhere: the reconciliation says so."""
TOO_LARGE = (
    "The refused rows are more than 5 MB, too many for a file with this report. "
    "`turf import PATH --dry-run --rejects FILE`, where Turf runs, writes them."
)


class DoneAlready(Exception):
    """Another worker has done this import meanwhile: nothing of ours is written."""


def main() -> int:
    """Exit status 0 if what came of it is recorded."""
    asked = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with_worker, daemon=True).start()
    try:
        asyncio.run(_run(asked))
    except (Busy, Unavailable) as error:
        _say(later=error.message)
        return LATER
    except DoneAlready:
        pass
    return 0


def _end_with_worker() -> None:
    # Not through sys.stdin, whose lock this thread would hold when Python ends.
    while os.read(0, 4096):
        pass
    os._exit(1)


def _say(**what: Any) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


class _Progress:
    """Now and then how many rows of a file are read."""

    def __init__(self) -> None:
        self._said = 0.0

    def __call__(self, file: str, rows: int) -> None:
        if monotonic() - self._said >= SAY_SECONDS:
            self._said = monotonic()
            _say(file=file, rows=rows)


async def _run(asked: Mapping[str, Any]) -> None:
    clock: Clock = FileClock(Path(asked["clock_file"])) if asked["clock_file"] else SystemClock()
    database, where = Database(asked["database_url"]), (asked["workspace_id"], asked["number"])
    rejects = Path(asked["rejects"])
    order = Order(
        path=Path(asked["path"]),
        **{name: asked[name] for name in ("kind", "mapping", "full", "dry_run", "workspace", "by", "via")},
        rejects=rejects,
        max_rejects=Limit.parse(asked["max_rejects"], REJECTS_LABEL if asked["via"] == MODAL else ""),
        max_removed=Limit.parse(asked["max_removed"], REMOVED_LABEL if asked["via"] == MODAL else ""),
        also=partial(_record, where, rejects),
    )
    try:
        report = await _import(database, order, clock, where)
        if report and (report.dry_run or report.rolled_back):
            async with database.write() as connection:
                await _record(where, rejects, connection, report)
    finally:
        await database.close()


async def _import(database: Database, order: Order, clock: Clock, where: tuple[int, int]) -> Report | None:
    """None if the files can't be read at all, which is recorded."""
    try:
        return await run_import(database, order, now=clock.now, progress=_Progress())
    except (Busy, Unavailable):
        raise
    except TurfError as error:
        async with database.write() as connection:
            await note_outcome(connection, *where, Outcome.FAILED, error=error.message)
        return None


async def _record(where: tuple[int, int], rejects: Path, connection: AsyncConnection, report: Report) -> None:
    """Raises DoneAlready."""
    outcome = Outcome.REFUSED if report.rolled_back else Outcome.DRY if report.dry_run else Outcome.IMPORTED
    text = _text(rejects) if report.refused else None
    found = reconciliation(report)
    if report.refused and text is None:
        found = replace(found, parts=[*found.parts, Part(TOO_LARGE)])
    told = found.as_json()
    if not await note_outcome(
        connection, *where, outcome, told=told, rejects=text, refused=report.refused, run_id=report.run
    ):
        raise DoneAlready


def _text(rejects: Path) -> str | None:
    return rejects.read_text("utf-8") if rejects.stat().st_size <= REJECTS_BYTES else None


if __name__ == "__main__":
    sys.exit(main())
