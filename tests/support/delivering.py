"""What waits in the outbox of a running bot, sent as a worker would, on a clock that the test moves."""

from __future__ import annotations

from datetime import datetime, timedelta

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import select

from bot.app import register_features
from bot.outbox.api import SlackApi
from bot.outbox.sender import Sender
from storage.outbox import OPEN, OUTBOX
from storage.store import Store
from tests.support.turf import Turf


async def deliver(
    turf: Turf, now: datetime, every: timedelta = timedelta(seconds=2)
) -> list[tuple[str, str, str | None]]:
    """Send everything that waits, at `now` and then `every` so often; kind, state and reason of each message since the start."""
    application = turf.application
    settings, database = application.settings, application.database
    assert settings.bot_token
    async with aiohttp.ClientSession() as session:
        web = AsyncWebClient(
            settings.bot_token.get_secret_value(), base_url=settings.slack_api_url, session=session, retry_handlers=[]
        )
        sender = Sender(Store(database), register_features(), SlackApi(web), jitter=lambda: 0.0)
        for _ in range(60):
            await sender.run_once(now)
            async with database.read() as connection:
                columns = OUTBOX.c.kind, OUTBOX.c.state, OUTBOX.c.error
                rows = (await connection.execute(select(*columns).order_by(OUTBOX.c.id))).all()
            if not any(row.state in OPEN for row in rows):
                return [(row.kind, row.state, row.error) for row in rows]
            now += every
            turf.set_clock(now)
    raise AssertionError("something still waits")
