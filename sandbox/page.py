"""The page in the browser: whole, in parts, and live."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.routing import Route

from sandbox.errors import ClientError
from sandbox.feed import Event
from sandbox.http_kit import number, workspace
from sandbox.model import Channel
from sandbox.render.html import Renderer, follows
from sandbox.seed import UserSeed
from sandbox.workspace import Workspace

_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
_HEARTBEAT_SECONDS = 1.0


def renderer(request: Request) -> Renderer:
    """The application's one renderer (its templates are compiled once)."""
    state = request.app.state
    if not hasattr(state, "renderer"):
        state.renderer = Renderer(state.workspace)
    found: Renderer = state.renderer
    return found


def _acting(ws: Workspace, wanted: str | None) -> UserSeed:
    people = ws.people()
    if not people:
        raise ClientError("The seed has nobody that one can act as.")
    return next((user for user in people if wanted in (user.id, user.name)), people[0])


def _shown_channel(ws: Workspace, user: UserSeed, wanted: str | None) -> Channel:
    """The wanted channel if the person sees it, else their first one, else the app's direct message."""
    seen = [channel for channel in ws.channels.values() if ws.sees(user.id, channel)]
    for channel in seen:
        if wanted in (channel.id, channel.name):
            return channel
    member = [channel for channel in seen if user.id in channel.members and not channel.is_im]
    return member[0] if member else ws.direct_message(user.id)


def _context(request: Request) -> dict[str, Any]:
    ws, query = workspace(request), request.query_params
    user = _acting(ws, query.get("as"))
    channel = _shown_channel(ws, user, query.get("channel"))
    channels = [c for c in ws.channels.values() if ws.sees(user.id, c) and not c.is_im]
    shows_home = channel.is_im and query.get("tab") == "home"
    commands = [command.model_dump() for command in ws.app.commands]
    html = renderer(request)
    return {
        "team": ws.seed.team,
        "app": ws.app,
        "user": user,
        "people": ws.people(),
        "channel": channel,
        "title": ws.app.name if channel.is_im else channel.name,
        "channels": channels,
        "direct": ws.direct_message(user.id),
        "messages": html.messages(user, channel),
        "tab": "home" if shows_home else "messages",
        "home": html.home(ws.homes[user.id]) if shows_home and user.id in ws.homes else None,
        "is_member": user.id in channel.members,
        "commands": commands,
        "names": [{"name": u.name, "real_name": u.real_name} for u in ws.people()],
        "seq": ws.feed.seq,
        "modal": _modal(request, user),
    }


def _modal(request: Request, user: UserSeed) -> str:
    stack = workspace(request).stacks.get(user.id) or []
    return renderer(request).modal(stack[-1], len(stack)) if stack else ""


async def index(request: Request) -> Response:
    """GET /?as=PERSON&channel=CHANNEL&tab=home: the whole page, or its main part with the header X-Part."""
    try:
        context = _context(request)
    except ClientError as error:
        return HTMLResponse(str(error), status_code=404)
    name = "main.html.j2" if request.headers.get("x-part") else "page.html.j2"
    return HTMLResponse(renderer(request).page(name, **context), headers=_HEADERS)


def page_event(request: Request, user: UserSeed, event: Event) -> dict[str, Any]:
    """An event with the HTML that it puts on the page."""
    ws, html, out = workspace(request), renderer(request), event.as_json()
    if event.kind in ("message", "message_changed"):
        channel = ws.channels[event.data["channel"]]
        visible = ws.visible(user.id, channel)
        index = next((n for n, m in enumerate(visible) if m.ts == event.data["ts"]), None)
        if index is not None:
            before = visible[index - 1] if index else None
            out["html"] = html.message(user, visible[index], follows=follows(before, visible[index]))
    elif event.kind == "views":
        out["html"] = _modal(request, user)
        out["home"] = html.home(ws.homes[user.id]) if user.id in ws.homes else None
    return out


async def events(request: Request) -> Response:
    """GET /_page/{user}/events?after=SEQ: server-sent events."""
    ws = workspace(request)
    user = ws.person(request.path_params["user"])
    after = int(number(request.headers.get("last-event-id") or request.query_params.get("after"), ws.feed.seq))

    async def stream() -> AsyncIterator[str]:
        position = after
        yield ": open\n\n"
        while not request.app.state.stopping:
            arrived = await ws.feed.wait(user.id, position, _HEARTBEAT_SECONDS)
            if not arrived:
                yield ": still here\n\n"
            for event in arrived:
                position = event.seq
                yield f"id: {event.seq}\ndata: {json.dumps(page_event(request, user, event))}\n\n"

    return StreamingResponse(stream(), media_type="text/event-stream", headers=_HEADERS)


ROUTES = [Route("/", index), Route("/_page/{user}/events", events)]
