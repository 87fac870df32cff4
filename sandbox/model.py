"""What a workspace holds: channels, messages, views, trigger ids and response urls."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(slots=True)
class Channel:
    """A channel or a direct message (`is_im`), with its messages in order of `ts`."""

    id: str
    name: str
    is_private: bool
    is_im: bool
    members: list[str]
    topic: str = ""
    is_archived: bool = False
    messages: list[Message] = field(default_factory=list)
    _by_ts: dict[str, Message] = field(default_factory=dict)
    _replies: dict[str, list[Message]] = field(default_factory=dict)

    def add(self, message: Message) -> None:
        self.messages.append(message)
        self._by_ts[message.ts] = message
        if message.is_reply:
            self._replies.setdefault(str(message.thread_ts), []).append(message)

    def remove(self, message: Message) -> None:
        self.messages.remove(message)
        del self._by_ts[message.ts]
        if message.is_reply:
            self._replies[str(message.thread_ts)].remove(message)

    def message(self, ts: str) -> Message | None:
        return self._by_ts.get(ts)

    def replies(self, ts: str) -> list[Message]:
        """The replies to a message, oldest first, ephemeral ones among them."""
        return self._replies.get(ts, [])


@dataclass(slots=True)
class Message:
    """One message. `visible_to` is set for ephemeral ones, which never appear in history."""

    ts: str
    channel: str
    user: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    bot_id: str | None = None
    thread_ts: str | None = None
    visible_to: str | None = None
    edited_ts: str | None = None
    metadata: Json | None = None
    system: bool = False
    subtype: str | None = None
    by: str | None = None
    """Who brought in the one who joins, or took out the one who leaves."""
    broadcast: bool = False
    files: list[str] = field(default_factory=list)
    values: Json = field(default_factory=dict)

    @property
    def is_reply(self) -> bool:
        return self.thread_ts is not None and self.thread_ts != self.ts

    @property
    def in_channel(self) -> bool:
        """Whether it stands in the channel itself, not only in a thread."""
        return not self.is_reply or self.broadcast

    @property
    def ephemeral(self) -> bool:
        return self.visible_to is not None


@dataclass(slots=True)
class View:
    """A modal or a Home tab as the app defined it, plus what Slack adds."""

    id: str
    user: str
    type: str
    definition: Json
    hash: str
    root_id: str
    previous_id: str | None = None
    values: Json = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    cause: str | None = None

    @property
    def blocks(self) -> list[Json]:
        blocks: list[Json] = self.definition["blocks"]
        return blocks


@dataclass(slots=True)
class Trigger:
    """A trigger id: who it belongs to, when it ends (machine time, seconds) and what caused it."""

    id: str
    user: str
    expires: float
    cause: str
    view_id: str | None = None
    used: bool = False


@dataclass(slots=True)
class ResponseUrl:
    """Where an app may answer one interaction: 5 uses within 30 minutes (machine time, seconds)."""

    id: str
    user: str
    channel: str
    expires: float
    cause: str
    message_ts: str | None = None
    uses: int = 0


@dataclass(slots=True)
class StoredFile:
    """A file that an app uploads: announced, then sent, then completed, and a little later ready (`ready_at`).

    What a person uploads into a modal is there at once.
    """

    id: str
    name: str
    length: int
    user: str
    created: float
    alt_text: str = ""
    title: str = ""
    content: bytes | None = None
    ready_at: float | None = None
    shared: bool = False
    deleted: bool = False
    channels: list[str] = field(default_factory=list)
    share: Json = field(default_factory=dict)


def with_ids(blocks: list[Json], prefix: str = "b") -> list[Json]:
    """A copy in which every block has a block_id and every interactive element an action_id, as Slack adds them.

    Slack's own are random; these depend on the position only, so that the same card has the same JSON.
    """
    copies = copy.deepcopy(blocks)
    for number, block in enumerate(copies):
        block.setdefault("block_id", f"{prefix}{number}")
        for position, element in enumerate(interactive_elements(block)):
            element.setdefault("action_id", f"{block['block_id']}-a{position}")
    return copies


_PASSIVE = frozenset({"image", "plain_text", "mrkdwn", "rich_text_section"})


def interactive_elements(block: Json) -> list[Json]:
    """The elements of a block that a person can use."""
    kind = block.get("type")
    if kind == "section":
        candidates = [block.get("accessory")]
    elif kind == "actions":
        candidates = list(block.get("elements", ()))
    elif kind == "input":
        candidates = [block.get("element")]
    else:
        candidates = []
    return [element for element in candidates if element and element.get("type") not in _PASSIVE]
