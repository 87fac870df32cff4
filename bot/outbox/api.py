"""Slack's methods as the sender needs them. Nothing is retried here. Each raises Failure."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.outbox.failures import Failure, Verdict, asked
from commands.kit.blocks import JSON
from commands.kit.outgoing import FileToSend

EVENT_TYPE = "turf_delivery"
_SKEW = timedelta(seconds=60)
"""By how much our clock may be ahead of Slack's."""
_PAGE = 200


class SlackApi:
    """With the bot's token, over the client's session. A client that retries on its own would post twice."""

    def __init__(self, client: AsyncWebClient) -> None:
        assert not client.retry_handlers
        self._client = client

    async def team(self) -> str:
        return str((await asked(self._client.auth_test()))["team_id"])

    async def post(self, channel: str, content: JSON, delivery: str, thread_ts: str | None) -> str:
        """Its ts."""
        metadata = {"event_type": EVENT_TYPE, "event_payload": {"id": delivery}}
        call = self._client.chat_postMessage(
            channel=channel,
            thread_ts=thread_ts,
            metadata=metadata,
            unfurl_links=False,
            unfurl_media=False,
            **content,
        )
        return str((await asked(call))["ts"])

    async def update(self, channel: str, ts: str, content: JSON) -> None:
        await asked(self._client.chat_update(channel=channel, ts=ts, **content))

    async def publish_home(self, slack_user_id: str, view: JSON) -> None:
        await asked(self._client.views_publish(user_id=slack_user_id, view=view))

    async def open_direct(self, slack_user_id: str) -> str:
        """The channel of the direct messages with someone."""
        return str((await asked(self._client.conversations_open(users=slack_user_id)))["channel"]["id"])

    async def upload(self, file: FileToSend, channel: str, delivery: str, thread_ts: str | None) -> str:
        """The file's id; the message with it appears a moment later."""
        name = named(file.name, delivery)
        made = await asked(self._client.files_getUploadURLExternal(filename=name, length=len(file.content)))
        await self._put(str(made["upload_url"]), file.content)
        wanted = [{"id": made["file_id"], "title": file.title or file.name}]
        call = self._client.files_completeUploadExternal(
            files=wanted, channel_id=channel, initial_comment=file.comment or None, thread_ts=thread_ts
        )
        await asked(call)
        return str(made["file_id"])

    async def _put(self, url: str, content: bytes) -> None:
        assert self._client.session
        try:
            timeout = aiohttp.ClientTimeout(total=self._client.timeout)
            async with self._client.session.post(url, data=content, timeout=timeout) as response:
                if response.status == 200:
                    return
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Failure(Verdict.AGAIN, "the file could not be uploaded") from error
        # Uploaded or not, it is nowhere to be seen before it is completed.
        raise Failure(Verdict.AGAIN, f"the file was not taken (status {response.status})")

    async def file_is_in(self, file_id: str, channel: str) -> bool:
        """Whether Slack has finished the file and shows it in the channel."""
        try:
            file = (await asked(self._client.files_info(file=file_id)))["file"]
        except Failure as failure:
            if failure.reason == "file_not_found":
                return False
            raise
        return any(channel in (file.get(kind) or ()) for kind in ("channels", "groups", "ims"))

    async def page(
        self, channel: str, since: datetime, cursor: str | None, thread_ts: str | None
    ) -> tuple[Sequence[Mapping[str, Any]], str | None]:
        """Messages of a channel or a thread since just before `since`, and where the next page begins."""
        oldest = f"{(since - _SKEW).timestamp():.6f}"
        more = {"cursor": cursor} if cursor else {}
        wanted: dict[str, Any] = {"oldest": oldest, "include_all_metadata": True, "limit": _PAGE, **more}
        if thread_ts:
            call = self._client.conversations_replies(channel=channel, ts=thread_ts, **wanted)
        else:
            call = self._client.conversations_history(channel=channel, **wanted)
        answer = await asked(call)
        return answer["messages"], (answer.get("response_metadata") or {}).get("next_cursor") or None

    async def channel(self, channel: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = (await asked(self._client.conversations_info(channel=channel)))["channel"]
        return found

    async def members(self, channel: str) -> list[str]:
        found: list[str] = []
        cursor: str | None = None
        while True:
            more = {"cursor": cursor} if cursor else {}
            answer = await asked(self._client.conversations_members(channel=channel, limit=_PAGE, **more))
            found += answer["members"]
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or None
            if not cursor:
                return found

    async def user(self, slack_user_id: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = (await asked(self._client.users_info(user=slack_user_id, include_locale=True)))[
            "user"
        ]
        return found

    async def user_id_of(self, email: str) -> str:
        return str((await asked(self._client.users_lookupByEmail(email=email)))["user"]["id"])


def named(name: str, delivery: str) -> str:
    """A file's name with the delivery in it, by which it is found again."""
    path = PurePath(name)
    return f"{path.stem}-{delivery[:12]}{path.suffix}"


def is_of(message: Mapping[str, Any], delivery: str) -> bool:
    """Whether a message in Slack is the one of this delivery."""
    metadata = message.get("metadata") or {}
    if metadata.get("event_type") == EVENT_TYPE and (metadata.get("event_payload") or {}).get("id") == delivery:
        return True
    return any(delivery[:12] in str(file.get("name")) for file in message.get("files") or ())
