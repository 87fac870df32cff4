"""What digests told is known without reading them: each total once, found by its day, whatever they were made with."""

import json
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, func, insert, select, text

from storage import digests
from storage.database import Database
from storage.digests import DIGESTS, SUBSCRIPTIONS, TOLD, NewDigest, StoredTotal, add_digest, told_totals
from storage.migrations import upgrade
from storage.revisions import WORKSPACES
from storage.tables import people, table_of
from tests.integration.storage.test_delivery_plans import plan
from tests.support.company_of_two import NOW, two_people

MONDAY = date(2026, 10, 5)
WEEK = timedelta(days=7)
MANY = 3_000


def told(revision: int, day: date, credited: int, **more: Any) -> dict[str, Any]:
    was = {"since": None, "was": None} | more
    return {"revision": revision, "today": day.isoformat(), "period": "2026Q4", "credited": credited} | was


BEFORE = told(4, MONDAY - timedelta(days=1), 7)
FIRST = told(5, MONDAY, 1_000)
SAME_STATE = FIRST | {"since": "2026-10-01", "was": 3}
SECOND = told(6, MONDAY + WEEK, 9_000_000_000, since="2026-10-05", was=1_000)
SCOPES = {1: ("team", 7), 2: ("team", 7), 3: ("company", None), 4: ("person", 3)}
"""By the number of the subscription."""
TOLD_BY = [(1, BEFORE), (2, FIRST), (3, SECOND), (1, SECOND), (2, None), (4, None), (4, FIRST), (3, SECOND), (1, FIRST)]
"""Which subscription told what, in the order of the digests' numbers."""


def subscription(number: int, kind: str, scope: int | None) -> dict[str, Any]:
    return {
        "workspace_id": 1, "id": number, "channel_id": f"C{number}", "scope_kind": kind, "scope_id": scope,
        "owner_id": 1, "weekdays": "0", "at": "09:00", "timezone": "UTC", "hidden": "", "skip_when_empty": False,
        "holiday_rule": "skip", "starts_on": MONDAY, "state": "active", "version": 1, "created_at": NOW,
    }  # fmt: skip


def ended(credited: int, *, tellable: bool = True) -> dict[str, Any]:
    return {"period": "2026Q3", "credited": credited, "target": None, "tellable": tellable}


def digest(number: int, by: int, told: Any, ended: Any = None) -> dict[str, Any]:
    return {
        "workspace_id": 1, "id": number, "subscription_id": by, "slot": MONDAY + timedelta(days=number),
        "kind": "channel", "made_at": NOW, "late": False, "today": MONDAY, "revision": 6,
        "figures": json.dumps({"credited": 5, "told": told, "ended": ended}),
    }  # fmt: skip


async def keep(database: Database, table: Table, *rows: dict[str, Any]) -> None:
    async with database.write() as connection:
        await connection.execute(insert(table), list(rows))


async def test_what_digests_told_before_totals_were_kept_is_known(database_url: str) -> None:
    database = Database(database_url)
    await upgrade(database, "0011")
    await keep(database, WORKSPACES, {"id": 1, "slug": "default", "created_at": NOW})
    await keep(database, table_of(people.Person), {"workspace_id": 1, "id": 1, "key": "olga", "name": "Olga"})
    await keep(database, SUBSCRIPTIONS, *(subscription(number, *scope) for number, scope in SCOPES.items()))
    rows = [digest(number, *one) for number, one in enumerate(TOLD_BY, 1)]
    more = [digest(10, 2, SAME_STATE), digest(11, 2, None, ended(40)), digest(12, 3, None, ended(41, tellable=False))]
    await keep(database, DIGESTS, *rows, *more)
    await upgrade(database)
    async with database.read() as connection:
        found = await told_totals(connection, 1, MONDAY)
    await database.close()
    assert found == [
        StoredTotal("team", 7, SECOND),
        StoredTotal("company", 0, SECOND),
        StoredTotal("team", 7, SAME_STATE),
        StoredTotal("team", 7, told(6, MONDAY, 40) | {"period": "2026Q3"}),
    ]


@pytest.fixture
async def telling(database_url: str, tmp_path: Path) -> AsyncIterator[Database]:
    await two_people(database_url, tmp_path)
    database = Database(database_url)
    rows = [subscription(number, "team", 7) for number in range(1, 7)]
    await keep(database, SUBSCRIPTIONS, *rows)
    yield database
    await database.close()


async def tell(database: Database, by: int, told: dict[str, Any], **more: Any) -> None:
    made = {"slot": date.fromisoformat(told["today"]), "kind": "channel", "made_at": NOW, "late": False}
    same = {"scope_kind": "team", "scope_id": 7, "figures": {"told": told, "ended": None}} | more
    state = {"today": MONDAY, "revision": told["revision"], "compared_with": None}
    async with database.write() as connection:
        await add_digest(connection, 1, NewDigest(subscription_id=by, **made, **same, **state))  # type: ignore[arg-type]


async def test_a_total_is_kept_once_however_many_digests_told_it(telling: Database) -> None:
    for by, one in ((1, FIRST), (2, FIRST), (3, SECOND), (4, SECOND)):
        await tell(telling, by, one)
    await tell(telling, 5, SECOND, scope_kind="company", scope_id=0)
    await tell(telling, 6, FIRST)
    async with telling.read() as connection:
        found = await told_totals(connection, 1, MONDAY)
        kept = (await connection.execute(select(func.count()).select_from(TOLD))).scalar_one()
    assert found == [
        StoredTotal("team", 7, SECOND),
        StoredTotal("company", 0, SECOND),
        StoredTotal("team", 7, FIRST),
    ]
    assert kept == 3


async def test_the_result_of_a_period_that_has_ended_is_kept_beside_the_total(telling: Database) -> None:
    await tell(telling, 1, FIRST, figures={"told": FIRST, "ended": ended(40)})
    await tell(telling, 2, SECOND, figures={"told": SECOND, "ended": ended(41, tellable=False)})
    async with telling.read() as connection:
        found = await told_totals(connection, 1, MONDAY)
    result = told(5, MONDAY, 40) | {"period": "2026Q3"}
    found.sort(key=lambda one: (one.told["revision"], one.told["period"]))
    assert found == [StoredTotal("team", 7, one) for one in (result, FIRST, SECOND)]


async def test_totals_of_a_quarter_are_found_by_their_day_beside_years_of_others(telling: Database) -> None:
    await keep(telling, DIGESTS, digest(1, 1, None))
    days = [MONDAY - timedelta(days=number) for number in range(MANY)]
    same = {"workspace_id": 1, "revision": 1, "scope_kind": "team", "scope_id": 7, "period": "2026Q4", "credited": 1}
    await keep(telling, TOLD, *(same | {"today": day, "digest_id": 1} for day in days))
    async with telling.write() as connection:
        await connection.execute(text("ANALYZE"))
    found = await plan(telling, digests._told_since(1, MONDAY - WEEK))
    if telling.is_sqlite:
        assert "SEARCH told_totals USING PRIMARY KEY (workspace_id=? AND today>?)" in found
    else:
        assert "pk_told_totals" in found
        assert "Seq Scan" not in found
