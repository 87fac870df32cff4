"""What a handler answers."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from slackblocks import Block

from commands.kit.blocks import (
    BUTTON_TEXT,
    JSON,
    MESSAGE_BLOCKS,
    METADATA,
    SECTION_TEXT,
    TITLE,
    VIEW_BLOCKS,
    LimitExceeded,
    cut,
    plain,
    section,
    to_json,
)
from templates import Mrkdwn, as_text, render


@dataclass(frozen=True, slots=True)
class Message:
    """A message: to the person who asked, seen by nobody else, or through the outbox.

    `text` reads well alone (notifications, screen readers) and is the whole message without blocks; `fallback` are the
    blocks for a client that does not know the newer ones; `replace` puts it in place of the message that was clicked.
    """

    text: str
    blocks: Sequence[Block] = ()
    fallback: Sequence[Block] | None = None
    replace: bool = False
    _made: dict[bool, JSON] = field(default_factory=dict, init=False, repr=False, compare=False)
    _encoded: dict[bool, bytes] = field(default_factory=dict, init=False, repr=False, compare=False)

    def to_json(self, *, plain: bool = False) -> JSON:
        """The body for a response_url or an acknowledgement; `plain` takes the fallback if there is one.

        A message never changes, so it is made once; leave it as it is.
        """
        if plain not in self._made:
            self._made[plain] = self._to_json(plain)
        return self._made[plain]

    def to_bytes(self, *, plain: bool = False) -> bytes:
        """`to_json` as it travels; made once too, for a card that many ask for (measured: a sixth of the CPU of its answer)."""
        if plain not in self._encoded:
            self._encoded[plain] = json.dumps(self.to_json(plain=plain)).encode()
        return self._encoded[plain]

    def to_post(self, *, plain: bool = False) -> JSON:
        """`text` and `blocks` for everybody in a channel (chat.postMessage, chat.update); supplied text stays text."""
        return {"text": _notification(self.text), "blocks": self._blocks(plain) or to_json([section(self.text)])}

    def _to_json(self, plain: bool) -> JSON:
        body: JSON = {"response_type": "ephemeral", "text": _notification(self.text), "replace_original": self.replace}
        blocks = self._blocks(plain) or (to_json([section(self.text)]) if isinstance(self.text, Mrkdwn) else [])
        return body | ({"blocks": blocks} if blocks else {})

    def _blocks(self, plain: bool) -> list[JSON]:
        blocks = self.fallback if plain and self.fallback is not None else self.blocks
        return to_json(blocks, limit=MESSAGE_BLOCKS)


@dataclass(frozen=True, slots=True)
class Modal:
    """A view over the conversation; it replaces the loading view, or the modal that was clicked in."""

    title: str
    blocks: Sequence[Block]
    submit: str | None = None
    close: str = "Close"
    callback: str = ""
    metadata: str = ""
    follows: bool = False
    """Shows what is ticked in it: the answer to the last click is shown, however quickly the clicks came."""

    def to_json(self) -> JSON:
        if len(self.metadata) > METADATA:
            raise LimitExceeded(f"{len(self.metadata)} characters of metadata: at most {METADATA}")
        view: JSON = {
            "type": "modal",
            "title": _plain(self.title),
            "close": _plain(self.close),
            "blocks": to_json(self.blocks, limit=VIEW_BLOCKS),
            "callback_id": self.callback,
            "private_metadata": self.metadata,
        }
        if self.submit:
            view["submit"] = _plain(self.submit)
        return view


@dataclass(frozen=True, slots=True)
class Home:
    """The app's Home tab, as one person sees it: blocks of long standing only."""

    blocks: Sequence[Block]

    def to_json(self) -> JSON:
        return {"type": "home", "blocks": to_json(self.blocks, limit=VIEW_BLOCKS)}


@dataclass(frozen=True, slots=True)
class Errors:
    """What is wrong with a submitted modal, by block id; the modal stays open."""

    by_block: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Options:
    """What a menu offers for what has been typed so far: value and label."""

    choices: Mapping[str, str]

    def to_json(self) -> JSON:
        offered = list(self.choices.items())[:100]
        return {"options": [{"text": _plain(label, BUTTON_TEXT), "value": value} for value, label in offered]}


@dataclass(frozen=True, slots=True)
class Nothing:
    """The acknowledgement was all; a submitted modal closes."""


Reply: TypeAlias = Message | Modal | Home | Errors | Options | Nothing


def _notification(text: str) -> str:
    """The plain text of a message is read as mrkdwn too."""
    return cut(as_text(text), SECTION_TEXT)


def answer_to_post(message: Message, *, plain: bool) -> JSON:
    """A message as the answer to a direct one. Its notification, which a lock screen may show, says nothing of it."""
    return {**message.to_post(plain=plain), "text": render("kit/answered.mrkdwn.j2")}


def _plain(text: str, limit: int = TITLE) -> JSON:
    return {"type": "plain_text", "text": plain(text, limit)}
