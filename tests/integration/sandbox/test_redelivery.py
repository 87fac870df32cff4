"""Events come again while nobody acknowledges them; commands and interactions do not."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from slack_sdk.socket_mode.request import SocketModeRequest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from tests.integration.sandbox.test_bolt_app import until
from tests.integration.sandbox.test_socket_mode import REQUESTS, connected
from tests.support.local_workspace import Local, free_socket, local_workspace, serving
from tests.support.slack import BotFailed
from tests.support.slack_rules import proves


@dataclass
class Listener:
    """An app that answers as it is told, and remembers which time and why."""

    local: Local
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    silent: bool = False
    got: list[tuple[str | None, str | None]] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)

    def app(self) -> Starlette:
        return Starlette(routes=[Route("/slack/events", self.receive, methods=["POST"])])

    async def receive(self, request: Request) -> Response:
        self.got.append((request.headers.get("x-slack-retry-num"), request.headers.get("x-slack-retry-reason")))
        if request.headers["content-type"] == "application/json":
            self.ids.add((await request.json())["event_id"])
        if self.silent:
            await request.is_disconnected()
            await asyncio.sleep(1)
        return PlainTextResponse("", status_code=self.status, headers=self.headers)


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    bot_socket, url = free_socket()
    async with local_workspace(request_url=f"{url}/slack/events", slowness=0.1) as local:
        listener = Listener(local)
        async with serving(listener.app(), bot_socket):
            yield listener


async def says(listener: Listener) -> None:
    await listener.local.slack.as_("mona").says("hello", channel="app")


@proves("event.retry", "event.second_retry", "event.third_retry")
async def test_at_once_after_a_minute_and_after_five(listener: Listener):
    listener.status = 500
    await says(listener)
    await until(lambda: len(listener.got) == 2)
    await listener.local.slack.advance(59)
    await asyncio.sleep(0.05)
    assert listener.got == [(None, None), ("1", "http_error")]
    await listener.local.slack.advance(1)
    await until(lambda: len(listener.got) == 3)
    await listener.local.slack.advance(299)
    await asyncio.sleep(0.05)
    assert len(listener.got) == 3
    await listener.local.slack.advance(1)
    await until(lambda: len(listener.got) == 4)
    assert listener.got[2:] == [("2", "http_error"), ("3", "http_error")]
    await listener.local.slack.advance(10_000)
    await asyncio.sleep(0.05)
    assert (len(listener.got), len(listener.ids)) == (4, 1)


async def test_it_ends_with_the_first_acknowledgement(listener: Listener):
    listener.status = 500
    await says(listener)
    await until(lambda: len(listener.got) == 2)
    listener.status = 200
    await listener.local.slack.advance(60)
    await until(lambda: len(listener.got) == 3)
    await listener.local.slack.advance(300)
    await asyncio.sleep(0.05)
    assert len(listener.got) == 3


async def test_a_reset_leaves_nothing_to_redeliver(listener: Listener):
    listener.status = 500
    await says(listener)
    await until(lambda: len(listener.got) == 2)
    await listener.local.slack.reset()
    await listener.local.slack.advance(60)
    await asyncio.sleep(0.05)
    assert len(listener.got) == 2


@proves("event.no_retry")
async def test_an_app_can_ask_for_no_more(listener: Listener):
    listener.status, listener.headers = 500, {"X-Slack-No-Retry": "1"}
    await says(listener)
    await until(lambda: len(listener.got) == 1)
    await asyncio.sleep(0.05)
    assert len(listener.got) == 1


async def test_a_late_acknowledgement_is_none(listener: Listener):
    listener.silent = True
    await says(listener)
    await until(lambda: len(listener.got) == 2)
    assert listener.got[1] == ("1", "http_timeout")


async def test_a_lost_acknowledgement_and_a_doubled_event(listener: Listener):
    await listener.local.slack.fault("lost_ack", on="event", times=1)
    await says(listener)
    await until(lambda: len(listener.got) == 2)
    assert (listener.got[1], len(listener.ids)) == (("1", "http_timeout"), 1)
    await listener.local.slack.fault("doubled", on="event", times=1)
    await says(listener)
    await until(lambda: len(listener.got) == 4)
    assert (listener.got[3], len(listener.ids)) == ((None, None), 2)


@proves("delivery.once")
async def test_a_command_is_sent_once(listener: Listener):
    listener.status = 500
    with pytest.raises(BotFailed, match="dispatch_failed"):
        await listener.local.slack.as_("mona").types("/toy")
    await listener.local.slack.advance(1_000)
    await asyncio.sleep(0.05)
    assert listener.got == [(None, None)]


async def test_a_late_delivery_may_outlive_its_trigger(local: Local):
    await local.slack.fault("late", on="command", times=1, seconds=16)
    local.slack.patience = 0.5
    opening = asyncio.create_task(local.slack.as_("mona").opens("/toy form"))
    await asyncio.sleep(0.05)
    assert local.bot.got == []
    await local.slack.advance(16)
    with pytest.raises(BotFailed, match="expired_trigger_id"):
        await opening


async def test_over_a_socket_the_envelope_says_which_time_it_is():
    REQUESTS.clear()
    arrived = asyncio.Event()
    async with local_workspace(request_url=None, slowness=0.1) as local, connected(local, silent=arrived):
        await local.slack.as_("mona").says("hello", channel="app")
        await until(lambda: len(REQUESTS) == 2)
        first, again = REQUESTS

        def says(request: SocketModeRequest) -> tuple[int | None, str | None]:
            return request.retry_attempt, request.retry_reason

        assert (says(first), says(again)) == ((0, ""), (1, "timeout"))
        assert first.payload["event_id"] == again.payload["event_id"]
        assert first.envelope_id != again.envelope_id
