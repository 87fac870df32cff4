"""Counting: what became of every row, and what the deals now add up to."""

from collections import defaultdict
from typing import Any

from sqlalchemy import case, func, select

from domain.money import to_decimal
from storage.holidays import is_country
from storage.importing.context import Import, StagedKind
from storage.importing.report import SHOWN, Refusal
from storage.importing.staging import SEQ, WAS
from storage.kinds import KINDS
from storage.tables import crm, people, table_of, targets


async def count_rows(run: Import) -> bool:
    """Fill in inserted, updated and unchanged. Whether anything changes at all."""
    for staged in run.in_order():
        report = staged.report
        report.inserted, report.updated = await _inserted_and_updated(run, staged)
        await _note_shorthands(run, staged)
        report.unchanged = report.read - report.refused - report.duplicates - report.inserted - report.updated
    return await _anything(run)


async def _inserted_and_updated(run: Import, staged: StagedKind) -> tuple[int, int]:
    """Rows that bring something new, and rows that change something: a version, a name, or a row that follows from it."""
    kind = staged.kind
    new = await run.staging.new(kind.table)
    own = select(new.c[SEQ]).where(new.c[SEQ] > 0)
    fresh, changes = own.where(new.c[WAS].is_(None)), [own.where(new.c[WAS].is_not(None))]
    if kind.identity is not None and kind.named:
        named = await run.staging.new(kind.identity)
        changes.append(select(named.c[SEQ]).where(named.c[WAS].is_not(None)))
    if kind.shorthands:
        other = await run.staging.new(KINDS[kind.shorthands[0].shorthand or ""].table)
        changes.append(select(-other.c[SEQ]).where(other.c[SEQ] < 0))
    changed = changes[0] if len(changes) == 1 else changes[0].union(*changes[1:])
    rows = changed.subquery()
    only_ended = {seq for name, seq in run.ended_by if name == kind.name}
    only_changed = select(func.count()).select_from(rows).where(rows.c[0].not_in(fresh))
    return await _count(run, select(func.count()).select_from(fresh.subquery())), await _count(run, only_changed) + len(
        only_ended
    )


async def _note_shorthands(run: Import, staged: StagedKind) -> None:
    """Tell how many rows of another kind follow from columns of this one, now that all refusals are known."""
    columns = [column for column in staged.kind.shorthands if staged.has(column)]
    if not columns:
        return
    target = KINDS[columns[0].shorthand or ""]
    new = await run.staging.new(target.table)
    theirs = select(func.count()).select_from(new).where(new.c[SEQ] < 0)
    if count := await _count(run, theirs):
        rows = "1 row follows" if count == 1 else f"{count:,} rows follow"
        names = " and ".join(column.name for column in columns)
        staged.report.notes.append(f"{rows} from the column{'s' if len(columns) > 1 else ''} {names} as {target.name}")


async def _count(run: Import, query: Any) -> int:
    return int((await run.staging.execute(query)).scalar_one())


async def _anything(run: Import) -> bool:
    for kind in KINDS.values():
        for model in (kind.table, kind.identity):
            for prefix in ("new", "ended"):
                table = None if model is None else run.staging.get(f"{prefix}_{table_of(model).name}")
                if table is not None and (await run.staging.execute(select(table).limit(1))).first() is not None:
                    return True
    return False


async def listed(run: Import) -> list[Refusal]:
    """The first refusals, in the order of the files."""
    table = run.refused
    query = select(table).order_by(table.c.src, table.c.line, table.c.column).limit(SHOWN)
    return [
        Refusal(run.sources[row.src].file, row.kind, row.line, row.column, row.value, row.reason)
        for row in await run.staging.execute(query)
    ]


