"""api.test, auth.test, auth.revoke and apps.connections.open."""

from __future__ import annotations

from sandbox.api.kit import Call, method
from sandbox.errors import ApiError
from sandbox.model import Json


@method("api.test", public=True)
def api_test(call: Call) -> Json:
    if call.args.get("error"):
        raise ApiError(str(call.args["error"]), args=dict(call.args))
    return {"args": {name: value for name, value in call.args.items() if name != "token"}}


@method("auth.test")
def auth_test(call: Call) -> Json:
    ws = call.ws
    return {
        "url": f"https://{ws.seed.team.domain}.slack.com/",
        "team": ws.seed.team.name,
        "user": ws.users[ws.app.bot_user_id].name,
        "team_id": ws.seed.team.id,
        "user_id": ws.app.bot_user_id,
        "bot_id": ws.bot_id,
        "is_enterprise_install": False,
    }


@method("auth.revoke")
def auth_revoke(call: Call) -> Json:
    if call.flag("test"):
        return {"revoked": False}
    ws = call.ws
    ws.token_error = "token_revoked"
    ws.emit("tokens_revoked", {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [ws.app.bot_user_id]}})
    return {"revoked": True}


@method("apps.connections.open", "connections:write", app_token=True)
def connections_open(call: Call) -> Json:
    base = call.ws.base_url.replace("http://", "ws://", 1)
    return {"url": f"{base}/socket?ticket={call.sockets.ticket()}&app_id={call.ws.app.id}"}
