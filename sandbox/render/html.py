"""The templates and what they call."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup, escape

from sandbox.inputs import options_of
from sandbox.model import Channel, Json, Message, View
from sandbox.render.charts import chart
from sandbox.render.mrkdwn import Names, mrkdwn, rich_text
from sandbox.seed import UserSeed
from sandbox.workspace import Workspace

_TEMPLATES = Path(__file__).parent.parent / "templates"
_HUES = 8


def initials(name: str) -> str:
    """At most two letters that stand for a person without a picture."""
    words = [word for word in name.split() if word[0].isalnum()]
    chosen = words[:1] + words[-1:] if len(words) > 1 else words
    return "".join(word[0] for word in chosen).upper() or "?"


def hue(owner: str) -> int:
    """Which of the avatar colours someone with this id has."""
    return sum(map(ord, owner)) % _HUES


def local_time(ts: str, zone: str) -> datetime:
    return datetime.fromtimestamp(float(ts), UTC).astimezone(ZoneInfo(zone))


class Renderer:
    """HTML for one workspace."""

    def __init__(self, ws: Workspace) -> None:
        self.ws = ws
        self.names = Names(self._user_name, self._channel_name)
        # Most fields of Block Kit are optional, so what is absent counts as empty in the templates.
        self.env = Environment(
            loader=FileSystemLoader(_TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True
        )
        self.env.filters |= {"initials": initials, "hue": hue, "text": self.text, "mrkdwn": self.mrkdwn}
        self.env.globals |= {
            "chart": chart,
            "rich_text": self.rich_text,
            "options_of": options_of,
            "cell_key": cell_key,
        }
        self.env.globals |= {"cell": self.cell}

    def _user_name(self, user_id: str) -> str:
        user = self.ws.users.get(user_id)
        return user.real_name if user else "someone"

    def _channel_name(self, channel_id: str) -> str:
        channel = self.ws.channels.get(channel_id)
        return channel.name if channel else "a channel"

    def mrkdwn(self, text: str) -> Markup:
        return mrkdwn(text, self.names)

    def rich_text(self, block: Json) -> Markup:
        return rich_text(block, self.names)

    def text(self, value: Json) -> Markup:
        """A text object."""
        if value["type"] == "mrkdwn":
            return self.mrkdwn(value["text"])
        return Markup("<br>").join(escape(line) for line in value["text"].split("\n"))

    def cell(self, cell: Json) -> Markup:
        """A table's cell."""
        return self.rich_text(cell) if cell["type"] == "rich_text" else escape(cell["text"])

    def message(self, user: UserSeed, message: Message, *, follows: bool = False) -> str:
        """One message for one person; `follows` leaves out name and picture that the message above already shows."""
        author = self.ws.users.get(message.user)
        return self.env.get_template("message.html.j2").render(
            message=message,
            author=author,
            name=author.real_name if author else "Local workspace",
            follows=follows,
            at=local_time(message.ts, user.tz),
        )

    def messages(self, user: UserSeed, channel: Channel) -> Markup:
        """All messages that a person sees in a channel, grouped by author and day."""
        parts, previous = [], None
        for message in self.ws.visible(user.id, channel):
            at = local_time(message.ts, user.tz).date()
            new_day = previous is None or local_time(previous.ts, user.tz).date() != at
            if new_day:
                parts.append(Markup('<li class="day"><span>{}</span></li>').format(at.strftime("%A, %-d %B %Y")))
            parts.append(Markup(self.message(user, message, follows=not new_day and follows(previous, message))))
            previous = message
        return Markup("").join(parts)

    def modal(self, view: View, depth: int) -> str:
        return self.env.get_template("modal.html.j2").render(view=view, definition=view.definition, depth=depth)

    def home(self, view: View) -> str:
        return self.env.get_template("home.html.j2").render(view=view)

    def page(self, name: str, **values: Any) -> str:
        return self.env.get_template(name).render(**values)


def follows(previous: Message | None, message: Message) -> bool:
    """Whether a message continues the one above: same author, within five minutes, both for the same eyes."""
    if previous is None or previous.user != message.user or previous.ephemeral != message.ephemeral:
        return False
    return float(message.ts) - float(previous.ts) < 300 and not message.blocks


def cell_key(cell: Json) -> str:
    """What a column is sorted by: the number of a raw_number cell, else its text."""
    if cell["type"] == "raw_number":
        return str(cell["value"])
    return str(cell.get("text", ""))
