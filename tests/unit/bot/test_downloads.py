"""Files from Slack: the token is shown to Slack alone, what is too large stops, what can't be had says why."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from bot.importing.downloads import Downloads
from domain.errors import DataError, TurfError, Unavailable
from tests.support.local_workspace import free_socket

TOKEN = "xoxb-secret"


class Fake:
    """Slack's files.info and the file, as a test wants them."""

    def __init__(self) -> None:
        self.info: dict[str, Any] = {"ok": True}
        self.url, self.status, self.content = "", 200, b"deal\n1\n"
        self.shown: list[str | None] = []

    async def about(self, request: web.Request) -> web.Response:
        file = {"id": "F1", "size": len(self.content), "url_private_download": self.url or f"{self.home}/file"}
        return web.json_response(self.info | ({"file": file} if self.info["ok"] else {}))

    async def give(self, request: web.Request) -> web.StreamResponse:
        self.shown.append(request.headers.get("Authorization"))
        if self.status == 302:
            raise web.HTTPFound(f"{self.home}/login")
        return web.Response(status=self.status, body=self.content)

    home = ""


@pytest.fixture
async def slack() -> AsyncIterator[tuple[Fake, Downloads]]:
    fake, application = Fake(), web.Application()
    application.router.add_route("*", "/api/files.info", fake.about)
    application.router.add_get("/file", fake.give)
    application.router.add_get("/login", fake.give)
    runner = web.AppRunner(application)
    await runner.setup()
    listening, fake.home = free_socket()
    await web.SockSite(runner, listening).start()
    async with aiohttp.ClientSession() as session:
        yield fake, Downloads(AsyncWebClient(TOKEN, base_url=f"{fake.home}/api/", session=session, retry_handlers=[]))
    await runner.cleanup()


async def test_a_file_is_fetched_with_the_token(slack: tuple[Fake, Downloads], tmp_path: Path) -> None:
    fake, downloads = slack
    await downloads.fetch("F1", tmp_path / "deals.csv", most=7)
    assert (tmp_path / "deals.csv").read_bytes() == fake.content
    assert fake.shown == [f"Bearer {TOKEN}"]


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        ({"url": "https://slack.com.example.com/file"}, DataError, "no longer in Slack"),
        ({"url": "http://files.slack.com/file"}, DataError, "no longer in Slack"),
        ({"content": b"x" * 8}, DataError, "larger than"),
        ({"status": 302}, DataError, "files:read"),
        ({"status": 404}, DataError, "Upload it again"),
        ({"status": 503}, Unavailable, "just now"),
        ({"status": 429}, Unavailable, "just now"),
        ({"info": {"ok": False, "error": "missing_scope"}}, DataError, "files:read"),
        ({"info": {"ok": False, "error": "file_deleted"}}, DataError, "Upload it again"),
        ({"info": {"ok": False, "error": "internal_error"}}, Unavailable, "just now"),
    ],
)
async def test_what_can_t_be_had(
    slack: tuple[Fake, Downloads], tmp_path: Path, change: dict[str, Any], error: type[TurfError], said: str
) -> None:
    fake, downloads = slack
    vars(fake).update(change)
    with pytest.raises(error, match=said) as raised:
        await downloads.fetch("F1", tmp_path / "deals.csv", most=7)
    assert TOKEN not in raised.value.message
    assert len(fake.shown) <= 1, "a page to sign in gets no token"


async def test_a_file_that_is_larger_than_it_says_is_cut_off(slack: tuple[Fake, Downloads], tmp_path: Path) -> None:
    fake, downloads = slack
    with pytest.raises(DataError, match="larger"):
        await downloads._read(f"{fake.home}/file", tmp_path / "deals.csv", 3)
