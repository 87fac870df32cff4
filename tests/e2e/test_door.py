"""What reaches the running server from the network: only what Slack signed is answered, and nothing ends in a 5xx."""

import asyncio
import hashlib
import hmac
import shutil
import time
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest
import pytest_asyncio

from bot.demo.company.slack import TEAM_ID
from tests.support.turf import Turf, running_turf

pytestmark = pytest.mark.asyncio(loop_scope="module")

FORM = "application/x-www-form-urlencoded"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def turf(sample_file: Path, folder: Path) -> AsyncIterator[Turf]:
    copy = shutil.copyfile(sample_file, folder / "turf.db")
    async with running_turf(f"sqlite:///{copy}", folder, "http") as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def http(turf: Turf) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=turf.url, trust_env=False) as client:
        yield client


def command(user: str) -> bytes:
    form = {"command": "/targets", "text": "", "team_id": TEAM_ID, "user_id": user, "channel_id": "C0001"}
    return urlencode({**form, "trigger_id": f"{user}.1", "response_url": "http://127.0.0.1:9/response/x"}).encode()


def signed(turf: Turf, body: bytes, *, age: float = 0) -> dict[str, str]:
    stamp = str(int(time.time() - age))
    digest = hmac.new(turf.keys.signing_secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256)
    return {
        "content-type": FORM,
        "x-slack-request-timestamp": stamp,
        "x-slack-signature": f"v0={digest.hexdigest()}",
    }


async def test_an_unsigned_request_is_refused(http: httpx.AsyncClient) -> None:
    answer = await http.post("/slack/events", content=command("U0001"), headers={"content-type": FORM})
    assert (answer.status_code, answer.content) == (401, b"")


@pytest.mark.parametrize("name", ["x-slack-request-timestamp", "x-slack-signature"])
@pytest.mark.parametrize("value", ["", "x", "v0=é", "9" * 400, "-1", "1e9"])
async def test_a_wrong_signature_or_time_is_refused(turf: Turf, http: httpx.AsyncClient, name: str, value: str) -> None:
    body = command("U0001")
    headers = {**signed(turf, body), name: value}
    answer = await http.post("/slack/events", content=body, headers={k: v.encode() for k, v in headers.items()})
    assert answer.status_code == 401


async def test_an_old_request_is_refused(turf: Turf, http: httpx.AsyncClient) -> None:
    body = command("U0001")
    assert (await http.post("/slack/events", content=body, headers=signed(turf, body, age=400))).status_code == 401


async def test_a_large_body_is_refused_before_it_is_read(turf: Turf) -> None:
    host, port = turf.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    signature = [f"{name}: {value}" for name, value in signed(turf, b"").items() if name.lower().startswith("x-slack-")]
    lines = [
        "POST /slack/events HTTP/1.1",
        f"host: {host}",
        f"content-type: {FORM}",
        *signature,
        "content-length: 5000000",
        "",
        "",
    ]
    writer.write("\r\n".join(lines).encode())
    assert (await reader.readline()).split()[1] == b"413"
    writer.close()
    await writer.wait_closed()


@pytest.mark.parametrize(
    "body", [b"", b"\xff\xfe", b"payload=[]", b"payload=%7B", b"command=/targets", b"payload=" + b"[" * 9_000]
)
async def test_signed_nonsense_is_a_bad_request(turf: Turf, http: httpx.AsyncClient, body: bytes) -> None:
    assert (await http.post("/slack/events", content=body, headers=signed(turf, body))).status_code == 400


@pytest.mark.parametrize("user", ["U0902", "U0903"])
async def test_a_deactivated_user_and_an_outsider_get_no_card(turf: Turf, http: httpx.AsyncClient, user: str) -> None:
    body = command(user)
    answer = await http.post("/slack/events", content=body, headers=signed(turf, body))
    assert (answer.status_code, answer.content) == (200, b"")
    await turf.application.tasks.drain(10)
    for card in await turf.slack.as_("ana.silva").messages():
        raise AssertionError(card.text)


async def test_the_other_paths(http: httpx.AsyncClient) -> None:
    found = {
        path: (await http.get(path)).status_code for path in ("/healthz", "/readyz", "/metrics", "/slack/install", "/")
    }
    assert found == {"/healthz": 200, "/readyz": 200, "/metrics": 200, "/slack/install": 404, "/": 404}
    assert (await http.get("/slack/events")).status_code == 405
