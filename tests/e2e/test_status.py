"""/turf status: how fresh the data is, for everyone; what was imported, for those who import."""

import re

import pytest

from bot.demo.company import MANAGER, OPS, PARTNER, REP
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
