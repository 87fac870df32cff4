"""Killed with SIGKILL at any point, or on the worst of days: every message arrives once, and in order."""

import signal
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random

import pytest

from bot.outbox import plan
from tests.support.sending import Office, office

pytestmark = pytest.mark.slow_on_postgresql

POINTS = ("claimed", "before-call", "after-call")
WORST = (2, 3, 4)
"""Seeds of days on which a naive sender doubles something."""


@pytest.fixture
async def here(database_url: str, tmp_path: Path) -> AsyncIterator[Office]:
    async with office(database_url, tmp_path) as made:
        yield made


@pytest.fixture
def naive(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sender as one writes it at first: what was not recorded as sent is sent."""
    monkeypatch.setattr(plan, "step_of", lambda _claim, _now: plan.Step.SEND)
    monkeypatch.setattr(plan, "LOOK_AFTER", plan.SECOND)


@pytest.mark.slow_on_postgresql
@pytest.mark.parametrize("point", POINTS)
async def test_a_killed_sender_loses_and_doubles_nothing(here: Office, point: str) -> None:
    await here.note("once")
    await here.note("and then")
    assert await here.run_elsewhere(kill_at=point) == -signal.SIGKILL
    assert await here.texts() == (["once"] if point == "after-call" else [])
    await here.settle(10)
    assert await here.texts() == ["once", "and then"]
    assert await here.states() == ["sent", "sent"]


@pytest.mark.slow_on_postgresql
@pytest.mark.parametrize("point", POINTS)
async def test_a_killed_sender_loses_and_doubles_no_file(here: Office, point: str) -> None:
    await here.write(lambda outbox: outbox.file("CGEN", "file", {}))
    assert await here.run_elsewhere(kill_at=point) == -signal.SIGKILL
    await here.settle(10)
    assert len(await here.texts()) == 1
    assert await here.states() == ["sent"]


@pytest.mark.slow_on_postgresql
async def test_a_naive_sender_would_have_doubled_it(here: Office, naive: None) -> None:
    await here.note("once")
    assert await here.run_elsewhere(kill_at="after-call") == -signal.SIGKILL
    await here.settle(10)
    assert await here.texts() == ["once", "once"]


async def worst_day(here: Office, seed: int) -> list[list[str]]:
    """Twelve messages into three lanes while everything fails now and then; what arrived, by lane."""
    slack, rng = here.local.slack, Random(seed)
    faults = [
        {"kind": "lost_answer", "on": "chat.postMessage", "chance": 0.25},
        {"kind": "error", "on": "chat.postMessage", "chance": 0.15},
        {"kind": "refused", "chance": 0.1},
        {"kind": "rate_limited", "chance": 0.1, "retry_after": 3},
        {"kind": "unavailable", "on": "conversations.history", "chance": 0.2},
    ]
    await slack.faults(add=faults, seed=seed)
    lanes = ["CGEN", "GDEAL", here.people["mona"]]
    for number in range(4):
        for lane in lanes:
            await here.note(f"note {number}", lane)
        await here.later(rng.randint(0, 30))
    await here.settle(10, times=600)
    return [await here.texts(channel) for channel in ("general", "deal-desk", "app")]


@pytest.mark.parametrize("seed", WORST)
async def test_the_worst_of_days_loses_and_doubles_nothing(here: Office, seed: int) -> None:
    expected = [f"note {number}" for number in range(4)]
    assert await worst_day(here, seed) == [expected] * 3
    assert set(await here.states()) == {"sent"}


@pytest.mark.slow_on_postgresql
@pytest.mark.parametrize("seed", [WORST[0], *(pytest.param(seed, marks=pytest.mark.slow) for seed in WORST[1:])])
async def test_a_naive_sender_would_have_doubled_some(here: Office, naive: None, seed: int) -> None:
    arrived = await worst_day(here, seed)
    assert any(len(texts) > len(set(texts)) for texts in arrived)
