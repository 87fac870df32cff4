"""Whatever an app sends, it gets an answer of Slack's kind, never a crash."""

import contextlib
import itertools
from typing import Any

import pytest

from sandbox import api
from sandbox.errors import ApiError
from sandbox.responses import answer_command, respond
from tests.support.slack_world import World

ARGUMENTS = (
    *("channel", "text", "blocks", "metadata", "ts", "message_ts", "thread_ts", "user", "users", "user_id", "email"),
    *("cursor", "limit", "oldest", "latest", "types", "view", "view_id", "trigger_id", "hash", "external_id", "file"),
    *("files", "filename", "length", "alt_txt", "channel_id", "initial_comment", "reply_broadcast", "inclusive"),
)
NONSENSE: list[Any] = [None, "", "x", "inf", "nan", "\x00", "{}", "[]", "{", -1, 0, 1.5, True]
NONSENSE += [[], [None], {}, {"id": 5}, "CGEN", "UBEN"]


@pytest.mark.parametrize("method", api.METHODS)
def test_every_argument_may_be_nonsense(method: str):
    token = "xapp-toy" if api.METHODS[method].app_token else "xoxb-toy"
    for value in NONSENSE:
        answer = World().call(method, token, **dict.fromkeys(ARGUMENTS, value))
        assert answer["ok"] or isinstance(answer["error"], str), value


def test_one_argument_is_nonsense_and_the_others_are_right():
    right: dict[str, dict[str, Any]] = {
        "chat.postMessage": {"channel": "CGEN", "text": "x", "blocks": [], "thread_ts": None, "metadata": None},
        "conversations.history": {"channel": "CGEN", "limit": 5, "oldest": 0, "latest": 9e9, "cursor": ""},
        "views.publish": {"user_id": "UMONA", "view": {"type": "home", "blocks": []}, "hash": None},
        "files.getUploadURLExternal": {"filename": "a.png", "length": 5, "alt_txt": ""},
        "users.list": {"limit": 5, "cursor": None},
    }
    for method, args in right.items():
        world = World()
        for name, value in itertools.product(args, NONSENSE):
            answer = world.call(method, **args | {name: value})
            assert answer["ok"] or isinstance(answer["error"], str), (method, name, value)


def test_an_answer_may_be_nonsense():
    world = World()
    url = world.ws.grant_response_url("UMONA", "CGEN", "I1")
    names = ("text", "blocks", "thread_ts", "response_type", "replace_original", "delete_original", "metadata")
    for name, value in itertools.product(names, NONSENSE):
        with contextlib.suppress(ApiError):
            respond(world.ws, url, {"text": "x"} | {name: value})
        with contextlib.suppress(ApiError):
            answer_command(world.ws, url, {"text": "x"} | {name: value})
    for value in NONSENSE:
        with contextlib.suppress(ApiError):
            answer_command(world.ws, url, value)
    assert world.ws.visible("UMONA", world.ws.channel("general"))
