"""What was decided in Turf stands against an import's value, and is listed; where the import agrees it is let go."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, delete, exists, insert, select, update

from domain.money import to_decimal
from storage.decisions import DECISIONS, What, key_in_sql
from storage.importing.context import Decided, Import, StagedKind, key_fields
from storage.importing.report import Kept
from storage.importing.staging import SEQ, key_columns
from storage.kinds import KINDS
from storage.tables import OPEN_REV

ABSENT = "not in the file"


@dataclass(frozen=True, slots=True)
class Rule:
    """Which columns of a kind a decision is about; a `whole` row is kept, too, if the file no longer has it."""

    what: What
    columns: tuple[str, ...]
    whole: bool = False


RULES = {
    "targets": Rule(What.TARGET, ("amount", "currency", "profile", "state"), whole=True),
    "people": Rule(What.ROLE, ("role",)),
}


async def keep_decided(run: Import, staged: StagedKind) -> None:
    """Put what was decided in the place of other values that a kind's staged rows have."""
    rule = RULES.get(staged.kind.name)
    if rule is None or not await _any(run, rule.what):
        return
    changed = []
    for row in (await run.staging.execute(_beside(run, staged, rule))).mappings():
        given = [name for name in rule.columns if row["src"] not in staged.lacking(staged.kind.by_name[name])]
        if all(row[f"file_{name}"] == row[f"turf_{name}"] for name in given):
            if given:
                run.decided.append(Decided(staged, row[SEQ], rule.what, row["key"]))
            continue
        changed.append({"kept_seq": row[SEQ]} | {f"kept_{name}": row[f"turf_{name}"] for name in rule.columns})
        _note(run, staged, rule, row, _words(rule, row, "file_"), row[SEQ])
    if changed:
        st = staged.table
        values = {st.c[name]: bindparam(f"kept_{name}", type_=st.c[name].type) for name in rule.columns}
        await run.staging.execute(update(st).where(st.c[SEQ] == bindparam("kept_seq")).values(values), changed)
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
    same = and_(*(now.c[name] == st.c[name] for name in key_columns(now)))
    holds = and_(now.c.workspace_id == run.workspace_id, now.c.rev_to == OPEN_REV)
    return select(
        st.c[SEQ],
        st.c.src,
        DECISIONS.c.key,
        *(now.c[name].label(f"turf_{name}") for name in rule.columns),
        *(st.c[name].label(f"file_{name}") for name in rule.columns),
    ).select_from(st.join(now, and_(same, holds)).join(DECISIONS, _decided(run, rule, now.c)))


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
    kept = Kept(staged.kind.name, _shown(run, rule.what, row["key"]), _words(rule, row, "turf_"), said)
    run.decided.append(Decided(staged, seq, rule.what, row["key"], kept))


def _words(rule: Rule, row: Any, side: str) -> str:
    """`300,000 USD`, with a profile and `draft` where there are; or a role."""
    values = {name: row[side + name] for name in rule.columns}
    if rule.what is What.ROLE:
        return str(values["role"])
    amount, currency = values["amount"], values["currency"]
    if amount is None:
        return ""
    said = f"{to_decimal(amount, currency):,} {currency}" if currency else f"{amount:,}"
    more = [values["profile"], "draft" if values["state"] == "draft" else None]
    return ", ".join([said, *(one for one in more if one)])


def _shown(run: Import, what: What, key: str) -> str:
    """A thing as files call it: `person dana 2026Q4 revenue`."""
    if what is What.ROLE:
        return _key_of(run, "person", int(key))
    kind, subject, *rest = key.split(":")
    return " ".join((kind, _key_of(run, kind, int(subject)), *rest))


def _key_of(run: Import, singular: str, number: int) -> str:
    name = next(kind.name for kind in KINDS.values() if kind.singular == singular)
    return next((key for key, known in run.identities[name].items() if known == number), str(number))


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
