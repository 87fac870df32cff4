"""What leaves without being asked for: how a feature says the words of a message that waits in the outbox.

    @outgoing("targets/published")
    async def published(sending: Sending, repo: Repositories) -> Message | FileToSend | Dropped:
        ...

The sender calls this right before it posts, with who is there at that moment; the message was written as a kind and
arguments (`repo.outbox.post`), so that nothing is said to somebody who came later than the words.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeAlias, TypeVar

from commands.kit.reply import Home, Message
from domain.company import Person
from storage.store import Repositories

HOME_KIND = "home/refresh"
"""`repo.outbox.home(person, HOME_KIND)` after what changes what waits for someone."""
LOCALE = "en-US"
"""For what everybody in a channel reads."""


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who can read along, and who they are in Turf's list of people, if they are in it."""

    slack_user_id: str
    person: Person | None = None
    is_guest: bool = False
    is_stranger: bool = False
    """Of another organisation (Slack Connect)."""
    is_deactivated: bool = False
    is_bot: bool = False
    locale: str = LOCALE

    @property
    def is_outsider(self) -> bool:
        """Gets nothing from Turf."""
        return self.is_guest or self.is_stranger or self.is_deactivated


@dataclass(frozen=True, slots=True)
class Audience:
    """Who can read a message when it is posted. A public channel can be read by anyone who joins it."""

    members: Sequence[Member]
    """People only, for bots and deactivated accounts read nothing. In a public or a large channel nobody is looked up:
    these are bare ids there, bots among them."""
    is_public: bool = False
    is_shared: bool = False
    """With another organisation."""

    @property
    def count(self) -> int:
        return len(self.members)

    @property
    def has_outsiders(self) -> bool:
        return self.is_shared or any(member.is_outsider for member in self.members)

    def all_are(self, allowed: Callable[[Person], bool]) -> bool:
        """Whether each of them is in Turf's list, is no outsider and is `allowed`, and nobody else can join on their own."""
        if self.is_public or self.has_outsiders:
            return False
        return all(member.person is not None and allowed(member.person) for member in self.members)


@dataclass(frozen=True, slots=True)
class Sending:
    """What is about to leave, and for whom."""

    kind: str
    arguments: Mapping[str, Any]
    audience: Audience
    today: date
    now: datetime
    locale: str = LOCALE
    recipient: Person | None = None
    """Of a direct message."""


@dataclass(frozen=True, slots=True)
class FileToSend:
    """A file instead of a message; `comment` stands above it. Without an extension in `name` people can't open it."""

    name: str
    content: bytes = field(repr=False)
    title: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Dropped:
    """Nothing is to be said any more, and why (for the log and `turf outbox`)."""

    reason: str


Rendered: TypeAlias = Message | FileToSend | Home | Dropped
Renderer: TypeAlias = Callable[[Sending, Repositories], Awaitable[Rendered]]
R = TypeVar("R", bound=Callable[..., Awaitable[Rendered]])


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Says the words of messages of one kind."""

    kind: str
    render: Renderer
