"""Slack's Web API as the kit uses it, over one shared session."""

import asyncio
from collections.abc import Mapping
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from domain.errors import Unavailable

log = structlog.get_logger("turf.slack")

SECONDS = 10
POSTS = 5
"""So often an answer to a direct message is sent, while Slack says that it comes too soon."""
_BAD_BLOCKS = ("invalid_blocks", "invalid_attachments", "msg_blocks_too_long")
_TAKEN = ("exchanged_trigger_id",)
_STALE = ("hash_conflict", "not_found", "view_not_found")


class TooSoon(Unavailable):
    """Slack did nothing, because it was asked too often; `seconds` later it will."""

    def __init__(self, seconds: float) -> None:
        super().__init__("Slack is busy just now. Try again in a minute.")
        self.seconds = seconds


_JSON = {"Content-Type": "application/json"}
_TIMEOUT = aiohttp.ClientTimeout(total=SECONDS)


class SlackApi:
    """Answers and look-ups with the bot's token. Nothing is retried blindly: a post could appear twice."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def respond(self, response_url: str, body: bytes) -> bool:
        """Post JSON to a response_url; False if Slack refused the blocks. Raises Unavailable if it did not take it at all."""
        session = self._client.session
        assert session is not None
        try:
            async with session.post(response_url, data=body, headers=_JSON, timeout=_TIMEOUT) as response:
                said = "" if response.status == 200 and response.content_length == 2 else (await response.text())[:200]
                status = response.status
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Unavailable("Slack does not answer just now. Try again in a minute.") from error
        return _accepted(status, said)

    async def open_view(self, trigger_id: str, view: Mapping[str, Any], *, push: bool) -> str:
        call = self._client.views_push if push else self._client.views_open
        answer = await self._ask(call(trigger_id=trigger_id, view=dict(view)), unless=_TAKEN)
        return str(answer["view"]["id"]) if answer else ""

    async def update_view(self, view_id: str, view: Mapping[str, Any], *, hash: str = "") -> None:  # noqa: A002
        """Show `view` in place of what is there; a view that was closed or has moved on meanwhile is left alone."""
        more = {"hash": hash} if hash else {}
        await self._ask(self._client.views_update(view_id=view_id, view=dict(view), **more), unless=_STALE)

    async def publish_home(self, slack_user_id: str, view: Mapping[str, Any]) -> None:
        await self._ask(self._client.views_publish(user_id=slack_user_id, view=dict(view)))

    async def post(self, channel_id: str, body: Mapping[str, Any]) -> bool:
        """What Slack refuses because it came too soon was certainly not posted: it is sent again when Slack says."""
        for _ in range(POSTS):
            call = self._client.chat_postMessage(channel=channel_id, **body)
            try:
                return bool((await self._ask(call, unless=_BAD_BLOCKS)).get("ok"))
            except TooSoon as error:
                await asyncio.sleep(min(error.seconds, SECONDS))
        raise Unavailable("Slack takes no more messages just now. Try again in a minute.")

    async def user(self, slack_user_id: str) -> Mapping[str, Any]:
        answer = await self._ask(self._client.users_info(user=slack_user_id, include_locale=True))
        user: Mapping[str, Any] = answer["user"]
        return user

    async def whoami(self) -> Mapping[str, Any]:
        """`auth.test`: the team and the user that the token belongs to."""
        return await self._ask(self._client.auth_test())

    async def open_socket(self, app_token: str) -> str:
        """A fresh address for Socket Mode."""
        return str((await self._ask(self._client.apps_connections_open(app_token=app_token)))["url"])

    async def _ask(self, call: Any, *, unless: tuple[str, ...] = ()) -> Mapping[str, Any]:
        try:
            answer: Mapping[str, Any] = await call
            return answer
        except SlackApiError as error:
            said = _error(error)
            if said in unless:
                log.info("slack had moved on", said=said)
                return {}
            if said == "ratelimited":
                raise TooSoon(_retry_after(error)) from error
            log.warning("slack refused", said=said)
            raise Unavailable("Slack did not do what I asked. Try again in a minute.") from error
        except (aiohttp.ClientError, TimeoutError, asyncio.IncompleteReadError, ValueError) as error:
            raise Unavailable("Slack does not answer just now. Try again in a minute.") from error


def _retry_after(error: SlackApiError) -> float:
    found = str(error.response.headers.get("Retry-After", ""))
    return float(found) if found.isdigit() else 1.0


def _error(error: SlackApiError) -> str:
    """Slack's word for what is wrong; something between us and Slack may have answered with a page instead."""
    data = error.response.data
    return str(data.get("error")) if isinstance(data, dict) else f"status {error.response.status_code}"


def _accepted(status: int, said: str) -> bool:
    if any(word in said for word in _BAD_BLOCKS):
        log.info("slack refused the blocks", status=status)
        return False
    if status != 200:
        log.warning("slack refused the answer", status=status, said=said)
        raise Unavailable("Slack did not take my answer. Try again in a minute.")
    return True
