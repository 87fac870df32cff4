"""What the Web API refuses: a call that breaks a rule gets Slack's answer, its neighbour passes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.support.slack_rules import proven, proves
from tests.support.slack_world import World
from tests.support.toybot import why_view

Json = dict[str, Any]
HOME = {"type": "home", "blocks": [{"type": "divider"}]}


@dataclass(frozen=True)
class Trial:
    """Two calls on fresh worlds: `wrong` is answered with `error`, `right` is not refused."""

    wrong: Callable[[World], Json]
    error: str
    right: Callable[[World], Json]


def update(**args: Any) -> Callable[[World], Json]:
    return lambda w: w.call("chat.update", **{"channel": "CGEN", "text": "new", "ts": w.posted()} | args)


def post(**args: Any) -> Callable[[World], Json]:
    return lambda w: w.call("chat.postMessage", **{"channel": "CGEN", "text": "x"} | args)


def open_view(w: World, trigger: str | None = None, **more: Any) -> Json:
    return w.call("views.open", trigger_id=trigger or w.trigger(), view=why_view() | more)


def push(w: World, count: int) -> Json:
    answer = open_view(w)
    for _ in range(count):
        answer = w.call("views.push", trigger_id=w.trigger(answer["view"]["id"]), view=why_view())
    return answer


def changed_since(w: World, method: str, **args: Any) -> Json:
    """The view as it was before somebody else changed it."""
    first = w.call(method, **args)
    w.clock.at += 1
    w.call(method, **args)
    return dict(first["view"])


def twice(w: World) -> Json:
    trigger = w.trigger()
    open_view(w, trigger)
    return open_view(w, trigger)


def stale_home(w: World) -> Json:
    seen = changed_since(w, "views.publish", user_id="UMONA", view=HOME)["hash"]
    return w.call("views.publish", user_id="UMONA", view=HOME, hash=seen)


def fresh_home(w: World) -> Json:
    seen = w.call("views.publish", user_id="UMONA", view=HOME)["view"]["hash"]
    return w.call("views.publish", user_id="UMONA", view=HOME, hash=seen)


TRIALS: dict[str, Trial] = {
    "token.given": Trial(lambda w: w.call("auth.test", token=None), "not_authed", lambda w: w.call("auth.test")),
    "token.known": Trial(lambda w: w.call("auth.test", token="xoxb-x"), "invalid_auth", lambda w: w.call("auth.test")),
    "token.kind": Trial(lambda w: w.call("apps.connections.open"), "not_allowed_token_type", lambda w: w.call("apps.connections.open", token="xapp-toy")),
    "method.known": Trial(lambda w: w.call("chat.shout"), "unknown_method", lambda w: w.call("api.test")),
    "post.channel": Trial(post(channel="CNONE"), "channel_not_found", post()),
    "post.member": Trial(post(channel="CRND"), "not_in_channel", post(channel="GDEAL")),
    "post.content": Trial(post(text=""), "no_text", post(text="", blocks=[{"type": "divider"}])),
    "message.text": Trial(post(text="x" * 40_001), "msg_too_long", post(text="x" * 40_000)),
    "ephemeral.member": Trial(
        lambda w: w.call("chat.postEphemeral", channel="CGEN", user="UGUEST", text="x"),
        "user_not_in_channel",
        lambda w: w.call("chat.postEphemeral", channel="CGEN", user="UBEN", text="x"),
    ),
    "update.own": Trial(lambda w: update(ts=w.said())(w), "cant_update_message", update()),
    "update.ephemeral": Trial(lambda w: update(ts=w.secret())(w), "message_not_found", update()),
    "delete.own": Trial(
        lambda w: w.call("chat.delete", channel="CGEN", ts=w.said()),
        "cant_delete_message",
        lambda w: w.call("chat.delete", channel="CGEN", ts=w.posted()),
    ),
    "permalink.message": Trial(
        lambda w: w.call("chat.getPermalink", channel="CGEN", message_ts="1.000001"),
        "message_not_found",
        lambda w: w.call("chat.getPermalink", channel="CGEN", message_ts=w.said()),
    ),
    "history.member": Trial(
        lambda w: w.call("conversations.history", channel="CRND"),
        "not_in_channel",
        lambda w: w.call("conversations.history", channel="GDEAL"),
    ),
    "replies.thread": Trial(
        lambda w: w.call("conversations.replies", channel="CGEN", ts="1.000001"),
        "thread_not_found",
        lambda w: w.call("conversations.replies", channel="CGEN", ts=w.said()),
    ),
    "list.cursor": Trial(
        lambda w: w.call("users.list", cursor="nonsense"),
        "invalid_cursor",
        lambda w: w.call("users.list", cursor=w.call("users.list", limit=1)["response_metadata"]["next_cursor"]),
    ),
    "open.bot": Trial(
        lambda w: w.call("conversations.open", users="UTOY"),
        "cannot_dm_bot",
        lambda w: w.call("conversations.open", users="UBEN"),
    ),
    "open.disabled": Trial(
        lambda w: w.call("conversations.open", users="UGONE"),
        "user_disabled",
        lambda w: w.call("conversations.open", users="UBEN"),
    ),
    "people.known": Trial(
        lambda w: w.call("users.info", user="UNONE"), "user_not_found", lambda w: w.call("users.info", user="UGONE")
    ),
    "people.email": Trial(
        lambda w: w.call("users.lookupByEmail", email="x@example.com"),
        "users_not_found",
        lambda w: w.call("users.lookupByEmail", email="BEN@example.com"),
    ),
    "trigger.known": Trial(lambda w: open_view(w, "1.2.3"), "invalid_trigger_id", open_view),
    "trigger.once": Trial(twice, "exchanged_trigger_id", open_view),
    "view.push": Trial(
        lambda w: w.call("views.push", trigger_id=w.trigger(), view=why_view()), "not_found", lambda w: push(w, 1)
    ),
    "view.stack": Trial(lambda w: push(w, 3), "push_limit_reached", lambda w: push(w, 2)),
    "view.known": Trial(
        lambda w: w.call("views.update", view_id="VNONE", view=why_view()),
        "not_found",
        lambda w: w.call("views.update", view_id=open_view(w)["view"]["id"], view=why_view()),
    ),
    "view.external_id_unique": Trial(
        lambda w: [open_view(w, external_id="mine"), open_view(w, external_id="mine")][1],
        "duplicate_external_id",
        lambda w: [open_view(w, external_id="mine"), open_view(w, external_id="yours")][1],
    ),
    "view.hash": Trial(stale_home, "hash_conflict", fresh_home),
    "home.user": Trial(
        lambda w: w.call("views.publish", user_id="UNONE", view=HOME),
        "user_not_found",
        lambda w: w.call("views.publish", user_id="UBEN", view=HOME),
    ),
}  # fmt: skip
proven(TRIALS)


@pytest.mark.parametrize("name", TRIALS)
def test_a_rule_of_the_web_api(name: str):
    trial = TRIALS[name]
    refused = trial.wrong(World())
    assert (refused["ok"], refused.get("error")) == (False, trial.error)
    passed = trial.right(World())
    assert passed["ok"], passed


@proves("token.scope")
def test_a_scope_that_is_missing_is_named():
    world = World()
    assert world.call("users.info", user="UBEN")["ok"]
    world.ws.seed = world.ws.seed.model_copy(
        update={"app": world.ws.app.model_copy(update={"bot_scopes": ("commands",)})}
    )
    refused = world.call("users.info", user="UBEN")
    assert refused == {"ok": False, "error": "missing_scope", "needed": "users:read", "provided": "commands"}


@proves("page.items")
def test_a_list_gives_out_at_most_a_thousand():
    world = World()
    world.ws.channels["CGEN"].members += [f"U{n}" for n in range(1_100)]
    answer = world.call("conversations.members", channel="CGEN", limit=5_000)
    assert len(answer["members"]) == 1_000
    rest = world.call("conversations.members", channel="CGEN", cursor=answer["response_metadata"]["next_cursor"])
    assert len(rest["members"]) == 100
