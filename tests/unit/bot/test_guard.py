"""The door: whatever is sent, the answer is a payload or a 401, 413 or 400."""

import json
import time
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette

from bot.app import Application, build
from bot.guard import BODY_LIMIT, Gone, Guard, Refused
from bot.metrics import Metrics
from bot.settings import Settings
from bot.web import Answered, Web
from commands.kit.registry import Registry
from tests.support.fake_slack import SECRET, Sender, click, command_form, signed

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
async def sender() -> AsyncIterator[Sender]:
    """A web application that answers each good payload with `ok`."""

    async def handle(payload: Any) -> Answered:
        assert isinstance(payload, dict)
        return Answered(200, b"ok")

    web = Web(Guard(SECRET), handle, Starlette(), Metrics())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(web), base_url="http://bot") as http:  # type: ignore[arg-type]
        yield Sender(http)


async def test_a_signed_command_comes_in(sender: Sender) -> None:
    assert (await sender.form(command_form("/targets"))).text == "ok"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-slack-signature": "v0=" + "0" * 64},
        {"x-slack-request-timestamp": "1700000000"},
        {"x-slack-request-timestamp": "soon", "x-slack-signature": "v0=" + "0" * 64},
        {"x-slack-request-timestamp": "9" * 5000, "x-slack-signature": "v0=" + "0" * 64},
        {"x-slack-request-timestamp": "1e9", "x-slack-signature": "v0=" + "0" * 64},
        {"x-slack-request-timestamp": str(int(time.time())), "x-slack-signature": "v0=" + "0" * 64},
        {"x-slack-request-timestamp": str(int(time.time())), "x-slack-signature": "ä".encode().decode("latin-1")},
        {"x-slack-request-timestamp": "-5", "x-slack-signature": ""},
    ],
)
async def test_unsigned_is_401(sender: Sender, headers: dict[str, str]) -> None:
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    assert (await sender.http.post("/slack/events", content=b"{}", headers=raw)).status_code == 401


@pytest.mark.parametrize("age", [301, -400, 10**9])  # one ahead of time comes nearer while a busy machine sends it
async def test_a_stale_signature_is_401(sender: Sender, age: int) -> None:
    body = urlencode(command_form("/targets")).encode()
    headers = {"content-type": FORM, **signed(body, at=time.time() - age)}
    assert (await sender.http.post("/slack/events", content=body, headers=headers)).status_code == 401


async def test_a_signature_of_another_body_is_401(sender: Sender) -> None:
    response = await sender.http.post("/slack/events", content=b"a=b", headers={"content-type": FORM, **signed(b"a=c")})
    assert response.status_code == 401


async def test_a_signature_with_another_secret_is_401(sender: Sender) -> None:
    response = await sender.http.post("/slack/events", content=b"{}", headers=signed(b"{}", secret="other"))
    assert response.status_code == 401


async def test_a_repeated_signature_header_counts_as_none(sender: Sender) -> None:
    good = signed(b"{}")
    headers = [*good.items(), ("x-slack-signature", "v0=" + "0" * 64)]
    assert (await sender.http.post("/slack/events", content=b"{}", headers=headers)).status_code == 401


async def test_an_oversized_body_is_413_before_it_is_read() -> None:
    async def never_read() -> Any:
        raise AssertionError("the body was read")

    headers = {**signed(b""), "content-length": str(BODY_LIMIT + 1)}
    scope = {"headers": [(name.encode(), value.encode()) for name, value in headers.items()]}
    with pytest.raises(Refused, match="too large") as refused:
        await Guard(SECRET).payload(scope, never_read)
    assert refused.value.status == 413


async def test_a_body_that_grows_beyond_the_limit_is_413() -> None:
    read = 0

    async def endless() -> Any:
        nonlocal read
        read += 1
        return {"type": "http.request", "body": b"x" * 100, "more_body": True}

    scope = {"headers": [(name.encode(), value.encode()) for name, value in signed(b"").items()]}
    with pytest.raises(Refused) as refused:
        await Guard(SECRET, body_limit=1000).payload(scope, endless)
    assert (refused.value.status, read) == (413, 11)


async def test_a_sender_that_hangs_up_is_gone() -> None:
    messages = iter([{"type": "http.request", "body": b"x", "more_body": True}, {"type": "http.disconnect"}])

    async def receive() -> Any:
        return next(messages)

    scope = {"headers": [(name.encode(), value.encode()) for name, value in signed(b"").items()]}
    with pytest.raises(Gone):
        await Guard(SECRET).payload(scope, receive)


async def test_only_a_post_is_taken(sender: Sender) -> None:
    assert (await sender.http.get("/slack/events")).status_code == 405


async def test_the_challenge_is_answered_after_the_signature(sender: Sender) -> None:
    payload = {"type": "url_verification", "challenge": "abc"}
    assert (await sender.event(payload)).text == "abc"
    body = json.dumps(payload).encode()
    unsigned = await sender.http.post("/slack/events", content=body, headers={"content-type": "application/json"})
    assert unsigned.status_code == 401


async def test_ssl_check_does_not_skip_the_signature(sender: Sender) -> None:
    unsigned = await sender.http.post("/slack/events", content=b"ssl_check=1", headers={"content-type": FORM})
    assert unsigned.status_code == 401
    assert (await sender.form({"ssl_check": "1"})).status_code == 200


