"""users.info, users.list and users.lookupByEmail."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sandbox.api.kit import Call, method
from sandbox.errors import ApiError
from sandbox.model import Json
from sandbox.seed import UserSeed
from sandbox.workspace import Workspace


def _shown(call: Call, user: UserSeed) -> Json:
    return user_json(call.ws, user, locale=call.flag("include_locale"))


def user_json(ws: Workspace, user: UserSeed, *, locale: bool = False) -> Json:
    """A person as users.info gives them out; the e-mail only with users:read.email."""
    profile: Json = {"real_name": user.real_name, "display_name": user.name, "team": user.team_id or ws.seed.team.id}
    if user.email and ws.has_scope("users:read.email"):
        profile["email"] = user.email
    zone = ZoneInfo(user.tz)
    offset = datetime.fromtimestamp(ws.clock.now(), UTC).astimezone(zone).utcoffset()
    out: Json = {
        "id": user.id,
        "team_id": user.team_id or ws.seed.team.id,
        "name": user.name,
        "real_name": user.real_name,
        "deleted": user.deleted,
        "tz": user.tz,
        "tz_offset": int(offset.total_seconds()) if offset else 0,
        "profile": profile,
        "is_admin": user.is_admin,
        "is_owner": False,
        "is_restricted": user.is_restricted,
        "is_ultra_restricted": user.is_ultra_restricted,
        "is_bot": user.is_bot,
        "is_app_user": False,
    }
    if ws.is_stranger(user):
        out["is_stranger"] = user.is_stranger
    if locale:
        out["locale"] = user.locale
    return out


@method("users.info", "users:read")
def users_info(call: Call) -> Json:
    user = call.ws.users.get(str(call.required("user", "user_not_found")))
    if user is None:
        raise ApiError("user_not_found")
    return {"user": _shown(call, user)}


@method("users.list", "users:read")
def users_list(call: Call) -> Json:
    users, metadata = call.page(list(call.ws.users.values()))
    return {"members": [_shown(call, user) for user in users], "response_metadata": metadata}


@method("users.lookupByEmail", "users:read.email")
def users_lookup_by_email(call: Call) -> Json:
    email = str(call.required("email", "users_not_found")).lower()
    for user in call.ws.users.values():
        if user.email and user.email.lower() == email and not user.deleted:
            return {"user": _shown(call, user)}
    raise ApiError("users_not_found")
