"""No scope is asked for in vain: a walk through Turf makes use of each one in the manifest."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.demo.company import MANAGER
from bot.manifest import SCOPES
from storage.database import Database
from storage.tables import people, table_of
from tests.support.delivering import deliver
from tests.support.sample import NOW
from tests.support.slack import View
from tests.support.turf import Turf, running_turf

PUBLIC, PRIVATE, BOT = "americas", "sales-managers", "U0TURF"
SLOWLY = timedelta(seconds=45)
PEOPLE = table_of(people.Person)


async def known_by_address(url: str, key: str) -> None:
    """Turf has no Slack id of this person."""
    database = Database(url)
    async with database.write() as connection:
        await connection.execute(update(PEOPLE).where(PEOPLE.c.key == key).values(slack_user_id=None))
    await database.close()


async def shares(turf: Turf, channel: str) -> None:
    """Into a channel; Slack's answer is lost, so that the message is looked for there."""
    manager = turf.slack.as_(MANAGER)
    await manager.joins(channel, guest=BOT)
    view = await (await manager.types("/targets", channel=channel)).press("Share…")
    assert isinstance(view, View)
    await view.submit()
    await turf.slack.fault("lost_answer", on="chat.postMessage", times=1)


@pytest.mark.slow
async def test_a_walk_makes_use_of_every_scope_of_the_manifest(sample_url: str, tmp_path: Path) -> None:
    await known_by_address(sample_url, MANAGER)
    async with running_turf(sample_url, tmp_path) as turf:
        await shares(turf, PUBLIC)
        await deliver(turf, NOW, SLOWLY)
        await shares(turf, PRIVATE)
        await deliver(turf, NOW + timedelta(hours=1), SLOWLY)
        card = await turf.slack.as_(MANAGER).types("/targets")
        await card.press("Keep in my messages")
        await turf.slack.fault("lost_answer", on="chat.postMessage", times=1)
        await deliver(turf, NOW + timedelta(hours=2), SLOWLY)
        await (await card.press("Export…")).submit()
        rows = await deliver(turf, NOW + timedelta(hours=3), SLOWLY)
        told = await turf.slack.get("/_test/scopes")
    assert {state for _, state, _ in rows} == {"sent", "dropped"}, rows
    assert told == {"granted": list(SCOPES), "used": sorted(SCOPES)}
