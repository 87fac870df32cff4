"""What handlers may reach, and what the kit needs from the rest: protocols, so that each side is tested alone."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Protocol

from domain.company import Person

if TYPE_CHECKING:
    from commands.kit.call import Call
    from commands.kit.outgoing import Audience
    from commands.kit.registry import Registry
    from storage.store import Present, Repositories
    from storage.writing import Writing


class Workspace(Protocol):
    """The Turf workspace that a Slack team belongs to."""

    @property
    def id(self) -> int: ...

    @property
    def timezone(self) -> str: ...


class Directory(Protocol):
    """Who is who in one company. Each method raises Unavailable if the database does not answer."""

    async def workspace(self, team_id: str) -> Workspace | None:
        """The workspace of this Slack team, or None before the first set-up."""
        ...

    async def by_slack_id(self, workspace: int, slack_user_id: str) -> Person | None: ...

    async def by_email(self, workspace: int, email: str) -> Person | None: ...

    async def whom_to_ask(self, workspace: int) -> Sequence[str]:
        """Names of the people who look after the list of people (ops), for someone whom it lacks."""
        ...


@dataclass(frozen=True, slots=True)
class About:
    """The Turf that is running: its version, and the roads to Slack with their state."""

    version: str
    transports: tuple[str, ...]


class Turf(Protocol):
    """The way from a handler to everything else."""

    @property
    def registry(self) -> "Registry": ...

    def about(self) -> About: ...

    async def present(self, call: "Call") -> "Present":
        """What is in memory of the caller's workspace as it is now."""
        ...

    def read(self, call: "Call") -> "AbstractAsyncContextManager[Repositories]":
        """Repositories bound to the caller's workspace, in one snapshot."""
        ...

    def write(self, call: "Call") -> "AbstractAsyncContextManager[Writing]":
        """The one transaction of an effect in the caller's workspace; the dispatcher opens it for the handler."""
        ...

    def react(self, workspace: int, now: datetime) -> "AbstractAsyncContextManager[Writing]":
        """The one transaction of what follows from a happening; the dispatcher opens it."""
        ...

    async def is_first(self, call: "Call", key: str) -> bool:
        """Whether nobody has answered this delivery yet, in any process; from now on somebody has. True if that is unknown."""
        ...

    async def audience(self, call: "Call", channel_id: str) -> "Audience":
        """Who can read along in a channel now. Raises NotAllowed for one that nothing can be posted to, Unavailable."""
        ...


class Slack(Protocol):
    """The few things that Turf asks of Slack while it answers. Failures raise Unavailable."""

    async def respond(self, response_url: str, body: bytes) -> bool:
        """Post JSON to a response_url; False if Slack refused the blocks."""
        ...

    async def open_view(self, trigger_id: str, view: Mapping[str, Any], *, push: bool) -> str:
        """The id of the view that is open now; empty if another process has used the trigger."""
        ...

    async def update_view(self, view_id: str, view: Mapping[str, Any], *, hash: str = "") -> None: ...  # noqa: A002

    async def publish_home(self, slack_user_id: str, view: Mapping[str, Any]) -> None:
        """Show this on someone's Home tab, in place of what is there."""
        ...

    async def post(self, channel_id: str, body: Mapping[str, Any]) -> bool:
        """Answer a direct message, at most once; False if Slack refused the blocks."""
        ...

    async def user(self, slack_user_id: str) -> Mapping[str, Any]:
        """`user` of users.info, with its locale."""
        ...


def local_date(instant: datetime, timezone: str) -> date:
    """The date of `instant` in the workspace's zone."""
    from zoneinfo import ZoneInfo

    return instant.astimezone(ZoneInfo(timezone)).date()
