"""The switches for tests, and the page's clock: faults, time, connections, people, the app's installation."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox import people
from sandbox.clock import instant_of, shown
from sandbox.errors import ClientError
from sandbox.http_kit import guarded, json_body, sockets, workspace
from sandbox.membership import delete
from sandbox.model import Json
from sandbox.workspace import Workspace


async def faults(request: Request) -> Response:
    """POST {newer_blocks?, add?, seed?}: switch faults on."""
    workspace(request).faults.set(await json_body(request))
    return JSONResponse({"ok": True})


async def reset(request: Request) -> Response:
    """POST {}: back to the seed, all faults off, nothing left to be redelivered. The clock stays where it is."""
    await json_body(request)
    ws = workspace(request)
    await request.app.state.events.give_up()
    ws.faults.clear()
    ws.fill()
    return JSONResponse({"ok": True})


async def disconnect(request: Request) -> Response:
    """POST {reason?, count?}: announce the end of Socket Mode connections (warning, refresh_requested, link_disabled)."""
    body = await json_body(request)
    await sockets(request).disconnect(body.get("reason", "refresh_requested"), body.get("count"))
    return JSONResponse({"ok": True, "connected": sockets(request).connected})


async def connections(request: Request) -> Response:
    """GET: how many Socket Mode connections are open."""
    return JSONResponse({"connected": sockets(request).connected})


async def scopes(request: Request) -> Response:
    """GET: the scopes of the bot's token, and those of them that were of use since the start."""
    ws = workspace(request)
    return JSONResponse({"granted": list(ws.app.bot_scopes), "used": sorted(ws.used_scopes)})


async def person(request: Request) -> Response:
    """POST {id, ...}: someone joins the workspace, or what is known of them changes."""
    people.put(workspace(request), await json_body(request))
    return JSONResponse({"ok": True})


async def uninstall(request: Request) -> Response:
    """POST {}: take the app out of the workspace."""
    await json_body(request)
    people.uninstall(workspace(request))
    return JSONResponse({"ok": True})


async def delete_channel(request: Request) -> Response:
    """POST {channel}: an administrator deletes a channel."""
    ws, body = workspace(request), await json_body(request)
    delete(ws, ws.channel(str(body.get("channel"))))
    return JSONResponse({"ok": True})


def _time(ws: Workspace) -> Json:
    return {"ok": True, "now": shown(ws.clock.now()), "stands": ws.clock.stands}


async def clock(request: Request) -> Response:
    """GET: the time that is shown. POST {advance: seconds}, {at: ISO 8601} or {at: null}: set it.

    Going forward moves leases, limits and redeliveries along; going back leaves them.
    """
    ws = workspace(request)
    if request.method == "POST":
        _set(ws, await json_body(request))
        ws.feed.publish(ws.users, "clock", _time(ws))
    return JSONResponse(_time(ws))


def _set(ws: Workspace, body: Json) -> None:
    before = ws.clock.now()
    instant: float | None
    try:
        if "advance" in body:
            instant = before + float(body["advance"])
        elif "at" in body:
            instant = None if body["at"] is None else instant_of(str(body["at"]))
        else:
            raise ClientError("The body needs advance (seconds) or at (an ISO 8601 instant, or null).")
        if instant is not None:
            shown(instant)  # refuses what no calendar has, before the clock shows it
        ws.clock.set(instant)
    except (TypeError, ValueError, OverflowError) as error:
        raise ClientError(f"That is no time: {error}") from error
    if instant is not None:
        ws.timers.step(instant - before)


ROUTES = [
    Route("/_test/faults", guarded(faults), methods=["POST"]),
    Route("/_test/reset", guarded(reset), methods=["POST"]),
    Route("/_test/disconnect", guarded(disconnect), methods=["POST"]),
    Route("/_test/connections", guarded(connections)),
    Route("/_test/scopes", guarded(scopes)),
    Route("/_test/person", guarded(person), methods=["POST"]),
    Route("/_test/uninstall", guarded(uninstall), methods=["POST"]),
    Route("/_test/delete", guarded(delete_channel), methods=["POST"]),
    Route("/_test/clock", guarded(clock), methods=["GET", "POST"]),
]
