"""Digests as people subscribe to them in the local workspace, and what is there then."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select

from bot.app import register_features
from bot.demo.company import MANAGER
from bot.jobs import Runner
from commands.digests.planning import look
from storage import subscriptions
from storage.audit import AUDIT
from storage.digests import DIGESTS, TOLD
from storage.jobs import JOBS
from storage.outbox import LANES, OUTBOX
from storage.store import Store
from storage.subscriptions import MUTED, SUBSCRIPTIONS, StoredSubscription
from tests.support.sample import NOW as MORNING
from tests.support.slack import SlackClient, View
from tests.support.turf import Turf

REGION = "americas"
BOT = "U0TURF"
WEEK = timedelta(days=7)
NOW = MORNING + timedelta(hours=6, minutes=30)
"""Monday afternoon, in New York as well."""
INVITE = "I am not in that channel. Invite me there with /invite @turf, then try again."


async def begin_anew(turf: Turf) -> None:
    """Nobody has subscribed to anything, and it is Monday afternoon."""
    async with turf.application.database.write() as connection:
        # Lanes, too: the test before may have sent later than this one begins.
        for table in (TOLD, DIGESTS, JOBS, SUBSCRIPTIONS, MUTED, OUTBOX, LANES):
            await connection.execute(delete(table))
        # What was recorded stays: what comes after is what a test sees.
        turf.recorded = (await connection.execute(select(func.max(AUDIT.c.id)))).scalar_one() or 0
    turf.set_clock(NOW)


async def subscribed(turf: Turf) -> list[StoredSubscription]:
    async with turf.application.database.read() as connection:
        return list(await subscriptions.all_subscriptions(connection, 1))


async def only(turf: Turf) -> StoredSubscription:
    [found] = await subscribed(turf)
    return found


async def audited(turf: Turf, action: str) -> list[Any]:
    async with turf.application.database.read() as connection:
        here = AUDIT.c.action == action, AUDIT.c.id > turf.recorded
        query = select(AUDIT.c.after).where(*here).order_by(AUDIT.c.id)
        return [json.loads(row.after or "null") for row in await connection.execute(query)]


async def form(slack: SlackClient, who: str = MANAGER, channel: str = REGION) -> View:
    return await slack.as_(who).opens("/digest", channel=channel)


async def about(view: View, label: str = "Americas East (team)") -> View:
    """The form once something is chosen that it is about."""
    [option] = await view.offered("scope", label)
    chosen = await view.select("scope", option)
    assert isinstance(chosen, View)
    return chosen


async def team_form(slack: SlackClient, who: str = MANAGER) -> View:
    """The form for a channel that the bot is in."""
    await slack.as_(MANAGER).joins(REGION, guest=BOT)
    return await about(await form(slack, who))


async def subscribe(slack: SlackClient, who: str = MANAGER, channel: str = REGION) -> View:
    view = await form(slack, who, channel) if channel == "app" else await team_form(slack, who)
    done = await view.submit()
    assert isinstance(done, View)
    assert not done.errors, done.errors
    return done


async def work(turf: Turf, now: datetime) -> None:
    """What a worker does at that moment."""
    turf.set_clock(now)
    store = Store(turf.application.database)
    await look(store, now)
    await Runner(store, register_features()).run_once(now)
