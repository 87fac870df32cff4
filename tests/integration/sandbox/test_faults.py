"""A bad day at Slack, as slack_sdk's own client sees it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.clock import FileClock, SystemClock
from sandbox.faults import KINDS
from tests.integration.sandbox.test_bolt_app import until
from tests.support.boltapp import running_bolt
from tests.support.local_workspace import Local, local_workspace


@pytest.fixture
async def web(local: Local) -> AsyncIterator[AsyncWebClient]:
    async with aiohttp.ClientSession() as session:
        yield AsyncWebClient("xoxb-toy", base_url=f"{local.url}/api/", session=session)


async def texts(local: Local) -> list[str]:
    return [card.text for card in await local.slack.as_("mona").messages()]


async def test_a_message_is_posted_and_nobody_says_so(local: Local, web: AsyncWebClient):
    await local.slack.fault("lost_answer", on="chat.postMessage", times=1)
    web.retry_handlers = []
    with pytest.raises(aiohttp.ClientError):
        await web.chat_postMessage(channel="CGEN", text="there")
    assert await texts(local) == ["there"]
    assert (await web.chat_postMessage(channel="CGEN", text="and answered"))["ok"]


async def test_a_client_that_tries_again_blindly_posts_twice(local: Local, web: AsyncWebClient):
    await local.slack.fault("lost_answer", on="chat.postMessage", times=1)
    await web.chat_postMessage(channel="CGEN", text="twice")
    assert await texts(local) == ["twice", "twice"]


async def test_a_connection_that_is_refused_posts_nothing(local: Local, web: AsyncWebClient):
    await local.slack.fault("refused", times=2)
    web.retry_handlers = []
    for _ in range(2):
        with pytest.raises(aiohttp.ClientError):
            await web.chat_postMessage(channel="CGEN", text="nowhere")
    assert await texts(local) == []


async def test_an_outage_ends_by_itself(local: Local, web: AsyncWebClient):
    await local.slack.fault("unavailable", lasts=600)
    for _ in range(2):
        with pytest.raises(SlackApiError) as refused:
            await web.auth_test()
        assert refused.value.response.status_code == 503
    await local.slack.advance(600)
    assert (await web.auth_test())["ok"]


async def test_a_storm_of_429_is_ridden_out(local: Local, web: AsyncWebClient):
    await local.slack.fault("rate_limited", on="chat.postMessage", times=2, retry_after=0)
    web.retry_handlers = [AsyncRateLimitErrorRetryHandler(max_retry_count=2)]
    assert (await web.chat_postMessage(channel="CGEN", text="at last"))["ok"]
    assert await texts(local) == ["at last"]


async def test_one_message_a_second(local: Local, web: AsyncWebClient):
    for number in range(5):
        await web.chat_postMessage(channel="CGEN", text=str(number))
    with pytest.raises(SlackApiError) as refused:
        await web.chat_postMessage(channel="CGEN", text="too many")
    assert (refused.value.response.status_code, refused.value.response.headers["Retry-After"]) == (429, "1")
    assert refused.value.response["error"] == "ratelimited"
    assert (await web.chat_postMessage(channel="GDEAL", text="elsewhere"))["ok"]
    await local.slack.advance(1)
    assert (await web.chat_postMessage(channel="CGEN", text="later"))["ok"]


async def test_a_slow_answer(local: Local, web: AsyncWebClient):
    await local.slack.fault("delay", on="auth.test", times=1, seconds=0.2)
    started = asyncio.get_running_loop().time()
    await web.auth_test()
    assert asyncio.get_running_loop().time() - started >= 0.2


@pytest.mark.parametrize("seed", [1, 2])
async def test_chances_are_the_same_each_time(local: Local, web: AsyncWebClient, seed: int):
    async def run() -> list[bool]:
        await local.slack.reset()
        await local.slack.faults(seed=seed, add=[{"kind": "error", "on": "auth.test", "chance": 0.5}])
        return [await _answers(web) for _ in range(12)]

    first = await run()
    assert first == await run()
    assert 0 < sum(first) < 12


async def _answers(web: AsyncWebClient) -> bool:
    try:
        return bool((await web.auth_test())["ok"])
    except SlackApiError:
        return False


@pytest.mark.parametrize("wrong", [{"kind": "earthquake"}, {"kind": "delay", "sconds": 1}, "delay"])
async def test_a_fault_that_does_not_exist(local: Local, wrong: object):
    with pytest.raises(AssertionError, match=r"earthquake|sconds|dictionary"):
        await local.slack.faults(add=[wrong])


async def test_a_response_url_has_bad_days_too(local: Local):
    await local.slack.as_("mona").types("/toy")
    url = local.bot.got[0]["response_url"]
    await local.slack.fault("unavailable", on="response_url", times=1)
    assert await local.bot.respond(url, text="x") == 503
    assert await local.bot.respond(url, text="x") == 200


async def test_a_file_that_is_late():
    async with running_bolt() as bolt:
        await bolt.slack.fault("files_late", times=1, seconds=60)
        await bolt.web.files_upload_v2(channel="CGEN", filename="a.png", content=b"x")
        await asyncio.sleep(0.05)
        assert await bolt.slack.as_("mona").messages() == []
        await bolt.slack.advance(60)
        await until(lambda: "file_shared" in bolt.bolt.kinds())


async def test_a_refreshed_socket_is_followed_by_another():
    async with running_bolt("socket") as bolt:
        await bolt.slack.as_("mona").types("/toy one")
        await bolt.slack.advance(18_060)
        async with asyncio.timeout(20):
            while (await bolt.slack.get("/_test/connections"))["connected"] == 0:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        assert (await bolt.slack.as_("mona").types("/toy two")).text == "You asked for 'two'"


async def test_the_clock_is_set_by_hand_and_written_to_its_file(tmp_path: Path):
    file = tmp_path / "clock"
    file.write_text("2026-03-31T08:00:00+00:00")
    async with local_workspace(FileClock(file)) as local:
        assert (await local.slack.get("/_test/clock"))["now"] == "2026-03-31T08:00:00+00:00"
        await local.slack.advance(86_400)
        assert file.read_text() == "2026-04-01T08:00:00+00:00"
        await local.slack.as_("mona").says("April")
        assert (await local.slack.as_("mona").messages())[0].ts.startswith("1775030400.")
        await local.slack.post("/_test/clock", {"at": "2026-01-01T00:00:00"})
        assert file.read_text() == "2026-01-01T00:00:00+00:00"
        await local.slack.post("/_test/clock", {"at": None})
        assert file.read_text() == "+0.000000"
        for wrong in ({"at": "tomorrow"}, {"advance": "soon"}, {}, {"advance": 1e300}):
            with pytest.raises(AssertionError, match=r"no time|The body needs"):
                await local.slack.post("/_test/clock", wrong)


def test_the_computer_s_clock_goes_on_from_what_was_set():
    clock = SystemClock()
    clock.set(1_000.0)
    assert 1_000.0 <= clock.now() < 1_060.0
    clock.set(None)
    assert abs(clock.now() - clock.machine()) < 1


async def test_every_fault_is_documented():
    words = (Path(__file__).parents[3] / "docs" / "local-workspace.md").read_text(encoding="utf-8")
    assert [kind for kind in KINDS if f"`{kind}`" not in words] == []
