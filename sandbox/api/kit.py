"""How a method is registered, called and refused: tokens, scopes, arguments, cursors."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sandbox.errors import ApiError, ClientError
from sandbox.limits import most
from sandbox.model import Channel, Json
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

    def scope(self, *any_of: str) -> None:
        """Raise ApiError `missing_scope` unless the bot token has one of these."""
        provided = self.ws.app.bot_scopes
        if not set(any_of) & set(provided):
            raise ApiError("missing_scope", needed=any_of[0], provided=",".join(provided))

    def channel(self, name: str = "channel") -> Channel:
        """The channel that an argument names (by id, name, or a person's id for their direct message)."""
        value = str(self.required(name, "channel_not_found"))
        if value in self.ws.users and not self.ws.users[value].is_bot:
            return self.ws.direct_message(value)
        try:
            channel = self.ws.channel(value)
        except ClientError as missing:
            raise ApiError("channel_not_found") from missing
        if channel.is_private and self.ws.app.bot_user_id not in channel.members:
            raise ApiError("channel_not_found")
        return channel

    def page(self, items: Sequence[Item]) -> tuple[list[Item], Json]:
        """The part of `items` that cursor and limit ask for, and the answer's response_metadata."""
        try:
            limit = min(int(self.args.get("limit") or 100), most("page.items"))
            start = int(base64.b64decode(self.args["cursor"])) if self.args.get("cursor") else 0
        except (ValueError, binascii.Error) as bad:
            raise ApiError("invalid_cursor" if self.args.get("cursor") else "invalid_limit") from bad
        more = start + limit < len(items)
        cursor = base64.b64encode(str(start + limit).encode()).decode() if more else ""
        return list(items[start : start + limit]), {"next_cursor": cursor}


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


def answer(ws: Workspace, sockets: Sockets, name: str, args: Mapping[str, Any], token: str | None) -> Json:
    """Call the method `name`; what Slack would refuse comes back as {"ok": false, ...}."""
    try:
        known = METHODS.get(name)
        if known is None:
            raise ApiError("unknown_method", req_method=name)
        if not known.public:
            _authorise(ws, known, token)
        return {"ok": True, **known.handler(Call(ws, sockets, args))}
    except ApiError as error:
        ws.refused(name, error)
        return error.body()


def _authorise(ws: Workspace, known: Method, token: str | None) -> None:
    if not token:
        raise ApiError("not_authed")
    if token not in (ws.app.bot_token, ws.app.app_token):
        raise ApiError("invalid_auth")
    if (token == ws.app.app_token) != known.app_token:
        raise ApiError("not_allowed_token_type")
    provided = ws.app.scopes if known.app_token else ws.app.bot_scopes
    if known.scopes and not set(known.scopes) & set(provided):
        raise ApiError("missing_scope", needed=known.scopes[0], provided=",".join(provided))
