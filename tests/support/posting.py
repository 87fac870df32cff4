"""Sends what the bot under test has put into its outbox, as `turf worker` does."""

from __future__ import annotations

from datetime import timedelta

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.app import register_features
from bot.outbox.api import SlackApi
from bot.outbox.sender import Sender
from storage.store import Store
from tests.support.turf import Turf

ROUNDS = 12
"""A lane sends one message a second."""


async def deliver(turf: Turf) -> None:
    """Whatever waits, one second after another."""
    application = turf.application
    await application.tasks.drain(10)
    base = f"{turf.slack.base_url}/api/"
    async with aiohttp.ClientSession() as session:
        token = application.settings.bot_token
        assert token is not None
        web = AsyncWebClient(token.get_secret_value(), base_url=base, session=session, timeout=10, retry_handlers=[])
        sender = Sender(Store(application.database), register_features(), SlackApi(web))
        now = application.settings.clock().now()
        for seconds in range(ROUNDS):
            await sender.run_once(now + timedelta(seconds=seconds))
