"""Socket Mode with slack_sdk's own aiohttp client."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from tests.support.local_workspace import Local, local_workspace
from tests.support.slack import BotFailed
from tests.support.slack_rules import proves

REQUESTS: list[SocketModeRequest] = []


@contextlib.asynccontextmanager
async def connected(local: Local, *, silent: asyncio.Event | None = None) -> AsyncIterator[SocketModeClient]:
    """The toy app behind one Socket Mode connection."""
    async with aiohttp.ClientSession() as session:
        web = AsyncWebClient("xapp-toy", base_url=f"{local.url}/api/", session=session)
        client = SocketModeClient("xapp-toy", web_client=web)
        hello = asyncio.Event()

        async def receive(client: SocketModeClient, request: SocketModeRequest) -> None:
            REQUESTS.append(request)
            if silent:
                silent.set()
            else:
                answer = await local.bot.handle(request.payload)
                await client.send_socket_mode_response(SocketModeResponse(request.envelope_id, payload=answer))

        async def on_message(client: object, message: dict, raw: str | None) -> None:
            if message.get("type") == "hello":
                hello.set()

        client.socket_mode_request_listeners.append(receive)
        client.message_listeners.append(on_message)
        await client.connect()
        try:
            await asyncio.wait_for(hello.wait(), 10)
            yield client
        finally:
            await client.close()
            await client.aiohttp_client_session.close()


@pytest.fixture
async def local() -> AsyncIterator[Local]:
    REQUESTS.clear()
    async with local_workspace(request_url=None) as running:
        yield running


async def test_commands_actions_and_submissions(local: Local):
    async with connected(local):
        mona = local.slack.as_("mona")
        card = await mona.types("/toy")
        assert card.text == "Central: $1.46M of $3.20M"
        why = await card.press("Why?")
        assert "Page 1 of 3" in why.text
        form = await mona.opens("/toy form")
        form.fill("Amount", "x")
        form.fill("For", "Ana Silva")
        assert (await form.submit()).errors == {"amount": "I cannot read 'x' as an amount."}
        assert (await mona.types("hello", channel="app")).text == "You said: hello"
    assert [request.type for request in REQUESTS[:5]] == [
        "slash_commands",
        "interactive",
        "slash_commands",
        "interactive",
        "events_api",
    ]
    assert [request.accepts_response_payload for request in REQUESTS[:5]] == [True, False, True, True, False]
    assert REQUESTS[0].payload["command"] == "/toy"
    assert REQUESTS[-1].retry_attempt == 0


@proves("socket.one")
async def test_an_envelope_goes_to_one_of_the_connections(local: Local):
    async with connected(local), connected(local):
        assert (await local.slack.get("/_test/connections"))["connected"] == 2
        for _ in range(4):
            await local.slack.as_("mona").types("/toy")
        assert len(REQUESTS) == 4


@proves("socket.connections")
async def test_the_tenth_connection_is_the_last(local: Local):
    async with aiohttp.ClientSession() as session:
        web = AsyncWebClient("xapp-toy", base_url=f"{local.url}/api/", session=session)
        sockets = []
        for _ in range(10):
            url = (await web.apps_connections_open(app_token="xapp-toy"))["url"]
            sockets.append(await session.ws_connect(url))
            assert (await sockets[-1].receive_json())["type"] == "hello"
        with pytest.raises(SlackApiError, match="too_many_websockets"):
            await web.apps_connections_open(app_token="xapp-toy")
        for socket in sockets:
            await socket.close()


@proves("socket.ticket_seconds")
async def test_a_ticket_opens_one_connection(local: Local):
    async with aiohttp.ClientSession() as session:
        web = AsyncWebClient("xapp-toy", base_url=f"{local.url}/api/", session=session)
        url = (await web.apps_connections_open(app_token="xapp-toy"))["url"]
        first = await session.ws_connect(url)
        late = (await web.apps_connections_open(app_token="xapp-toy"))["url"]
        await local.slack.advance(31)
        for wrong in (url, late, f"{local.url}/socket?ticket=made-up", f"{local.url}/socket"):
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await session.ws_connect(wrong)
        await first.close()


async def test_a_connection_that_ends_before_the_acknowledgement(local: Local):
    arrived = asyncio.Event()
    async with connected(local, silent=arrived):
        pressing = asyncio.create_task(local.slack.as_("mona").types("/toy"))
        await arrived.wait()
        await local.slack.post("/_test/disconnect", {"reason": "link_disabled"})
        with pytest.raises(BotFailed, match=r"dispatch_failed.*connection ended"):
            await pressing


async def test_disconnect_is_announced(local: Local):
    async with aiohttp.ClientSession() as session:
        web = AsyncWebClient("xapp-toy", base_url=f"{local.url}/api/", session=session)
        url = (await web.apps_connections_open(app_token="xapp-toy"))["url"]
        async with session.ws_connect(url) as socket:
            hello = await socket.receive_json()
            assert (hello["num_connections"], hello["connection_info"]) == (1, {"app_id": "ATOY"})
            await local.slack.post("/_test/disconnect", {"reason": "warning"})
            assert (await socket.receive_json())["reason"] == "warning"
            assert (await local.slack.get("/_test/connections"))["connected"] == 1
            await local.slack.post("/_test/disconnect", {})
            assert (await socket.receive_json())["reason"] == "refresh_requested"
            assert (await socket.receive()).type == aiohttp.WSMsgType.CLOSE


@proves("socket.life_seconds", "socket.warning_seconds")
async def test_a_connection_is_refreshed_before_it_is_old(local: Local):
    async with aiohttp.ClientSession() as session:
        web = AsyncWebClient("xapp-toy", base_url=f"{local.url}/api/", session=session)
        url = (await web.apps_connections_open(app_token="xapp-toy"))["url"]
        async with session.ws_connect(url) as socket:
            hello = await socket.receive_json()
            assert hello["debug_info"]["approximate_connection_time"] == 18_060
            await local.slack.advance(18_040)
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(socket.receive_json(), 0.05)
            await local.slack.advance(10)
            assert (await socket.receive_json())["reason"] == "warning"
            await local.slack.advance(10)
            assert (await socket.receive_json())["reason"] == "refresh_requested"
            assert (await socket.receive()).type == aiohttp.WSMsgType.CLOSE


async def test_nobody_connected_and_no_request_url(local: Local):
    with pytest.raises(BotFailed, match="no Socket Mode connection is open"):
        await local.slack.as_("mona").types("/toy")


@proves("ack.seconds")
async def test_an_app_that_never_acknowledges():
    async with local_workspace(request_url=None, slowness=0.1) as local, connected(local, silent=asyncio.Event()):
        with pytest.raises(BotFailed, match=r"operation_timeout.*within 0\.3 s"):
            await local.slack.as_("mona").types("/toy")
        shown = (await local.slack.as_("mona").messages())[-1]
        assert shown.text == '/toy failed with the error "operation_timeout"'
