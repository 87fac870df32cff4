"""The seed file: who and what is in the workspace when it starts.

A JSON object with `team`, `users`, `channels` and `app`; docs/local-workspace.md shows one. Unknown keys are refused,
so that a misspelt one is noticed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError, model_validator

from sandbox.errors import SeedError

TeamId = Annotated[str, StringConstraints(pattern=r"^T[A-Z0-9]+$")]
UserId = Annotated[str, StringConstraints(pattern=r"^[UW][A-Z0-9]+$")]
ChannelId = Annotated[str, StringConstraints(pattern=r"^[CG][A-Z0-9]+$")]
AppId = Annotated[str, StringConstraints(pattern=r"^A[A-Z0-9]+$")]
Name = Annotated[str, StringConstraints(min_length=1, max_length=80)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class TeamSeed(_Part):
    """The workspace itself."""

    id: TeamId
    name: Name
    domain: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+$")]


class UserSeed(_Part):
    """A member, a guest, someone of another organisation (`team_id` of that other team), or a deactivated account."""

    id: UserId
    name: Name
    real_name: Name
    email: str | None = None
    tz: str = "UTC"
    locale: str = "en-US"
    team_id: TeamId | None = None
    is_admin: bool = False
    is_bot: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    deleted: bool = False
    role_label: str | None = None


class ChannelSeed(_Part):
    """A public or private channel and who is in it."""

    id: ChannelId
    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]{1,80}$")]
    is_private: bool = False
    members: tuple[UserId, ...] = ()
    topic: str = ""
    is_archived: bool = False


class CommandSeed(_Part):
    """A slash command of the app."""

    command: Annotated[str, StringConstraints(pattern=r"^/[a-z0-9_-]{1,31}$")]
    description: str = ""
    usage_hint: str = ""
    should_escape: bool = False


class ShortcutSeed(_Part):
    """A shortcut of the app: `global` beside the composer, or `message` in the menu of a message."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=24)]
    callback_id: Annotated[str, StringConstraints(min_length=1, max_length=255)]
    type: Literal["global", "message"]
    description: str = ""


class AppSeed(_Part):
    """The app under test: its tokens, its secret, where it listens and what it may do."""

    id: AppId
    name: Name
    bot_user_id: UserId
    bot_token: Annotated[str, StringConstraints(pattern=r"^xoxb-.+$")]
    app_token: Annotated[str, StringConstraints(pattern=r"^xapp-.+$")]
    signing_secret: Annotated[str, StringConstraints(min_length=1)]
    request_url: Annotated[str, StringConstraints(pattern=r"^http://(127\.0\.0\.1|localhost|\[::1\])[:/]")] | None = (
        None
    )
    commands: tuple[CommandSeed, ...] = ()
    shortcuts: tuple[ShortcutSeed, ...] = ()
    distribution: Literal["internal", "non_marketplace"] = "internal"
    scopes: tuple[str, ...] = ("connections:write",)
    bot_scopes: tuple[str, ...] = ("commands", "chat:write")
    bot_events: tuple[str, ...] = ("app_home_opened", "app_mention", "message.im")
    interactivity: bool = True


class Seed(_Part):
    """A whole workspace, checked for references that lead nowhere."""

    team: TeamSeed
    users: tuple[UserSeed, ...]
    channels: tuple[ChannelSeed, ...] = ()
    app: AppSeed

    @model_validator(mode="after")
    def _references_lead_somewhere(self) -> Seed:
        people = [user.id for user in self.users]
        _only_once("users", people)
        _only_once("users", [user.name for user in self.users])
        _only_once("channels", [channel.id for channel in self.channels])
        _only_once("channels", [channel.name for channel in self.channels])
        for channel in self.channels:
            for member in channel.members:
                if member not in people and member != self.app.bot_user_id:
                    raise ValueError(f"channel {channel.name} names a member {member} who is not among the users")
        return self


def _only_once(where: str, values: list[str]) -> None:
    twice = sorted({value for value in values if values.count(value) > 1})
    if twice:
        raise ValueError(f"{where}: {', '.join(twice)} occurs more than once")


def parse_seed(text: str | bytes) -> Seed:
    """Read a seed from JSON; raises SeedError with one line for each mistake."""
    try:
        return Seed.model_validate_json(text)
    except ValidationError as error:
        lines = [f"{'.'.join(str(part) for part in e['loc']) or 'seed'}: {e['msg']}" for e in error.errors()]
        raise SeedError("The seed is not a workspace. " + "; ".join(lines)) from error


def load_seed(path: Path) -> Seed:
    """Read a seed file; raises SeedError when it is missing or wrong."""
    try:
        text = path.read_bytes()
    except OSError as error:
        raise SeedError(f"The seed file {path} cannot be read: {error.strerror}.") from error
    return parse_seed(text)
