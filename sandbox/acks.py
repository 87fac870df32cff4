"""What the answer to a submitted modal does: nothing (it closes), errors, update, push or clear."""

from __future__ import annotations

from sandbox import stack
from sandbox.errors import ApiError
from sandbox.model import Json, View
from sandbox.seed import UserSeed
from sandbox.workspace import Workspace


def apply_submission(ws: Workspace, user: UserSeed, view: View, answer: Json, cause: str) -> None:
    """Carry out a view_submission's acknowledgement; raises ApiError for one that Slack would not understand."""
    action = answer.get("response_action")
    if action is None:
        stack.close_top(ws, user.id, cause)
    elif action == "errors":
        _show_errors(ws, user, view, answer.get("errors"), cause)
    elif action == "clear":
        stack.close_all(ws, user.id, cause)
    elif action == "update":
        stack.check_view(ws, answer.get("view") or {}, "modal")
        stack.replace_definition(ws, view, answer["view"])
        stack.tell(ws, user.id, cause)
    elif action == "push":
        stack.check_view(ws, answer.get("view") or {}, "modal")
        stack.push_onto(ws, answer["view"], user.id, cause)
    else:
        raise ApiError("invalid_response_action")


def _show_errors(ws: Workspace, user: UserSeed, view: View, errors: object, cause: str) -> None:
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not set(errors) <= inputs:
        raise ApiError("invalid_errors", detail="errors must name the block_ids of input blocks")
    view.errors = {block_id: str(words) for block_id, words in errors.items()}
    stack.tell(ws, user.id, cause)
