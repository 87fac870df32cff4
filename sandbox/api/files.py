"""files.*: uploading in three steps, looking, deleting."""

from __future__ import annotations

from functools import partial
from typing import Any

from sandbox import files, sharing
from sandbox.api.chat import writable
from sandbox.api.kit import Call, method
from sandbox.errors import ApiError
from sandbox.limits import most
from sandbox.messages import check_content, check_thread
from sandbox.model import Json, StoredFile


@method("files.getUploadURLExternal", "files:write")
def get_upload_url(call: Call) -> Json:
    name = str(call.required("filename"))
    length = int(call.number("length", 0, "invalid_arguments"))
    if length <= 0:
        raise ApiError("missing_argument" if length == 0 else "invalid_arguments")
    alt_text = str(call.args.get("alt_txt") or "")
    if len(alt_text) > most("file.alt_txt"):
        raise ApiError("alt_txt_too_large")
    file, secret = files.announce(call.ws, name, length, alt_text)
    return {"upload_url": f"{call.ws.base_url}/upload/v1/{secret}", "file_id": file.id}


def _named(call: Call, entry: Any) -> tuple[StoredFile, str]:
    if not isinstance(entry, dict) or not isinstance(entry.get("id"), str):
        raise ApiError("invalid_arguments")
    file = files.known(call.ws, entry["id"])
    if file.content is None or file.ready_at is not None:
        raise ApiError("file_not_found")
    return file, str(entry.get("title") or "")


def _share(call: Call, names: list[str]) -> Json:
    """Where and how the files are to appear; raises ApiError."""
    if not call.args.get("channel_id"):
        return {}
    channel = writable(call, "channel_id")
    content = {"text": call.args.get("initial_comment"), "blocks": call.json("blocks", "invalid_blocks_format")}
    if content["text"]:
        content["blocks"] = None
    check_content(call.ws, content | {"files": names})
    thread = call.text("thread_ts")
    check_thread(channel, thread)
    return {"channel": channel.id, "thread_ts": thread, **content}


@method("files.completeUploadExternal", "files:write")
def complete_upload(call: Call) -> Json:
    entries = call.json("files", "invalid_arguments")
    if not isinstance(entries, list) or not entries:
        raise ApiError("invalid_arguments")
    named = [_named(call, entry) for entry in entries]
    share = _share(call, [file.id for file, _ in named])
    for file, title in named:
        files.complete(call.ws, file, title, share)
    call.ws.later(max(file.ready_at or 0 for file, _ in named), partial(sharing.settle, call.ws))
    return {"files": [{"id": file.id, "title": file.title} for file, _ in named]}


@method("files.info", "files:read")
def files_info(call: Call) -> Json:
    file = files.known(call.ws, str(call.required("file", "file_not_found")))
    if file.ready_at is None:
        raise ApiError("file_not_found")
    return {"file": files.file_json(call.ws, file), "comments": [], "response_metadata": {"next_cursor": ""}}


@method("files.delete", "files:write")
def files_delete(call: Call) -> Json:
    file = files.known(call.ws, str(call.required("file", "file_not_found")))
    file.deleted, file.content = True, None
    for channel in call.ws.channels.values():
        for message in [m for m in channel.messages if file.id in m.files]:
            call.ws.changed(message)
    return {}
