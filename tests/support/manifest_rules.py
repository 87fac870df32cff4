"""What Slack takes as an app's manifest, as far as Turf's goes: https://docs.slack.dev/reference/app-manifest

The page and Slack's own schema (github.com/slackapi/manifest-schema) give the numbers; where they differ, the smaller.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Rule:
    """What may stand somewhere: its type, its least and most length, its pattern; `required` where its parent is."""

    of: type
    least: int = 0
    most: int | None = None
    pattern: str = ""
    required: bool = False


_FLAG = Rule(bool)
_WEB = r"https?://\S+"
RULES: Final[Mapping[str, Rule]] = {
    "display_information": Rule(dict, required=True),
    "display_information.name": Rule(str, 1, 35, required=True),
    "display_information.description": Rule(str, 1, 140),
    "display_information.background_color": Rule(str, pattern=r"#[0-9a-fA-F]{3}([0-9a-fA-F]{3})?"),
    "display_information.long_description": Rule(str, 175, 4000),
    "features": Rule(dict),
    "features.app_home": Rule(dict),
    "features.app_home.home_tab_enabled": _FLAG,
    "features.app_home.messages_tab_enabled": _FLAG,
    "features.app_home.messages_tab_read_only_enabled": _FLAG,
    "features.bot_user": Rule(dict),
    "features.bot_user.display_name": Rule(str, 1, 80, required=True),
    "features.bot_user.always_online": _FLAG,
    "features.shortcuts": Rule(list, 1, 10),
    "features.shortcuts[]": Rule(dict),
    "features.shortcuts[].name": Rule(str, 1, 24, required=True),
    "features.shortcuts[].type": Rule(str, pattern="message|global", required=True),
    "features.shortcuts[].callback_id": Rule(str, 1, 255, required=True),
    "features.shortcuts[].description": Rule(str, 1, 150, required=True),
    "features.slash_commands": Rule(list, 1, 50),
    "features.slash_commands[]": Rule(dict),
    "features.slash_commands[].command": Rule(str, 2, 32, r"/\S+", required=True),
    "features.slash_commands[].description": Rule(str, 1, 2000, required=True),
    "features.slash_commands[].usage_hint": Rule(str, 1, 1000),
    "features.slash_commands[].should_escape": _FLAG,
    "features.slash_commands[].url": Rule(str, 1, 3000, _WEB),
    "oauth_config": Rule(dict),
    "oauth_config.scopes": Rule(dict),
    "oauth_config.scopes.bot": Rule(list, 1, 255),
    "oauth_config.scopes.bot[]": Rule(str, 1, 50),
    "settings": Rule(dict),
    "settings.event_subscriptions": Rule(dict),
    "settings.event_subscriptions.request_url": Rule(str, 1, 3500, _WEB),
    "settings.event_subscriptions.bot_events": Rule(list, 1, 100),
    "settings.event_subscriptions.bot_events[]": Rule(str, 1, 50),
    "settings.interactivity": Rule(dict),
    "settings.interactivity.is_enabled": Rule(bool, required=True),
    "settings.interactivity.request_url": Rule(str, 1, 3500, _WEB),
    "settings.interactivity.message_menu_options_url": Rule(str, 1, 3500, _WEB),
    "settings.org_deploy_enabled": _FLAG,
    "settings.socket_mode_enabled": _FLAG,
    "settings.token_rotation_enabled": _FLAG,
}


def complaints(manifest: Mapping[str, Any]) -> list[str]:
    """What Slack would refuse: each place and why."""
    return list(_object("", manifest))


def _object(path: str, found: Mapping[str, Any]) -> Iterator[str]:
    inside = {key: f"{path}.{key}" if path else key for key in found}
    for name, rule in RULES.items():
        parent = name.rpartition(".")[0]
        if rule.required and parent == path and name not in inside.values():
            yield f"{name} is missing"
    for key, place in inside.items():
        yield from _value(place, found[key])


def _value(path: str, value: Any) -> Iterator[str]:
    rule = RULES.get(path)
    if rule is None:
        yield f"{path} is not known"
    elif type(value) is not rule.of:
        yield f"{path} is no {rule.of.__name__}"
    else:
        yield from _content(path, value, rule)


def _content(path: str, value: Any, rule: Rule) -> Iterator[str]:
    if isinstance(value, str | list) and not rule.least <= len(value) <= (rule.most or len(value)):
        yield f"{path} is {len(value)} long"
    if rule.pattern and not re.fullmatch(rule.pattern, value):
        yield f"{path} is {value!r}"
    if isinstance(value, dict):
        yield from _object(path, value)
    if isinstance(value, list):
        if len({repr(one) for one in value}) < len(value):
            yield f"{path} says something twice"
        for one in value:
            yield from _value(f"{path}[]", one)
