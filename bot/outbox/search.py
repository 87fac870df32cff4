"""What became of a message: it is looked for in Slack by its delivery."""

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.outbox import plan
from bot.outbox.api import SlackApi, is_of
from bot.outbox.failures import Failure
from storage.lanes import Claim, Settlement
from storage.outbox import State

FILE_PAUSE = timedelta(seconds=2)
"""Slack shows a file some moments after it was completed."""


class Search:
    """Looks for messages whose outcome nobody knows, and for files that Slack has not finished."""

    def __init__(self, api: SlackApi, jitter: Callable[[], float]) -> None:
        self._api = api
        self._jitter = jitter

    async def message(self, claimed: Claim, now: datetime) -> Settlement:
        """Sent if it is in its channel or thread, to the last page; else it is sent again."""
        return await self._found(claimed, now) or plan.not_found(claimed, now)

    async def file(self, claimed: Claim, now: datetime) -> Settlement:
        """Slack took the file; it is sent when it shows up in the channel."""
        assert claimed.channel is not None
        assert claimed.file_id is not None
        try:
            is_in = await self._api.file_is_in(claimed.file_id, claimed.channel)
        except Failure as failure:
            return plan.not_looked(claimed, failure, now, cursor=None, jitter=self._jitter())
        if is_in and (found := await self._found(claimed, now)):
            return found
        assert claimed.attempted_at is not None
        if now > claimed.attempted_at + plan.FILE_PATIENCE:
            return Settlement(State.DEAD, now, "Slack did not finish the file")
        return Settlement(State.SENDING, now + FILE_PAUSE)

    async def _found(self, claimed: Claim, now: datetime) -> Settlement | None:
        """None if it is on no page; not yet settled if Slack did not let us look at all of them."""
        assert claimed.channel is not None
        assert claimed.first_attempt_at is not None
        cursor = claimed.cursor
        while True:
            try:
                messages, following = await self._api.page(
                    claimed.channel, claimed.first_attempt_at, cursor, claimed.thread
                )
            except Failure as failure:
                return self._interrupted(claimed, failure, cursor, now)
            for message in messages:
                if is_of(message, claimed.delivery):
                    ts = str(message["ts"])
                    return Settlement(State.SENT, now, channel=claimed.channel, ts=ts, pause=plan.SECOND)
            if not following:
                return None
            cursor = following

    def _interrupted(self, claimed: Claim, failure: Failure, cursor: str | None, now: datetime) -> Settlement:
        if failure.reason == "invalid_cursor" and cursor:
            return Settlement(State.SENDING, now + FILE_PAUSE, "the search begins anew")
        return plan.not_looked(claimed, failure, now, cursor=cursor, jitter=self._jitter())
