"""Many digests due at once, workers killed at any moment, Slack failing in every way: each arrives once, in order."""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.storm import ANSWERS, Storm, hour_of, storm, weather

PATIENCE = 500
"""Seconds of the machine's time for a long storm."""
GONE = "C000"
"""The channel that is archived on the way."""


@dataclass
class Course:
    """What happens in a storm after how many kills, whatever the machine's speed."""

    kills: int
    jobs: int
    channels: int
    planted: int = 0
    seen_without_token: int = 0

    async def run(self, here: Storm) -> None:
        """Until everything is settled. A worker is killed whenever some more has come, or nothing has for a while."""
        deadline, turn, done = time.monotonic() + PATIENCE, 0, set[str]()
        whole = self.jobs * (1 + ANSWERS)
        step, reached, quiet = whole // (self.kills + 2), 0, 0
        while True:
            assert time.monotonic() < deadline, await here.unhappy()
            here.keep_going()
            await asyncio.sleep(0.1)  # the machine's time: workers are processes of their own
            turn, quiet, come = turn + 1, quiet + 1, here.come()
            if here.kills >= self.kills and self.planted == self.jobs:
                here.advance(20)
                if not await here.open():
                    return
                continue
            here.advance(here.rng.uniform(0.5, 4))
            if turn % 12 == 1:
                here.ws.faults.set({"add": weather(here.rng)})
            if come >= reached + step or quiet > 40:
                reached, quiet = come, 0
                here.kill_one()
                await self._at(here, done)

    async def _at(self, here: Storm, done: set[str]) -> None:
        """An hour without Slack, a token that is revoked for a while, a channel that goes: each once, and seen by a worker."""
        share = here.kills / self.kills
        for what, since in (("token", 0.3), ("channel", 0.5), ("outage", 0.6)):
            if share < since or what in done:
                continue
            done.add(what)
            match what:
                case "token":
                    await self.plant(here)
                    self.seen_without_token = await self._without_token(here)
                case "channel":
                    here.ws.channels[GONE].is_archived = True
                case "outage":
                    await self.plant(here)
                    here.ws.faults.set({"add": [hour_of("unavailable")]})
                    await self._heard(here, 503)
                    here.advance(1900)
                    await asyncio.sleep(0.3)
                    here.advance(1800)

    async def plant(self, here: Storm) -> None:
        """A third of the digests, due now."""
        until = min(self.jobs, self.planted + self.jobs // 3 + 1)
        await here.plant(range(self.planted, until), self.channels)
        self.planted = until

    async def _without_token(self, here: Storm) -> int:
        here.ws.token_error = "token_revoked"
        before = here.heard.calls.total()
        while here.heard.calls.total() == before:
            here.keep_going()
            here.advance(30)
            await asyncio.sleep(0.1)
        here.ws.token_error = ""
        return here.heard.calls.total() - before

    async def _heard(self, here: Storm, status: int) -> None:
        before = here.heard.statuses[status]
        while here.heard.statuses[status] == before:
            here.keep_going()
            here.advance(30)
            await asyncio.sleep(0.1)


async def through(here: Storm, *, jobs: int, channels: int, kills: int) -> Course:
    course = Course(kills, jobs, channels)
    await course.plant(here)
    await course.run(here)
    return course


def came(here: Storm, channels: int) -> Counter[str]:
    """How often each digest came, whatever its channel."""
    return Counter(head for at in range(channels) for head in here.arrived(f"C{at:03}")[0])


async def check(here: Storm, course: Course, *, jobs: int, channels: int) -> None:
    """0 doubled, 0 missing, order kept in each thread; what went into the channel that is gone is given up visibly."""
    arrived, (job_states, states) = came(here, channels), await here.states()
    assert (job_states, set(states)) == ({"done": jobs}, {"sent", "dead"} & set(states)), await here.unhappy()
    lost = {f"digest {number}" for number in range(0, jobs, channels)}
    assert {text for text, count in arrived.items() if count > 1} == set()
    assert {f"digest {number}" for number in range(jobs)} - set(arrived) <= lost
    for at in range(channels):
        heads, threads = here.arrived(f"C{at:03}")
        whole = [f"{head} answer {number}" for head in heads for number in range(ANSWERS)]
        answers = [text for head in heads for text in threads.get(head, [])]
        assert answers == whole[: len(answers)] if f"C{at:03}" == GONE else answers == whole
    assert states["sent"] >= (jobs - len(lost)) * (1 + ANSWERS)
    assert here.kills == course.kills
    assert course.seen_without_token
    assert here.heard.statuses[503]


@pytest.mark.parametrize("seed", [1])
async def test_a_storm_loses_and_doubles_nothing(postgresql_url: str, tmp_path: Path, seed: int) -> None:
    async with storm(postgresql_url, tmp_path, size=2, seed_of=seed, channels=6) as here:
        course = await through(here, jobs=12, channels=6, kills=5)
        await check(here, course, jobs=12, channels=6)
        assert here.stop() == [0, 0]


@pytest.mark.parametrize("seed", [2])
async def test_a_storm_on_one_file_loses_and_doubles_nothing(sqlite_url: str, tmp_path: Path, seed: int) -> None:
    async with storm(sqlite_url, tmp_path, size=1, seed_of=seed, channels=6) as here:
        course = await through(here, jobs=8, channels=6, kills=4)
        await check(here, course, jobs=8, channels=6)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [11, 12])
async def test_200_digests_4_workers_40_kills(postgresql_url: str, tmp_path: Path, seed: int) -> None:
    async with storm(postgresql_url, tmp_path, size=4, seed_of=seed, channels=40) as here:
        course = await through(here, jobs=200, channels=40, kills=40)
        await check(here, course, jobs=200, channels=40)
        assert {200, 429, 500, 503} <= set(here.heard.statuses)
        assert here.heard.calls["conversations.history"], "no outcome was looked up"


@pytest.mark.slow
async def test_200_digests_one_worker_on_sqlite_40_kills(sqlite_url: str, tmp_path: Path) -> None:
    async with storm(sqlite_url, tmp_path, size=1, seed_of=21, channels=40) as here:
        course = await through(here, jobs=200, channels=40, kills=40)
        await check(here, course, jobs=200, channels=40)


@pytest.mark.slow
async def test_a_naive_sender_doubles_in_the_same_storm(postgresql_url: str, tmp_path: Path) -> None:
    async with storm(postgresql_url, tmp_path, size=4, seed_of=11, channels=40, naive=True) as here:
        await through(here, jobs=200, channels=40, kills=40)
        assert max(came(here, 40).values()) > 1


async def test_a_message_takes_few_calls_when_all_is_well(sqlite_url: str, tmp_path: Path) -> None:
    async with storm(sqlite_url, tmp_path, size=1, seed_of=3, channels=6) as here:
        await here.plant(range(6), 6)
        here.keep_going()
        while await here.open():
            await asyncio.sleep(0.05)
            here.advance(1.1)
        assert came(here, 6) == Counter(f"digest {number}" for number in range(6))
        asked = {"auth.test": 1, "conversations.info": 18, "conversations.members": 18, "chat.postMessage": 18}
        assert here.heard.calls == asked
