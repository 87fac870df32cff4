"""/territory change: the one form for every kind of change, what it shows before it is sent, and what it refuses."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.demo.company import MANAGER
from domain.requests.model import MoveAccounts, State
from storage import requests
from tests.support.asking import features, looks, opened, sends
from tests.support.slack import SlackClient
from tests.support.turf import Turf, running_turf

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def turf(sample_file: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Turf]:
    folder = tmp_path_factory.mktemp("requests")
    copy = shutil.copyfile(sample_file, folder / "turf.db")
    async with running_turf(f"sqlite:///{copy}", folder, registry=features()) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def slack(turf: Turf) -> SlackClient:
    await turf.slack.reset()
    return turf.slack


async def test_accounts_are_moved_once_the_preview_was_seen(turf: Turf, slack: SlackClient) -> None:
    form = await opened(slack, MANAGER, "New England")
    offered = await form.offered("accounts", "")
    form.fill("accounts", offered[:2])
    await form.search("to", "new york")
    form.fill("reason", "Closer to her other customers")
    shown = await looks(form)
    assert "*2 accounts* from New England to " in shown.words, shown.words
    sent = await sends(shown)
    assert "*Sent: request 1.*" in sent.words, (sent.errors, sent.words)
    async with turf.application.store.read(1) as repo:
        kept = await requests.read(repo.connection, 1, 1)
    assert kept.state is State.SUBMITTED
    assert isinstance(kept.change, MoveAccounts)
    assert {str(one) for one in kept.change.accounts} == {one["value"] for one in offered[:2]}
