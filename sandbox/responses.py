"""Answers to an interaction: the body of an acknowledgement, or a POST to its response url."""

from __future__ import annotations

from sandbox.errors import ApiError
from sandbox.messages import check_thread, post_as_app, rewrite, take_away
from sandbox.model import Json, Message, ResponseUrl
from sandbox.workspace import Workspace


def respond(ws: Workspace, url: ResponseUrl, body: Json) -> None:
    """Do what an answer says: post (ephemeral unless it says in_channel), replace or delete; raises ApiError.

    What is replaced is the message that was acted upon. A command has none, so its answers are always new ones.
    """
    channel = ws.channels[url.channel]
    original = ws.message(channel, url.message_ts) if url.message_ts else None
    if body.get("delete_original"):
        if original is None:
            raise ApiError("message_not_found")
        take_away(ws, original, url.cause)
    elif body.get("replace_original") and original is not None:
        rewrite(ws, original, body, url.cause)
    else:
        visible_to = None if body.get("response_type") == "in_channel" else url.user
        thread = _wanted_thread(ws, url, body) or _thread_of(original)
        post_as_app(ws, channel, body, cause=url.cause, visible_to=visible_to, thread_ts=thread)


def _wanted_thread(ws: Workspace, url: ResponseUrl, body: Json) -> str | None:
    thread = body.get("thread_ts")
    if not thread:
        return None
    if not isinstance(thread, str):
        raise ApiError("invalid_payload")
    check_thread(ws.channels[url.channel], thread)
    return thread


def _thread_of(original: Message | None) -> str | None:
    return original.thread_ts if original else None


def answer_command(ws: Workspace, url: ResponseUrl, body: object) -> None:
    """What the acknowledgement of a command says, as a text or as an object; raises ApiError."""
    if isinstance(body, str) and body.strip():
        body = {"text": body}
    if isinstance(body, dict) and (body.get("text") or body.get("blocks")):
        respond(ws, url, body)
