"""How a method is registered, called and refused: tokens, scopes, arguments, cursors."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sandbox.errors import ApiError, ClientError
from sandbox.limits import most
from sandbox.model import Channel, Json
from sandbox.sharing import settle
from sandbox.sockets import Sockets
from sandbox.workspace import Workspace

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a method: its arguments, already read from form or JSON."""

    ws: Workspace
    sockets: Sockets
    args: Mapping[str, Any]

    def required(self, name: str, error: str = "invalid_arguments") -> Any:
        """An argument that must be there; raises ApiError."""
        value = self.args.get(name)
        if value in (None, ""):
            message = f"[ERROR] missing required field: {name}"
            raise ApiError(error, response_metadata={"messages": [message]})
        return value

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.args.get(name, default)
        return value if isinstance(value, bool) else str(value).lower() in ("1", "true")

    def json(self, name: str, error: str) -> Any:
        """An argument that is JSON, or a string of it as forms have it; raises ApiError `error`."""
        value = self.args.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError as bad:
            raise ApiError(error) from bad

    def number(self, name: str, default: float, error: str) -> float:
        """An argument that is a number, or a string of it; raises ApiError `error`."""
        value = self.args.get(name)
        if value in (None, "", 0):
            return default
        try:
            number = float(value)
        except (TypeError, ValueError) as bad:
            raise ApiError(error) from bad
        if not math.isfinite(number):
            raise ApiError(error)
        return number

    def text(self, name: str) -> str | None:
        """An argument that is a string, if it was given; raises ApiError."""
        value = self.args.get(name)
        if value in (None, ""):
            return None
        if not isinstance(value, str | int | float):
            raise ApiError("invalid_arguments")
        return str(value)

    def scope(self, *any_of: str) -> None:
        """Raise ApiError `missing_scope` unless the bot token has one of these."""
        if not self.ws.has_scope(*any_of):
            raise ApiError("missing_scope", needed=any_of[0], provided=",".join(self.ws.app.bot_scopes))

    def channel(self, name: str = "channel", *, loosely: bool = False) -> Channel:
        """The channel that an argument names by its id; raises ApiError.

        `loosely`, where a message is posted, takes its name and a person's id for their direct message too.
        """
        value = str(self.required(name, "channel_not_found"))
        if loosely and value in self.ws.users:
            return self._reachable(value)
        try:
            channel = self.ws.channel(value)
        except ClientError as missing:
            raise ApiError("channel_not_found") from missing
        if channel.id != value and not loosely:
            raise ApiError("channel_not_found")
        if channel.is_private and self.ws.app.bot_user_id not in channel.members:
            raise ApiError("channel_not_found")
        return channel

    def _reachable(self, user_id: str) -> Channel:
        try:
            return self.direct_message(user_id)
        except ApiError as error:
            raise ApiError("channel_not_found") from error

    def direct_message(self, user_id: str) -> Channel:
        """The app's direct message with someone; raises ApiError for bots and deactivated accounts."""
        user = self.ws.users[user_id]
        if user.is_bot:
            raise ApiError("cannot_dm_bot")
        if user.deleted:
            raise ApiError("user_disabled")
        return self.ws.direct_message(user_id)

    def page(self, items: Sequence[Item], at_most: int | None = None) -> tuple[list[Item], Json]:
        """The part of `items` that cursor and limit ask for, and the answer's response_metadata."""
        limit, start = self._limit(at_most or most("page.items")), self._start()
        more = start + limit < len(items)
        cursor = base64.b64encode(f"at:{start + limit}".encode()).decode() if more else ""
        return list(items[start : start + limit]), {"next_cursor": cursor}

    def _limit(self, at_most: int) -> int:
        limit = int(self.number("limit", 100, "invalid_limit"))
        if limit < 1:
            raise ApiError("invalid_limit")
        return min(limit, at_most)

    def _start(self) -> int:
        cursor = self.args.get("cursor")
        if not cursor:
            return 0
        try:
            mark, _, number = base64.b64decode(str(cursor), validate=True).decode().partition(":")
            if mark != "at":
                raise ApiError("invalid_cursor")
            return int(number)
        except ValueError as bad:  # binascii.Error and UnicodeDecodeError are ValueErrors
            raise ApiError("invalid_cursor") from bad


Handler = Callable[[Call], Json]


@dataclass(frozen=True, slots=True)
class Method:
    """A Web API method: which scopes it needs (any of them) and which kind of token."""

    handler: Handler
    scopes: tuple[str, ...]
    app_token: bool = False
    public: bool = False


METHODS: dict[str, Method] = {}


def method(name: str, *scopes: str, app_token: bool = False, public: bool = False) -> Callable[[Handler], Handler]:
    """Register a handler as the method `name`."""

    def register(handler: Handler) -> Handler:
        METHODS[name] = Method(handler, scopes, app_token, public)
        return handler

    return register


def perform(ws: Workspace, sockets: Sockets, name: str, args: Mapping[str, Any], token: str | None) -> Json:
    """Call the method `name`; raises ApiError for what Slack would refuse."""
    settle(ws)
    try:
        known = METHODS.get(name)
        if known is None:
            raise ApiError("unknown_method", req_method=name)
        if not known.public:
            _authorise(ws, known, token)
        return {"ok": True, **known.handler(Call(ws, sockets, args))}
    except ApiError as error:
        ws.refused(name, error)
        raise


def answer(ws: Workspace, sockets: Sockets, name: str, args: Mapping[str, Any], token: str | None) -> Json:
    """The same as one body; what is refused is {"ok": false, ...}."""
    try:
        return perform(ws, sockets, name, args, token)
    except ApiError as error:
        return error.body()


def _authorise(ws: Workspace, known: Method, token: str | None) -> None:
    if not token:
        raise ApiError("not_authed")
    if token not in (ws.app.bot_token, ws.app.app_token):
        raise ApiError("invalid_auth")
    if ws.token_error:
        raise ApiError(ws.token_error)
    if (token == ws.app.app_token) != known.app_token:
        raise ApiError("not_allowed_token_type")
    provided = ws.app.scopes if known.app_token else ws.app.bot_scopes
    has = bool(set(known.scopes) & set(provided)) if known.app_token else ws.has_scope(*known.scopes)
    if known.scopes and not has:
        raise ApiError("missing_scope", needed=known.scopes[0], provided=",".join(provided))
