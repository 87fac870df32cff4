"""Who is asking: from a Slack user to a person of the company."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from commands.kit.recent import Kept
from commands.kit.turf import Directory, Slack, Workspace
from domain.company import Person
from domain.errors import NotAllowed, TurfError
from templates import name

SLACK_USER_SECONDS = 600
PERSON_SECONDS = 30


class Outsider(Exception):
    """Someone who gets no data. `words`: what a guest or another organisation's user is told; a bot is told nothing."""

    def __init__(self, words: str = "") -> None:
        super().__init__(words)
        self.words = words


FOR_MEMBERS = (
    "Turf shows sales figures to full members of this workspace only, not to guests or people from other "
    "organisations. Ask your contact here, or sales operations."
)


@dataclass(frozen=True, slots=True)
class Caller:
    workspace: Workspace
    person: Person
    locale: str


@dataclass(frozen=True, slots=True)
class _SlackUser:
    insider: bool
    gone: bool
    """Deactivated, or no person at all."""
    email: str
    locale: str


class Identity:
    """Finds people; what Slack says of a user is kept for ten minutes, the person for half a minute.

    `team` is the workspace that the bot's token belongs to, once that is known.
    """

    def __init__(self, directory: Directory, slack: Slack, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.team: str | None = None
        self._directory = directory
        self._slack = slack
        self._users: Kept[str, _SlackUser] = Kept(SLACK_USER_SECONDS, clock)
        self._callers: Kept[tuple[str, str], Caller] = Kept(PERSON_SECONDS, clock)

    def known(self, team_id: str, slack_user_id: str) -> Caller | None:
        """The caller if that is certain without asking anyone."""
        return self._callers.get((team_id, slack_user_id))

    def forget(self, slack_user_id: str) -> None:
        """Drop what is kept about a user who has changed."""
        self._users.drop(slack_user_id)
        if self.team:
            self._callers.drop((self.team, slack_user_id))

    async def workspace(self, team_id: str) -> Workspace | None:
        """The workspace of our own team; None for any other team, and before there is data. Raises Unavailable."""
        return None if self.team and team_id != self.team else await self._directory.workspace(team_id)

    async def identify(self, team_id: str, slack_user_id: str, *, user_team: str = "") -> Caller:
        """The caller; `user_team` is the user's own workspace if the payload names it.

        Raises Outsider for who gets nothing, NotAllowed (with whom to ask) for an unknown person, and Unavailable.
        """
        if (self.team and team_id != self.team) or (user_team and user_team != team_id):
            raise Outsider(FOR_MEMBERS)
        caller = self.known(team_id, slack_user_id)
        if caller:
            return caller
        user = await self._user(team_id, slack_user_id)
        if not user.insider:
            raise Outsider("" if user.gone else FOR_MEMBERS)
        caller = await self._find(team_id, slack_user_id, user)
        self._callers.put((team_id, slack_user_id), caller)
        return caller

    async def _user(self, team_id: str, slack_user_id: str) -> _SlackUser:
        user = self._users.get(slack_user_id)
        if user is None:
            user = _slack_user(await self._slack.user(slack_user_id), team_id)
            self._users.put(slack_user_id, user)
        return user

    async def _find(self, team_id: str, slack_user_id: str, user: _SlackUser) -> Caller:
        workspace = await self._directory.workspace(team_id)
        if workspace is None:
            raise TurfError(
                "Turf has no data yet. Whoever runs it imports people and deals first: turf import, see the README."
            )
        person = await self._directory.by_slack_id(workspace.id, slack_user_id)
        if person is None and user.email:
            person = await self._directory.by_email(workspace.id, user.email)
        if person is None:
            raise NotAllowed(_unknown(await self._directory.whom_to_ask(workspace.id)))
        return Caller(workspace, person, user.locale)


def _slack_user(user: Mapping[str, Any], team_id: str) -> _SlackUser:
    gone = any(user.get(flag) for flag in ("deleted", "is_bot"))
    outside = any(user.get(flag) for flag in ("is_restricted", "is_ultra_restricted", "is_stranger"))
    insider = not (gone or outside) and user.get("team_id", team_id) == team_id
    email = (user.get("profile") or {}).get("email") or ""
    return _SlackUser(insider, gone, email.strip().lower(), user.get("locale") or "en-US")


def _unknown(helpers: Sequence[str]) -> str:
    whom = " or ".join(map(name, helpers[:2])) or "the person who runs Turf here"
    return f"I don't know you yet: your e-mail address is not in Turf's list of people. Ask {whom} to add it."
