"""The app's manifest is one that Slack takes, and Slack (the local workspace) gives no more than it asks for."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from bot.app import register_features
from bot.demo import workspace
from bot.manifest import SCOPES, manifest
from commands.kit.registry import Command, Registry
from sandbox.events import SCOPES as EVENTS
from sandbox.events import Events
from sandbox.seed import Seed
from tests.support.manifest_rules import complaints
from tests.support.sample import TODAY
from tests.support.slack_world import World

PUBLIC = "https://turf.example.com"


@pytest.mark.parametrize("public_url", [None, PUBLIC])
def test_slack_takes_it(public_url: str | None) -> None:
    made = manifest(register_features(), public_url)
    assert complaints(made) == []
    places = [command.get("url") for command in made["features"]["slash_commands"]]
    asked = made["settings"]["interactivity"], made["settings"]["event_subscriptions"]
    assert {*places, *(one.get("request_url") for one in asked)} == {
        f"{public_url}/slack/events" if public_url else None
    }
    assert made["settings"]["socket_mode_enabled"] is (public_url is None)


async def nothing(*_: object) -> Any:
    return None


def _set(made: dict[str, Any], path: str, value: Any) -> None:
    *where, last = path.split(".")
    for name in where:
        made = made[name]
    if value is None:
        del made[last]
    else:
        made[last] = value


@pytest.mark.parametrize(
    ("path", "value", "complaint"),
    [
        ("display_information.name", "x" * 36, "display_information.name is 36 long"),
        ("display_information.name", None, "display_information.name is missing"),
        ("display_information.background_color", "green", "display_information.background_color is 'green'"),
        ("display_information.colour", "x", "display_information.colour is not known"),
        ("features.slash_commands", [], "features.slash_commands is 0 long"),
        ("features.slash_commands", [{"command": "turf"}], "features.slash_commands[].command is 'turf'"),
        ("features.slash_commands", [{"command": "/turf"}], "features.slash_commands[].description is missing"),
        ("oauth_config.scopes.bot", ["commands", "commands"], "oauth_config.scopes.bot says something twice"),
        ("settings.interactivity.is_enabled", "yes", "settings.interactivity.is_enabled is no bool"),
        ("display_information", None, "display_information is missing"),
    ],
)
def test_what_slack_refuses_is_noticed(path: str, value: Any, complaint: str) -> None:
    made = manifest(register_features(), None)
    _set(made, path, value)
    assert complaint in complaints(made)


def test_a_long_usage_is_cut_to_what_slack_takes() -> None:
    registry = Registry()
    for number in range(200):
        registry.add(Command(f"/turf sub{number}", nothing, "Help"))
    assert complaints(manifest(registry, PUBLIC)) == []


# What the workspace gives


def declared() -> Seed:
    return Seed.model_validate(workspace.seed(TODAY, workspace.AppKeys(), None), strict=False)


def without(scope: str) -> World:
    """A workspace whose app has all scopes of the manifest but one."""
    world = World()
    world.app(bot_scopes=tuple(one for one in SCOPES if one != scope))
    return world


def history(channel: str) -> Callable[[World], Any]:
    return lambda world: world.call("conversations.history", channel=channel)


def thread(world: World) -> Any:
    return world.call("conversations.replies", channel="CGEN", ts=world.said())


def read(channel: str, method: str = "conversations.info") -> Callable[[World], Any]:
    return lambda world: world.call(method, channel=channel)


def listed(kind: str, method: str) -> Callable[[World], Any]:
    return lambda world: world.call(method, types=kind)


ASKING: dict[str, list[Callable[[World], Any]]] = {
    "users:read": [lambda world: world.call("users.info", user="UBEN")],
    "users:read.email": [lambda world: world.call("users.lookupByEmail", email="ben@example.com")],
    "chat:write": [
        lambda world: world.call("chat.postMessage", channel="CGEN", text="x"),
        lambda world: world.call("chat.update", channel="CGEN", ts=world.said(), text="x"),
    ],
    "im:write": [lambda world: world.call("conversations.open", users="UBEN")],
    "files:write": [
        lambda world: world.call("files.getUploadURLExternal", filename="a.csv", length=1),
        lambda world: world.call("files.completeUploadExternal", files=[{"id": "F1"}]),
    ],
    "files:read": [lambda world: world.call("files.info", file="F1")],
    "channels:read": [
        read("CGEN"),
        read("CGEN", "conversations.members"),
        listed("public_channel", "users.conversations"),
        listed("public_channel", "conversations.list"),
    ],
    "groups:read": [
        read("GDEAL"),
        read("GDEAL", "conversations.members"),
        listed("private_channel", "users.conversations"),
        listed("private_channel", "conversations.list"),
    ],
    "channels:history": [history("CGEN"), thread],
    "groups:history": [history("GDEAL")],
    "im:history": [history("DBEN")],
}
"""Each method that Turf calls, by the scope that it needs."""
OTHERWISE = {"commands", "metadata.message:read"}
"""Nothing is refused for want of these: what they bring is absent."""


def test_each_scope_of_the_manifest_is_held_against_the_workspace() -> None:
    assert set(ASKING) | OTHERWISE == set(SCOPES)


@pytest.mark.parametrize("scope", ASKING)
def test_without_a_scope_the_methods_that_need_it_are_refused(scope: str) -> None:
    for ask in ASKING[scope]:
        answer = ask(without(scope))
        assert (answer["ok"], answer["error"], answer["needed"]) == (False, "missing_scope", scope)
        assert ask(without("")).get("error") != "missing_scope"


@pytest.mark.parametrize(("scope", "told"), [("", True), ("metadata.message:read", False)])
def test_without_its_scope_metadata_is_not_given_out(scope: str, told: bool) -> None:
    world = without(scope)
    world.posted(metadata={"event_type": "turf_delivery", "event_payload": {"id": "1"}})
    [message] = world.call("conversations.history", channel="CGEN", include_all_metadata=True)["messages"]
    assert ("metadata" in message) is told


class Line:
    """Takes what is delivered."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    async def send(self, kind: str, *_: object, **__: object) -> None:
        self.sent.append(kind)


def test_what_is_declared_is_what_the_local_workspace_knows() -> None:
    app, made = declared().app, manifest(register_features(), None)
    assert [one.command for one in app.commands] == [one["command"] for one in made["features"]["slash_commands"]]
    assert all(one.should_escape for one in app.commands)
    assert (app.bot_scopes, app.interactivity) == (SCOPES, True)
    assert [one.callback_id for one in app.shortcuts] == ["requests_ask"]


async def test_events_that_are_not_declared_are_not_sent() -> None:
    app, world, line = declared().app, World(), Line()
    world.app(bot_events=app.bot_events, bot_scopes=app.bot_scopes)
    events = Events(world.ws, line)
    for name in EVENTS:
        events.emit(name, {"type": name})
    await asyncio.sleep(0)
    assert len(line.sent) == len(app.bot_events)
