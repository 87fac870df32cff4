"""Small things that several routes need: reading a body, answering JSON, turning errors into answers."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.client import Clients
from sandbox.errors import ApiError, ClientError, DeliveryError
from sandbox.model import Json
from sandbox.sockets import Sockets
from sandbox.workspace import Workspace

Endpoint = Callable[[Request], Awaitable[Response]]
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


def workspace(request: Request) -> Workspace:
    ws: Workspace = request.app.state.workspace
    return ws


def clients(request: Request) -> Clients:
    found: Clients = request.app.state.clients
    return found


def sockets(request: Request) -> Sockets:
    found: Sockets = request.app.state.sockets
    return found


async def json_body(request: Request) -> Json:
    """The request's JSON object. Only application/json counts, so that other web sites' forms cannot reach us."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    if kind != "application/json":
        raise ClientError("The body must be JSON, with the content type application/json.")
    try:
        body = json.loads(await request.body() or b"{}")
    except ValueError as error:
        raise ClientError("The body is not JSON.") from error
    if not isinstance(body, dict):
        raise ClientError("The body must be a JSON object.")
    return body


async def arguments(request: Request) -> Json:
    """A Web API call's arguments from its query, form or JSON body; raises ApiError for a body that is neither."""
    args: Json = dict(request.query_params)
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    if kind in _FORMS:
        args |= dict(await request.form())
    elif kind == "application/json":
        try:
            body = json.loads(await request.body() or b"{}")
        except ValueError as error:
            raise ApiError("invalid_json") from error
        if not isinstance(body, dict):
            raise ApiError("json_not_object")
        args |= body
    return args


def guarded(endpoint: Endpoint) -> Endpoint:
    """Answer what a person cannot do with 400 and one sentence."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except (ClientError, DeliveryError) as error:
            return JSONResponse({"ok": False, "error": "client_error", "detail": str(error)}, status_code=400)

    return answer


def number(value: Any, default: float) -> float:
    """A number from a query parameter."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return default
