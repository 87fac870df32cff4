"""/turf status: how fresh the data is, for everyone; what was imported, for those who import."""

import re

import pytest
from sqlalchemy import insert

from bot.demo.company import MANAGER, OPS, PARTNER, REP
from storage import import_orders
from storage.import_orders import Outcome, Source, WantedFile, Wish
from storage.jobs import JOBS, JobState
from tests.support.sample import NOW
from tests.support.slack import SlackClient
from tests.support.turf import Turf

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_operations_see_the_imports(slack: SlackClient, turf: Turf) -> None:
    card = await slack.as_(OPS).types("/turf status")
    assert card.text.startswith("The data is as of Nov 23, ")
    assert re.search(r"Nov 23, \d\d:\d\d: people, teams, .*deals, splits", card.words)
    assert "rows read" in card.words
    assert "0 refused" in card.words
    over = "Socket Mode (2 connections)" if turf.application.sockets else "HTTP"
    assert f"connected to Slack over {over}" in card.words


@pytest.mark.parametrize("who", [REP, MANAGER, PARTNER])
async def test_others_see_how_fresh_it_is(slack: SlackClient, who: str) -> None:
    card = await slack.as_(who).types("/turf status")
    assert re.search(r"Nov 23, \d\d:\d\d: people, teams, ", card.words)
    assert "refused" not in card.words


async def test_operations_see_what_runs_and_what_went_wrong(slack: SlackClient, turf: Turf) -> None:
    async with turf.application.database.write() as connection:
        for name in ("*won*.csv", "deals.csv", "people.csv"):
            file = WantedFile(name, 1, "F1")
            number = await import_orders.add(connection, 1, Source.SLACK, [file], Wish(), now=NOW)
            if name == "deals.csv":
                await import_orders.note_progress(connection, 1, number, {name: 1200})
            if name == "people.csv":
                await import_orders.note_outcome(connection, 1, number, Outcome.FAILED, error="It has no <rows>.")
        row = {"workspace_id": 1, "id": 9001, "kind": "x", "key": "x", "arguments": "{}", "state": JobState.DEAD}
        kept = {"attempts": 9, "created_at": NOW, "due_at": NOW}
        await connection.execute(insert(JOBS).values(row | kept))
    card = await slack.as_(OPS).types("/turf status")
    assert "Waiting: the import of" in card.words
    assert "Running: the import of deals.csv, 1,200 rows read so far" in card.words
    assert re.search(r"Failed, asked for Nov 23, \d\d:\d\d: people.csv. It has no &lt;rows&gt;.", card.words)
    assert "1 job was given up: `turf outbox list`" in card.words
    assert "given up" not in (await slack.as_(MANAGER).types("/turf status")).words
