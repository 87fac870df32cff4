"""Ending a digest: only the one that was asked about, however often it is clicked."""

import pytest

from bot.demo.company import MANAGER
from tests.support.digest_hands import REGION, about, audited, form, subscribe, subscribed
from tests.support.slack import Card, SlackClient
from tests.support.turf import Turf

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def questions(slack: SlackClient) -> list[Card]:
    """The same question twice."""
    return [await slack.as_(MANAGER).types("/digest stop", channel=REGION) for _ in range(2)]


async def test_two_clicks_end_it_once_and_say_the_same(turf: Turf, slack: SlackClient) -> None:
    await subscribe(slack)
    # What Slack sends of a double click, before the question is replaced.
    first, second = [await one.press("End digest") for one in await questions(slack)]
    assert "*Ended:* the digest of Americas East" in second.words
    assert (second.words, second.buttons) == (first.words, ["Undo"])
    assert len(await audited(turf, "digest.stop")) == 1
    await second.press("Undo")
    assert len(await subscribed(turf)) == 1


async def test_another_that_took_its_place_is_not_ended_but_asked_about(turf: Turf, slack: SlackClient) -> None:
    await subscribe(slack)
    asked, asked_too = await questions(slack)
    assert "*End the digest of Americas East in" in asked.words
    view = await about(await form(slack), "Americas (team)")
    await view.submit()
    anew = await asked.press("End digest")
    assert "*End the digest of Americas in" in anew.words
    assert await audited(turf, "digest.stop") == []
    assert "*Ended:* the digest of Americas in" in (await anew.press("End digest")).words
    gone = await asked_too.press("End digest")
    assert "no longer there" in gone.words + gone.text
