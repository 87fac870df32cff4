"""What the Web API refuses: a call that breaks a rule gets Slack's answer, its neighbour passes."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from sandbox import people
from sandbox.errors import ApiError
from sandbox.files import upload
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


def announce(**args: Any) -> Callable[[World], Json]:
    return lambda w: w.call("files.getUploadURLExternal", **{"filename": "a.png", "length": 1} | args)


def archived(w: World, then: Callable[[World], Json]) -> Json:
    w.ws.channels["CGEN"].is_archived = True
    return then(w)


def archived_since(w: World, ts: str) -> Json:
    return archived(w, lambda w: w.call("chat.update", channel="CGEN", text="new", ts=ts))


def bulky(size: int) -> Json:
    """Metadata of `size` bytes."""
    empty = {"event_type": "x", "event_payload": {"id": ""}}
    return {"event_type": "x", "event_payload": {"id": "x" * (size - len(json.dumps(empty)))}}


def posts(w: World, count: int, pause: float = 0.0) -> Json:
    """The answer to the last of `count` messages; with a pause, to one more after it."""
    for _ in range(count):
        answer = post()(w)
    w.clock.at += pause
    return post()(w) if pause else answer


def picture(w: World, after: float, name: str = "a.png") -> Json:
    """A message with a picture that was completed `after` seconds ago."""
    file = w.completed(name)
    w.clock.at += after
    return post(blocks=[{"type": "image", "alt_text": "A", "slack_file": {"id": file}}])(w)


def reads(w: World, pause: float) -> Json:
    """The second look at the history by an app that is sold outside the Marketplace."""
    w.app(distribution="non_marketplace")
    w.call("conversations.history", channel="CGEN")
    w.clock.at += pause
    return w.call("conversations.history", channel="CGEN")


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
    "update.text": Trial(update(text="x" * 4_001), "msg_too_long", update(text="x" * 4_000)),
    "update.archived": Trial(lambda w: archived_since(w, w.posted()), "is_inactive", update()),
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
    "post.archived": Trial(lambda w: archived(w, post()), "is_archived", post()),
    "post.thread": Trial(post(thread_ts="1.000001"), "thread_not_found", lambda w: post(thread_ts=w.said())(w)),
    "post.reply": Trial(
        lambda w: post(thread_ts=w.posted(thread_ts=w.said()))(w),
        "cannot_reply_to_message",
        lambda w: post(thread_ts=w.posted())(w),
    ),
    "post.metadata": Trial(
        post(metadata={"event_type": "x"}),
        "invalid_metadata_schema",
        post(metadata={"event_type": "x", "event_payload": {"id": "7"}}),
    ),
    "message.metadata": Trial(post(metadata=bulky(16_385)), "metadata_too_large", post(metadata=bulky(16_384))),
    "post.burst": Trial(lambda w: posts(w, 6), "ratelimited", lambda w: posts(w, 5)),
    "post.per_second": Trial(lambda w: posts(w, 5, 0.9), "ratelimited", lambda w: posts(w, 5, 1.0)),
    "channel.id": Trial(
        lambda w: w.call("conversations.history", channel="general"),
        "channel_not_found",
        lambda w: w.call("conversations.history", channel="CGEN"),
    ),
    "join.private": Trial(
        lambda w: w.call("conversations.join", channel="GDEAL"),
        "method_not_supported_for_channel_type",
        lambda w: w.call("conversations.join", channel="CRND"),
    ),
    "leave.general": Trial(
        lambda w: w.call("conversations.leave", channel="CGEN"),
        "cant_leave_general",
        lambda w: w.call("conversations.leave", channel="GDEAL"),
    ),
    "list.limit": Trial(
        lambda w: w.call("users.list", limit=-1), "invalid_limit", lambda w: w.call("users.list", limit=1)
    ),
    "list.types": Trial(
        lambda w: w.call("conversations.list", types="private"),
        "invalid_types",
        lambda w: w.call("conversations.list", types="private_channel,im"),
    ),
    "token.revoked": Trial(
        lambda w: [w.call("auth.revoke"), w.call("auth.test")][1],
        "token_revoked",
        lambda w: [w.call("auth.revoke", test=True), w.call("auth.test")][1],
    ),
    "token.uninstalled": Trial(
        lambda w: [people.uninstall(w.ws), w.call("auth.test")][1] or {},
        "account_inactive",
        lambda w: w.call("auth.test"),
    ),
    "post.reachable": Trial(post(channel="UGONE"), "channel_not_found", post(channel="UBEN")),
    "file.empty": Trial(announce(length=0), "missing_argument", announce(length=1)),
    "file.alt_txt": Trial(announce(alt_txt="x" * 1_001), "alt_txt_too_large", announce(alt_txt="x" * 1_000)),
    "file.uploaded": Trial(
        lambda w: w.call("files.completeUploadExternal", files=[{"id": w.announced()[0]}]),
        "file_not_found",
        lambda w: w.call("files.completeUploadExternal", files=[{"id": w.uploaded()}]),
    ),
    "file.known": Trial(
        lambda w: w.call("files.info", file=w.uploaded()),
        "file_not_found",
        lambda w: w.call("files.info", file=w.completed()),
    ),
    "file.deleted": Trial(
        lambda w: w.call("files.info", file=w.deleted_file()),
        "file_deleted",
        lambda w: w.call("files.info", file=w.completed()),
    ),
    "file.processing_ms": Trial(lambda w: picture(w, 0.49), "invalid_blocks", lambda w: picture(w, 0.5)),
    "picture.ready": Trial(lambda w: picture(w, 1, "a.txt"), "invalid_blocks", lambda w: picture(w, 1, "a.png")),
    "history.per_minute": Trial(lambda w: reads(w, 59), "ratelimited", lambda w: reads(w, 60)),
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
    world.app(bot_scopes=("commands",))
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


@proves("update.blocks", "update.edited")
def test_what_chat_update_leaves_of_a_message():
    world = World()
    divider = [{"type": "divider"}]
    ts = world.posted(blocks=divider)

    def updated(**args: Any) -> tuple[str, bool, bool]:
        message = world.call("chat.update", channel="CGEN", ts=ts, **args)["message"]
        return message["text"], "blocks" in message, "edited" in message

    assert updated(blocks=divider) == ("posted", True, False)
    assert updated(text="both", blocks=divider) == ("both", True, False)
    assert updated(text="text") == ("text", False, True)


@proves("history.items")
def test_an_app_outside_the_marketplace_gets_few_messages_at_once():
    world = World()
    for _ in range(20):
        world.said()
    assert len(world.call("conversations.history", channel="CGEN", limit=100)["messages"]) == 20
    world.app(distribution="non_marketplace")
    few = world.call("conversations.history", channel="CGEN", limit=100)
    assert (len(few["messages"]), few["has_more"]) == (15, True)


@proves("history.metadata")
def test_metadata_needs_its_scope_and_to_be_asked_for():
    world = World()
    metadata = {"event_type": "delivery", "event_payload": {"id": "7"}}
    world.posted(metadata=metadata)

    def found(**args: Any) -> Any:
        return world.call("conversations.history", channel="CGEN", **args)["messages"][0].get("metadata")

    assert found(include_all_metadata=True) == metadata
    assert found() is None
    world.app(bot_scopes=tuple(s for s in world.ws.app.bot_scopes if s != "metadata.message:read"))
    assert found(include_all_metadata=True) is None


@proves("history.threads", "delete.thread")
def test_threads():
    world = World()
    parent = world.posted()
    hidden, shown = world.posted(thread_ts=parent), world.posted(thread_ts=parent, reply_broadcast=True)
    history = world.call("conversations.history", channel="CGEN")["messages"]
    assert [(m["ts"], m.get("subtype")) for m in history] == [(shown, "thread_broadcast"), (parent, None)]
    assert (history[1]["reply_count"], history[1]["latest_reply"], history[1]["reply_users"]) == (2, shown, ["UTOY"])
    replies = world.call("conversations.replies", channel="CGEN", ts=parent)["messages"]
    assert [m["ts"] for m in replies] == [parent, hidden, shown]
    assert replies[1]["parent_user_id"] == "UTOY"
    world.call("chat.delete", channel="CGEN", ts=parent)
    left = world.call("conversations.replies", channel="CGEN", ts=parent)["messages"]
    assert [m.get("subtype") for m in left] == ["tombstone", None, "thread_broadcast"]
    assert world.call("chat.update", channel="CGEN", ts=parent, text="x")["error"] == "message_not_found"
    for reply in (hidden, shown):
        world.call("chat.delete", channel="CGEN", ts=reply)
    assert len(world.call("conversations.history", channel="CGEN")["messages"]) == 1


@proves("picture.one")
def test_a_picture_is_named_in_one_way():
    world = World()
    file = world.completed()
    world.clock.at += 1
    url = world.call("files.info", file=file)["file"]["url_private"]
    for wanted, passes in (({"id": file}, True), ({"url": url}, True), ({"id": file, "url": url}, False), ({}, False)):
        section = {"type": "section", "text": {"type": "plain_text", "text": "x"}}
        element = {"type": "image", "alt_text": "A", "slack_file": wanted}
        assert post(blocks=[section | {"accessory": element}])(world)["ok"] == passes, wanted
        world.clock.at += 60
        view = {"type": "home", "blocks": [{"type": "context", "elements": [element]}]}
        assert world.call("views.publish", user_id="UMONA", view=view)["ok"] == passes, wanted


@proves("file.length")
def test_a_file_is_as_long_as_announced():
    world = World()
    _, secret = world.announced(length=3)
    with pytest.raises(ApiError, match="file_upload_size_mismatch"):
        upload(world.ws, secret, b"four")
    assert upload(world.ws, secret, b"123").content == b"123"
    with pytest.raises(ApiError, match="file_not_found"):
        upload(world.ws, secret, b"123")


def test_a_file_is_shared_when_it_is_ready():
    world = World()
    file = world.uploaded()
    done = world.call("files.completeUploadExternal", files=[{"id": file}], channel_id="CGEN", initial_comment="Here")
    assert done["files"] == [{"id": file, "title": "a.png"}]
    assert world.call("files.info", file=file)["file"]["mimetype"] == ""
    assert world.call("conversations.history", channel="CGEN")["messages"] == []
    world.clock.at += 1
    (message,) = world.call("conversations.history", channel="CGEN")["messages"]
    assert (message["text"], message["files"][0]["id"], message["files"][0]["mimetype"]) == ("Here", file, "image/png")
    assert world.call("files.info", file=file)["file"]["channels"] == ["CGEN"]
