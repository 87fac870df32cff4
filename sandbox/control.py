"""HTTP in front of a person: what the page and the tests call to act and to see."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox import uploads
from sandbox.client import Outcome
from sandbox.errors import ApiError, ClientError
from sandbox.http_kit import clients, guarded, json_body, number, workspace
from sandbox.model import Json, Message, View
from sandbox.seed import UserSeed
from sandbox.stack import find_view
from sandbox.state import client_state
from sandbox.workspace import EVERYONE_WATCHES, Workspace

_LONGEST_WAIT = 30.0


def _user(request: Request) -> UserSeed:
    return workspace(request).person(request.path_params["user"])


def _holder(ws: Workspace, user: UserSeed, body: Json) -> Message | View:
    """The message or view that an action happens in; raises ClientError when it is gone or not the person's."""
    if body.get("view_id"):
        return _view(ws, user, body["view_id"])
    channel = ws.channel(str(body.get("channel")))
    message = ws.message(channel, str(body.get("message_ts")))
    if message is None or message.visible_to not in (None, user.id) or not ws.sees(user.id, channel):
        raise ClientError("That message is no longer there.")
    return message


def _view(ws: Workspace, user: UserSeed, view_id: Any) -> View:
    try:
        view = find_view(ws, view_id=str(view_id))
    except ApiError as error:
        raise ClientError("That window is no longer open.") from error
    if view.user != user.id:
        raise ClientError("That window belongs to someone else.")
    return view


def _outcome(outcome: Outcome) -> Response:
    return JSONResponse(outcome.as_json())


def _text(body: Json, name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise ClientError(f"The body needs a {name}.")
    return value


async def command(request: Request) -> Response:
    """POST {channel, text, thread_ts?}: send what stands in the composer."""
    ws, body = workspace(request), await json_body(request)
    channel = ws.channel(_text(body, "channel"))
    return _outcome(await clients(request).say(_user(request), channel, _text(body, "text"), body.get("thread_ts")))


async def action(request: Request) -> Response:
    """POST {channel, message_ts | view_id, block_id?, action_id, value | selected_option, values?}."""
    ws, user, body = workspace(request), _user(request), await json_body(request)
    raw = body.get("selected_option", body.get("value"))
    holder = _holder(ws, user, body)
    values = body.get("values") or {}
    return _outcome(
        await clients(request).act(user, holder, body.get("block_id"), _text(body, "action_id"), raw, values)
    )


async def submit(request: Request) -> Response:
    """POST {view_id, values?}: submit a modal."""
    user, body = _user(request), await json_body(request)
    view = _view(workspace(request), user, body.get("view_id"))
    return _outcome(await clients(request).submit(user, view, body.get("values") or {}))


async def upload(request: Request) -> Response:
    """POST ?view_id=V&block_id=B&action_id=A&name=NAME with a file's content: upload it into a modal.

    Only application/octet-stream counts, so that other web sites' forms cannot reach us.
    """
    ws, user, query = workspace(request), _user(request), request.query_params
    if request.headers.get("content-type") != "application/octet-stream":
        raise ClientError("The body must be a file's content, with the content type application/octet-stream.")
    view, content = _view(ws, user, query.get("view_id")), await request.body()
    where = {name: query.get(name, "") for name in ("block_id", "action_id", "name")}
    return JSONResponse({"ok": True, "file": uploads.take(ws, user, view, content=content, **where)})


async def close(request: Request) -> Response:
    """POST {view_id, all?}: close a modal, or the whole stack."""
    user, body = _user(request), await json_body(request)
    view = _view(workspace(request), user, body.get("view_id"))
    return _outcome(await clients(request).close(user, view, all_views=bool(body.get("all"))))


async def suggest(request: Request) -> Response:
    """POST {channel, message_ts | view_id, block_id, action_id, value}: options of an external select."""
    ws, user, body = workspace(request), _user(request), await json_body(request)
    holder = _holder(ws, user, body)
    options = await clients(request).suggest(
        user, holder, _text(body, "block_id"), _text(body, "action_id"), str(body.get("value") or "")
    )
    return JSONResponse({"ok": True, "options": options})


async def dismiss(request: Request) -> Response:
    """POST {channel, message_ts}: take an ephemeral message away."""
    ws, user, body = workspace(request), _user(request), await json_body(request)
    message = _holder(ws, user, body)
    if not isinstance(message, Message):
        raise ClientError("Only messages can be dismissed.")
    return _outcome(clients(request).dismiss(user, message))


async def home(request: Request) -> Response:
    """POST {tab?}: open the app's Home tab, or its messages (`messages`)."""
    body = await json_body(request)
    return _outcome(clients(request).open_home(_user(request), str(body.get("tab") or "home")))


async def shortcut(request: Request) -> Response:
    """POST {callback_id, channel?, message_ts?}: use a global shortcut, or one of a message."""
    ws, user, body = workspace(request), _user(request), await json_body(request)
    holder = _holder(ws, user, body) if body.get("message_ts") else None
    message = holder if isinstance(holder, Message) else None
    return _outcome(await clients(request).shortcut(user, _text(body, "callback_id"), message))


async def join(request: Request) -> Response:
    """POST {channel, guest?}: join a channel, or bring someone in."""
    ws, user, body = workspace(request), _user(request), await json_body(request)
    return _outcome(clients(request).join(user, ws.channel(_text(body, "channel")), body.get("guest")))


async def leave(request: Request) -> Response:
    """POST {channel}: leave a channel."""
    ws, user, body = workspace(request), _user(request), await json_body(request)
    return _outcome(clients(request).leave(user, ws.channel(_text(body, "channel"))))


async def read(request: Request) -> Response:
    """POST {channel}: everything in the channel has been seen."""
    ws, user, body = workspace(request), _user(request), await json_body(request)
    return _outcome(clients(request).read(user, ws.channel(_text(body, "channel"))))


async def state(request: Request) -> Response:
    """GET: everything the person sees."""
    return JSONResponse(client_state(workspace(request), _user(request)))


async def wait(request: Request) -> Response:
    """GET ?after=SEQ|now&timeout=SECONDS: the person's events after SEQ, as soon as there is one."""
    query = request.query_params
    user = request.path_params["user"]
    person = user if user == EVERYONE_WATCHES else _user(request).id
    patience = min(number(query.get("timeout"), 10.0), _LONGEST_WAIT)
    feed = workspace(request).feed
    after = feed.seq if query.get("after") == "now" else int(number(query.get("after"), 0))
    events = await feed.wait(person, after, patience)
    return JSONResponse({"seq": feed.seq, "events": [event.as_json() for event in events]})


ROUTES = [
    *(
        Route(f"/_client/{{user}}/{name}", guarded(endpoint), methods=["POST"])
        for name, endpoint in {
            "command": command,
            "action": action,
            "submit": submit,
            "upload": upload,
            "close": close,
            "suggest": suggest,
            "dismiss": dismiss,
            "home": home,
            "shortcut": shortcut,
            "join": join,
            "leave": leave,
            "read": read,
        }.items()
    ),
    Route("/_client/{user}/state", guarded(state)),
    Route("/_client/{user}/wait", guarded(wait)),
]
