"""The templates and what they call."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup, escape

from sandbox.files import is_picture, kind_of, picture
from sandbox.inputs import options_of
from sandbox.model import Channel, Json, Message, View
from sandbox.render.charts import chart
from sandbox.render.mrkdwn import Names, mrkdwn, rich_text
from sandbox.seed import UserSeed
from sandbox.workspace import Workspace

_TEMPLATES = Path(__file__).parent.parent / "templates"
_HUES = 8
_AT_ONCE = 60
_DAY = Markup('<li class="day" data-day="{}"><span>{}</span></li>')
_NEW = Markup('<li class="new-line"><span>New</span></li>')
_EARLIER = Markup(
    '<li class="earlier"><button type="button" class="link" data-earlier="{}">Show earlier messages</button></li>'
)


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
        self.env.globals |= {
            "cell": self.cell,
            "source_of": self.picture,
            "person_name": self.person,
            "channel_name": self._channel_name,
        }
        self.env.globals |= {"directory": self.directory, "stored": self.stored, "view": None}

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

    def message(self, user: UserSeed, message: Message, *, follows: bool = False, in_thread: bool = False) -> str:
        """One message for one person; `follows` leaves out name and picture that the message above already shows."""
        author = self.ws.users.get(message.user)
        shortcuts = [s for s in self.ws.app.shortcuts if s.type == "message" and not message.ephemeral]
        return self.env.get_template("message.html.j2").render(
            message=message,
            author=author,
            name=author.real_name if author else "Local workspace",
            follows=follows,
            in_thread=in_thread,
            at=local_time(message.ts, user.tz),
            replies=self._replies(user, message) if not in_thread else None,
            files=[self._file(name) for name in message.files],
            shortcuts=shortcuts,
        )

    def _replies(self, user: UserSeed, message: Message) -> Json | None:
        """How many replies a person sees, by whom, and when the last one came."""
        seen = [reply for reply in self._thread(user, message) if reply is not message]
        if message.is_reply or not seen:
            return None
        people = list(dict.fromkeys(reply.user for reply in seen))
        return {"count": len(seen), "people": people[:4], "last": local_time(seen[-1].ts, user.tz)}

    def _file(self, file_id: str) -> Json:
        file = self.ws.files[file_id]
        return {"file": file, "picture": is_picture(file), "kind": kind_of(file).upper(), "size": size(file.length)}

    def stored(self, ids: list[str]) -> list[Json]:
        """Files by their ids, as a field for files lists them."""
        files = [self.ws.files[one] for one in ids]
        return [{"id": file.id, "name": file.name, "size": size(file.length)} for file in files]

    def picture(self, image: Json) -> str:
        """Where a picture in blocks is found: elsewhere, or among the workspace's files."""
        if image.get("slack_file") is None:
            return str(image.get("image_url") or "")
        file = picture(self.ws, image["slack_file"])
        return f"/_page/files/{file.id}" if file else ""

    def person(self, user_id: str) -> str:
        return self._user_name(user_id)

    def directory(self, element: Json, view: View | None) -> list[tuple[str, str]]:
        """What a select of people or channels offers: ids and names; of private channels those that the person is in."""
        if element["type"] == "users_select":
            return [(user.id, user.real_name) for user in self.ws.people()]
        if element["type"] not in ("channels_select", "conversations_select"):
            return []
        channels = [one for one in self.ws.channels.values() if not one.is_im]
        return [
            (one.id, f"#{one.name}")
            for one in channels
            if not one.is_private or (view is not None and view.user in one.members)
        ]

    def _thread(self, user: UserSeed, parent: Message) -> list[Message]:
        replies = self.ws.channels[parent.channel].replies(parent.ts)
        return [parent, *(reply for reply in replies if reply.visible_to in (None, user.id))]

    def messages(self, user: UserSeed, channel: Channel, before: str | None = None) -> Markup:
        """The last messages that a person sees in a channel (before the message `before`), by author and day."""
        seen = [m for m in self.ws.visible(user.id, channel) if m.in_channel and (before is None or m.ts < before)]
        shown = seen[-_AT_ONCE:]
        unread = self.ws.unread(user.id, channel) if before is None else []
        first_new = unread[0] if unread and unread[0] in shown[1:] else None
        earlier = _EARLIER.format(shown[0].ts) if len(seen) > len(shown) else Markup("")
        return earlier + self._listed(user, shown, first_new)

    def thread(self, user: UserSeed, parent: Message) -> Markup:
        """A message and its replies."""
        return self._listed(user, self._thread(user, parent), in_thread=True)

    def _listed(
        self, user: UserSeed, shown: list[Message], first_new: Message | None = None, *, in_thread: bool = False
    ) -> Markup:
        parts: list[Markup] = []
        previous: Message | None = None
        for message in shown:
            at = local_time(message.ts, user.tz).date()
            new_day = not in_thread and (previous is None or local_time(previous.ts, user.tz).date() != at)
            if new_day:
                parts.append(_DAY.format(at.isoformat(), at.strftime("%A, %-d %B %Y")))
            if message is first_new:
                parts.append(_NEW)
            joined = not new_day and message is not first_new and follows(previous, message)
            parts.append(Markup(self.message(user, message, follows=joined, in_thread=in_thread)))
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
    if previous.subtype or message.subtype or previous.is_reply != message.is_reply:
        return False
    return float(message.ts) - float(previous.ts) < 300 and not message.blocks


def size(count: int) -> str:
    """Bytes as people read them."""
    if count < 1_000:
        return f"{count} bytes"
    return f"{count / 1_000:.0f} kB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB"


def cell_key(cell: Json) -> str:
    """What a column is sorted by: the number of a raw_number cell, else its text."""
    if cell["type"] == "raw_number":
        return str(cell["value"])
    return str(cell.get("text", ""))
