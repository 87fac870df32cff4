"""The doors for the app: /api/<method>, response urls, uploads, files and the Socket Mode endpoint."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from email.utils import formatdate
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from sandbox import api, files
from sandbox.errors import ApiError, RateLimited
from sandbox.http_kit import arguments, sockets, workspace
from sandbox.responses import respond
from sandbox.serving import hang_up
from sandbox.workspace import Workspace

Door = Callable[[Request], Awaitable[Response]]


def _too_often(seconds: int) -> Response:
    headers = {"Retry-After": str(seconds)}
    return JSONResponse({"ok": False, "error": "ratelimited"}, status_code=429, headers=headers)


def _fault(ws: Workspace, name: str, request: Request) -> Response | None:
    """The answer instead of what was asked, if a fault is on."""
    if ws.faults.take("refused", name):
        hang_up(request.scope)
        return PlainTextResponse("")
    if limited := ws.faults.take("rate_limited", name):
        return _too_often(limited.retry_after)
    if ws.faults.take("error", name):
        return PlainTextResponse("Internal Server Error", status_code=500)
    if ws.faults.take("unavailable", name):
        return PlainTextResponse("Service Unavailable", status_code=503)
    return None


async def _with_faults(request: Request, name: str, door: Door) -> Response:
    ws = workspace(request)
    if delay := ws.faults.take("delay", name):
        await asyncio.sleep(delay.seconds)
    broken = _fault(ws, name, request)
    if broken is not None:
        return broken
    answer = await door(request)
    if ws.faults.take("lost_answer", name):
        hang_up(request.scope)
    return answer


async def call_method(request: Request) -> Response:
    """POST or GET /api/<method>."""
    return await _with_faults(request, request.path_params["method"], _call)


async def _call(request: Request) -> Response:
    ws, name = workspace(request), request.path_params["method"]
    token: str | None = None
    try:
        args = await arguments(request)
        token = _token(request, args.get("token"))
        body = api.perform(ws, sockets(request), name, args, token)
    except RateLimited as limited:
        return _too_often(limited.retry_after)
    except ApiError as error:
        body = error.body()
    return JSONResponse(body, headers=_headers(ws, token))


def _headers(ws: Workspace, token: str | None) -> dict[str, str]:
    """Slack's time, and what the token is allowed."""
    headers = {"Date": formatdate(ws.clock.machine(), usegmt=True)}
    scopes = {ws.app.bot_token: ws.app.bot_scopes, ws.app.app_token: ws.app.scopes}.get(token or "")
    return headers if scopes is None else headers | {"X-OAuth-Scopes": ",".join(scopes)}


def _token(request: Request, argument: object) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        return token.strip()
    return str(argument) if argument else None


async def use_response_url(request: Request) -> Response:
    """POST /response/<id>: 200 `ok`, 404 when it is used up or too late, 400 for what a message may not be."""
    return await _with_faults(request, "response_url", _respond)


async def _respond(request: Request) -> Response:
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


async def take_upload(request: Request) -> Response:
    """POST /upload/v1/<secret>: a file's content, as it is or in a form."""
    return await _with_faults(request, "upload", _upload)


async def _upload(request: Request) -> Response:
    ws = workspace(request)
    try:
        file = files.upload(ws, request.path_params["secret"], await _content(request))
    except ApiError as error:
        ws.refused("upload", error)
        return PlainTextResponse(error.code, status_code=400)
    return PlainTextResponse(f"OK - {file.length}")


async def _content(request: Request) -> bytes:
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return await request.body()
    for value in (await request.form()).values():
        if not isinstance(value, str):
            return await value.read()
    raise ApiError("no_file_data")


async def give_file(request: Request) -> Response:
    """GET /files-pri/<team>-<file>/<name>: the content for the app's token with files:read; all others are sent to log in."""
    ws = workspace(request)
    file = ws.files.get(request.path_params["file"].rpartition("-")[2])
    allowed = _token(request, None) == ws.app.bot_token and ws.has_scope("files:read") and not ws.token_error
    if not allowed:
        return RedirectResponse(f"{ws.base_url}/", status_code=302)
    return file_answer(ws, file.id if file else "")


def file_answer(ws: Workspace, file_id: str) -> Response:
    """The content of a file that is ready, or 404."""
    file = ws.files.get(file_id)
    if file is None or file.content is None or not files.is_ready(ws, file):
        return PlainTextResponse("File not found", status_code=404)
    kind = str(files.file_json(ws, file)["mimetype"])
    safe = files.is_picture(file)
    how = "inline" if safe else "attachment"
    headers = {"Content-Disposition": f"{how}; filename*=UTF-8''{quote(file.name, safe='')}"}
    return Response(file.content, media_type=kind if safe else "application/octet-stream", headers=headers)


async def socket_mode(socket: WebSocket) -> None:
    await socket.app.state.sockets.serve(socket)


ROUTES = [
    Route("/api/{method:path}", call_method, methods=["GET", "POST"]),
    Route("/response/{id}", use_response_url, methods=["POST"]),
    Route("/upload/v1/{secret}", take_upload, methods=["POST"]),
    Route("/files-pri/{file}/{name}", give_file),
    WebSocketRoute("/socket", socket_mode),
]
