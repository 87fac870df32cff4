"""The next lane and the next job are found by an index, however many wait."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, text, update
from sqlalchemy.dialects import postgresql, sqlite

from storage import jobs, lanes
from storage.database import Database
from storage.jobs import JOBS
from storage.outbox import LANES, OUTBOX
from tests.support.company_of_two import NOW, two_people

MANY = 3_000


@pytest.fixture
async def crowded(database_url: str, tmp_path: Path) -> AsyncIterator[Database]:
    await two_people(database_url, tmp_path)
    database = Database(database_url)
    async with database.write() as connection:
        at = [NOW + timedelta(seconds=number) for number in range(MANY)]
        rows = [
            {"workspace_id": 1, "name": f"C{number}", "next_send_at": due, "due_at": due}
            for number, due in enumerate(at)
        ]
        await connection.execute(insert(LANES), rows)
        same = {"operation": "post", "kind": "note", "arguments": "{}", "state": "waiting", "attempts": 0}
        messages = [
            {
                "workspace_id": 1,
                "id": number,
                "delivery": f"d{number}",
                "lane": f"C{number}",
                "created_at": due,
                "next_at": due,
            }
            for number, due in enumerate(at)
        ]
        await connection.execute(insert(OUTBOX), [row | same for row in messages])
        due_jobs = [
            {"workspace_id": 1, "id": number, "key": f"k{number}", "created_at": due, "due_at": due}
            for number, due in enumerate(at)
        ]
        job = {"kind": "digests/slot", "arguments": "{}", "state": "waiting", "attempts": 0}
        await connection.execute(insert(JOBS), [row | job for row in due_jobs])
        await connection.execute(text("ANALYZE"))
    yield database
    await database.close()


async def plan(database: Database, query: Any) -> str:
    dialect: Any = sqlite.dialect() if database.is_sqlite else postgresql.dialect()
    said = str(query.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
    explain = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "
    async with database.read() as connection:
        rows = (await connection.exec_driver_sql(explain + said)).all()
    return "\n".join(str(row[-1]) for row in rows)


async def test_the_next_lane_is_found_by_when_it_is_due(crowded: Database) -> None:
    found = await plan(crowded, lanes._due_lane(1, NOW, NOW))
    assert "ix_lanes_workspace_id_due_at" in found
    found = await plan(crowded, lanes._first_open(1, "C7"))
    assert "ix_outbox_workspace_id_lane_state_id" in found


async def test_the_first_message_of_a_long_lane_is_found_without_sorting_it(crowded: Database) -> None:
    async with crowded.write() as connection:
        await connection.execute(update(OUTBOX).values(lane="C1"))
        await connection.execute(text("ANALYZE"))
    found = await plan(crowded, lanes._first_open(1, "C1"))
    if crowded.is_sqlite:
        # What is sorted are the firsts of the states.
        assert found.count("INDEX ix_outbox_workspace_id_lane_state_id (workspace_id=? AND lane=? AND state=?)") == 2
    else:
        assert found.count("Limit") == 3
        assert "Seq Scan" not in found


async def test_the_next_job_is_found_by_when_it_is_due(crowded: Database) -> None:
    found = await plan(crowded, jobs._due(1, ["digests/slot"], NOW, NOW))
    assert "ix_jobs_workspace_id_state_due_at" in found
