"""Modals and Home tabs: the stack of up to three, hashes, and what an acknowledgement does to it."""

from __future__ import annotations

from typing import Any

from sandbox.blocks import check_home, check_modal
from sandbox.errors import ApiError
from sandbox.files import check_pictures
from sandbox.inputs import initial_values
from sandbox.limits import most
from sandbox.model import Json, View, with_ids
from sandbox.uploads import check_scope, with_files
from sandbox.workspace import Workspace


def check_view(ws: Workspace, definition: Json, kind: str) -> None:
    """Raise ApiError unless this is a view of this kind (modal, home) that Slack would show."""
    check = check_home if kind == "home" else check_modal
    check(definition, newer=ws.faults.newer_blocks)
    check_pictures(ws, definition["blocks"], "/view/blocks", "invalid_arguments")
    check_scope(ws, definition["blocks"])


def open_view(ws: Workspace, definition: Json, trigger_id: str) -> View:
    """Open a modal as the only one of its person; raises ApiError."""
    check_view(ws, definition, "modal")
    _external_id_is_free(ws, definition)
    trigger = ws.use_trigger(trigger_id)
    view = make_view(ws, definition, trigger.user, cause=trigger.cause)
    ws.stacks[trigger.user] = [view]
    tell(ws, trigger.user, trigger.cause)
    return view


def push_view(ws: Workspace, definition: Json, trigger_id: str) -> View:
    """Put a modal on top of the one that the trigger came from; raises ApiError."""
    check_view(ws, definition, "modal")
    _external_id_is_free(ws, definition)
    trigger = ws.use_trigger(trigger_id)
    if trigger.view_id is None or not ws.stacks.get(trigger.user):
        raise ApiError("not_found")
    return push_onto(ws, definition, trigger.user, trigger.cause)


def push_onto(ws: Workspace, definition: Json, user: str, cause: str) -> View:
    stack = ws.stacks[user]
    if len(stack) >= most("view.stack"):
        raise ApiError("push_limit_reached")
    view = make_view(ws, definition, user, cause=cause, under=stack[-1])
    stack.append(view)
    tell(ws, user, cause)
    return view


def update_view(
    ws: Workspace, definition: Json, *, view_id: str | None, external_id: str | None, seen_hash: str | None
) -> View:
    """Replace an open view; with `seen_hash` only if nobody did so since; raises ApiError."""
    view = find_view(ws, view_id=view_id, external_id=external_id)
    check_view(ws, definition, view.type)
    if seen_hash is not None and seen_hash != view.hash:
        raise ApiError("hash_conflict", view=view_json(ws, view))
    replace_definition(ws, view, definition)
    tell(ws, view.user, view.cause)
    return view


def publish_home(ws: Workspace, definition: Json, user: str, seen_hash: str | None) -> View:
    """Publish a person's Home tab; raises ApiError."""
    if user not in ws.users:
        raise ApiError("user_not_found")
    check_view(ws, definition, "home")
    old = ws.homes.get(user)
    if old and seen_hash is not None and seen_hash != old.hash:
        raise ApiError("hash_conflict", view=view_json(ws, old))
    if old:
        replace_definition(ws, old, definition)
    else:
        ws.homes[user] = make_view(ws, definition, user)
    tell(ws, user, None)
    return ws.homes[user]


def make_view(
    ws: Workspace, definition: Json, user: str, *, cause: str | None = None, under: View | None = None
) -> View:
    view_id = ws.ids.next("V")
    view = View(
        id=view_id,
        user=user,
        type=definition["type"],
        definition={},
        hash="",
        root_id=under.root_id if under else view_id,
        previous_id=under.id if under else None,
        cause=cause,
    )
    replace_definition(ws, view, definition)
    return view


def replace_definition(ws: Workspace, view: View, definition: Json) -> None:
    """Give a view new content. Typed input survives where block_id and action_id stay the same."""
    blocks = with_ids(definition["blocks"])
    typed = view.values
    fresh = initial_values(blocks)
    for block_id, actions in fresh.items():
        for action_id, state in actions.items():
            kept = typed.get(block_id, {}).get(action_id)
            if kept and kept.get("type") == state.get("type"):
                actions[action_id] = kept
    view.definition = {**definition, "blocks": blocks}
    view.values = fresh
    view.errors = {}
    view.hash = f"{int(ws.clock.machine())}.{ws.ids.next('')}"


def close_top(ws: Workspace, user: str, cause: str | None = None) -> View | None:
    """Close the topmost modal; the one below shows again."""
    stack = ws.stacks.get(user) or []
    closed = stack.pop() if stack else None
    tell(ws, user, cause)
    return closed


def close_all(ws: Workspace, user: str, cause: str | None = None) -> None:
    ws.stacks[user] = []
    tell(ws, user, cause)


def find_view(ws: Workspace, *, view_id: str | None = None, external_id: str | None = None) -> View:
    """An open view by either id; raises ApiError `not_found`."""
    for view in _all_views(ws):
        if view.id == view_id or (external_id and view.definition.get("external_id") == external_id):
            return view
    raise ApiError("not_found")


def _all_views(ws: Workspace) -> list[View]:
    return [*(view for stack in ws.stacks.values() for view in stack), *ws.homes.values()]


def _external_id_is_free(ws: Workspace, definition: Json) -> None:
    external_id = definition.get("external_id")
    if external_id and any(view.definition.get("external_id") == external_id for view in _all_views(ws)):
        raise ApiError("duplicate_external_id")


def tell(ws: Workspace, user: str, cause: str | None) -> None:
    ws.feed.publish([user], "views", {"depth": len(ws.stacks.get(user) or [])}, cause)


def view_json(ws: Workspace, view: View) -> dict[str, Any]:
    """A view as Slack gives it out."""
    definition = view.definition
    return {
        "id": view.id,
        "team_id": ws.seed.team.id,
        "type": view.type,
        "blocks": view.blocks,
        "private_metadata": definition.get("private_metadata", ""),
        "callback_id": definition.get("callback_id", ""),
        "state": {"values": with_files(ws, view.values)},
        "hash": view.hash,
        "title": definition.get("title"),
        "clear_on_close": definition.get("clear_on_close", False),
        "notify_on_close": definition.get("notify_on_close", False),
        "close": definition.get("close"),
        "submit": definition.get("submit"),
        "previous_view_id": view.previous_id,
        "root_view_id": view.root_id,
        "app_id": ws.app.id,
        "external_id": definition.get("external_id", ""),
        "app_installed_team_id": ws.seed.team.id,
        "bot_id": ws.bot_id,
    }
