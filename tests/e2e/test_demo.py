"""`make demo` as its own processes: one clock for the workspace, the bot and its worker; a channel's digest comes."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.demo.company import LEADER
from tests.support.demo import sample_demo
from tests.support.digest_hands import NOW
from tests.support.slack import Card, Person, SlackClient

CHANNEL = "sales-managers"
MONDAY = datetime(2026, 11, 30, 13, 59, 59, tzinfo=UTC)
"""A second before nine o'clock in New York."""


async def test_time_that_is_moved_on_the_page_moves_the_bot_and_brings_the_digest(
    sample_file: Path, tmp_path: Path
) -> None:
    async with sample_demo(sample_file, tmp_path) as demo, SlackClient(demo.url, patience=60) as slack:
        leader = slack.as_(LEADER)
        await slack.post("/_test/clock", {"at": NOW.isoformat()})
        form = await leader.opens("/digest", channel=CHANNEL)
        assert "This would be posted now" in form.words
        assert "*Next:* Mon, Nov 30, 09:00 in New York" in (await form.submit()).words
        await slack.post("/_test/clock", {"at": MONDAY.isoformat()})
        assert "behind pace" in (await _digest(leader)).words
        assert "until Tue, Dec 1" in (await _paused(leader))
        await slack.post("/_test/clock", {"at": None})
        before = _tomorrow()
        said = await _paused(leader)
        assert before in said or _tomorrow() in said


async def _paused(leader: Person) -> str:
    """What tomorrow is to the bot."""
    return (await leader.types("/digest pause until tomorrow", channel=CHANNEL)).words


def _tomorrow() -> str:
    """To this machine."""
    day = datetime.now(ZoneInfo("America/New_York")) + timedelta(days=1)
    return f"until {day:%a}, {day:%b} {day.day}"


async def _digest(leader: Person) -> Card:
    """As soon as it is there; time goes on by itself."""
    end = time.monotonic() + leader.slack.patience
    while time.monotonic() < end:
        for card in await leader.messages(CHANNEL):
            if not card.ephemeral and "Why?" in card.buttons:
                return card
        await asyncio.sleep(0.1)
    raise AssertionError("no digest came")
