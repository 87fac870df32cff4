"""What a failed call means: a table of what Slack and the way to it may say."""

import asyncio
from collections.abc import Awaitable, Mapping
from enum import Enum
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError


class Verdict(Enum):
    AGAIN = "nothing was done: try again later"
    UNKNOWN = "nobody knows whether it was done"
    PLAIN = "the blocks were refused"
    PAUSED = "nothing can be sent until someone puts it right"
    DEAD = "it will never be taken"


class Failure(Exception):
    """`reason` is Slack's word or ours; `after` are the seconds that Slack wants us to wait."""

    def __init__(self, verdict: Verdict, reason: str, after: float | None = None) -> None:
        super().__init__(reason)
        self.verdict = verdict
        self.reason = reason
        self.after = after


PAUSED = frozenset(
    {
        *("account_inactive", "token_revoked", "token_expired", "invalid_auth", "not_authed", "access_denied"),
        *("missing_scope", "no_permission", "ekm_access_denied", "org_login_required", "team_access_not_granted"),
    }
)
"""The token or the installation: no message would be taken, so that none is given up."""
PLAIN = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"})
AGAIN = frozenset({"ratelimited", "rate_limited", "service_unavailable", "message_limit_exceeded"})
UNKNOWN = frozenset({"internal_error", "fatal_error", "request_timeout"})


async def asked(call: Awaitable[Any]) -> Mapping[str, Any]:
    """Slack's answer to `call`. Raises Failure."""
    try:
        answer: Mapping[str, Any] = await call
    except SlackApiError as error:
        raise _refused(error) from error
    except aiohttp.ClientConnectorError as error:
        raise Failure(Verdict.AGAIN, "no connection to Slack") from error
    except (aiohttp.ClientError, TimeoutError, asyncio.IncompleteReadError, ValueError) as error:
        raise Failure(Verdict.UNKNOWN, f"no answer from Slack ({type(error).__name__})") from error
    return answer


def _refused(error: SlackApiError) -> Failure:
    status, data = error.response.status_code, error.response.data
    said = str(data.get("error") or "") if isinstance(data, dict) else ""
    if status == 429:
        return Failure(Verdict.AGAIN, "ratelimited", _seconds(error.response.headers))
    if status >= 500:
        return Failure(Verdict.UNKNOWN, f"status {status}")
    return Failure(verdict_of(said), said or f"status {status}")


def verdict_of(said: str) -> Verdict:
    """What Slack's word means. One that is not in the tables is an answer too: it was refused."""
    for known, verdict in ((PAUSED, Verdict.PAUSED), (PLAIN, Verdict.PLAIN), (AGAIN, Verdict.AGAIN)):
        if said in known:
            return verdict
    return Verdict.UNKNOWN if said in UNKNOWN else Verdict.DEAD


def _seconds(headers: Mapping[str, Any]) -> float:
    """Retry-After, in seconds; a minute if it can't be read."""
    found = next((value for name, value in headers.items() if name.lower() == "retry-after"), None)
    try:
        return max(1.0, float(str(found)))
    except ValueError:
        return 60.0
