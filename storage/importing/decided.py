"""What was decided in Turf stands against an import's value, and is listed; where the import agrees it is let go."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, and_, bindparam, cast, delete, exists, insert, select, update

from domain.company import AssignmentRole
from domain.money import to_decimal
from storage.decisions import DECISIONS, What, key_in_sql
from storage.importing.context import Decided, Import, StagedKind, key_fields
from storage.importing.identities import IN_SQL
from storage.importing.report import Kept
from storage.importing.staging import SEQ, key_columns
from storage.kinds import KINDS
from storage.tables import OPEN_END, OPEN_REV
from storage.versions import stretches

ABSENT = "not in the file"


@dataclass(frozen=True, slots=True)
class Rule:
    """Which columns of a kind a decision is about; a `whole` row is kept, too, if the file no longer has it.

    Rows that are alike in the columns of `alone` are decided together: a file brings no other one.
    """

    what: What
    columns: tuple[str, ...]
    whole: bool = False
    alone: tuple[str, ...] = ()


RULES = {
    "targets": Rule(What.TARGET, ("amount", "currency", "profile", "state"), whole=True),
    "people": Rule(What.ROLE, ("role",)),
    "pins": Rule(What.PIN, ("territory_id", "to_on"), whole=True, alone=("account_id",)),
    "assignments": Rule(What.ASSIGNMENT, ("to_on", "share"), whole=True, alone=("territory_id", "role")),
    "rules": Rule(What.RULE, ("value", "from_on", "to_on"), whole=True),
    "deals": Rule(What.DEAL_OWNER, ("owner_id", "territory_id")),
}


async def keep_decided(run: Import, staged: StagedKind) -> None:
    """Put what was decided in the place of other values that a kind's staged rows have."""
    rule = RULES.get(staged.kind.name)
    if rule is None or not await _any(run, rule.what):
        return
    changed = []
    by_field = {column.field: column for column in staged.kind.columns}
    for row in (await run.staging.execute(_beside(run, staged, rule))).mappings().all():
        given = [name for name in rule.columns if row["src"] not in staged.lacking(by_field[name])]
        if all(row[f"file_{name}"] == row[f"turf_{name}"] for name in given):
            if given:
                run.decided.append(Decided(staged, row[SEQ], rule.what, row["key"]))
            continue
        changed.append({"kept_seq": row[SEQ]} | {f"kept_{name}": row[f"turf_{name}"] for name in rule.columns})
        _note(run, staged, rule, row, _words(run, rule, row, "file_"), row[SEQ])
    if changed:
        st = staged.table
        values = {st.c[name]: bindparam(f"kept_{name}", type_=st.c[name].type) for name in rule.columns}
        await run.staging.execute(update(st).where(st.c[SEQ] == bindparam("kept_seq")).values(values), changed)
    if rule.alone:
        await _keep_out(run, staged, rule)
    if rule.whole and run.full:
        await _keep_absent(run, staged, rule)


async def _any(run: Import, what: What) -> bool:
    here = DECISIONS.c.workspace_id == run.workspace_id, DECISIONS.c.what == what.value
    return (await run.staging.execute(select(DECISIONS.c.key).where(*here).limit(1))).first() is not None


def _decided(run: Import, rule: Rule, columns: Any) -> Any:
    return and_(
        DECISIONS.c.workspace_id == run.workspace_id,
        DECISIONS.c.what == rule.what.value,
        DECISIONS.c.key == key_in_sql(rule.what, columns),
    )


def _beside(run: Import, staged: StagedKind, rule: Rule) -> Any:
    """Staged rows about which something is decided, with what holds now."""
    st, now = staged.table, staged.kind.stored_in
    holds = and_(now.c.workspace_id == run.workspace_id, now.c.rev_to == OPEN_REV)
    return select(
        st.c[SEQ],
        st.c.src,
        DECISIONS.c.key,
        *(now.c[name].label(f"turf_{name}") for name in rule.columns),
        *(st.c[name].label(f"file_{name}") for name in rule.columns),
        *_called(staged, st),
    ).select_from(_beside_now(run, staged, rule, holds).join(DECISIONS, _decided(run, rule, now.c)))


