"""An app as others write them: slack_bolt's and slack_sdk's own clients, over HTTP or Socket Mode."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.support.local_workspace import Local, free_socket, local_workspace, serving
from tests.support.toybot import button, mrkdwn, plain

Json = dict[str, Any]
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
"""The smallest PNG there is."""


def line(words: str) -> list[Json]:
    return [{"type": "section", "text": mrkdwn(words)}]


def window(title: str, *blocks: Json, submit: str | None = None, **more: Any) -> Json:
    view = {"type": "modal", "title": plain(title), "close": plain("Close"), "blocks": list(blocks), **more}
    return view | ({"submit": plain(submit)} if submit else {})


ASK: Json = {
    "type": "input",
    "block_id": "name",
    "label": plain("Name"),
    "element": {"type": "plain_text_input", "action_id": "value"},
}


@dataclass
class BoltApp:
    """What the handlers saw, beside the app itself."""

    app: AsyncApp
    events: list[Json] = field(default_factory=list)
    headers: list[dict[str, Any]] = field(default_factory=list)

    def register(self) -> None:
        self._commands()
        self._windows()
        self._shortcuts()
        self._events()

    def _commands(self) -> None:
        @self.app.command("/toy")
        async def toy(ack: Any, command: Json, client: AsyncWebClient, respond: Any) -> None:
            await ack()
            if command["text"] == "window":
                more = {"type": "actions", "elements": [button("More", "more")]}
                await client.views_open(trigger_id=command["trigger_id"], view=window("First", *line("One"), more))
            elif command["text"] == "file":
                await client.files_upload_v2(
                    channel=command["channel_id"], filename="chart.png", content=PICTURE, initial_comment="The chart"
                )
            else:
                await respond(f"You asked for {command['text']!r}")

    def _windows(self) -> None:
        @self.app.action("more")
        async def more(ack: Any, body: Json, client: AsyncWebClient) -> None:
            await ack()
            form = window("Second", ASK, submit="Go", callback_id="form")
            await client.views_push(trigger_id=body["trigger_id"], view=form)

        @self.app.view("form")
        async def form(ack: Any, view: Json) -> None:
            name = view["state"]["values"]["name"]["value"]["value"]
            if name == "nobody":
                await ack(response_action="errors", errors={"name": "There is no such person."})
            elif name == "deeper":
                await ack(response_action="push", view=window("Third", *line("Deep")))
            elif name == "changed":
                await ack(response_action="update", view=window("Changed", *line("Other")))
            else:
                await ack(response_action="clear")

    def _shortcuts(self) -> None:
        @self.app.shortcut("note")
        async def note(ack: Any, shortcut: Json, client: AsyncWebClient) -> None:
            await ack()
            self.events.append(shortcut)
            await client.views_open(trigger_id=shortcut["trigger_id"], view=window("Note", *line("Written")))

        @self.app.shortcut("keep")
        async def keep(ack: Any, shortcut: Json, respond: Any) -> None:
            await ack()
            self.events.append(shortcut)
            await respond(f"Kept: {shortcut['message']['text']}")

    def _events(self) -> None:
        @self.app.event("app_home_opened")
        async def opened(event: Json, client: AsyncWebClient) -> None:
            self.events.append(event)
            await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": line("At home")})

        @self.app.event({"type": "message"})
        async def message(event: Json, say: Any, request: Any) -> None:
            self._saw(event, request)
            if "bot_id" not in event and "subtype" not in event and event["text"] == "reply":
                await say("Here", thread_ts=event["ts"])

        for name in (
            "app_mention",
            "member_joined_channel",
            "member_left_channel",
            "team_join",
            "user_change",
            "file_shared",
        ):
            self.app.event(name)(self._remember)
        for name in ("tokens_revoked", "app_uninstalled", *OF_CHANNELS):
            self.app.event(name)(self._remember)

    async def _remember(self, event: Json, request: Any) -> None:
        self._saw(event, request)

    def _saw(self, event: Json, request: Any) -> None:
        self.events.append(event)
        self.headers.append(dict(request.headers))

    def kinds(self) -> list[str]:
        """What was heard, in order."""
        return [event.get("subtype") or event["type"] for event in self.events]

    def asgi(self) -> Starlette:
        handler = AsyncSlackRequestHandler(self.app)

        async def receive(request: Request) -> Response:
            return await handler.handle(request)

        return Starlette(routes=[Route("/slack/events", receive, methods=["POST"])])


OF_CHANNELS = tuple(f"{kind}_{what}" for kind in ("channel", "group") for what in ("archive", "deleted", "left"))
EVENTS = (
    *("app_home_opened", "app_mention", "message.im", "message.channels", "message.groups", "file_shared"),
    *("member_joined_channel", "member_left_channel", "team_join", "user_change", "tokens_revoked", "app_uninstalled"),
    *OF_CHANNELS,
)
SHORTCUTS = (
    {"name": "Write a note", "callback_id": "note", "type": "global"},
    {"name": "Keep it", "callback_id": "keep", "type": "message"},
)


@dataclass
class Running:
    """A workspace with a Bolt app in it."""

    local: Local
    bolt: BoltApp

    @property
    def slack(self) -> Any:
        return self.local.slack

    @property
    def web(self) -> AsyncWebClient:
        """The app's own Web API client."""
        return self.bolt.app.client


@contextlib.asynccontextmanager
async def running_bolt(mode: str = "http", **seed: Any) -> AsyncIterator[Running]:
    """The app over signed HTTP or over Socket Mode, in the test's own event loop."""
    listening, url = free_socket()
    where = f"{url}/slack/events" if mode == "http" else None
    given = {"request_url": where, "bot_events": EVENTS, "shortcuts": SHORTCUTS} | seed
    async with local_workspace(**given) as local:
        client = AsyncWebClient("xoxb-toy", base_url=f"{local.url}/api/")
        # Bolt hides what the app itself does; here that is heard too.
        app = AsyncApp(signing_secret="shh", client=client, ignoring_self_events_enabled=False)
        bolt = BoltApp(app)
        bolt.register()
        if mode == "http":
            async with serving(bolt.asgi(), listening):
                yield Running(local, bolt)
            return
        web = AsyncWebClient("xapp-toy", base_url=f"{local.url}/api/")
        handler = AsyncSocketModeHandler(bolt.app, "xapp-toy", web_client=web)
        await handler.connect_async()  # type: ignore[no-untyped-call]
        try:
            yield Running(local, bolt)
        finally:
            await handler.close_async()  # type: ignore[no-untyped-call]
            await handler.client.aiohttp_client_session.close()
            listening.close()
