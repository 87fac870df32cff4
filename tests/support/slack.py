"""Acts in a local workspace as a person would: types, presses, chooses, reads.

    slack = SlackClient("http://127.0.0.1:8123")
    mona = slack.as_("mona")
    card = await mona.types("/targets", channel="general")
    why = await card.press("Why?")
    card = await card.select("period", "last quarter")

Waiting is for events of the workspace, never for time. What the app does wrong is a BotFailed with the whole reason.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import aiohttp

from tests.support.slack_surfaces import Card, View

__all__ = ["BotFailed", "Card", "Person", "SlackClient", "View"]
Json = dict[str, Any]


class BotFailed(AssertionError):
    """The app did not answer, answered late, or sent what Slack refuses."""


class SlackClient:
    """A local workspace, seen from outside. `patience` is how long to wait for the app, in seconds."""

    def __init__(self, base_url: str, *, patience: float = 20.0) -> None:
        self.base_url = base_url.rstrip("/")
        self.patience = patience
        self._session: aiohttp.ClientSession | None = None

    def as_(self, name: str) -> Person:
        """The person with this name or id."""
        return Person(self, name)

    async def faults(self, **switches: object) -> None:
        """Switch faults on or off, e.g. newer_blocks=False."""
        await self.post("/_test/faults", switches)

    async def fault(self, kind: str, **how: object) -> None:
        """Switch one fault on: kinds and switches are in docs/local-workspace.md."""
        await self.post("/_test/faults", {"add": [{"kind": kind} | how]})

    async def advance(self, seconds: float) -> None:
        """Let time pass: leases, limits and redeliveries move along."""
        await self.post("/_test/clock", {"advance": seconds})

    async def reset(self) -> None:
        """Back to the seed, all faults off."""
        await self.post("/_test/reset", {})

    async def refusals(self) -> list[Json]:
        """What the workspace refused the app so far: {"what", "error", ...}."""
        return list((await self.events("*", 0, patience=0))["events"])

    async def events(self, who: str, after: int | str, *, patience: float) -> Json:
        return await self.get(f"/_client/{who}/wait?after={after}&timeout={patience}")

    async def get(self, path: str) -> Json:
        async with self._open().get(self.base_url + path) as response:
            return await self._answer(response)

    async def post(self, path: str, body: Json) -> Json:
        async with self._open().post(self.base_url + path, json=body) as response:
            return await self._answer(response)

    async def send(self, path: str, query: Mapping[str, str], content: bytes) -> Json:
        """A file's content."""
        headers = {"Content-Type": "application/octet-stream"}
        async with self._open().post(self.base_url + path, params=query, data=content, headers=headers) as response:
            return await self._answer(response)

    async def _answer(self, response: aiohttp.ClientResponse) -> Json:
        answer: Json = await response.json()
        if response.status != 200:
            raise AssertionError(answer.get("detail", answer))
        return answer

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession()
        return self._session

    async def close(self) -> None:
        if self._session:
            await self._session.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


