"""views.*: modals and Home tabs."""

from __future__ import annotations

from sandbox import stack
from sandbox.api.kit import Call, method
from sandbox.model import Json, View


def _shown(call: Call, view: View) -> Json:
    return {"view": stack.view_json(call.ws, view)}


def _trigger(call: Call) -> str:
    return str(call.required("trigger_id"))


@method("views.open")
def views_open(call: Call) -> Json:
    return _shown(call, stack.open_view(call.ws, call.json("view", "invalid_arguments"), _trigger(call)))


@method("views.push")
def views_push(call: Call) -> Json:
    return _shown(call, stack.push_view(call.ws, call.json("view", "invalid_arguments"), _trigger(call)))


@method("views.update")
def views_update(call: Call) -> Json:
    args = call.args
    definition = call.json("view", "invalid_arguments")
    view = stack.update_view(
        call.ws,
        definition,
        view_id=args.get("view_id"),
        external_id=args.get("external_id"),
        seen_hash=args.get("hash"),
    )
    return _shown(call, view)


@method("views.publish")
def views_publish(call: Call) -> Json:
    definition = call.json("view", "invalid_arguments")
    user = str(call.required("user_id"))
    return _shown(call, stack.publish_home(call.ws, definition, user, call.args.get("hash")))