def _beside_now(run: Import, staged: StagedKind, rule: Rule, holds: Any) -> Any:
    """Staged rows joined with what holds of them; of deals, which are many, those that were decided about."""
    st, now, identity = staged.table, staged.kind.stored_in, staged.kind.identified_in
    if staged.kind.name not in IN_SQL or identity is None:
        return st.join(now, and_(holds, *(now.c[name] == st.c[name] for name in key_columns(now))))
    decided = select(cast(DECISIONS.c.key, Integer)).where(
        DECISIONS.c.workspace_id == run.workspace_id, DECISIONS.c.what == rule.what.value
    )
    same = and_(identity.c.workspace_id == run.workspace_id, identity.c.key == st.c.key, identity.c.id.in_(decided))
    return st.join(identity, same).join(now, and_(holds, now.c.id == identity.c.id))


def _called(staged: StagedKind, st: Any) -> list[Any]:
    """What files call a thing of which only the database knows the name."""
    return [st.c.key.label("called")] if staged.kind.name in IN_SQL else []


async def _keep_out(run: Import, staged: StagedKind, rule: Rule) -> None:
    """Rows that would stand beside what was decided about the same thing, and that Turf does not have."""
    st, now = staged.table, staged.kind.stored_in
    holds = and_(now.c.workspace_id == run.workspace_id, now.c.rev_to == OPEN_REV)
    there = now.alias("there")
    same = [there.c[name] == st.c[name] for name in key_columns(now)]
    known = exists().where(there.c.workspace_id == run.workspace_id, there.c.rev_to == OPEN_REV, *same)
    values = [now.c[name].label(f"turf_{name}") for name in rule.columns]
    said = [st.c[name].label(f"file_{name}") for name in rule.columns]
    query = select(st.c[SEQ], st.c.from_on, DECISIONS.c.key, *values, *said)
    alike = and_(holds, *(now.c[name] == st.c[name] for name in rule.alone))
    query = query.select_from(st.join(now, alike).join(DECISIONS, _decided(run, rule, now.c))).where(~known)
    if rule.what is What.ASSIGNMENT:
        query = query.where(st.c.role == AssignmentRole.PRIMARY)
    rows = {row[SEQ]: row for row in (await run.staging.execute(query.order_by(now.c.from_on))).mappings()}
    for row in rows.values():
        _note(run, staged, rule, row, f"{_words(run, rule, row, 'file_')} from {row['from_on']}")
    for some in stretches(sorted(rows)):
        await run.staging.execute(delete(st).where(st.c[SEQ].in_(some)))


async def _keep_absent(run: Import, staged: StagedKind, rule: Rule) -> None:
    """What was decided and is in no file is not absent."""
    st, now = staged.table, staged.kind.stored_in
    keys, held = key_columns(now), run.staging.get(f"held_{staged.kind.name}")
    assert held is not None
    holds = and_(now.c.workspace_id == run.workspace_id, now.c.rev_to == OPEN_REV)
    absent = [
        ~exists().where(and_(*(now.c[name] == there.c[name] for name in key_fields(staged.kind))))
        for there in (st, held)
    ]
    values = [now.c[name].label(f"turf_{name}") for name in rule.columns]
    query = select(DECISIONS.c.key, *values, *(now.c[name] for name in keys))
    query = query.select_from(now.join(DECISIONS, _decided(run, rule, now.c))).where(holds, *absent)
    found = (await run.staging.execute(query)).mappings().all()
    for row in found:
        _note(run, staged, rule, row, ABSENT)
    if found:
        await run.staging.execute(insert(held), [{name: row[name] for name in keys} for row in found])


def _note(run: Import, staged: StagedKind, rule: Rule, row: Any, said: str, seq: int | None = None) -> None:
    shown = row.get("called") or _shown(run, rule.what, row["key"])
    kept = Kept(staged.kind.name, shown, _words(run, rule, row, "turf_"), said)
    run.decided.append(Decided(staged, seq, rule.what, row["key"], kept))


def _words(run: Import, rule: Rule, row: Any, side: str) -> str:
    """`300,000 USD`, with a profile and `draft` where there are; a role; a territory; an owner."""
    values = {name: row[side + name] for name in rule.columns}
    match rule.what:
        case What.ROLE:
            return str(values["role"])
        case What.TARGET:
            return _amount(values)
        case What.DEAL_OWNER:
            owner, territory = (
                _key_or_none(run, *one)
                for one in (("person", values["owner_id"]), ("territory", values["territory_id"]))
            )
            return ", ".join([owner or "nobody", *([territory] if territory else [])])
        case What.PIN:
            return f"{_key_of(run, 'territory', values['territory_id'])}{_until(values)}"
        case What.ASSIGNMENT:
            share = values["share"]
            return f"{'all' if share is None else f'{share / 10_000:g} %'} of it{_until(values)}"
        case What.RULE:
            return f"{values['value']}{_until(values)}"


