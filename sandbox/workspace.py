"""The workspace's state and the rules about it; no HTTP, no waiting."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from sandbox.clock import Clock
from sandbox.errors import ApiError, ClientError
from sandbox.faults import Faults
from sandbox.feed import Feed
from sandbox.ids import Ids
from sandbox.inputs import initial_values
from sandbox.limits import most
from sandbox.model import Channel, Json, Message, ResponseUrl, StoredFile, Trigger, View, with_ids
from sandbox.rates import Rates
from sandbox.seed import AppSeed, Seed, UserSeed
from sandbox.timers import Timers

EVERYONE_WATCHES = "*"


def _nobody_listens(name: str, inner: Json) -> None:
    """Where an event goes in a workspace without deliveries."""


def _nobody_waits(at: float, then: Callable[[], None]) -> None:
    """What is due later in a workspace without deliveries: whoever asks next settles it."""


@dataclass(slots=True)
class Workspace:
    """Everything that is in the workspace now.

    `slowness` stretches the two deadlines of three seconds, for tests on a busy machine; 1 is Slack.
    """

    seed: Seed
    clock: Clock
    base_url: str = "http://127.0.0.1"
    slowness: float = 1.0
    feed: Feed = field(default_factory=Feed)
    emit: Callable[[str, Json], None] = _nobody_listens
    later: Callable[[float, Callable[[], None]], None] = _nobody_waits
    users: dict[str, UserSeed] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    triggers: dict[str, Trigger] = field(default_factory=dict)
    response_urls: dict[str, ResponseUrl] = field(default_factory=dict)
    stacks: dict[str, list[View]] = field(default_factory=dict)
    homes: dict[str, View] = field(default_factory=dict)
    files: dict[str, StoredFile] = field(default_factory=dict)
    reads: dict[tuple[str, str], str] = field(default_factory=dict)
    token_error: str | None = None
    used_scopes: set[str] = field(default_factory=set)
    ids: Ids = field(init=False)
    timers: Timers = field(init=False)
    faults: Faults = field(init=False)
    rates: Rates = field(init=False)

    def __post_init__(self) -> None:
        self.ids = Ids(self.seed.app.signing_secret)
        self.timers = Timers(self.clock)
        self.faults, self.rates = Faults(self.timers), Rates(self.timers)
        self.fill()

    def fill(self) -> None:
        """Set the state back to what the seed says. Numbers of events and ids go on."""
        self._empty()
        for user in self.seed.users:
            self.users[user.id] = user
        self.users.setdefault(self.app.bot_user_id, _bot(self.app))
        for channel in self.seed.channels:
            members = list(channel.members)
            self.channels[channel.id] = Channel(
                channel.id, channel.name, channel.is_private, False, members, channel.topic, channel.is_archived
            )
        for person in self.people():
            self.direct_message(person.id)
        self.feed.publish(self.users, "reset", {})

    def _empty(self) -> None:
        self.users.clear()
        self.channels.clear()
        self.triggers.clear()
        self.response_urls.clear()
        self.stacks.clear()
        self.homes.clear()
        self.files.clear()
        self.reads.clear()
        self.rates.clear()
        self.token_error = None

    # people and channels

    @property
    def app(self) -> AppSeed:
        return self.seed.app

    @property
    def bot_id(self) -> str:
        return "B" + self.app.bot_user_id[1:]

    def people(self) -> list[UserSeed]:
        """Everyone that one can act as: no bots, no deactivated accounts."""
        return [user for user in self.users.values() if not user.is_bot and not user.deleted]

    def person(self, name_or_id: str) -> UserSeed:
        """A person by id or by name; raises ClientError."""
        for user in self.users.values():
            if name_or_id in (user.id, user.name):
                return user
        raise ClientError(f"There is no person {name_or_id!r} in this workspace.")

    def direct_message(self, user_id: str) -> Channel:
        """The direct message of a person and the app."""
        channel_id = "D" + user_id[1:]
        if channel_id not in self.channels:
            self.channels[channel_id] = Channel(
                channel_id, "directmessage", True, True, [user_id, self.app.bot_user_id]
            )
        return self.channels[channel_id]

    def channel(self, name_or_id: str) -> Channel:
        """A channel by id, name or #name; raises ClientError."""
        name = name_or_id.removeprefix("#")
        for channel in self.channels.values():
            if name_or_id == channel.id or (name == channel.name and not channel.is_im):
                return channel
        raise ClientError(f"There is no channel {name_or_id!r} in this workspace.")

    def sees(self, user_id: str, channel: Channel) -> bool:
        """Whether a person finds this channel in their client. Guests and strangers see only where they are members."""
        user = self.users[user_id]
        outside = user.is_restricted or user.is_ultra_restricted or self.is_stranger(user)
        return user_id in channel.members or not (channel.is_private or outside)

    def is_stranger(self, user: UserSeed) -> bool:
        return user.is_stranger or (user.team_id is not None and user.team_id != self.seed.team.id)

    def audience(self, channel: Channel) -> list[str]:
        return [user.id for user in self.people() if self.sees(user.id, channel)]

    # messages

    def post(self, channel: Channel, *, user: str, text: str, cause: str | None = None, **more: Any) -> Message:
        """Add a message, tell everyone who sees it, and return it."""
        blocks = with_ids(more.pop("blocks", None) or [])
        message = Message(
            self.ids.ts(self.clock.now()), channel.id, user, text, blocks, values=initial_values(blocks), **more
        )
        channel.add(message)
        self._tell(channel, message, "message", cause)
        return message

    def changed(self, message: Message, cause: str | None = None, *, edited: bool = False) -> None:
        """Tell everyone who sees a message that it changed; `edited` marks it as such."""
        if edited:
            message.edited_ts = f"{self.clock.now():.6f}"
        self._tell(self.channels[message.channel], message, "message_changed", cause)

    def remove(self, message: Message, cause: str | None = None) -> None:
        channel = self.channels[message.channel]
        channel.remove(message)
        self._tell(channel, message, "message_deleted", cause)

    def _tell(self, channel: Channel, message: Message, kind: str, cause: str | None) -> None:
        audience: Iterable[str] = [message.visible_to] if message.visible_to else self.audience(channel)
        self.feed.publish(
            audience,
            kind,
            {
                "channel": channel.id,
                "ts": message.ts,
                "user": message.user,
                "app": message.bot_id is not None,
                "thread_ts": message.thread_ts,
                "broadcast": message.broadcast,
            },
            cause,
        )

    def message(self, channel: Channel, ts: str) -> Message | None:
        return channel.message(ts)

    def visible(self, user_id: str, channel: Channel) -> list[Message]:
        """What a person sees in a channel, threads included."""
        return [message for message in channel.messages if message.visible_to in (None, user_id)]

    def unread(self, user_id: str, channel: Channel) -> list[Message]:
        """What stands in a channel that a person has not seen yet, oldest first; their own messages are seen."""
        seen = self.reads.get((user_id, channel.id), "")
        fresh: list[Message] = []
        for message in reversed(channel.messages):
            if message.ts <= seen:
                break
            if message.in_channel and message.user != user_id and message.visible_to in (None, user_id):
                fresh.append(message)
        return fresh[::-1]

    # rights that interactions grant

    def grant_trigger(self, user: str, cause: str, view_id: str | None = None) -> Trigger:
        expires = self.timers.at() + most("trigger.seconds") * self.slowness
        trigger = Trigger(self.ids.secret("1"), user, expires, cause, view_id)
        self.triggers[trigger.id] = trigger
        return trigger

    def use_trigger(self, trigger_id: str) -> Trigger:
        """Exchange a trigger id, once and in time; raises ApiError."""
        trigger = self.triggers.get(trigger_id)
        if trigger is None:
            raise ApiError("invalid_trigger_id")
        if trigger.used:
            raise ApiError("exchanged_trigger_id")
        if self.timers.at() > trigger.expires:
            raise ApiError("expired_trigger_id")
        trigger.used = True
        return trigger

    def grant_response_url(self, user: str, channel: str, cause: str, message_ts: str | None = None) -> ResponseUrl:
        expires = self.timers.at() + most("response_url.seconds")
        url = ResponseUrl(self.ids.secret("r"), user, channel, expires, cause, message_ts)
        self.response_urls[url.id] = url
        return url

    def use_response_url(self, url_id: str) -> ResponseUrl:
        """Use up one of the five answers; raises ApiError."""
        url = self.response_urls.get(url_id)
        if url is None:
            raise ApiError("no_such_url")
        if self.timers.at() > url.expires:
            raise ApiError("expired_url")
        if url.uses >= most("response_url.uses"):
            raise ApiError("used_url")
        url.uses += 1
        return url

    def has_scope(self, *any_of: str) -> bool:
        """Whether the bot token has one of these; a scope that alone gives a right has been of use."""
        if len(any_of) == 1:
            self.used_scopes |= set(any_of) & set(self.app.bot_scopes)
        return bool(set(any_of) & set(self.app.bot_scopes))

    def refused(self, what: str, error: ApiError) -> None:
        """Remember for whoever watches that the app was refused something."""
        self.feed.publish([EVERYONE_WATCHES], "refused", {"what": what, **error.body()})


def _bot(app: AppSeed) -> UserSeed:
    name = app.name.lower().replace(" ", "-")
    return UserSeed(id=app.bot_user_id, name=name, real_name=app.name, is_bot=True)


def team_json(seed: Seed) -> Json:
    return {"id": seed.team.id, "domain": seed.team.domain}
