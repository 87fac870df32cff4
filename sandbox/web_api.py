"""HTTP in front of the app: the Web API, response urls, Socket Mode."""

from __future__ import annotations

import asyncio
import json

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from sandbox import api
from sandbox.errors import ApiError
from sandbox.http_kit import arguments, sockets, workspace
from sandbox.responses import respond


async def call_method(request: Request) -> Response:
    """POST or GET /api/<method>."""
    ws, name = workspace(request), request.path_params["method"]
    if ws.faults.api_delay and ws.faults.hits(name):
        await asyncio.sleep(ws.faults.api_delay)
    status = ws.faults.next_status(name)
    if status == 429:
        headers = {"Retry-After": str(ws.faults.retry_after)}
        return JSONResponse({"ok": False, "error": "ratelimited"}, status_code=429, headers=headers)
    if status != 200:
        return PlainTextResponse("Internal Server Error", status_code=status)
    try:
        args = await arguments(request)
    except ApiError as error:
        return JSONResponse(error.body())
    return JSONResponse(api.answer(ws, sockets(request), name, args, _token(request, args.get("token"))))


def _token(request: Request, argument: object) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        return token.strip()
    return str(argument) if argument else None


async def use_response_url(request: Request) -> Response:
    """POST /response/<id>: 200 `ok`, 404 when it is used up or too late, 400 for what a message may not be."""
    ws = workspace(request)
    try:
        url = ws.use_response_url(request.path_params["id"])
    except ApiError as error:
        ws.refused("response_url", error)
        return JSONResponse(error.body(), status_code=404)
    try:
        body = json.loads(await request.body())
        if not isinstance(body, dict):
            raise ApiError("invalid_payload")
        respond(ws, url, body)
    except ValueError:
        return JSONResponse(ApiError("invalid_payload").body(), status_code=400)
    except ApiError as error:
        ws.refused("response_url", error)
        return JSONResponse(error.body(), status_code=400)
    return PlainTextResponse("ok")


async def socket_mode(socket: WebSocket) -> None:
    await socket.app.state.sockets.serve(socket)


ROUTES = [
    Route("/api/{method:path}", call_method, methods=["GET", "POST"]),
    Route("/response/{id}", use_response_url, methods=["POST"]),
    WebSocketRoute("/socket", socket_mode),
]
