"""People who come and change, and an app that is taken out of the workspace."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from sandbox.api.users import user_json
from sandbox.errors import ClientError
from sandbox.seed import UserSeed
from sandbox.workspace import Workspace


def put(ws: Workspace, changes: dict[str, Any]) -> UserSeed:
    """Add a person (team_join) or change one (user_change); raises ClientError for fields that are not there."""
    old = ws.users.get(str(changes.get("id")))
    try:
        user = UserSeed.model_validate((old.model_dump() if old else {}) | changes)
    except ValidationError as error:
        raise ClientError("; ".join(f"{e['loc'][0]}: {e['msg']}" for e in error.errors())) from error
    ws.users[user.id] = user
    if not user.is_bot and not user.deleted:
        ws.direct_message(user.id)
    name = "user_change" if old else "team_join"
    ws.emit(name, {"type": name, "user": user_json(ws, user), "event_ts": f"{ws.clock.now():.6f}"})
    ws.feed.publish(ws.users, "people", {})
    return user


def uninstall(ws: Workspace) -> None:
    """Take the app out of the workspace: its tokens are worth nothing any more, and it is told so."""
    ws.token_error = "account_inactive"
    ws.emit("tokens_revoked", {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [ws.app.bot_user_id]}})
    ws.emit("app_uninstalled", {"type": "app_uninstalled"})
