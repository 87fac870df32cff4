"""The sample company's Slack: its people, its channels, and the app with keys made for this one run."""

import json
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from bot.app import register_features
from bot.demo.company import slack_seed
from bot.manifest import manifest

BOT_USER = "U0TURF"
MEMBER_OF = frozenset({"americas", "sales-managers"})
"""Channels that the demo's app is in from the start; elsewhere somebody invites it."""


@dataclass(frozen=True, slots=True)
class AppKeys:
    """What Slack and the app know of each other; worth nothing outside this machine."""

    bot_token: str = field(default_factory=lambda: f"xoxb-demo-{secrets.token_hex(12)}", repr=False)
    app_token: str = field(default_factory=lambda: f"xapp-demo-{secrets.token_hex(12)}", repr=False)
    signing_secret: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)

    def environment(self, api_url: str, *, socket: bool) -> dict[str, str]:
        """How `turf serve` learns of them: Socket Mode or signed HTTP."""
        mode = {"SLACK_APP_TOKEN": self.app_token} if socket else {"SLACK_SIGNING_SECRET": self.signing_secret}
        return {"SLACK_BOT_TOKEN": self.bot_token, "SLACK_API_URL": api_url, **mode}


def seed(today: date, keys: AppKeys, request_url: str | None, member_of: Collection[str] = ()) -> Mapping[str, Any]:
    """The local workspace's seed; without `request_url` the app is reached in Socket Mode.

    `member_of` names the channels that the app is in. What the app may do and is told is what its manifest asks for, as in a real workspace.
    """
    declared = manifest(register_features(), None)
    features, settings = declared["features"], declared["settings"]
    app = {
        "id": "A0TURF",
        "name": "Turf",
        "bot_user_id": BOT_USER,
        "bot_token": keys.bot_token,
        "app_token": keys.app_token,
        "signing_secret": keys.signing_secret,
        "request_url": request_url,
        "commands": features["slash_commands"],
        "shortcuts": features.get("shortcuts", []),
        "bot_scopes": declared["oauth_config"]["scopes"]["bot"],
        "bot_events": settings.get("event_subscriptions", {}).get("bot_events", []),
        "interactivity": settings["interactivity"]["is_enabled"],
    }
    company = slack_seed(today)
    channels = [_with_bot(one) if one["name"] in member_of else one for one in company["channels"]]
    return {**company, "channels": channels, "app": app}


def _with_bot(channel: dict[str, Any]) -> dict[str, Any]:
    return {**channel, "members": [*channel["members"], BOT_USER]}


def write_seed(path: Path, content: Mapping[str, Any]) -> Path:
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False), encoding="utf-8")
    path.chmod(0o600)
    return path


def write_clock(path: Path) -> Path:
    """The time that the workspace and the bot share: the machine's clock, until somebody moves it on the page."""
    path.write_text("+0", encoding="utf-8")
    return path
