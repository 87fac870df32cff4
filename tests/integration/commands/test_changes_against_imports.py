"""A change of territories that was decided in Turf stands against imports that still say what was before."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from domain.requests.model import Basis, ChangeBoundary, ChangeRep, MoveAccounts, Terms
from domain.requests.planning.planner import plan
from storage.account_facts import accounts_by_territory
from storage.audit import Occasion
from storage.changing import apply
from storage.database import Database
from storage.decisions import DECISIONS
from storage.division import accounts_called
from storage.importing.report import Report
from storage.request_facts import request_facts
from storage.store import Store
from storage.writing import write
from tests.support.imports import open_at, rows, take
from tests.support.imports import write as write_csv
from tests.support.sample import NOW, TODAY

EQUAL = Terms(basis=Basis.EQUAL)
LATER = NOW + timedelta(hours=2)


@pytest.fixture
async def database(sample_url: str) -> AsyncIterator[Database]:
    async with open_at(sample_url) as database:
        yield database


async def done(database: Database, change: Any) -> Any:
    """Carry a change out today, decided by sales operations."""
    store = Store(database)
    async with write(store, 1, Occasion(1, "button", NOW)) as repo:
        made = plan(change, await request_facts(repo, change, effective_on=TODAY, today=TODAY))
        await apply(repo, made.writes, cause="request", decided_by=1)
        return made


async def land(database: Database, key: str) -> int:
    async with Store(database).read(1) as repo:
        return next(one.id for one in repo.company.territories.values() if one.key == key)


async def move(database: Database) -> MoveAccounts:
    source, target = await land(database, "new-york"), await land(database, "texas")
    async with Store(database).read(1) as repo:
        some = sorted((await accounts_by_territory(repo, TODAY))[source])[:2]
    change = MoveAccounts(tuple(some), source, target, EQUAL)
    await done(database, change)
    return change


async def where(database: Database, account: int, day: date = TODAY) -> int | None:
    async with Store(database).read(1) as repo:
        found = await accounts_by_territory(repo, day)
        return next((territory for territory, some in found.items() if account in some), None)


async def called(database: Database, accounts: tuple[int, ...]) -> list[str]:
    """The keys of accounts, in their order."""
    async with Store(database).read(1) as repo:
        found = await accounts_called(repo, accounts)
        return [found[one].key for one in accounts]


async def decided(database: Database) -> set[str]:
    async with database.read() as connection:
        return {row.what for row in await connection.execute(select(DECISIONS.c.what))}


async def again(database: Database, folder: Path, kind: str, before: list[dict[str, Any]], **options: Any) -> Report:
    """Import what the CRM said before the change."""
    report = await take(database, write_csv(folder, kind, *before), now=LATER, **options)
    assert not report.refusals, report.refusals
    return report


@pytest.mark.parametrize("full", [False, True])
async def test_accounts_stay_where_they_were_moved(database: Database, tmp_path: Path, full: bool) -> None:
    accounts, pins = await rows(database, "accounts"), await rows(database, "pins")
    change = await move(database)
    for kind, before in (("accounts", accounts), ("pins", pins)):
        if before:
            report = await again(database, tmp_path / kind, kind, before, full=full)
            assert not {one.key for one in report.removals} & set(await called(database, change.accounts))
    assert {await where(database, account) for account in change.accounts} == {change.target}


async def test_a_pin_of_the_file_stands_beside_none_that_was_decided(database: Database, tmp_path: Path) -> None:
    change = await move(database)
    [name, _] = await called(database, change.accounts)
    says = [{"account": name, "territory": "california", "from": (TODAY + timedelta(days=1)).isoformat()}]
    report = await again(database, tmp_path, "pins", says)
    assert [(one.key, one.turf) for one in report.kept] == [(name, "texas")]
    assert {await where(database, one, TODAY + timedelta(days=5)) for one in change.accounts} == {change.target}


async def test_a_column_of_accounts_that_names_the_old_territory_changes_nothing(
    database: Database, tmp_path: Path
) -> None:
    change = await move(database)
    moved = await called(database, change.accounts)
    known = {one["account"]: one["name"] for one in await rows(database, "accounts")}
    says = [{"account": one, "name": known[one], "territory": "new-york"} for one in moved]
    report = await again(database, tmp_path, "accounts", says)
    assert {await where(database, one) for one in change.accounts} == {change.target}
    assert {one.key for one in report.kept} == set(moved)
    agrees = [one | {"territory": "texas"} for one in says]
    await again(database, tmp_path, "accounts", agrees)
    assert "pin" not in await decided(database)
    await again(database, tmp_path, "accounts", says)
    assert {await where(database, one) for one in change.accounts} == {change.source}, (
        "the next one may change it again"
    )


async def test_open_deals_stay_with_who_took_them_over(database: Database, tmp_path: Path) -> None:
    deals = {one["deal"]: one for one in await rows(database, "deals")}
    source = await land(database, "new-york")
    async with Store(database).read(1) as repo:
        old = repo.model.lines.holders_on(source, TODAY)[0]
        new = next(one.id for one in repo.company.people.values() if one.key == "ben.whitaker")
    made = await done(database, ChangeRep(source, new, old, EQUAL))
    assert made.writes.deals
    after = {one["deal"]: one for one in await rows(database, "deals")}
    moved = {key for key, one in after.items() if one["owner"] != deals[key]["owner"]}
    assert len(moved) == len(made.writes.deals)
    report = await again(database, tmp_path / "same", "deals", [deals[key] for key in sorted(moved)])
    assert {one["owner"] for one in await rows(database, "deals") if one["deal"] in moved} == {"ben.whitaker"}
    assert {one.key for one in report.kept} == moved
    won = min(moved)
    closed = deals[won] | {"status": "won", "closed_on": TODAY.isoformat(), "expected_close_on": ""}
    await again(database, tmp_path / "won", "deals", [closed])
    assert [one["owner"] for one in await rows(database, "deals") if one["deal"] == won] == ["ben.whitaker"]
    await again(database, tmp_path / "agrees", "deals", [after[key] for key in sorted(moved)[1:]])
    await again(database, tmp_path / "other", "deals", [deals[key] for key in sorted(moved)[1:]])
    assert "ben.whitaker" not in {
        one["owner"] for one in await rows(database, "deals") if one["deal"] in sorted(moved)[1:]
    }


@pytest.mark.parametrize("full", [False, True])
async def test_who_holds_a_territory_stays(database: Database, tmp_path: Path, full: bool) -> None:
    before = await rows(database, "assignments")
    source = await land(database, "new-york")
    async with Store(database).read(1) as repo:
        old = repo.model.lines.holders_on(source, TODAY)[0]
        new = next(one.id for one in repo.company.people.values() if one.key == "ben.whitaker")
    await done(database, ChangeRep(source, new, old, EQUAL))
    report = await again(database, tmp_path, "assignments", before, full=full)
    async with Store(database).read(1) as repo:
        assert tuple(repo.model.lines.holders_on(source, TODAY)) == (new,)
    assert report.kept
    assert (
        report.kinds["assignments"].read == report.kinds["assignments"].unchanged + report.kinds["assignments"].updated
    )
    other = next(one for one in before if one["territory"] == "new-york" and one["role"] == "primary")
    third = other | {"person": "ana.silva", "from": (TODAY + timedelta(days=2)).isoformat(), "to": ""}
    await again(database, tmp_path / "third", "assignments", [third])
    async with Store(database).read(1) as repo:
        assert tuple(repo.model.lines.holders_on(source, TODAY + timedelta(days=9))) == (new,)


async def test_a_rule_that_was_changed_stays(database: Database, tmp_path: Path) -> None:
    before = [{"territory": "texas", "rule": "south", "dimension": "country", "value": "US"}]
    await again(database, tmp_path / "first", "rules", before)
    await done(database, ChangeBoundary(await land(database, "texas"), "south", {"country": "DE"}))
    now = await rows(database, "rules")
    report = await again(database, tmp_path, "rules", before, full=True)
    assert await rows(database, "rules") == now
    assert report.kept