def _until(values: Mapping[str, Any]) -> str:
    return "" if values["to_on"] == OPEN_END else f" until {values['to_on']}"


def _key_or_none(run: Import, singular: str, number: int | None) -> str:
    return "" if number is None else _key_of(run, singular, number)


def _amount(values: Mapping[str, Any]) -> str:
    amount, currency = values["amount"], values["currency"]
    if amount is None:
        return ""
    said = f"{to_decimal(amount, currency):,} {currency}" if currency else f"{amount:,}"
    more = [values["profile"], "draft" if values["state"] == "draft" else None]
    return ", ".join([said, *(one for one in more if one)])


def _shown(run: Import, what: What, key: str) -> str:
    """A thing as files call it: `person dana 2026Q4 revenue`, `acme`, `ohio dana primary`."""
    match what:
        case What.ROLE:
            return _key_of(run, "person", int(key))
        case What.TARGET:
            kind, subject, *rest = key.split(":")
            return " ".join((kind, _key_of(run, kind, int(subject)), *rest))
        case What.PIN:
            return _key_of(run, "account", int(key.split(":", maxsplit=1)[0]))
        case What.ASSIGNMENT:
            territory, person, role, _ = key.split(":")
            return f"{_key_of(run, 'territory', int(territory))} {_key_of(run, 'person', int(person))} {role}"
        case What.RULE:
            territory, _, named = key.partition(":")
            return f"{_key_of(run, 'territory', int(territory))} {named.replace(':', ' ')}"
        case What.DEAL_OWNER:
            return key


def _key_of(run: Import, singular: str, number: int) -> str:
    name = next(kind.name for kind in KINDS.values() if kind.singular == singular)
    return next((key for key, known in run.identities[name].items() if known == number), str(number))


async def decided_pins(run: Import) -> Mapping[int, Sequence[str]]:
    """The accounts whose territory was decided in Turf, with the keys of those decisions."""
    found: defaultdict[int, list[str]] = defaultdict(list)
    here = DECISIONS.c.workspace_id == run.workspace_id, DECISIONS.c.what == What.PIN.value
    for key in (await run.staging.execute(select(DECISIONS.c.key).where(*here))).scalars():
        found[int(key.partition(":")[0])].append(key)
    return found


def note_pin(
    run: Import, staged: StagedKind, seq: int, keys: Sequence[str], *, turf: int | None, file: int | None
) -> None:
    """What the column of an account says beside the decisions about it: the same territory lets them go."""
    for key in keys:
        kept = None
        if turf != file:
            words = (_key_or_none(run, "territory", one) or "none" for one in (turf, file))
            kept = Kept(staged.kind.name, _shown(run, What.PIN, key), *words)
        run.decided.append(Decided(staged, seq, What.PIN, key, kept))
        if kept is not None:
            return


async def settle_decisions(run: Import) -> None:
    """Forget what rows said that were refused since, and report the rest. To be called once no row is refused any more."""
    tables = {one.staged.table for one in run.decided}
    left = {table: set((await run.staging.execute(select(table.c[SEQ]))).scalars()) for table in tables}
    run.decided = [one for one in run.decided if one.seq is None or one.seq in left[one.staged.table]]
    for one in run.decided:
        if one.against is not None:
            one.staged.report.kept += 1
            run.report.kept.append(one.against)


async def record_decisions(run: Import, at: datetime) -> None:
    """Let go what the import agrees with and what is no more; note what it says of the rest. Part of the merge."""
    where = DECISIONS.c.workspace_id == run.workspace_id
    for one in run.decided:
        here = where, DECISIONS.c.what == one.what.value, DECISIONS.c.key == one.key
        if one.against is None:
            await run.staging.execute(delete(DECISIONS).where(*here))
        else:
            await run.staging.execute(update(DECISIONS).where(*here).values(said=one.against.file, said_at=at))
    for name, rule in RULES.items():
        now = KINDS[name].stored_in
        if not run.staging.is_filled(f"ended_{now.name}"):
            continue
        holds = and_(now.c.workspace_id == run.workspace_id, now.c.rev_to == OPEN_REV)
        stands = exists().where(holds, key_in_sql(rule.what, now.c) == DECISIONS.c.key)
        await run.staging.execute(delete(DECISIONS).where(where, DECISIONS.c.what == rule.what.value, ~stands))
