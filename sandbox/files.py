"""Files: announced, uploaded, completed, and ready a moment later; pictures in blocks refer to ready ones."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator
from typing import Any, Final

from sandbox.errors import ApiError
from sandbox.limits import most
from sandbox.model import Json, StoredFile
from sandbox.workspace import Workspace

PICTURES: Final = frozenset({"png", "jpg", "jpeg", "gif"})


def announce(ws: Workspace, name: str, length: int, alt_text: str) -> tuple[StoredFile, str]:
    """A file to come, and the secret in the address that takes its content."""
    file = StoredFile(ws.ids.next("F"), name, length, ws.app.bot_user_id, ws.clock.now(), alt_text)
    ws.files[file.id] = file
    return file, ws.ids.secret(f"{file.id}-")


def upload(ws: Workspace, secret: str, content: bytes) -> StoredFile:
    """Take a file's content; raises ApiError for an address that is not known, or a length that was not announced."""
    file = ws.files.get(secret.partition("-")[0])
    if file is None or file.content is not None or file.deleted:
        raise ApiError("file_not_found")
    if len(content) != file.length:
        raise ApiError("file_upload_size_mismatch", detail=f"announced {file.length} bytes, got {len(content)}")
    file.content = content
    return file


def complete(ws: Workspace, file: StoredFile, title: str, share: Json) -> None:
    """Finish an upload; the file is ready, and shared as `share` says, a moment later."""
    late = ws.faults.take("files_late", "files")
    seconds = late.seconds if late else most("file.processing_ms") / 1000
    file.title, file.share = title or file.name, share
    file.ready_at = ws.timers.at() + seconds


def is_ready(ws: Workspace, file: StoredFile) -> bool:
    return file.ready_at is not None and not file.deleted and ws.timers.at() >= file.ready_at


def kind_of(file: StoredFile) -> str:
    return file.name.rpartition(".")[2].lower() if "." in file.name else "text"


def is_picture(file: StoredFile) -> bool:
    return kind_of(file) in PICTURES


def known(ws: Workspace, file_id: str) -> StoredFile:
    """A file by its id; raises ApiError."""
    file = ws.files.get(file_id)
    if file is None:
        raise ApiError("file_not_found")
    if file.deleted:
        raise ApiError("file_deleted")
    return file


def address(ws: Workspace, file: StoredFile) -> str:
    return f"{ws.base_url}/files-pri/{ws.seed.team.id}-{file.id}/{file.name}"


def file_json(ws: Workspace, file: StoredFile) -> Json:
    """A file as Slack gives it out. Until it is ready its types are empty."""
    if file.deleted:
        return {"id": file.id, "mode": "tombstone"}
    ready = is_ready(ws, file)
    url = address(ws, file)
    out: Json = {
        "id": file.id,
        "created": int(file.created),
        "timestamp": int(file.created),
        "name": file.name,
        "title": file.title or file.name,
        "mimetype": (mimetypes.guess_type(file.name)[0] or "text/plain") if ready else "",
        "filetype": kind_of(file) if ready else "",
        "user": file.user,
        "user_team": ws.seed.team.id,
        "size": file.length,
        "mode": "hosted",
        "is_external": False,
        "is_public": any(not ws.channels[channel].is_private for channel in file.channels),
        "url_private": url,
        "url_private_download": f"{url}?download=1",
        "permalink": f"{ws.base_url}/files/{file.user}/{file.id}/{file.name}",
        "file_access": "visible",
        "channels": [c for c in file.channels if not ws.channels[c].is_private],
        "groups": [c for c in file.channels if ws.channels[c].is_private and not ws.channels[c].is_im],
        "ims": [c for c in file.channels if ws.channels[c].is_im],
    }
    if file.alt_text:
        out["alt_txt"] = file.alt_text
    return out | ({"thumb_360": url} if ready and is_picture(file) else {})


def pictures(blocks: Any, at: str) -> Iterator[tuple[str, Json]]:
    """Each slack_file in blocks that passed their checks, with the place where it stands."""
    for number, block in enumerate(blocks or []):
        place = f"{at}/{number}"
        if block["type"] == "image":
            images = [(place, block)]
        elif block["type"] == "section":
            images = [(f"{place}/accessory", block.get("accessory") or {})]
        elif block["type"] == "context":
            images = [(f"{place}/elements/{n}", element) for n, element in enumerate(block["elements"])]
        else:
            images = []
        yield from ((spot, image["slack_file"]) for spot, image in images if image.get("slack_file"))


def check_pictures(ws: Workspace, blocks: Any, at: str, code: str) -> None:
    """Raise ApiError `code` for a picture whose file is not ready, not a picture, or not there."""
    found = []
    for place, wanted in pictures(blocks, at):
        file = picture(ws, wanted)
        if file is None or not is_ready(ws, file) or not is_picture(file):
            found.append(f"invalid slack file [json-pointer:{place}/slack_file]")
    if found:
        raise ApiError(code, errors=found, response_metadata={"messages": [f"[ERROR] {words}" for words in found]})


def picture(ws: Workspace, wanted: Json) -> StoredFile | None:
    """The file that a slack_file object means, by id or by address."""
    for file in ws.files.values():
        if not file.deleted and (wanted.get("id") == file.id or wanted.get("url") in _addresses(ws, file)):
            return file
    return None


def _addresses(ws: Workspace, file: StoredFile) -> tuple[str, str]:
    shown = file_json(ws, file)
    return shown["url_private"], shown["permalink"]
