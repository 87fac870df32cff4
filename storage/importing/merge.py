"""The one short transaction in which an import becomes true: all of it, or nothing."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import Integer, Table, and_, func, insert, literal, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import SQLModel

from storage.faults import reach
from storage.holidays import write_country_days
from storage.importing.context import Import
from storage.importing.decided import record_decisions
from storage.importing.report import Report
from storage.importing.staging import WAS, Staging, key_columns
from storage.kinds import KINDS
from storage.revisions import WorkspaceRow, create_workspace, latest_revision, take_revision
from storage.tables import OPEN_REV, ledger, table_of, targets, workspace

IMPORT_RUNS = table_of(workspace.ImportRun)
REFUSALS = table_of(workspace.ImportRefusal)
AUDIT = table_of(workspace.Audit)
IDENTITIES = [kind.identity for kind in KINDS.values() if kind.identity is not None]
VERSIONS = [kind.table for kind in KINDS.values()]


class Overtaken(Exception):
    """Someone else wrote since this import was prepared: it must be prepared again."""


Also: TypeAlias = Callable[[AsyncConnection, Report], Awaitable[None]]
"""Writes more in the transaction of the import, when its report is complete."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """When an import was made and of what."""

    started: datetime
    now: Callable[[], datetime]
    slug: str
    restate: bool
    new_workspace: Mapping[str, Any] | None = None
    """The settings of a workspace that this import makes."""
    by: int | None = None
    via: str = "cli"
    also: Also | None = None


async def merge(run: Import, occasion: Occasion, *, changed: bool) -> None:
    """Write everything that was prepared, within the transaction that is open. Raises Overtaken."""
    at = occasion.now()
    if occasion.new_workspace is not None:
        await _make_workspace(run, occasion, occasion.new_workspace, at)
    if await latest_revision(run.staging.connection, run.workspace_id) != run.base:
        raise Overtaken
    if changed:
        number = await take_revision(run.staging.connection, run.workspace_id, now=at, cause="import")
        if number != run.revision:
            raise Overtaken
        run.report.revision = number
        await _write(run)
    await record_decisions(run, at)
    await _record(run, occasion, at)
    if occasion.also is not None:
        await occasion.also(run.staging.connection, run.report)
    reach("before-commit")


async def _make_workspace(run: Import, occasion: Occasion, settings: Mapping[str, Any], at: datetime) -> None:
    try:
        made: WorkspaceRow = await create_workspace(run.staging.connection, occasion.slug, settings, now=at)
    except IntegrityError as error:
        raise Overtaken from error
    if made.id != run.workspace_id:
        raise Overtaken
    calendar = run.settings.holidays
    if calendar and not await _brings(run, calendar):
        await write_country_days(run.staging.connection, made.id, calendar, at.year)


async def _brings(run: Import, calendar: str) -> bool:
    """Whether the import has days of this calendar of its own."""
    new = await run.staging.new(targets.Holiday)
    query = select(new.c.calendar).where(new.c.calendar == calendar).limit(1)
    return (await run.staging.execute(query)).first() is not None


async def _write(run: Import) -> None:
    for model in IDENTITIES:
        await _write_identities(run.staging, model)
    for model in VERSIONS:
        await _write_versions(run, model)
        if model is KINDS["deals"].table:
            reach("mid-merge")
    for ledger_table in (ledger.OpenShare, ledger.Credit):
        await _write_versions(run, ledger_table)
    reach("after-ledger")


async def _write_identities(staging: Staging, model: type[SQLModel]) -> None:
    table, new = table_of(model), staging.get(f"new_{table_of(model).name}")
    if new is None:
        return
    names = [column.name for column in table.c]
    changing = [name for name in names if name not in ("workspace_id", "id", "key")]
    if "slack_user_id" in changing:
        # Two people may swap what must be unique, or take over what a removed person had.
        taken = and_(table.c.workspace_id == new.c.workspace_id, table.c.slack_user_id == new.c.slack_user_id)
        await staging.execute(update(table).values(slack_user_id=None).where(taken))
    same = and_(table.c.workspace_id == new.c.workspace_id, table.c.id == new.c.id, new.c[WAS].is_not(None))
    if changing and staging.is_filled(f"ended_{table.name}"):
        await staging.execute(update(table).values({name: new.c[name] for name in changing}).where(same))
    fresh = select(*(new.c[name] for name in names)).where(new.c[WAS].is_(None)).order_by(new.c.id)
    await staging.execute(insert(table).from_select(names, fresh))


async def _write_versions(run: Import, model: type[SQLModel]) -> None:
    staging, table = run.staging, table_of(model)
    ended, new = staging.get(f"ended_{table.name}"), staging.get(f"new_{table.name}")
    if ended is not None and staging.is_filled(ended.name):
        same = and_(*(table.c[name] == ended.c[name] for name in key_columns(table)))
        here = and_(table.c.workspace_id == run.workspace_id, table.c.rev_to == OPEN_REV)
        await staging.execute(update(table).values(rev_to=run.revision).where(here, same))
    if new is not None and staging.is_filled(new.name):
        names = [column.name for column in table.c]
        rows = select(*(new.c[name] for name in names)).order_by(*(new.c[name] for name in key_columns(table)))
        await staging.execute(insert(table).from_select(names, rows))


async def _record(run: Import, occasion: Occasion, at: datetime) -> None:
    """The run itself, its refusals and the audit."""
    staging, report, here = run.staging, run.report, run.workspace_id
    report.run = await _next_id(staging, IMPORT_RUNS, here)
    whole = {
        "workspace_id": here,
        "id": report.run,
        "source": ", ".join(report.files),
        "mapping": report.mapping,
        "started_at": occasion.started,
        "finished_at": at,
        "revision": report.revision,
        "report": json.dumps(report.as_json(), default=str),
    }
    await staging.execute(insert(IMPORT_RUNS).values(whole))
    await _record_refusals(run, report.run)
    after = {
        "revision": report.revision,
        "read": report.read,
        "refused": report.refused,
        "full": run.full,
        "restate": occasion.restate,
    }
    await staging.execute(
        insert(AUDIT).values(
            workspace_id=here,
            id=await _next_id(staging, AUDIT, here),
            at=at,
            by_person_id=occasion.by,
            via=occasion.via,
            action="import",
            subject_kind="import_run",
            subject_id=report.run,
            after=json.dumps(after),
        )
    )


async def _next_id(staging: Staging, table: Table, workspace_id: int) -> int:
    query = select(func.max(table.c.id)).where(table.c.workspace_id == workspace_id)
    return int((await staging.execute(query)).scalar_one() or 0) + 1


async def _record_refusals(run: Import, number: int) -> None:
    refused, sources = run.refused, await run.source_names()
    order = func.row_number().over(order_by=(refused.c.src, refused.c.line, refused.c.column)).cast(Integer)
    query = select(
        literal(run.workspace_id),
        literal(number),
        order,
        sources.c.file,
        *(refused.c[n] for n in ("kind", "line", "column", "value", "reason")),
    ).select_from(refused.join(sources, sources.c.number == refused.c.src))
    names = ["workspace_id", "run_id", "id", "file", "kind", "line", "column", "value", "reason"]
    await run.staging.execute(insert(REFUSALS).from_select(names, query))
