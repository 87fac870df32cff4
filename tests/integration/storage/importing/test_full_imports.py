"""What --full removes, and what it must let stand although no file has it."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from storage.database import Database
from storage.tables import crm, table_of
from tests.support.imports import NOON, everything, refusals, rows, take, write

pytestmark = pytest.mark.slow_on_postgresql

NEXT_DAY = NOON + timedelta(days=1)
OF_RUNS = ("import_runs", "import_refusals", "audit", "workspaces", "revisions")


def person(key: str, **more: object) -> dict[str, object]:
    return {"person": key, "name": key.title(), "role": "rep", **more}


def deal(key: str, **more: object) -> dict[str, object]:
    return {"deal": key, "owner": "ana", "amount": "100", "status": "won", "closed_on": "2026-02-10", **more}


def people(folder: Path, *keys: str) -> Path:
    return write(folder, "people", *(person(key) for key in keys))


async def keys(database: Database, kind: str, column: str) -> list[str]:
    return [row[column] for row in await rows(database, kind)]


# Rows that can't be read


@pytest.mark.parametrize(
    "line",
    [b"D2,ana,caf\xe9,won,2026-02-10\n", b"D2,ana,won\n", b",ana,100,won,2026-02-10\n"],
    ids=["no UTF-8", "cells lost", "key lost"],
)
async def test_a_row_without_a_key_may_be_any_that_is_absent(database: Database, tmp_path: Path, line: bytes) -> None:
    people(tmp_path, "ana")
    write(tmp_path, "deals", deal("D1"), deal("D2"))
    await take(database, tmp_path)
    path = tmp_path / "2" / "deals.csv"
    path.parent.mkdir()
    path.write_bytes(b"deal,owner,amount,status,closed_on\nD1,ana,100,won,2026-02-10\n" + line)
    report = await take(database, path, full=True, now=NEXT_DAY)
    assert (report.kinds["deals"].refused, report.kinds["deals"].removed, report.removals) == (1, 0, [])
    assert report.kinds["deals"].notes == ["1 absent one is kept: 1 row can't be read and may be about them"]
    assert await keys(database, "deals", "deal") == ["D1", "D2"]


async def test_a_row_that_a_mapping_refuses_has_its_key(database: Database, tmp_path: Path) -> None:
    people(tmp_path, "ana")
    write(tmp_path, "deals", deal("D1"), deal("D2"), deal("D3"))
    await take(database, tmp_path)
    mapping = tmp_path / "stages.yaml"
    mapping.write_text(
        """
        tables:
          - kind: deals
            file: "*"
            columns:
              deal: Id
              owner: Owner
              closed_on: Day
              status: {column: State, values: {Yes: won, No: lost}, otherwise: refuse}
        """,
        encoding="utf-8",
    )
    crm_rows = [
        {"Id": key, "Owner": "ana", "Day": "2026-02-10", "State": state} for key, state in (("D1", "Yes"), ("D2", "?"))
    ]
    path = write(tmp_path / "2", "export", *crm_rows)
    report = await take(database, path, mapping=str(mapping), full=True, now=NEXT_DAY)
    assert refusals(report) == [("deals", 3, "State", "?")]
    assert [one.key for one in report.removals] == ["D3"]
    assert await keys(database, "deals", "deal") == ["D1", "D2"]


# Who is named by credit


async def test_whom_credit_names_is_kept_until_its_deals_go(database: Database, tmp_path: Path) -> None:
    people(tmp_path, "ana", "ben")
    write(tmp_path, "territories", {"territory": "N", "name": "North"}, {"territory": "S", "name": "South"})
    write(tmp_path, "deals", deal("D1", territory="N"), deal("D2", owner="ben"))
    await take(database, tmp_path)
    later = tmp_path / "2"
    people(later, "ben")
    write(later, "territories", {"territory": "S", "name": "South"})
    write(later, "deals", deal("D1", owner="ben", territory="S"), deal("D2", owner="ben"))
    report = await take(database, later, full=True, now=NEXT_DAY)
    assert report.kinds["people"].notes == ["1 absent one is kept: credit of closed deals names them"]
    assert await keys(database, "people", "person") == ["ana", "ben"]
    assert await keys(database, "territories", "territory") == ["N", "S"]
    assert report.credit is not None
    assert [(one.deal, one.at_close) for one in report.credit.owner_changed_after_close.deals] == [("D1", "ana")]
    write(later, "deals", deal("D2", owner="ben"))
    report = await take(database, later, full=True, now=NEXT_DAY)
    assert [(one.kind, one.key) for one in report.removals] == [
        ("people", "ana"),
        ("territories", "N"),
        ("deals", "D1"),
    ]


# What a shorthand made


async def test_what_a_shorthand_made_is_not_absent(database: Database, tmp_path: Path) -> None:
    write(tmp_path, "people", person("ana", manager="mona"), person("ben", manager="mona"), person("mona"))
    write(tmp_path, "reporting", {"person": "ben", "from": "2026-01-01", "manager": "ana"})
    write(tmp_path, "territories", {"territory": "N", "name": "North"})
    write(tmp_path, "accounts", {"account": "A", "name": "A", "territory": "N"}, {"account": "B", "name": "B"})
    write(tmp_path, "pins", {"account": "B", "territory": "N", "from": "2026-01-01"})
    await take(database, tmp_path)
    before = await everything(database, without=OF_RUNS)
    report = await take(database, tmp_path, full=True, now=NEXT_DAY)
    assert (report.changed, report.removals) == (0, [])
    assert await everything(database, without=OF_RUNS) == before


async def test_a_change_that_a_shorthand_made_keeps_its_history(database: Database, tmp_path: Path) -> None:
    write(tmp_path, "people", person("ana", manager="mona"), person("ben"), person("mona"))
    write(tmp_path, "reporting", {"person": "ben", "from": "2026-01-01", "manager": "ana"})
    await take(database, tmp_path)
    write(tmp_path, "people", person("ana", manager="cleo"), person("ben"), person("mona"), person("cleo"))
    await take(database, tmp_path, full=True, now=NEXT_DAY)
    report = await take(database, tmp_path, full=True, now=NEXT_DAY)
    assert report.changed == 0
    lines = [(row["from"], row["manager"]) for row in await rows(database, "reporting") if row["person"] == "ana"]
    assert lines == [("", "mona"), ("2026-03-11", "cleo")]


async def test_a_refused_row_leaves_what_its_shorthand_made(database: Database, tmp_path: Path) -> None:
    write(tmp_path, "people", person("ana", manager="mona"), person("ben"), person("mona"))
    write(tmp_path, "reporting", {"person": "ben", "from": "2026-01-01", "manager": "ana"})
    await take(database, tmp_path)
    before = await rows(database, "reporting")
    write(tmp_path, "people", person("ana", manager="ben"), person("ben"), person("mona"))
    report = await take(database, tmp_path, full=True, now=NEXT_DAY)
    assert [one.reason for one in report.refusals] == ["makes a circle: a person can't report to themself"]
    assert await rows(database, "reporting") == before


async def test_rows_that_no_shorthand_made_are_absent(database: Database, tmp_path: Path) -> None:
    write(tmp_path, "people", person("ana", manager="mona"), person("ben"), person("mona"))
    lines = [("ana", "2026-01-01", "mona"), ("ana", "2027-01-01", "ben"), ("ben", "2026-01-01", "mona")]
    write(tmp_path, "reporting", *({"person": who, "from": day, "manager": boss} for who, day, boss in lines))
    await take(database, tmp_path)
    write(tmp_path, "reporting", {"person": "ben", "from": "2026-02-01", "manager": "mona"})
    await take(database, tmp_path, full=True, now=NEXT_DAY)
    found = [(row["person"], row["from"]) for row in await rows(database, "reporting")]
    assert found == [("ana", "2026-01-01"), ("ben", "2026-02-01")]


# Refusals and removals change each other


async def test_what_a_refused_row_still_needs_is_kept(database: Database, tmp_path: Path) -> None:
    people(tmp_path, "ana", "ben")
    write(tmp_path, "deals", deal("D1", owner="ben", status="open", closed_on=""), deal("D2"))
    await take(database, tmp_path)
    later = tmp_path / "2"
    people(later, "ana")
    # The deal leaves ben; but a won deal needs its day, so the row is refused and the open deal of ben's stands.
    write(later, "deals", deal("D1", closed_on=""), deal("D2"))
    report = await take(database, later, full=True, now=NEXT_DAY)
    assert refusals(report) == [("deals", 2, "closed_on", "")]
    assert report.kinds["people"].removed == 0
    assert await keys(database, "people", "person") == ["ana", "ben"]


async def test_absent_splits_stand_if_the_others_do_not_sum(database: Database, tmp_path: Path) -> None:
    people(tmp_path, "ana", "ben", "cleo")
    write(tmp_path, "deals", deal("D1"))
    halves = [{"deal": "D1", "person": who, "kind": "revenue", "percent": "50"} for who in ("ana", "ben")]
    more = {"deal": "D1", "person": "cleo", "kind": "overlay", "percent": "30"}
    write(tmp_path, "splits", *halves, more)
    await take(database, tmp_path)
    later = tmp_path / "2"
    people(later, "ana", "cleo")
    write(later, "splits", halves[0], more | {"percent": "40"})
    report = await take(database, later, full=True, now=NEXT_DAY)
    assert (report.kinds["splits"].removed, report.kinds["people"].removed) == (0, 0)
    shares = [(row["person"], row["percent"]) for row in await rows(database, "splits")]
    assert shares == [("ana", "50"), ("ben", "50"), ("cleo", "40")]
    assert await keys(database, "people", "person") == ["ana", "ben", "cleo"]


async def test_parts_of_what_is_removed_are_refused(database: Database, tmp_path: Path) -> None:
    people(tmp_path, "ana", "ben")
    write(tmp_path, "deals", deal("D1"), deal("D2"))
    splits = [{"deal": "D2", "person": "ben", "percent": "100"}]
    await take(database, tmp_path)
    later = write(tmp_path / "2", "deals", deal("D1")).parent
    write(later, "splits", *splits)
    report = await take(database, later, full=True, now=NEXT_DAY)
    assert refusals(report) == [("splits", 2, "deal", "D2")]
    assert report.refusals[0].reason == "refers to a deal that is removed: its file lacks it"
    assert await rows(database, "splits") == []


async def test_a_deal_goes_whatever_refers_to_it(database: Database, tmp_path: Path) -> None:
    people(tmp_path, "ana")
    write(tmp_path, "deals", deal("D1"), deal("D2"))
    call = {"activity": "1", "person": "ana", "deal": "D2", "kind": "call", "on": "2026-02-01"}
    write(tmp_path, "activities", call)
    await take(database, tmp_path)
    only = write(tmp_path / "2", "deals", deal("D1"))
    report = await take(database, only, full=True, now=NEXT_DAY)
    assert [one.key for one in report.removals] == ["D2"]
    assert [(row["activity"], row["deal"]) for row in await rows(database, "activities")] == [("1", "")]
    again = await take(database, only, full=True, now=NEXT_DAY)
    assert again.changed == 0


# References to what was refused before it was compared


async def test_a_deal_refused_for_its_reverses_is_nobodys_whole(database: Database, tmp_path: Path) -> None:
    people(tmp_path, "ana")
    a_return = {"type": "return", "amount": "-10"}
    write(
        tmp_path, "deals", deal("D1"), deal("R1", reverses="nowhere", **a_return), deal("R2", reverses="R1", **a_return)
    )
    write(tmp_path, "splits", {"deal": "R1", "person": "ana", "percent": "100"})
    report = await take(database, tmp_path)
    assert refusals(report) == [
        ("deals", 3, "reverses", "nowhere"),
        ("deals", 4, "reverses", "R1"),
        ("splits", 2, "deal", "R1"),
    ]
    assert await keys(database, "deals", "deal") == ["D1"]
    assert await rows(database, "splits") == []
    async with database.read() as connection:
        assert (await connection.execute(select(table_of(crm.Deal).c.key))).scalars().all() == ["D1"]


async def test_a_deal_that_was_removed_does_not_come_back_by_a_refused_row(database: Database, tmp_path: Path) -> None:
    people(tmp_path, "ana")
    write(tmp_path, "deals", deal("D1"), deal("D2"))
    await take(database, tmp_path)
    await take(database, write(tmp_path / "2", "deals", deal("D1")), full=True)
    later = tmp_path / "3"
    wrong = deal("D2", type="return", reverses="nowhere")
    write(later, "deals", wrong, deal("R1", type="return", reverses="D2"))
    report = await take(database, later)
    assert refusals(report) == [("deals", 2, "reverses", "nowhere"), ("deals", 3, "reverses", "D2")]


# Slack ids


async def test_a_slack_id_follows_its_person_to_a_new_key_and_back(database: Database, tmp_path: Path) -> None:
    old, new = person("ana", slack_user_id="U1"), person("ana.b", slack_user_id="U1")
    for one in (old, new, old):
        report = await take(database, write(tmp_path, "people", one), full=True)
        assert report.refused == 0
        [row] = await rows(database, "people")
        assert (row["person"], row["slack_user_id"]) == (one["person"], "U1")


async def test_a_slack_id_of_someone_who_is_there_is_refused(database: Database, tmp_path: Path) -> None:
    await take(database, write(tmp_path, "people", person("ana", slack_user_id="U1")))
    report = await take(database, write(tmp_path, "people", person("ben", slack_user_id="U1")))
    assert refusals(report) == [("people", 2, "slack_user_id", "U1")]


# Rows that make one whole together


async def test_splits_stand_while_another_one_of_their_deal_is_refused(database: Database, tmp_path: Path) -> None:
    people(tmp_path, "ana", "ben", "cy")
    write(tmp_path, "deals", deal("D1"), deal("D2"))
    whole = [{"deal": "D1", "person": who, "percent": part} for who, part in (("ben", "60"), ("cy", "40"))]
    write(tmp_path, "splits", *whole, {"deal": "D2", "person": "ben", "percent": "100"})
    await take(database, tmp_path)
    path = write(tmp_path / "2", "splits", {"deal": "D1", "person": "dee", "percent": "100"})
    report = await take(database, path, full=True, now=NEXT_DAY)
    assert refusals(report) == [("splits", 2, "person", "dee")]
    found = [(row["deal"], row["person"]) for row in await rows(database, "splits")]
    assert found == [("D1", "ben"), ("D1", "cy")], "D2's is absent, and no row about D2 was refused"


async def test_a_territory_keeps_its_rep_while_the_new_one_is_refused(database: Database, tmp_path: Path) -> None:
    people(tmp_path, "ana")
    write(tmp_path, "territories", {"territory": "N", "name": "North"}, {"territory": "S", "name": "South"})
    write(tmp_path, "assignments", {"territory": "N", "person": "ana"}, {"territory": "S", "person": "ana"})
    await take(database, tmp_path)
    path = write(tmp_path / "2", "assignments", {"territory": "N", "person": "newhire"})
    report = await take(database, path, full=True, now=NEXT_DAY)
    assert [one.reason for one in report.refusals] == ["is no person that Turf knows, nor one of this import"]
    assert [(row["territory"], row["person"]) for row in await rows(database, "assignments")] == [("N", "ana")]


async def test_a_changed_row_of_a_file_without_the_column_loses_its_removed_deal(
    database: Database, tmp_path: Path
) -> None:
    people(tmp_path, "ana")
    a_return = {"type": "return", "amount": "-10"}
    write(tmp_path, "deals", deal("D1"), deal("R1", reverses="D1", **a_return), deal("R2", reverses="D1", **a_return))
    await take(database, tmp_path)
    path = write(tmp_path / "2", "deals", deal("R1", type="return", amount="-20"), deal("R2", **a_return))
    report = await take(database, path, full=True, now=NEXT_DAY)
    assert report.kinds["deals"].notes == ["2 of deals referred to removed ones as reverses"]
    found = [(row["deal"], row["amount"], row["reverses"]) for row in await rows(database, "deals")]
    assert found == [("R1", "-20.00", ""), ("R2", "-10.00", "")]


async def test_a_freed_row_is_no_row_of_the_file(database: Database, tmp_path: Path) -> None:
    people(tmp_path, "ana")
    yen = {"currency": "JPY", "amount": "0"}
    write(tmp_path, "rates", {"currency": "JPY", "period": "2026-01", "rate": "0.01"})
    write(tmp_path, "deals", deal("D1", **yen), deal("R1", type="return", reverses="D1", **yen))
    await take(database, tmp_path)
    path = write(tmp_path / "2", "deals", deal("R1", type="return", amount="0"))
    report = await take(database, path, full=True, now=NEXT_DAY)
    assert (report.refused, [one.key for one in report.removals]) == (0, ["D1"])
