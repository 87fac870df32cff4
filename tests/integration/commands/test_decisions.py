"""What was decided in Turf stands against imports until they agree, the thing is gone, or operations let it go."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.cli.import_report import show
from bot.demo.company import MANAGER, OPS, REP
from commands.admin import roles
from commands.kit import Action, Call, Message, Reply
from commands.kit.names import Kind
from commands.targets.reference import CardReference
from commands.targets.setting.history import RELEASE, follow_imports
from domain.company import Person, Role
from domain.errors import NotAllowed
from storage.audit import AUDIT, Occasion
from storage.database import Database
from storage.decisions import DECISIONS
from storage.importing.report import Report
from storage.store import Store
from storage.writing import write
from tests.support.deciding import named, person, set_as, told
from tests.support.filling import filled
from tests.support.imports import rows, take
from tests.support.imports import write as write_csv
from tests.support.rewriting import becomes
from tests.support.sample import NOW, TODAY

LATER = NOW + timedelta(hours=1)
KEY = {"subject_kind": "person", "subject": REP, "period": "2027Q1", "metric": "revenue"}
OTHER = KEY | {"period": "2027Q2", "amount": "1", "currency": "USD"}


@pytest.fixture(params=["sample_url", pytest.param("sample_postgresql_url", marks=pytest.mark.slow)])
async def database(request: pytest.FixtureRequest) -> AsyncIterator[Database]:
    database = Database(request.getfixturevalue(request.param))
    yield database
    await database.close()


async def amount(database: Database) -> str:
    held = [one for one in await rows(database, "targets") if (one["period"], one["subject"]) == ("2027Q1", REP)]
    return ", ".join(f"{one['amount']} {one['currency']} {one['state']}" for one in held)


async def brings(database: Database, folder: Path, *targets: dict[str, str], **options: Any) -> Report:
    report = await take(database, write_csv(folder, "targets", *targets), now=LATER, **options)
    assert not report.refusals
    return report


async def decided(database: Database) -> list[tuple[str, str | None]]:
    async with database.read() as connection:
        query = select(DECISIONS.c.what, DECISIONS.c.said).order_by(DECISIONS.c.key)
        return [tuple(row) for row in await connection.execute(query)]


async def test_a_target_that_was_set_here_stands_and_the_reconciliation_lists_it(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await set_as(database, OPS, REP, period="2027Q1", amount="100k", reason="Grown")
    report = await brings(database, tmp_path, KEY | {"amount": "120000", "currency": "USD"})
    assert await amount(database) == "100000.00 USD published"
    assert (report.kinds["targets"].unchanged, report.kinds["targets"].kept) == (1, 1)
    show(report)
    line = f"targets person {REP} 2027Q1 revenue: 100,000.00 USD; the file: 120,000.00 USD"
    assert line in capsys.readouterr().out
    assert await decided(database) == [("target", "120,000.00 USD")]


async def test_it_stands_import_after_import(database: Database, tmp_path: Path) -> None:
    await set_as(database, OPS, REP, period="2027Q1", amount="100k")
    for said in ("120000", "130000"):
        await brings(database, tmp_path, KEY | {"amount": said, "currency": "USD"})
    assert await amount(database) == "100000.00 USD published"
    assert await decided(database) == [("target", "130,000.00 USD")]


async def test_once_an_import_agrees_the_next_one_may_change_it(database: Database, tmp_path: Path) -> None:
    await set_as(database, OPS, REP, period="2027Q1", amount="100k")
    await brings(database, tmp_path, KEY | {"amount": "100000", "currency": "USD"})
    assert await decided(database) == []
    await brings(database, tmp_path, KEY | {"amount": "120000", "currency": "USD"})
    assert await amount(database) == "120000.00 USD published"


async def test_a_dry_run_agrees_with_nothing(database: Database, tmp_path: Path) -> None:
    await set_as(database, OPS, REP, period="2027Q1", amount="100k")
    await brings(database, tmp_path, KEY | {"amount": "100000", "currency": "USD"}, dry_run=True)
    assert await decided(database) == [("target", None)]


async def test_a_draft_decides_nothing(database: Database, tmp_path: Path) -> None:
    await set_as(database, OPS, REP, period="2027Q1", amount="100k", state="draft")
    await brings(database, tmp_path, KEY | {"amount": "120000", "currency": "USD", "state": "published"})
    assert await amount(database) == "120000.00 USD published"


async def test_a_complete_import_that_lacks_it_keeps_it_and_says_so(database: Database, tmp_path: Path) -> None:
    await set_as(database, OPS, REP, period="2027Q1", amount="100k")
    report = await brings(database, tmp_path, OTHER, full=True)
    assert await amount(database) == "100000.00 USD published"
    assert [(one.turf, one.file) for one in report.kept] == [("100,000.00 USD", "not in the file")]
    assert all(one.key != f"person {REP} 2027Q1 revenue" for one in report.removals)


async def test_what_is_gone_is_decided_no_more(database: Database, tmp_path: Path) -> None:
    await set_as(database, OPS, REP, period="2027Q1", amount="100k")
    people = [one for one in await rows(database, "people") if one["person"] != REP]
    await take(database, write_csv(tmp_path, "people", *people), now=LATER, full=True)
    gone = REP not in {one["person"] for one in await rows(database, "people")}
    assert await decided(database) == ([] if gone else [("target", None)])


async def test_operations_let_imports_set_it_again(database: Database, tmp_path: Path) -> None:
    await set_as(database, OPS, REP, period="2027Q1", amount="100k")
    await brings(database, tmp_path, KEY | {"amount": "120000", "currency": "USD"})
    shown = await told(database, OPS, REP, "2027Q1")
    assert "imports do not change it" in shown
    assert "said: 120,000.00 USD" in shown
    assert "Follow imports again" in shown
    mine = await told(database, REP, REP, "2027Q1")
    assert "imports do not change it" in mine
    assert "120,000" not in mine
    assert "Follow imports again" not in mine


async def give(database: Database, who: str, role: Role | None, by: str = OPS) -> roles.Given:
    async with Store(database).read(1) as repo:
        ops, subject = person(repo, by), int(named(repo, who).partition(":")[2])
    async with write(Store(database), 1, Occasion(ops.id, "modal", NOW)) as repo:
        if role is None:
            return await roles.follow_imports(repo, subject, by=ops, today=TODAY)
        return await roles.give(repo, subject, role, by=ops, today=TODAY)


async def role_of(database: Database, who: str) -> str:
    return next(one["role"] for one in await rows(database, "people") if one["person"] == who)


async def test_a_role_that_was_given_here_stands_while_the_rest_of_the_row_follows(
    database: Database, tmp_path: Path
) -> None:
    await give(database, REP, Role.LEADER)
    [row] = [one for one in await rows(database, "people") if one["person"] == REP]
    file = write_csv(tmp_path, "people", row | {"role": "rep", "timezone": "Europe/Paris"})
    report = await take(database, file, now=LATER)
    assert await role_of(database, REP) == "leader"
    [after] = [one for one in await rows(database, "people") if one["person"] == REP]
    assert after["timezone"] == "Europe/Paris"
    assert [str(one) for one in report.kept] == [f"people {REP}: leader; the file: rep"]
    async with Store(database).read(1) as repo:
        card = await roles.roles(repo, by=person(repo, OPS), today=TODAY)
    assert [(role, said) for _, role, said in card.differing] == [(Role.LEADER, "rep")]


async def test_a_role_is_up_to_imports_again(database: Database, tmp_path: Path) -> None:
    await give(database, REP, Role.LEADER)
    assert (await give(database, REP, None)).released
    [row] = [one for one in await rows(database, "people") if one["person"] == REP]
    await take(database, write_csv(tmp_path, "people", row | {"role": "rep"}), now=LATER)
    assert await role_of(database, REP) == "rep"
    async with database.read() as connection:
        done = (await connection.execute(select(AUDIT.c.after).where(AUDIT.c.action == "role.release"))).scalars().all()
    assert [json.loads(one) for one in done] == [{"role": "leader"}]


async def test_a_file_without_roles_says_nothing_of_them(database: Database, tmp_path: Path) -> None:
    await give(database, REP, Role.LEADER)
    [row] = [one for one in await rows(database, "people") if one["person"] == REP]
    report = await take(database, write_csv(tmp_path, "people", {"person": REP, "name": row["name"]}), now=LATER)
    assert report.kept == []
    assert await decided(database) == [("role", None)]


@pytest.mark.parametrize("role", ["leader", "rep"], ids=["it agrees", "it differs"])
async def test_a_row_that_is_refused_says_nothing_of_a_decision(database: Database, tmp_path: Path, role: str) -> None:
    await give(database, REP, Role.LEADER)
    people = {one["person"]: one for one in await rows(database, "people")}
    taken = people[REP] | {"role": role, "slack_user_id": people[MANAGER]["slack_user_id"]}
    report = await take(database, write_csv(tmp_path, "people", taken), now=LATER)
    assert [one.reason for one in report.refusals] == ["belongs to another person"]
    assert (report.kept, report.kinds["people"].kept) == ([], 0)
    assert await decided(database) == [("role", None)]


async def presses(database: Database, who: Person, value: str) -> Reply:
    """A press of the button below a line of the history, by someone who was looked up before."""
    call = filled(Call, person=who, today=TODAY, workspace=1, locale="en-US", now=NOW, action=Action(RELEASE, value))
    async with write(Store(database), 1, Occasion(who.id, "button", NOW)) as repo:
        return await follow_imports(call, repo)


@pytest.mark.parametrize("lost", [False, True], ids=["someone else", "operations until lately"])
async def test_who_is_not_of_operations_does_not_let_go_of_a_target(database: Database, lost: bool) -> None:
    await set_as(database, OPS, REP, period="2027Q1", amount="100k")
    async with Store(database).read(1) as repo:
        who = person(repo, OPS if lost else MANAGER)
        subject = person(repo, REP).id
    if lost:
        await becomes(database, OPS, "leader")
    value = f"person:{subject}:2027Q1:revenue|0|" + CardReference(Kind.PERSON, subject, "2027Q1", TODAY, 1).encoded
    with pytest.raises(NotAllowed):
        await presses(database, who, value)
    assert await decided(database) == [("target", None)]


async def test_operations_let_go_of_a_target_by_its_button(database: Database) -> None:
    await set_as(database, OPS, REP, period="2027Q1", amount="100k")
    async with Store(database).read(1) as repo:
        who, subject = person(repo, OPS), person(repo, REP).id
    value = f"person:{subject}:2027Q1:revenue|0|" + CardReference(Kind.PERSON, subject, "2027Q1", TODAY, 1).encoded
    assert isinstance(await presses(database, who, value), Message)
    assert await decided(database) == []


async def test_only_operations_let_go(database: Database) -> None:
    with pytest.raises(NotAllowed):
        await give(database, REP, None, by=MANAGER)
