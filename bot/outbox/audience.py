"""Who can read a message: asked of Slack right before it is posted."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from bot.outbox.api import SlackApi
from bot.outbox.failures import Failure, Verdict
from commands.kit.outgoing import LOCALE, Audience, Member
from commands.kit.recent import Kept
from domain.company import Company, Person

ASKED = 200
"""In a channel with more members only totals are told, whoever they are."""
USER_SECONDS = 300
"""For how long it is believed that someone is no guest and not deactivated."""


class Audiences:
    """`team` is our own Slack team: others are strangers. Each method raises Failure."""

    def __init__(self, api: SlackApi, team: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._api = api
        self._team = team
        self._users: Kept[str, Mapping[str, Any]] = Kept(USER_SECONDS, clock)

    async def of_channel(self, channel: str, company: Company) -> Audience:
        """Who reads along. Nobody is asked about where all are treated alike: in a public channel, or a large one.

        Raises Failure(DEAD) for a channel that the bot is not in, or that is archived.
        """
        found = await self._api.channel(channel)
        if found.get("is_archived"):
            raise Failure(Verdict.DEAD, "is_archived")
        if not found.get("is_member"):
            raise Failure(Verdict.DEAD, "not_in_channel")
        ids, is_public = await self._api.members(channel), not found.get("is_private")
        shared = bool(found.get("is_ext_shared") or found.get("is_shared"))
        if is_public or len(ids) > ASKED:
            return Audience([Member(one) for one in ids], is_public=is_public, is_shared=shared)
        members = [self._member(await self._user(one), company) for one in ids]
        people = [member for member in members if not member.is_bot and not member.is_deactivated]
        return Audience(people, is_public=is_public, is_shared=shared)

    async def of_person(self, person: Person, company: Company) -> Member:
        """Raises Failure(DEAD) for someone whom Slack does not know."""
        if not person.slack_user_id and not person.email:
            raise Failure(Verdict.DEAD, "neither a Slack member ID nor an e-mail address is known")
        slack_user_id = person.slack_user_id or await self._api.user_id_of(str(person.email))
        return self._member(await self._user(slack_user_id), company, person)

    async def _user(self, slack_user_id: str) -> Mapping[str, Any]:
        user = self._users.get(slack_user_id)
        if user is None:
            user = await self._api.user(slack_user_id)
            self._users.put(slack_user_id, user)
        return user

    def _member(self, user: Mapping[str, Any], company: Company, person: Person | None = None) -> Member:
        return Member(
            slack_user_id=str(user["id"]),
            person=person or person_of(user, company),
            is_guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
            is_stranger=bool(user.get("is_stranger")) or user.get("team_id", self._team) != self._team,
            is_deactivated=bool(user.get("deleted")),
            is_bot=bool(user.get("is_bot")),
            locale=user.get("locale") or LOCALE,
        )


def person_of(user: Mapping[str, Any], company: Company) -> Person | None:
    """Who a Slack user is: by their id, else by an address that only one person without an id has."""
    people = company.people.values()
    known = next((one for one in people if one.slack_user_id == user["id"]), None)
    email = str((user.get("profile") or {}).get("email") or "").strip().casefold()
    if known or not email:
        return known
    found = [one for one in people if not one.slack_user_id and (one.email or "").strip().casefold() == email]
    return found[0] if len(found) == 1 else None