async def check_calendar(run: Import) -> None:
    """Tell that the workspace's calendar has no days, for then no day is a holiday."""
    calendar = run.settings.holidays
    if not calendar:
        return
    days = run.after.source(targets.Holiday)
    query = select(days.c.on_day).where(days.c.calendar == calendar).limit(1)
    if (await run.staging.execute(query)).first() is None and not is_country(calendar):
        run.report.notes.append(
            f"The workspace's calendar of holidays, '{calendar}', has no days yet: import them (kind: holidays)."
        )


async def check_addresses(run: Import) -> None:
    """Tell whose e-mail addresses can't tell them apart in Slack."""
    if "people" not in run.kinds:
        return
    person = run.after.source(people.Person)
    address = func.lower(person.c.email)
    query = (
        select(address.label("address"), func.count().label("count"))
        .where(person.c.email != "", person.c.slack_user_id.is_(None))
        .group_by(address)
        .having(func.count() > 1)
        .order_by(address)
    )
    run.report.notes += [
        f"{row.count} people have the e-mail {row.address}: Slack can't tell them apart without their slack_user_id."
        for row in await run.staging.execute(query)
    ]


async def reconcile(run: Import) -> None:
    """What the deals add up to after the import, to be compared with the CRM's own totals."""
    if "deals" not in run.kinds:
        return
    deal = run.after.source(crm.DealVersion)
    count, total = func.count().label("count"), func.sum(deal.c.amount).label("total")
    query = select(deal.c.status, deal.c.stage, deal.c.currency, count, total)
    rows = (await run.staging.execute(query.group_by(deal.c.status, deal.c.stage, deal.c.currency))).all()
    found = run.report.reconciliation
    found["deals"] = sum(row.count for row in rows)
    for status in ("won", "lost", "open"):
        found[status] = _status([row for row in rows if row.status == status])
    found["later"] = await _closed_later(run, deal)
    found["without"] = await _without(run, deal)
    found["people"] = await _people(run, deal)


def _status(rows: list[Any]) -> dict[str, Any]:
    stages: defaultdict[str, int] = defaultdict(int)
    amounts: defaultdict[str, int] = defaultdict(int)
    for row in rows:
        stages[row.stage or ""] += row.count
        amounts[row.currency] += int(row.total or 0)
    return {
        "deals": sum(stages.values()),
        "stages": dict(sorted(stages.items())),
        "amounts": {code: str(to_decimal(minor, code)) for code, minor in sorted(amounts.items())},
    }


async def _closed_later(run: Import, deal: Any) -> dict[str, Any]:
    """Deals that are closed on a day to come: how many, and what those that are won are worth by currency."""
    won = func.sum(case((deal.c.status == "won", deal.c.amount), else_=0)).label("total")
    query = select(deal.c.currency, func.count().label("count"), won)
    later = deal.c.status.in_(("won", "lost")), deal.c.closed_on > run.today
    rows = (await run.staging.execute(query.where(*later).group_by(deal.c.currency).order_by(deal.c.currency))).all()
    amounts = {row.currency: str(to_decimal(int(row.total or 0), row.currency)) for row in rows}
    return {"deals": sum(row.count for row in rows), "amounts": amounts}


async def _without(run: Import, deal: Any) -> dict[str, int]:
    """How many deals lack what their credit or a report would need."""
    columns = {"account": deal.c.account_id, "owner": deal.c.owner_id}
    counts = [(func.count() - func.count(column)).label(name) for name, column in columns.items()]
    row = (await run.staging.execute(select(*counts))).one()
    return {name: int(getattr(row, name)) for name in columns}


async def _people(run: Import, deal: Any) -> dict[str, int]:
    """How many people own deals, and how many reps there are."""
    owners = set((await run.staging.execute(select(deal.c.owner_id).distinct())).scalars()) - {None}
    person = run.after.source(people.PersonVersion)
    reps = set((await run.staging.execute(select(person.c.id).where(person.c.role == "rep"))).scalars())
    return {"with deals": len(owners), "reps": len(reps), "reps with deals": len(owners & reps)}
