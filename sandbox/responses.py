"""Answers to an interaction: the body of an acknowledgement, or a POST to its response url."""

from __future__ import annotations

from sandbox.errors import ApiError
from sandbox.messages import post_as_app, rewrite, take_away
from sandbox.model import Json, Message, ResponseUrl
from sandbox.workspace import Workspace


def respond(ws: Workspace, url: ResponseUrl, body: Json) -> None:
    """Do what an answer says: post (ephemeral unless it says in_channel), replace or delete; raises ApiError."""
    channel = ws.channels[url.channel]
    original = ws.message(channel, url.message_ts) if url.message_ts else None
    if body.get("delete_original"):
        if original is None:
            raise ApiError("message_not_found")
        take_away(ws, original, url.cause)
    elif body.get("replace_original"):
        _replace(ws, url, original, body)
    else:
        visible_to = None if body.get("response_type") == "in_channel" else url.user
        thread = body.get("thread_ts") or _thread_of(original)
        message = post_as_app(ws, channel, body, cause=url.cause, visible_to=visible_to, thread_ts=thread)
        url.message_ts = url.message_ts or message.ts


def _thread_of(original: Message | None) -> str | None:
    return original.thread_ts if original else None


def _replace(ws: Workspace, url: ResponseUrl, original: Message | None, body: Json) -> None:
    if original is None:
        channel = ws.channels[url.channel]
        message = post_as_app(ws, channel, body, cause=url.cause, visible_to=url.user)
        url.message_ts = message.ts
    else:
        rewrite(ws, original, body, url.cause)


def answer_command(ws: Workspace, url: ResponseUrl, body: object) -> None:
    """What the acknowledgement of a command says, as a text or as an object; raises ApiError."""
    if isinstance(body, str) and body.strip():
        body = {"text": body}
    if isinstance(body, dict) and (body.get("text") or body.get("blocks")):
        respond(ws, url, body)
