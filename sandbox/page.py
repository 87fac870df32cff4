"""The page in the browser: whole, in parts, and live."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.routing import Route

from sandbox import builtin
from sandbox.clock import shown
from sandbox.errors import ClientError
from sandbox.feed import Event
from sandbox.http_kit import number, workspace
from sandbox.model import Channel, Message
from sandbox.render.html import Renderer, follows, local_time
from sandbox.seed import UserSeed
from sandbox.web_api import file_answer
from sandbox.workspace import Workspace

_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
_HEARTBEAT_SECONDS = 1.0
_LOOK_BACK = 200


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
    shows_home = channel.is_im and query.get("tab") == "home"
    html = renderer(request)
    parent = channel.message(query.get("thread") or "")
    return {
        "team": ws.seed.team,
        "app": ws.app,
        "user": user,
        "people": ws.people(),
        "groups": _by_role(ws.people()),
        "channel": channel,
        "title": ws.app.name if channel.is_im else channel.name,
        "channels": [c for c in ws.channels.values() if ws.sees(user.id, c) and not c.is_im],
        "direct": ws.direct_message(user.id),
        "unread": {c.id: len(ws.unread(user.id, c)) for c in ws.channels.values() if user.id in c.members},
        "messages": html.messages(user, channel),
        "parent": parent,
        "thread": html.thread(user, parent) if parent and not parent.is_reply else "",
        "tab": "home" if shows_home else "messages",
        "home": html.home(ws.homes[user.id]) if shows_home and user.id in ws.homes else None,
        "is_member": user.id in channel.members,
        "commands": [command.model_dump() for command in (*ws.app.commands, *builtin.COMMANDS)],
        "shortcuts": [shortcut for shortcut in ws.app.shortcuts if shortcut.type == "global"],
        "names": [{"name": u.name, "real_name": u.real_name} for u in ws.users.values() if not u.deleted],
        "seq": ws.feed.seq,
        "modal": _modal(request, user),
        "now": shown(ws.clock.now()),
        "stands": ws.clock.stands,
    }


def _by_role(people: list[UserSeed]) -> list[tuple[str, list[UserSeed]]]:
    """People under what they do here (a label up to its comma), in the order in which the seed names it first."""
    groups: dict[str, list[UserSeed]] = {}
    for person in people:
        groups.setdefault((person.role_label or "Others").partition(",")[0], []).append(person)
    return list(groups.items())


def _modal(request: Request, user: UserSeed) -> str:
    stack = workspace(request).stacks.get(user.id) or []
    return renderer(request).modal(stack[-1], len(stack)) if stack else ""


async def index(request: Request) -> Response:
    """GET /?as=PERSON&channel=CHANNEL&tab=home&thread=TS: the whole page, or one part of it with the header X-Part."""
    try:
        context = _context(request)
    except ClientError as error:
        return HTMLResponse(str(error), status_code=404)
    part = request.headers.get("x-part")
    name = {"main": "main.html.j2", "thread": "thread.html.j2"}.get(part or "", "page.html.j2")
    return HTMLResponse(renderer(request).page(name, **context), headers=_HEADERS)


async def earlier(request: Request) -> Response:
    """GET /_page/{user}/earlier?channel=CHANNEL&before=TS: the messages before one, as list items."""
    ws = workspace(request)
    try:
        user = ws.person(request.path_params["user"])
        channel = ws.channel(request.query_params.get("channel", ""))
    except ClientError as error:
        return HTMLResponse(str(error), status_code=404)
    if not ws.sees(user.id, channel):
        return HTMLResponse("Nothing to see here.", status_code=404)
    return HTMLResponse(renderer(request).messages(user, channel, request.query_params.get("before")), headers=_HEADERS)


async def file(request: Request) -> Response:
    """GET /_page/files/{id}: a file's content, for pictures on the page and for downloads."""
    answer = file_answer(workspace(request), request.path_params["id"])
    answer.headers.update(_HEADERS)
    return answer


def page_event(request: Request, user: UserSeed, event: Event) -> dict[str, Any]:
    """An event with the HTML that it puts on the page."""
    out = event.as_json()
    if event.kind.startswith("message"):
        out |= _message_parts(request, user, event.data)
    elif event.kind == "views":
        ws, html = workspace(request), renderer(request)
        out["html"] = _modal(request, user)
        out["home"] = html.home(ws.homes[user.id]) if user.id in ws.homes else None
    return out


def _message_parts(request: Request, user: UserSeed, data: dict[str, Any]) -> dict[str, Any]:
    """A message as it stands in the channel (`html`), in its thread (`thread_html`), and its parent (`parent_html`)."""
    ws, html = workspace(request), renderer(request)
    channel = ws.channels.get(data["channel"])
    if channel is None:
        return {}
    out: dict[str, Any] = {}
    message = channel.message(data["ts"])
    if message and message.visible_to in (None, user.id):
        out["thread_html"] = html.message(user, message, in_thread=True)
        if message.in_channel:
            out["html"] = html.message(user, message, follows=follows(_above(ws, user, channel, message), message))
    parent = channel.message(data["thread_ts"] or "")
    if parent and parent is not message:
        above = _above(ws, user, channel, parent)
        out["parent_html"] = html.message(user, parent, follows=follows(above, parent))
    return out


def _above(ws: Workspace, user: UserSeed, channel: Channel, message: Message) -> Message | None:
    """The message that a person sees above this one, if it is of the same day."""
    seen = [m for m in ws.visible(user.id, channel)[-_LOOK_BACK:] if m.in_channel and m.ts < message.ts]
    if not seen:
        return None
    same_day = local_time(seen[-1].ts, user.tz).date() == local_time(message.ts, user.tz).date()
    return seen[-1] if same_day else None


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


ROUTES = [
    Route("/", index),
    Route("/_page/files/{id}", file),
    Route("/_page/{user}/events", events),
    Route("/_page/{user}/earlier", earlier),
]