@dataclass(frozen=True, slots=True)
class Person:
    """Someone whose hands we are."""

    slack: SlackClient
    name: str

    async def types(self, text: str, *, channel: str = "general") -> Card:
        """Type a command or a message and return the app's answer (a card; for one that opens a modal use `opens`)."""
        answer = await self._typed(text, channel)
        assert isinstance(answer, Card), f"{text} opened a window instead of posting a card"
        return answer

    async def opens(self, text: str, *, channel: str = "general") -> View:
        """Type a command that opens a modal."""
        answer = await self._typed(text, channel)
        assert isinstance(answer, View), f"{text} posted a card instead of opening a window"
        return answer

    async def _typed(self, text: str, channel: str) -> Card | View:
        answer = await self.does("command", {"channel": await self._channel(channel), "text": text}, what=text)
        if answer is None:
            raise BotFailed(f"{text}: the app closed or deleted something instead of answering")
        return answer

    async def says(self, text: str, *, channel: str = "general") -> None:
        """Type a message without waiting for an answer."""
        body = {"channel": await self._channel(channel), "text": text}
        await self.slack.post(f"/_client/{self.name}/command", body)

    async def state(self) -> Json:
        """Everything that this person sees."""
        return await self.slack.get(f"/_client/{self.name}/state")

    async def messages(self, channel: str = "general") -> list[Card]:
        """What this person sees in a channel, oldest first ("app" is the direct message with the app)."""
        found = await self._channel(channel)
        state = await self.state()
        return [
            Card(self, message, channel=c["id"])
            for c in state["channels"]
            if found in (c["id"], c["name"])
            for message in c["messages"]
        ]

    async def views(self) -> list[View]:
        """The open modals, lowest first."""
        return [View(self, view) for view in (await self.state())["views"]]

    async def home(self) -> View:
        """Open the app's Home tab and wait until it is published."""
        before = (await self.state())["home"]
        position = (await self.slack.events(self.name, "now", patience=0))["seq"]
        await self.slack.post(f"/_client/{self.name}/home", {})
        async for _ in _until(self, position, lambda event: event["kind"] == "views"):
            home = (await self.state())["home"]
            if home and (before is None or home["hash"] != before["hash"]):
                return View(self, home)
        raise BotFailed(await _reason(self, "the Home tab", position))

    async def shortcut(self, callback_id: str) -> Any:
        """Use a global shortcut and return what came of it."""
        return await self.does("shortcut", {"callback_id": callback_id}, what=f"shortcut {callback_id!r}")

    async def joins(self, channel: str, *, guest: str | None = None) -> None:
        """Join a channel, or bring someone in: a person or the app, by name or id."""
        await self.slack.post(f"/_client/{self.name}/join", {"channel": channel, "guest": guest})

    async def leaves(self, channel: str) -> None:
        """Leave a channel."""
        await self.slack.post(f"/_client/{self.name}/leave", {"channel": channel})

    async def _channel(self, name: str) -> str:
        """Names as a person uses them; "app" is the direct message with the app."""
        if name != "app":
            return name
        state = await self.state()
        return next(str(c["id"]) for c in state["channels"] if c["is_im"])

    async def does(self, action: str, body: Json, *, what: str) -> Card | View | None:
        """Do something and return what came of it: a card, a view, or None when a window closed or a card went."""
        position = (await self.slack.events(self.name, "now", patience=0))["seq"]
        outcome = await self.slack.post(f"/_client/{self.name}/{action}", body)
        if outcome["error"]:
            raise BotFailed(f"{what}: {outcome['error']} ({outcome['detail']})")
        async for event in _until(self, position, lambda event: _answers(event, outcome["cause"])):
            found, settled = await self._found(event)
            if settled:
                return found
        raise BotFailed(await _reason(self, what, position))

    async def _found(self, event: Json) -> tuple[Card | View | None, bool]:
        """What an event is about, and whether it is the answer rather than a window that still loads."""
        state = await self.state()
        if event["kind"] == "views":
            top = View(self, state["views"][-1]) if state["views"] else None
            return top, top is None or not top.is_loading
        for channel in state["channels"]:
            for message in channel["messages"]:
                if message["ts"] == event["ts"] and channel["id"] == event["channel"]:
                    return Card(self, message, channel=channel["id"]), True
        return None, event["kind"] == "message_deleted"


def _answers(event: Json, cause: str | None) -> bool:
    """Whether an event may be the app's answer: its cause says so, or it has none and is a message of the app."""
    if event["cause"] is not None:
        return bool(event["cause"] == cause)
    return event["kind"] in ("message", "message_changed") and bool(event["app"])


async def _until(person: Person, position: int, wanted: Callable[[Json], bool]) -> AsyncIterator[Json]:
    """The wanted events after `position`, until patience ends."""
    end = time.monotonic() + person.slack.patience
    while (left := end - time.monotonic()) > 0:
        answer = await person.slack.events(person.name, position, patience=left)
        for event in answer["events"]:
            position = event["seq"]
            if wanted(event):
                yield event


async def _reason(person: Person, what: str, position: int) -> str:
    """Why nothing came: what the workspace refused meanwhile, if anything."""
    refused = (await person.slack.events("*", position, patience=0))["events"]
    said = [f"the workspace refused {r['what']}: {r['error']} {r.get('errors') or ''}".strip() for r in refused]
    return f"{what}: " + ("; ".join(said) or f"the app did not answer within {person.slack.patience:g} s")
