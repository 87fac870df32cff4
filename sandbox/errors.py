"""What can go wrong, in Slack's own codes."""

from __future__ import annotations

from typing import Any


class SandboxError(Exception):
    """Base of everything that the workspace raises on purpose."""


class SeedError(SandboxError):
    """The seed file is not a workspace; the message says where and why."""


class ApiError(SandboxError):
    """A Web API call is refused: `code` is Slack's error code, `extra` goes beside it in the answer."""

    def __init__(self, code: str, **extra: Any) -> None:
        super().__init__(code)
        self.code = code
        self.extra = extra

    def body(self) -> dict[str, Any]:
        return {"ok": False, "error": self.code, **self.extra}


class RateLimited(ApiError):
    """Too many calls: 429, and the whole seconds to wait."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("ratelimited")
        self.retry_after = retry_after


class DeliveryError(SandboxError):
    """The app did not take a delivery: `operation_timeout`, `dispatch_failed` or `not_interactive`.

    `reason` is Slack's word for it when an event is sent again; with `final` the app asked for no more.
    """

    def __init__(self, code: str, detail: str, reason: str = "http_error", *, final: bool = False) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.reason = reason
        self.final = final


class ClientError(SandboxError):
    """A person asked the client for something that is not there (an unknown channel, message or view)."""
