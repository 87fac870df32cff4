"""Cards find their rows by an index, so that they cost as much as what they show and not as much as the company has."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.company import Span
from storage import ledger
from storage.ledger import Scope, Whose
from storage.revisions import latest
from storage.snapshot import Snapshot
from tests.support.ledger import World, open_world

QUARTER = Span(date(2026, 7, 1), date(2026, 10, 1))
ANA = Scope(QUARTER, people=[1])
BEN = Scope(QUARTER, people=[2])
NOBODY = Scope(QUARTER, unassigned=True)
TEAM = Scope(QUARTER, people=[1, 2, 3])
OHIO = Scope(QUARTER, territories=[1, 2])
COMPANY = Scope(QUARTER)
TODAY = date(2026, 8, 14)
OPEN = {"since": QUARTER.start, "until": QUARTER.end}

PERSON_ROAD, TERRITORY_ROAD, DAY_ROAD = "ix_credits_person", "ix_credits_territory", "ix_credits_day"
CAME_BY_THE_ROAD = re.compile(r"SCAN (page|parts|\(subquery-\d+\))")
"""The rows of a page, the parts of deals and what a running sum runs over are few."""
Question = Callable[[AsyncConnection, Snapshot], Awaitable[Any]]


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    async with open_world(sqlite_url) as world:
        yield world


async def plan(world: World, question: Question) -> list[str]:
    """How SQLite answers: a line for each table that it reads."""
    asked: list[tuple[str, Any]] = []

    def remember(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        asked.append((statement, parameters))

    async with world.database.read() as connection:
        here = await latest(connection, world.workspace_id)
        event.listen(world.database.engine.sync_engine, "before_cursor_execute", remember)
        await question(connection, here)
        event.remove(world.database.engine.sync_engine, "before_cursor_execute", remember)
        (statement, parameters) = asked[-1]
        rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        return [row[3] for row in rows]


QUESTIONS: list[tuple[str, Question, str]] = [
    ("a rep's card", lambda c, s: ledger.credited(c, s, ANA, [date(2026, 8, 1)]), f"COVERING INDEX {PERSON_ROAD}"),
    ("a team's card", lambda c, s: ledger.credited(c, s, TEAM), f"COVERING INDEX {PERSON_ROAD}"),
    ("what is unassigned", lambda c, s: ledger.credited(c, s, NOBODY), f"COVERING INDEX {PERSON_ROAD}"),
    ("a territory's card", lambda c, s: ledger.credited(c, s, OHIO), f"COVERING INDEX {TERRITORY_ROAD}"),
    ("the company's card", lambda c, s: ledger.credited(c, s, COMPANY), f"COVERING INDEX {DAY_ROAD}"),
    ("a team's chart", lambda c, s: ledger.credited_by_month(c, s, TEAM), f"COVERING INDEX {PERSON_ROAD}"),
    ("a rep's lines counted", lambda c, s: ledger.credit_total(c, s, [ANA]), PERSON_ROAD),
    ("a team's lines", lambda c, s: ledger.credit_lines(c, s, [TEAM], limit=10), PERSON_ROAD),
    ("a territory's lines", lambda c, s: ledger.credit_lines(c, s, [OHIO], limit=10), TERRITORY_ROAD),
    ("the lines of stretches", lambda c, s: ledger.credit_lines(c, s, [ANA, BEN], limit=10), PERSON_ROAD),
    ("the company's lines", lambda c, s: ledger.credit_lines(c, s, [COMPANY], limit=10), DAY_ROAD),
    ("a rep's win rate", lambda c, s: ledger.win_rate(c, s, ANA), PERSON_ROAD),
    ("a territory's win rate", lambda c, s: ledger.win_rate(c, s, OHIO), TERRITORY_ROAD),
    (
        "a rep's pipeline",
        lambda c, s: ledger.open_sums(c, s, Whose(people=[1]), today=TODAY, **OPEN),
        "ix_open_shares_person",
    ),
    (
        "a territory's open deals",
        lambda c, s: ledger.open_lines(c, s, OHIO, today=TODAY, **OPEN),
        "ix_open_shares_territory",
    ),
    ("an empty state", ledger.deals_summary, DAY_ROAD),
]


async def test_the_road_of_each_question(world: World) -> None:
    astray = {}
    for name, question, road in QUESTIONS:
        steps = await plan(world, question)
        scans = [step for step in steps if step.startswith("SCAN") and not CAME_BY_THE_ROAD.fullmatch(step)]
        if scans or not any(road in step for step in steps):
            astray[name] = steps
    assert astray == {}


async def test_the_first_and_the_last_day_of_credit_are_found_in_the_order_of_days(world: World) -> None:
    for line in await plan(world, ledger.deals_summary):
        assert "ANY(" not in line
        assert "TEMP B-TREE" not in line
