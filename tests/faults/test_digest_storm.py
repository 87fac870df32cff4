"""Many digests due at once, workers killed at any moment, Slack failing in every way: each arrives once, in order."""

import asyncio
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.support.storm import ANSWERS, Storm, hour_of, storm, weather

PATIENCE = 500
"""Seconds of the machine's time for a long storm."""


async def rage(here: Storm, *, jobs: int, channels: int, kills: int) -> None:
    """Until everything is settled, with so many kills on the way."""
    await here.plant(jobs, channels)
    deadline, turn = time.monotonic() + PATIENCE, 0
    while True:
        assert time.monotonic() < deadline, await here.states()
        here.keep_going()
        await asyncio.sleep(0.1)  # the machine's time: workers are processes of their own
        here.advance(here.rng.uniform(0.5, 6))
        turn += 1
        if turn % 12 == 1 and here.kills < kills:
            here.ws.faults.set({"add": weather(here.rng), "clear": True})
        if turn == 30:
            here.ws.faults.set({"add": [hour_of("unavailable")]})
            here.advance(1800)
        if turn == 45:
            here.advance(1900)
        if turn in (50, 55):
            here.ws.token_error = "token_revoked" if turn == 50 else ""
        if here.kills < kills and turn % 3 == 0:
            here.kill_one()
        elif here.kills >= kills:
            here.ws.faults.clear()
            here.ws.token_error = ""
            here.advance(20)
            if not await here.open():
                return


def check(here: Storm, *, jobs: int, channels: int) -> None:
    """0 doubled, 0 missing, order kept in each thread."""
    arrived = Counter[str]()
    for at in range(channels):
        heads, threads = here.arrived(f"C{at:03}")
        arrived.update(heads)
        for head in heads:
            assert threads.get(head) == [f"{head} answer {number}" for number in range(ANSWERS)]
    assert arrived == Counter(f"digest {number}" for number in range(jobs))


@pytest.mark.parametrize("seed", [1])
async def test_a_storm_loses_and_doubles_nothing(postgresql_url: str, tmp_path: Path, seed: int) -> None:
    async with storm(postgresql_url, tmp_path, size=2, seed_of=seed, channels=6) as here:
        await rage(here, jobs=12, channels=6, kills=5)
        check(here, jobs=12, channels=6)
        assert await here.states() == {"sent": 36}
        assert here.stop() == [0, 0]


@pytest.mark.parametrize("seed", [2])
async def test_a_storm_on_one_file_loses_and_doubles_nothing(sqlite_url: str, tmp_path: Path, seed: int) -> None:
    async with storm(sqlite_url, tmp_path, size=1, seed_of=seed, channels=6) as here:
        await rage(here, jobs=8, channels=6, kills=4)
        check(here, jobs=8, channels=6)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [11, 12])
async def test_200_digests_4_workers_40_kills(postgresql_url: str, tmp_path: Path, seed: int) -> None:
    async with storm(postgresql_url, tmp_path, size=4, seed_of=seed, channels=40) as here:
        await rage(here, jobs=200, channels=40, kills=40)
        check(here, jobs=200, channels=40)
        assert await here.states() == {"sent": 200 * (1 + ANSWERS)}


@pytest.mark.slow
async def test_200_digests_one_worker_on_sqlite_40_kills(sqlite_url: str, tmp_path: Path) -> None:
    async with storm(sqlite_url, tmp_path, size=1, seed_of=21, channels=40) as here:
        await rage(here, jobs=200, channels=40, kills=40)
        check(here, jobs=200, channels=40)


@pytest.mark.slow
async def test_a_naive_sender_doubles_in_the_same_storm(postgresql_url: str, tmp_path: Path) -> None:
    async with storm(postgresql_url, tmp_path, size=4, seed_of=11, channels=40, naive=True) as here:
        await rage(here, jobs=200, channels=40, kills=40)
        with pytest.raises(AssertionError):
            check(here, jobs=200, channels=40)


async def test_a_message_takes_few_calls_when_all_is_well(sqlite_url: str, tmp_path: Path) -> None:
    async with storm(sqlite_url, tmp_path, size=1, seed_of=3, channels=6) as here:
        await here.plant(6, 6)
        here.keep_going()
        while await here.open():
            await asyncio.sleep(0.05)
            here.advance(1.1)
        check(here, jobs=6, channels=6)
        posts = here.calls["chat.postMessage"]
        assert (posts, here.calls["conversations.history"], here.calls["conversations.replies"]) == (18, 0, 0)
