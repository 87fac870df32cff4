"""What a person sees in a local workspace and acts upon: cards (messages) and views (windows and Home tabs)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.support.slack import Person

Json = dict[str, Any]
_LOADING = re.compile(r"^(loading|one moment|just a moment|fetching|working on it|looking)\b", re.IGNORECASE)


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

    @property
    def choices(self) -> list[str]:
        """What the overflow menus offer."""
        menus = [element for _, element in self._elements() if element["type"] == "overflow"]
        return [option["text"]["text"] for menu in menus for option in menu["options"]]

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

    async def select(self, name: str, option: str | Json | list[str]) -> Any:
        """Choose an option (by its words or value, or as it was offered; several for boxes) of the menu with this action_id, block_id, placeholder or label."""
        block, element = self._field(name)
        if block["type"] == "input" and not block.get("dispatch_action"):
            self.fill(name, option)
            return self
        return await self._act(block, element, option, f"choosing {option!r} in {name!r}")

    def fill(self, name: str, value: Any) -> None:
        """Enter something into the field with this label, action_id, block_id or placeholder, without sending it."""
        block, element = self._field(name)
        self.typed.setdefault(block["block_id"], {})[element["action_id"]] = value

    async def offered(self, name: str, typed: str) -> list[Json]:
        """What the external select with this label, action_id, block_id or placeholder offers for what is typed."""
        block, element = self._field(name)
        asked = {"block_id": block["block_id"], "action_id": element["action_id"], "value": typed}
        answer = await self.person.slack.post(f"/_client/{self.person.name}/suggest", self._where() | asked)
        return list(answer["options"])

    async def search(self, name: str, typed: str) -> None:
        """Type into an external select and take the first that it offers, without sending it."""
        found = await self.offered(name, typed)
        assert found, f"{name!r} offers nothing for {typed!r}"
        self.fill(name, found[0])

    async def search_several(self, name: str, *typed: str) -> None:
        """Type into an external select of several, each time taking the first that is offered and not taken yet."""
        taken: list[Json] = []
        for words in typed:
            found = [one for one in await self.offered(name, words) if one not in taken]
            assert found, f"{name!r} offers nothing more for {words!r}"
            taken.append(found[0])
        self.fill(name, taken)

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

    async def reply(self, text: str) -> None:
        """Reply in this message's thread, without waiting for an answer."""
        body = {"channel": self.channel, "text": text, "thread_ts": self.data.get("thread_ts") or self.ts}
        await self.person.slack.post(f"/_client/{self.person.name}/command", body)

    async def replies(self) -> list[Card]:
        """The replies that this person sees, oldest first."""
        seen = await self.person.messages(self.channel)
        return [card for card in seen if card.data.get("thread_ts") == self.ts and card.ts != self.ts]

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

    async def upload(self, name: str, files: Mapping[str, bytes]) -> None:
        """Upload files (name: content) into the field with this label or block_id; they are handed in with the rest."""
        block, element = self._field(name)
        where = self._where() | {"block_id": block["block_id"], "action_id": element["action_id"]}
        slack, here = self.person.slack, f"/_client/{self.person.name}/upload"
        ids = [(await slack.send(here, where | {"name": one}, content))["file"]["id"] for one, content in files.items()]
        self.fill(name, ids)

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
