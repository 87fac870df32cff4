"""Asking for the credit pass: which deals it must look at."""

from typing import Any

from sqlalchemy import Column as SqlColumn
from sqlalchemy import Integer, func, insert, select

from storage.credit.prepare import prepare_credits
from storage.importing.context import Import
from storage.importing.staging import Touched
from storage.tables import crm, ledger, people, table_of, targets, territories

EVERYTHING = (
    people.PersonVersion,
    crm.AccountVersion,
    territories.TerritoryVersion,
    territories.Rule,
    territories.Pin,
    territories.Assignment,
    targets.Rate,
)
"""What may change the credit of any deal."""


async def settle_credits(run: Import, *, restate: bool) -> bool:
    """Stage what the ledger and the open pipeline need to follow what is staged. Whether they need anything."""
    run.report.credit = await prepare_credits(
        run.staging.connection,
        before=run.before,
        after=run.after,
        staging=run.staging,
        touched=await _touched(run),
        revision=run.revision,
        today=run.today,
        restate=restate,
    )
    return await _changes(run, ledger.Credit) or await _changes(run, ledger.OpenShare)


async def _touched(run: Import) -> Touched:
    table = await run.staging.create("touched_deals", [SqlColumn("id", Integer)], ["id"])
    if [model for model in EVERYTHING if await _changes(run, model)]:
        return Touched(all=True, deals=table)
    parts: list[Any] = []
    for model, column in ((crm.DealVersion, "id"), (crm.Split, "deal_id")):
        for prefix in ("new", "ended"):
            staged = run.staging.get(f"{prefix}_{table_of(model).name}")
            if staged is not None:
                parts.append(select(staged.c[column]))
    if parts:
        ids = parts[0].union(*parts[1:]).subquery()
        await run.staging.execute(insert(table).from_select(["id"], select(ids.c[0])))
    count = (await run.staging.execute(select(func.count()).select_from(table))).scalar_one()
    return Touched(all=False, deals=table, count=count)


async def _changes(run: Import, model: Any) -> bool:
    for prefix in ("new", "ended"):
        staged = run.staging.get(f"{prefix}_{table_of(model).name}")
        if staged is not None and (await run.staging.execute(select(staged).limit(1))).first() is not None:
            return True
    return False
