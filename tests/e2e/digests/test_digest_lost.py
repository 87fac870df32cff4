"""A channel is archived, deleted, or the app taken out of it: its digest rests at once."""

import asyncio
from datetime import timedelta

import pytest

from bot.demo.company import MANAGER
from storage.subscriptions import State
from tests.support.delivering import deliver
from tests.support.digest_hands import NOW, REGION, WEEK, audited, only, subscribe, work
from tests.support.slack import SlackClient
from tests.support.turf import Turf

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize(
    ("typed", "why", "offered"),
    [
        ("/remove @turf", "Invite me there", "Resume"),
        ("/archive", "That channel is archived", "Resume"),
        (None, "That channel was deleted", "End digest"),
    ],
)
async def test_a_channel_that_is_lost_is_told_at_once_and_once(
    turf: Turf, slack: SlackClient, typed: str | None, why: str, offered: str
) -> None:
    await subscribe(slack)
    if typed:
        await slack.as_(MANAGER).says(typed, channel=REGION)
    else:
        await slack.post("/_test/delete", {"channel": REGION})
    await until_it_rests(turf)
    await deliver(turf, NOW)
    told = (await slack.as_(MANAGER).messages("app"))[-1]
    assert told.text == "A digest that you look after rests."
    assert why in told.words
    assert told.buttons == [offered]
    assert len(await audited(turf, "digest.rest")) == 1
    await slack.reset()
    await work(turf, NOW + WEEK)
    await deliver(turf, NOW + WEEK + timedelta(minutes=1))
    assert await slack.as_(MANAGER).messages("app") == []


async def test_what_is_paused_stays_paused_where_the_channel_is_lost(turf: Turf, slack: SlackClient) -> None:
    await subscribe(slack)
    await slack.as_(MANAGER).types("/digest pause", channel=REGION)
    seen = turf.application.metrics.text()
    await slack.as_(MANAGER).says("/archive", channel=REGION)
    async with asyncio.timeout(10):
        while turf.application.metrics.text() == seen:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert (await only(turf)).state is State.PAUSED


async def until_it_rests(turf: Turf) -> None:
    """Slack tells of channels of its own accord."""
    async with asyncio.timeout(10):
        while (await only(turf)).state is not State.RESTING:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
