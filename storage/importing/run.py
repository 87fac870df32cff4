"""An import from the path to the report."""

import gc
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from domain.errors import NotFound, UsageError
from storage.company import load_settings, settings_from
from storage.database import Database
from storage.faults import reach
from storage.importing import diff
from storage.importing.cascade import cascade
from storage.importing.checks import check_rows, check_whole
from storage.importing.context import Import
from storage.importing.decided import settle_decisions
from storage.importing.identities import load_identities
from storage.importing.limits import FIVE_PERCENT, Limit, over_limits
from storage.importing.merge import Also, Occasion, Overtaken, merge
from storage.importing.reconcile import check_addresses, check_calendar, count_rows, listed, reconcile
from storage.importing.rejects import write_rejects
from storage.importing.removal import Removing
from storage.importing.report import Report
from storage.importing.settle import settle_credits
from storage.importing.shorthand import expand
from storage.importing.sources import files_at, readings
from storage.importing.stage import Progress, Reading, stage
from storage.importing.staging import Staging, open_staging
from storage.revisions import WORKSPACES, find_workspace, latest_revision, queue
from storage.snapshot import Latest
from storage.tables import OPEN_REV, workspace

ATTEMPTS = 3
"""How often an import is prepared anew because someone else wrote meanwhile; the last time nobody else may write."""
DEFAULT_WORKSPACE = "default"


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be imported, and how."""

    path: Path
    kind: str | None = None
    mapping: str | None = None
    full: bool = False
    restate: bool = False
    dry_run: bool = False
    rejects: Path | None = None
    max_rejects: Limit = FIVE_PERCENT
    max_removed: Limit = FIVE_PERCENT
    workspace: str | None = None
    new_workspace: Mapping[str, Any] = field(default_factory=dict)
    """The settings of the workspace that is made if there is none."""
    by: int | None = None
    via: str = "cli"
    """Who asked for it (a person), and through what: for the audit."""
    also: Also | None = None


def silent(_file: str, _rows: int) -> None:
    """No progress."""


async def run_import(
    database: Database, order: Order, *, now: Callable[[], datetime], progress: Progress = silent
) -> Report:
    """Import what `order` names. The report says what was done; nothing was if it is rolled back or a dry run.

    Raises TurfError if there is nothing that can be imported: a missing file, a header without its keys.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return await _attempt(database, order, now, progress, alone=attempt == ATTEMPTS)
        except Overtaken:
            continue
    raise AssertionError("an import that nobody can overtake was overtaken")


async def _attempt(
    database: Database, order: Order, now: Callable[[], datetime], progress: Progress, *, alone: bool
) -> Report:
    async with open_staging(database) as staging, _without_collector():
        async with database.on(staging.connection, writes=alone):
            run, occasion = await _begin(staging, order, now, alone=alone)
            changed = await _prepare(run, _readings(order, run), order, progress)
            finished = order.dry_run or run.report.rolled_back is not None
            if alone and not finished:
                await merge(run, occasion, changed=changed)
        if not alone and not finished:
            async with database.on(staging.connection, writes=True):
                await merge(run, occasion, changed=changed)
        if not finished:
            reach("committed")
        return run.report


@asynccontextmanager
async def _without_collector() -> AsyncIterator[None]:
    """Rows make no cycles, and looking for some among millions of cells takes longer than reading them (measured: x3)."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


async def _begin(
    staging: Staging, order: Order, now: Callable[[], datetime], *, alone: bool
) -> tuple[Import, Occasion]:
    started = now()
    here, base, raw, fresh = await _workspace(staging, order, alone=alone)
    settings = settings_from(raw)
    report = Report(workspace=fresh or order.workspace or DEFAULT_WORKSPACE, dry_run=order.dry_run)
    report.assumed_settings = dict(raw) if fresh else {}
    report.currency = settings.currency
    run = Import(
        staging=staging,
        workspace_id=here,
        base=base,
        settings=settings,
        today=started.astimezone(ZoneInfo(settings.timezone)).date(),
        report=report,
        identities=await load_identities(staging, here),
        full=order.full,
    )
    await run.prepare()
    if fresh:
        await _stage_settings(run, raw)
    more = order.by, order.via, order.also
    return run, Occasion(started, now, report.workspace, order.restate, raw if fresh else None, *more)


async def _stage_settings(run: Import, settings: Mapping[str, Any]) -> None:
    """The settings of the workspace that this import makes, for credit is counted by them; creating it writes them."""
    names = ["workspace_id", "name", "rev_from", "rev_to", "value"]
    rows = [(run.workspace_id, name, 1, OPEN_REV, json.dumps(value)) for name, value in settings.items()]
    await run.staging.bulk_insert(await run.staging.new(workspace.Setting), names, rows)


async def _workspace(staging: Staging, order: Order, *, alone: bool) -> tuple[int, int, dict[str, Any], str | None]:
    """Id, revision and settings of the workspace; and its name if this import is to make it."""
    try:
        row = await find_workspace(staging.connection, order.workspace)
    except NotFound:
        highest = (await staging.execute(select(func.max(WORKSPACES.c.id)))).scalar_one()
        if highest is not None:
            raise
        # The revision 1 of a new workspace holds its settings.
        return 1, 1, dict(order.new_workspace), order.workspace or DEFAULT_WORKSPACE
    if alone:
        await queue(staging.connection, row.id)
    base = await latest_revision(staging.connection, row.id)
    return row.id, base, await load_settings(staging.connection, Latest(row.id, base)), None


def _readings(order: Order, run: Import) -> list[Reading]:
    if order.rejects is not None and order.rejects.resolve() in [file.resolve() for file in files_at(order.path)]:
        raise UsageError(f"--rejects {order.rejects} would overwrite what is imported. Choose another name.")

    def known(kind: str, key: str) -> bool:
        identities = run.identities[kind]
        return key in identities and identities[key] in identities.delivered

    return readings(order.path, order.kind, order.mapping, run.report, known)


async def _settle_rows(run: Import) -> None:
    """Remove what is absent and refuse what is wrong, until neither changes the other any more."""
    removing = Removing(run)
    await removing.work_out()
    refused = await check_rows(run)
    while True:
        if refused:
            await removing.work_out()
        refused = await cascade(run) + await check_whole(run)
        if not refused:
            break
    await removing.tell()


async def _prepare(run: Import, found: list[Reading], order: Order, progress: Progress) -> bool:
    """Stage, compare and check. Whether there is anything to write."""
    for reading in found:
        await stage(run, reading, progress)
    reach("staged")
    for staged in run.in_order():
        await diff.compare(run, staged)
    for staged in run.in_order():
        await expand(run, staged)
    await _settle_rows(run)
    await settle_decisions(run)
    changed = await count_rows(run)
    run.report.refusals = await listed(run)
    if order.rejects is not None:
        tables = {reading.file: reading.table for reading in found if reading.table is not None}
        await write_rejects(run, order.rejects, tables)
    run.report.rolled_back = over_limits(run.report, order.max_rejects, order.max_removed)
    if (changed or order.restate) and not run.report.rolled_back:
        changed |= await settle_credits(run, restate=order.restate)
    await reconcile(run)
    await check_calendar(run)
    await check_addresses(run)
    return changed
