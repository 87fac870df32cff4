"""Checks of the state that an import would make: each row on its own, then against all others."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, func, or_, select

from domain.company import WHOLE
from domain.money import exponent, to_decimal
from storage.importing.context import Import, StagedKind
from storage.importing.overlaps import Held, clashes
from storage.importing.rate_checks import check_rates
from storage.importing.refusing import Wrong, let_stand, refuse, refuse_where
from storage.importing.staging import SEQ, WAS
from storage.importing.trees import cycles, reporting_cycles
from storage.kinds import WORKSPACE_CURRENCY, Type
from storage.snapshot import rows_of
from storage.tables import crm, people, territories

Check = Callable[[Import], Awaitable[int]]


async def check_rows(run: Import) -> int:
    """What a row must hold on its own, with the columns that it kept. Needed once."""
    found = 0
    for staged in run.in_order():
        found += await _check_required(run, staged)
        found += await _check_kept_currency(run, staged)
    return found + await _check_deals(run) + await check_rates(run)


async def check_whole(run: Import) -> int:
    """What rows must not do to each other. To be repeated until nothing is found: each refusal changes the whole."""
    found = 0
    for check in (
        _check_slack_ids,
        _check_trees,
        _check_reporting,
        _check_primaries,
        _check_splits,
        _check_seasonality,
    ):
        found += await check(run)
    return found


# Each row on its own


async def _check_required(run: Import, staged: StagedKind) -> int:
    """A new thing needs the columns that only a known thing may lack."""
    found = 0
    for column in staged.kind.columns:
        if column.required and column.default is None and staged.lacking(column):
            model = staged.kind.identity if column.identity else staged.kind.table
            assert model is not None
            new = await run.staging.new(model)
            rows = (
                (await run.staging.execute(select(new.c[SEQ]).where(new.c[SEQ] > 0, new.c[column.field].is_(None))))
                .scalars()
                .all()
            )
            reason = f"is missing: a new {staged.kind.singular} needs this column"
            found += await refuse(run, staged, [Wrong(seq, column.name, reason, "") for seq in rows])
    return found


async def _check_kept_currency(run: Import, staged: StagedKind) -> int:
    """Amounts without a currency column keep the stored currency: their digits must be those that were assumed."""
    column = staged.kind.by_name.get("currency")
    if column is None or column.default != WORKSPACE_CURRENCY or not staged.lacking(column):
        return 0
    amounts = [c for c in staged.kind.columns if c.type is Type.MONEY and c.currency and staged.has(c)]
    if not amounts:
        return 0
    new = await run.staging.new(staged.kind.table)
    query = select(new.c.currency).where(new.c[WAS].is_not(None)).distinct()
    own = exponent(run.settings.currency)
    others = [code for code in (await run.staging.execute(query)).scalars() if code and exponent(code) != own]
    if not others:
        return 0
    reason = "is in another currency than the workspace's: the file needs the column currency"
    lacking = select(new.c[SEQ], new.c[amounts[0].field]).where(new.c[SEQ] > 0, new.c.currency.in_(others))
    wrong = [
        Wrong(seq, amounts[0].name, reason, "" if amount is None else str(to_decimal(amount, run.settings.currency)))
        for seq, amount in map(tuple, await run.staging.execute(lacking))
    ]
    return await refuse(run, staged, wrong)


async def _check_deals(run: Import) -> int:
    if "deals" not in run.kinds:
        return 0
    new = await run.staging.new(crm.DealVersion)
    a_return = or_(new.c.type == "return", new.c.amount < 0)
    rules = [
        (
            and_(new.c.status != "open", new.c.closed_on.is_(None)),
            "closed_on",
            "is empty: a won or lost deal needs its day",
        ),
        (and_(a_return, new.c.status != "won"), "status", "must be won: the row is a return"),
        (new.c.reverses_id == new.c.id, "reverses", "is the deal itself"),
    ]
    return await refuse_where(run, "deals", rules)


# Rows against each other


async def _check_slack_ids(run: Import) -> int:
    staged = run.kinds.get("people")
    if staged is None:
        return 0
    new, known = await run.staging.new(people.Person), run.after.source(people.Person)
    # Who was removed has no claim any more.
    standing = select(run.after.source(people.PersonVersion).c.id)
    ids = select(known.c.slack_user_id).where(known.c.slack_user_id.is_not(None), known.c.id.in_(standing))
    twice = ids.group_by(known.c.slack_user_id)
    shared = twice.having(func.count() > 1)
    query = select(new.c[SEQ]).where(new.c.slack_user_id.in_(shared))
    rows = (await run.staging.execute(query)).scalars().all()
    return await refuse(run, staged, [Wrong(seq, "slack_user_id", "belongs to another person") for seq in rows])


async def _check_trees(run: Import) -> int:
    found = 0
    for name in ("teams", "territories", "accounts"):
        staged = run.kinds.get(name)
        if staged is None or not staged.has(staged.kind.by_name["parent"]):
            continue
        new = await run.staging.new(staged.kind.table)
        source = run.after.source(staged.kind.table)
        query = select(source.c.id, source.c.parent_id).where(source.c.parent_id.is_not(None))
        parents: dict[int, int] = {row.id: row.parent_id for row in await run.staging.execute(query)}
        changed = await _seqs(run, select(new.c.id, new.c[SEQ]))
        reason = f"makes a circle: no {staged.kind.singular} can be above itself"
        names = {number: key for key, number in run.identities[name].items()} if parents else {}
        wrong = [
            Wrong(changed[one], "parent", reason, names[parents[one]]) for one in cycles(parents) if one in changed
        ]
        found += await refuse(run, staged, wrong)
    return found


async def _seqs(run: Import, query: Any) -> dict[Any, int]:
    """A SELECT of (key, seq) as a mapping."""
    return dict(map(tuple, await run.staging.execute(query)))


async def _check_reporting(run: Import) -> int:
    """Nobody reports to themself on any day, however far up."""
    if "people" not in run.kinds and "reporting" not in run.kinds:
        return 0
    new = await run.staging.new(people.Reporting)
    lines = select(new.c.person_id, new.c.from_on, new.c.manager_id, new.c[SEQ])
    changed = (await run.staging.execute(lines)).all()
    if not changed:
        return 0
    query = rows_of(run.after, people.Reporting, "person_id", "from_on", "to_on", "manager_id")
    rows = [(row.person_id, row.from_on, row.to_on, row.manager_id) for row in await run.staging.execute(query)]
    circular = reporting_cycles([row for row in rows if row[3] is not None])
    names = {number: key for key, number in run.identities["people"].items()} if circular else {}
    managers = {row.seq: names[row.manager_id] for row in changed if (row.person_id, row.from_on) in circular}
    found = 0
    for kind, sign in (("reporting", 1), ("people", -1)):
        reason = "makes a circle: a person can't report to themself"
        theirs = [Wrong(abs(seq), "manager", reason, name) for seq, name in managers.items() if seq * sign > 0]
        found += await refuse(run, run.kinds[kind], theirs) if theirs else 0
    return found


async def _check_primaries(run: Import) -> int:
    staged = run.kinds.get("assignments")
    if staged is None:
        return 0
    new = await run.staging.new(territories.Assignment)
    keys = ("territory_id", "person_id", "from_on")
    changed = {
        tuple(row[:3]): row.seq
        for row in await run.staging.execute(
            select(*(new.c[k] for k in keys), new.c[SEQ]).where(new.c.role == "primary")
        )
    }
    touched = {key[0] for key in changed}
    query = rows_of(run.after, territories.Assignment, *keys, "to_on", "share", "role")
    held: defaultdict[int, list[Held]] = defaultdict(list)
    for row in await run.staging.execute(query):
        if row.role == "primary" and row.territory_id in touched:
            held[row.territory_id].append(Held(row.from_on, row.to_on, row.share, changed.get(tuple(row[:3]), 0)))
    reason = "overlaps another primary of this territory"
    seqs = [one.seq for rows in held.values() for one in clashes(rows)]
    return await refuse(run, staged, [Wrong(seq, "from", reason) for seq in seqs])


async def _check_splits(run: Import) -> int:
    """The revenue splits of a deal sum to 100 %."""
    return await _check_sums(run, "splits", "deal_id", "the revenue splits of this deal", {"kind": "revenue"})


async def _check_seasonality(run: Import) -> int:
    return await _check_sums(run, "seasonality", "profile", "the months of this profile", {})


async def _check_sums(run: Import, kind: str, group: str, what: str, among: Mapping[str, str]) -> int:
    """Refuse the new rows of each group that does not sum to 100 %, and let its absent rows stand."""
    staged = run.kinds.get(kind)
    if staged is None:
        return 0
    new, ended = await run.staging.new(staged.kind.table), await run.staging.ended(staged.kind.table)
    source = run.after.source(staged.kind.table)
    touched = select(new.c[group]).union(select(ended.c[group]))
    sums = (
        select(source.c[group], func.sum(source.c.share).label("total"))
        .where(*_are(source, among), source.c[group].in_(touched))
        .group_by(source.c[group])
        .having(func.sum(source.c.share) != WHOLE)
    )
    totals: Mapping[Any, int] = dict(map(tuple, await run.staging.execute(sums)))
    if not totals:
        return 0
    rows = await run.staging.execute(
        select(new.c[SEQ], new.c[group].label("one"), new.c.share).where(*_are(new, among))
    )
    wrong = [
        Wrong(row.seq, "percent", f"{what} add up to {_percent(totals[row.one])} %, not 100 %", _percent(row.share))
        for row in rows
        if row.one in totals
    ]
    found = await refuse(run, staged, wrong)
    for some in _slices(list(totals)):
        found += await let_stand(run, staged, and_(*_are(ended, among), ended.c[group].in_(some)))
    return found


def _are(table: FromClause, values: Mapping[str, str]) -> list[ColumnElement[bool]]:
    return [table.c[name] == value for name, value in values.items()]


def _percent(share: int) -> str:
    return f"{share / (WHOLE // 100):.10g}"


def _slices(values: Sequence[Any], size: int = 500) -> Iterable[Sequence[Any]]:
    return (values[at : at + size] for at in range(0, len(values), size))
