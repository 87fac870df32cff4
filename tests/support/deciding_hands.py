"""Asks for a move between two teams and decides it as people would, in the local workspace."""

from __future__ import annotations

from bot.demo.company import OPS
from storage import requests
from storage.requests import Request
from tests.support.asking import looks, opened, sends
from tests.support.posting import deliver
from tests.support.setting import direct
from tests.support.slack import Card, SlackClient, View
from tests.support.turf import Turf

EAST, WEST = "marcus.chen", "sofie.park"
"""The managers of both sides."""
REGION = "americas"
"""The channel of the team above both."""


async def asks_to_move(turf: Turf, who: str = OPS, count: int = 2, first: int = 0) -> View:
    """From New England to California: two teams, two managers."""
    form = await opened(turf.slack, who, "new england")
    offered = await form.offered("accounts", "")
    form.fill("accounts", offered[first : first + count])
    await form.search("to", "california")
    form.fill("reason", "Closer to her other customers")
    sent = await sends(await looks(form))
    assert "*Sent: request " in sent.words, (sent.errors, sent.words)
    await deliver(turf)
    return sent


async def in_channel(slack: SlackClient, who: str = EAST) -> Card:
    return [one for one in await slack.as_(who).messages(REGION) if "Request " in one.words][-1]


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
    return done
