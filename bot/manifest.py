"""The Slack app's manifest, made from what is registered."""

from typing import Any

from commands.kit.registry import ROOT, Registry

ANSWERING = ("commands", "users:read", "users:read.email")
"""To have commands, and to find out who is asking."""
SENDING = ("chat:write", "im:write", "files:write", "files:read")
"""To post into channels where the bot is a member, to open direct messages, to send files and see that they arrived."""
LOOKING = (
    *("channels:read", "groups:read"),
    *("channels:history", "groups:history", "im:history", "metadata.message:read"),
)
"""To know who is in a channel, and to find what was sent there when Slack's answer was lost."""
SCOPES = (*ANSWERING, *SENDING, *LOOKING)
"""What the bot token must be allowed."""

_HOME = {"home_tab_enabled": True, "messages_tab_enabled": True, "messages_tab_read_only_enabled": False}
_DESCRIPTION = "Targets and territories: where you stand, and why."
_ROOT_HELP = "What you can ask Turf"
_USAGE_LIMIT = 100


def slash_commands(registry: Registry) -> list[dict[str, str]]:
    """Each slash command as the manifest describes it: `command`, `description` and, where it has one, `usage_hint`."""
    return [_slash_command(registry, name) for name in registry.names()]


def _slash_command(registry: Registry, name: str) -> dict[str, str]:
    entries = registry.subcommands(name)
    whole = next((entry for entry in entries if not entry.sub), None)
    subs = [entry.sub for entry in entries if entry.sub]
    described = {"command": name, "description": whole.help if whole else _ROOT_HELP if name == ROOT else name}
    usage = " | ".join([*([whole.usage] if whole and whole.usage else []), *subs])
    return {**described, "usage_hint": usage[:_USAGE_LIMIT]} if usage else described


def _shortcuts(registry: Registry) -> list[dict[str, str]]:
    return [
        {
            "name": one.name,
            "type": "message" if one.on_message else "global",
            "callback_id": one.id,
            "description": one.help,
        }
        for one in registry.shortcuts()
    ]


def manifest(registry: Registry, public_url: str | None) -> dict[str, Any]:
    """What Slack's "Create an app from a manifest" takes: HTTP at `public_url`, Socket Mode without one."""
    where = {"url": f"{public_url}/slack/events"} if public_url else {}
    asked = {"request_url": where["url"]} if where else {}
    events = registry.events()
    told = {"event_subscriptions": {**asked, "bot_events": events}} if events else {}
    commands = [{**entry, **where, "should_escape": True} for entry in slash_commands(registry)]
    return {
        "display_information": {"name": "Turf", "description": _DESCRIPTION, "background_color": "#1f4d3a"},
        "features": {
            **({"app_home": _HOME} if events else {}),
            "bot_user": {"display_name": "turf", "always_online": True},
            "slash_commands": commands,
            **({"shortcuts": shortcuts} if (shortcuts := _shortcuts(registry)) else {}),
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            **told,
            "interactivity": {"is_enabled": True, **asked},
            "org_deploy_enabled": False,
            "socket_mode_enabled": not where,
            "token_rotation_enabled": False,
        },
    }
