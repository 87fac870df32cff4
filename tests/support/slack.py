"""Acts in a local workspace as a person would: types, presses, chooses, reads.

    slack = SlackClient("http://127.0.0.1:8123")
    mona = slack.as_("mona")
    card = await mona.types("/targets", channel="general")
    why = await card.press("Why?")
    card = await card.select("period", "last quarter")

Waiting is for events of the workspace, never for time. What the app does wrong is a BotFailed with the whole reason.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import aiohttp

Json = dict[str, Any]
_LOADING = re.compile(r"^(loading|one moment|just a moment|fetching|working on it|looking)\b", re.IGNORECASE)


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


@dataclass(slots=True)
class Surface:
    """What cards and windows share: words, tables, elements."""

    person: Person
    data: Json
    typed: Json = field(default_factory=dict)

    @property
    def blocks(self) -> list[Json]:
        return list(self.data.get("blocks") or [])

    @property
    def words(self) -> str:
        """Every text that the blocks show, in order, one a line."""
        return "\n".join(_texts(self.blocks))

    @property
    def rows(self) -> list[list[str]]:
        """The first table with its header, as texts."""
        for block in self.blocks:
            if block["type"] in ("table", "data_table"):
                return [["".join(_texts(cell)) for cell in row] for row in block["rows"]]
        return []

    @property
    def table(self) -> list[list[str]]:
        """The first table without its header, as texts."""
        return self.rows[1:]

    @property
    def buttons(self) -> list[str]:
        """What can be pressed."""
        return [element["text"]["text"] for _, element in self._elements() if element["type"] == "button"]

    async def press(self, button: str) -> Any:
        """Press a button by its words or action_id, or an option of an overflow menu by its words.

        Returns the Card or View that came of it, or None when it closed a window or deleted the card.
        """
        for block, element in self._elements():
            if element["type"] == "button" and button in (element["text"]["text"], element["action_id"]):
                return await self._act(block, element, element.get("value"), f"pressing {button!r}")
            if element["type"] == "overflow" and button in [o["text"]["text"] for o in element["options"]]:
                return await self._act(block, element, button, f"choosing {button!r}")
        raise AssertionError(f"there is nothing to press called {button!r}; there are {self.buttons}")

    async def select(self, name: str, option: str) -> Any:
        """Choose an option (by its words or value) of the menu with this action_id, block_id, placeholder or label."""
        block, element = self._field(name)
        if block["type"] == "input" and not block.get("dispatch_action"):
            self.fill(name, option)
            return self
        return await self._act(block, element, option, f"choosing {option!r} in {name!r}")

    def fill(self, name: str, value: Any) -> None:
        """Enter something into the field with this label, action_id, block_id or placeholder, without sending it."""
        block, element = self._field(name)
        self.typed.setdefault(block["block_id"], {})[element["action_id"]] = value

    async def _act(self, block: Json, element: Json, value: Any, what: str) -> Any:
        body = {"block_id": block["block_id"], "action_id": element["action_id"], "value": value}
        return await self.person.does("action", self._where() | body | {"values": self.typed}, what=what)

    def _where(self) -> Json:
        """Which message or view an action belongs to."""
        return {}

    def _elements(self) -> Iterator[tuple[Json, Json]]:
        for block in self.blocks:
            for element in [block.get("accessory"), block.get("element"), *block.get("elements", [])]:
                if isinstance(element, dict) and "action_id" in element:
                    yield block, element

    def _field(self, name: str) -> tuple[Json, Json]:
        for block, element in self._elements():
            labels = [(block.get("label") or {}).get("text"), (element.get("placeholder") or {}).get("text")]
            if element["type"] != "button" and name in (element["action_id"], block["block_id"], *labels):
                return block, element
        known = [element["action_id"] for _, element in self._elements()]
        raise AssertionError(f"there is no field called {name!r}; there are {known}")


@dataclass(slots=True)
class Card(Surface):
    """A message. `text` is what a notification shows; `words` is everything in the blocks."""

    channel: str = ""

    @property
    def text(self) -> str:
        return str(self.data["text"])

    @property
    def ephemeral(self) -> bool:
        return bool(self.data["ephemeral"])

    @property
    def ts(self) -> str:
        return str(self.data["ts"])

    async def shortcut(self, callback_id: str) -> Any:
        """Use a shortcut in the menu of this message and return what came of it."""
        body = self._where() | {"callback_id": callback_id}
        return await self.person.does("shortcut", body, what=f"shortcut {callback_id!r}")

    @property
    def json(self) -> str:
        """What the app rendered, without times and ids of the message: for comparing."""
        return json.dumps({"text": self.text, "blocks": self.blocks}, sort_keys=True)

    def _where(self) -> Json:
        return {"channel": self.channel, "message_ts": self.ts}


@dataclass(slots=True)
class View(Surface):
    """A modal or a Home tab."""

    @property
    def title(self) -> str:
        return str((self.data.get("title") or {}).get("text", ""))

    @property
    def text(self) -> str:
        """All words of the view."""
        return self.words

    @property
    def json(self) -> str:
        return json.dumps({"title": self.title, "blocks": self.blocks}, sort_keys=True)

    @property
    def errors(self) -> dict[str, str]:
        """What stands under the fields, by block_id."""
        return dict(self.data["errors"])

    @property
    def is_loading(self) -> bool:
        """Whether this is only the window that is up before the answer is known."""
        return len(self.blocks) <= 2 and not self.data.get("submit") and bool(_LOADING.match(self.words.strip(" _*:…")))

    async def submit(self) -> Card | View | None:
        """Submit. Returns this view with its errors, the view or card that follows, or None when it closed."""
        return await self.person.does(
            "submit", self._where() | {"values": self.typed}, what=f"submitting {self.title!r}"
        )

    async def close(self) -> None:
        """Close this window; the one below shows again."""
        await self.person.slack.post(f"/_client/{self.person.name}/close", self._where())

    def _where(self) -> Json:
        return {"view_id": self.data["id"]}


def _texts(value: Any) -> Iterator[str]:
    """Every text in a piece of Block Kit, in order; table cells and chart labels included."""
    if isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, dict):
        for name in ("title", "caption", "label", "name"):
            if isinstance(value.get(name), str) and value.get("type") != "emoji":
                yield value[name]
        for name, inner in value.items():
            if name == "text" and isinstance(inner, str):
                yield inner
            elif isinstance(inner, dict | list) and name not in ("confirm", "style"):
                yield from _texts(inner)
