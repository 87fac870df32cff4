"""A request on its way: who is told what, who may decide, what becomes of it, in the channel and in direct messages."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import delete

from bot.app import register_features
from bot.demo.company import OPS
from bot.demo.workspace import BOT_USER
from bot.jobs import Runner
from domain.requests.model import State
from storage import requests
from storage.outbox import OUTBOX
from storage.requests import Request
from tests.support.asking import looks, opened, sends
from tests.support.posting import deliver
from tests.support.setting import direct
from tests.support.slack import Card, SlackClient, View
from tests.support.turf import Turf, running_turf

pytestmark = pytest.mark.asyncio(loop_scope="module")
EAST, WEST, REP, LEADER = "marcus.chen", "sofie.park", "ana.silva", "grace.adeyemi"
REGION = "americas"
FIRST = date(2026, 12, 1)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def turf(sample_file: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Turf]:
    folder = tmp_path_factory.mktemp("deciding")
    copy = shutil.copyfile(sample_file, folder / "turf.db")
    async with running_turf(f"sqlite:///{copy}", folder) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def slack(turf: Turf) -> SlackClient:
    await turf.slack.reset()
    async with turf.application.database.write() as connection:
        for table in (requests.OBJECTS, requests.DECISIONS, requests.REQUESTS, OUTBOX):
            await connection.execute(delete(table))
    await turf.slack.as_(EAST).joins(REGION, guest=BOT_USER)
    return turf.slack


async def asks_to_move(turf: Turf, who: str = OPS, count: int = 2) -> None:
    """From New England to Texas: two teams, two managers."""
    form = await opened(turf.slack, who, "new england")
    offered = await form.offered("accounts", "")
    form.fill("accounts", offered[:count])
    await form.search("to", "texas")
    form.fill("reason", "Closer to her other customers")
    sent = await sends(await looks(form))
    assert "*Sent: request 1.*" in sent.words, (sent.errors, sent.words)
    await deliver(turf)


async def last(slack: SlackClient, who: str) -> Card:
    return (await direct(slack, who))[-1]


async def read(turf: Turf, number: int = 1) -> Request:
    async with turf.application.store.read(1) as repo:
        return await requests.read(repo.connection, 1, number)


async def approves(turf: Turf, who: str) -> View:
    asked = await (await last(turf.slack, who)).press("Approve…")
    assert isinstance(asked, View), asked
    done = await asked.submit()
    assert isinstance(done, View), done
    await deliver(turf)
    return done


async def works_on(turf: Turf, day: date) -> None:
    now = datetime.combine(day, time(12), UTC)
    turf.set_clock(now)
    await Runner(turf.application.store, register_features(), jitter=lambda: 0.0).run_once(now)
    await deliver(turf)


async def test_two_managers_agree_and_everyone_is_told(turf: Turf, slack: SlackClient) -> None:
    await asks_to_move(turf)
    [card] = [one for one in await slack.as_(EAST).messages(REGION) if "Request 1" in one.words]
    print("CARD", card.words, card.buttons)
    asked = await last(slack, EAST)
    print("ASK", asked.words, asked.buttons)
    look = await asked.press("See impact")
    print("IMPACT", look.words)
    modal = await asked.press("Approve…")
    print("APPROVE", modal.words)
    done = await approves(turf, EAST)
    print("DONE", done.words)
    done = await approves(turf, WEST)
    print("DONE", done.words)
    assert (await read(turf)).state is State.SCHEDULED
    for who in (EAST, WEST, REP, OPS, "karin.almeida"):
        for one in await direct(slack, who):
            print("DM", who, one.words, one.buttons)
    await works_on(turf, FIRST)
    assert (await read(turf)).state is State.EFFECTIVE
    for who in (EAST, WEST, REP, OPS):
        for one in await direct(slack, who):
            print("DM2", who, one.words, one.buttons)
    [card] = [one for one in await slack.as_(EAST).messages(REGION) if "Request 1" in one.words]
    print("CARD", card.words, card.buttons)
    for one in await card.replies():
        print("LINE", one.words)