NONSENSE = [
    b"",
    b"null",
    b"[]",
    b"7",
    b'"text"',
    b"{",
    b"\xff\xfe{}",
    b'{"type": "\xff"}',
    b"[" * 50_000,
    b'{"type": "event_callback", "event": ' + b'{"a":' * 5000 + b"1" + b"}" * 5001,
    b'{"n": ' + b"9" * 5000 + b"}",
    b'{"type": NaN}',
    b'{"type": "event_callback"}',
    b'{"type": "event_callback", "event": []}',
    b'{"type": "event_callback", "event": {"type": 5}}',
    b'{"type": "event_callback", "event": {"type": "x"}, "authorizations": {"a": 1}}',
    b'{"type": "event_callback", "event": {"type": "x"}, "authorizations": [7]}',
    b'{"type": "url_verification", "challenge": {}}',
    b'{"type": "event_callback", "event": {"type": "x", "text": "\\ud800"}}',
    b'{"type": "event_callback", "event": {"type": "x", "text": "\\u0000"}}',
    b'{"type": {"a": 1}}',
]


@pytest.mark.parametrize("body", NONSENSE, ids=range(len(NONSENSE)))
async def test_signed_nonsense_is_400(sender: Sender, body: bytes) -> None:
    assert (await sender.raw(body)).status_code == 400
    assert (await sender.raw(b"payload=" + body, FORM)).status_code == 400


@pytest.mark.parametrize("kind", ["text/plain", "", "multipart/form-data", "application/json2"])
async def test_another_content_type_is_400(sender: Sender, kind: str) -> None:
    assert (await sender.raw(b'{"type": "x"}', kind)).status_code == 400


@pytest.mark.parametrize(
    "odd",
    [
        {"actions": []},
        {"actions": None},
        {"actions": "x"},
        {"actions": [5]},
        {"actions": [{}]},
        {"actions": [{"action_id": 5}]},
        {"actions": [{"action_id": "a", "selected_option": "x"}]},
        {"user": None},
        {"user": "U1"},
        {"user": {"id": 5}},
        {"user": {"id": ""}},
        {"team": "T1"},
        {"team": {"id": []}},
        {"view": []},
        {"view": {"id": 5}},
        {"view": {"id": "V", "state": {"values": {"a": 5}}}},
        {"view": {"id": "V", "state": {"values": {"a": {"b": 5}}}}},
        {"trigger_id": 5},
        {"response_url": {}},
        {"container": "x"},
    ],
)
async def test_an_interaction_of_an_odd_shape_is_400(sender: Sender, odd: dict[str, Any]) -> None:
    assert (await sender.interaction({**click("a"), **odd})).status_code == 400


@pytest.mark.parametrize("odd", [{"command": "targets"}, {"team_id": ""}, {"user_id": ""}, {"text": "\x00"}])
async def test_a_command_of_an_odd_shape_is_400(sender: Sender, odd: dict[str, str]) -> None:
    assert (await sender.form({**command_form("/targets"), **odd})).status_code == 400


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)
FIELDS = [
    *(
        "type",
        "user",
        "team",
        "enterprise",
        "channel",
        "view",
        "event",
        "actions",
        "message",
        "container",
        "item",
        "value",
    ),
    *(
        "authorizations",
        "response_urls",
        "trigger_id",
        "response_url",
        "thread_ts",
        "event_id",
        "action_id",
        "is_ext_shared_channel",
    ),
    *(
        "function_data",
        "assistant_thread",
        "previous_message",
        "is_enterprise_install",
        "enterprise_id",
        "team_id",
        "user_id",
    ),
]
TYPES = [
    "block_actions",
    "view_submission",
    "block_suggestion",
    "view_closed",
    "shortcut",
    "event_callback",
    "app_rate_limited",
]
PAYLOADS = st.tuples(st.sampled_from(TYPES), st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=6)).map(
    lambda made: {**click("a"), "view": {"id": "V"}, "event": {"type": "x"}, "type": made[0], **made[1]}
)


@pytest.fixture(scope="module")
def application() -> Application:
    """The real bot, not started: Bolt and the dispatcher see whatever the guard lets in."""
    env = {"SLACK_BOT_TOKEN": "xoxb-test", "SLACK_SIGNING_SECRET": SECRET, "SLACK_API_URL": "http://127.0.0.1:9/api/"}
    return build(Settings.from_env(env), registry=Registry())


@given(payload=PAYLOADS, as_form=st.booleans())
async def test_any_signed_payload_is_answered_with_200_or_400(
    application: Application, payload: dict[str, Any], as_form: bool
) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(application.asgi), base_url="http://bot") as http:  # type: ignore[arg-type]
        sender = Sender(http)
        response = await (sender.interaction(payload) if as_form else sender.event(payload))
    assert response.status_code in (200, 400)


@given(body=st.binary(max_size=300), kind=st.sampled_from([FORM, "application/json", "text/plain"]))
async def test_any_signed_bytes_are_answered_with_200_or_400(application: Application, body: bytes, kind: str) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(application.asgi), base_url="http://bot") as http:  # type: ignore[arg-type]
        assert (await Sender(http).raw(body, kind)).status_code in (200, 400)
