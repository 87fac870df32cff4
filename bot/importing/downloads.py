"""Files that people uploaded to Slack, with the bot's token: only from Slack, no larger than allowed, in limited time."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.outbox.failures import Failure, Verdict, asked
from domain.errors import DataError, Unavailable

SECONDS = 120
"""For one file."""
SILENT_SECONDS = 20
"""Between two pieces of it."""
PIECE = 65_536
AGAIN = "Slack does not give the file out just now."
NOT_ALLOWED = (
    "Slack does not give me the file: the app may lack the scope files:read. Install it again with `turf manifest`."
)
GONE = "The file is no longer in Slack. Upload it again."


class Downloads:
    """Over a client with a session. Each method raises Unavailable for what may work later, DataError for what won't."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._home = urlsplit(client.base_url)

    async def fetch(self, slack_id: str, into: Path, *, most: int) -> None:
        """Write a file's content to `into`; at most `most` bytes."""
        found = await self._info(slack_id)
        url = str(found.get("url_private_download") or found.get("url_private") or "")
        if not self._is_slack(url):
            raise DataError(GONE)
        if int(found.get("size") or 0) > most:
            raise DataError(too_large(most))
        try:
            await self._read(url, into, most)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Unavailable(AGAIN) from error

    async def _info(self, slack_id: str) -> dict[str, Any]:
        try:
            answer = await asked(self._client.files_info(file=slack_id))
        except Failure as failure:
            if failure.verdict in (Verdict.AGAIN, Verdict.UNKNOWN):
                raise Unavailable(AGAIN) from failure
            raise DataError(NOT_ALLOWED if failure.verdict is Verdict.PAUSED else GONE) from failure
        found: dict[str, Any] = answer["file"]
        return found

    def _is_slack(self, url: str) -> bool:
        """Whether the token may be shown there: at Slack's own, or where the Web API is (on this machine)."""
        parts = urlsplit(url)
        if (parts.scheme, parts.netloc) == (self._home.scheme, self._home.netloc):
            return True
        host = parts.hostname or ""
        return parts.scheme == "https" and (host == "slack.com" or host.endswith(".slack.com"))

    async def _read(self, url: str, into: Path, most: int) -> None:
        assert self._client.session
        timeout = aiohttp.ClientTimeout(total=SECONDS, sock_read=SILENT_SECONDS)
        headers = {"Authorization": f"Bearer {self._client.token}"}
        # Who may not read is sent to a page to sign in: that page is not the file, and gets no token.
        async with self._client.session.get(url, headers=headers, timeout=timeout, allow_redirects=False) as response:
            if response.status == 429 or response.status >= 500:
                raise Unavailable(AGAIN)
            if response.status != 200:
                raise DataError(GONE if response.status == 404 else NOT_ALLOWED)
            with into.open("wb") as file:
                async for piece in response.content.iter_chunked(PIECE):
                    if file.tell() + len(piece) > most:
                        raise DataError(too_large(most))
                    file.write(piece)


def too_large(most: int) -> str:
    return f"The file is larger than {most // 1_000_000} MB. Put it into the watched folder, or import it with `turf import`."
