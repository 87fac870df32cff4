"""What people upload into a modal: the client's own checks, and the files in a view's state."""

from __future__ import annotations

from sandbox.errors import ApiError, ClientError
from sandbox.files import file_json, kind_of
from sandbox.inputs import find_element
from sandbox.limits import most
from sandbox.model import Json, StoredFile, View, interactive_elements
from sandbox.seed import UserSeed
from sandbox.workspace import Workspace

KIND = "file_input"


def most_files(element: Json) -> int:
    """How many files an element takes."""
    return int(element.get("max_files", most("file_input.max_files")))


def check_scope(ws: Workspace, blocks: list[Json]) -> None:
    """Raise ApiError for a view that asks for files, of an app that may not read them."""
    asks = any(element["type"] == KIND for block in blocks for element in interactive_elements(block))
    if asks and not ws.has_scope("files:read"):
        raise ApiError("missing_scope", needed="files:read", provided=",".join(ws.app.bot_scopes))


def take(
    ws: Workspace, user: UserSeed, view: View, *, block_id: str, action_id: str, name: str, content: bytes
) -> Json:
    """Upload a file as its person; raises ClientError for one that the element does not take."""
    _, element = find_element(view.blocks, block_id, action_id)
    if element["type"] != KIND:
        raise ClientError(f"{action_id!r} takes no files.")
    file = StoredFile(ws.ids.next("F"), name, len(content), user.id, ws.clock.now(), content=content)
    kinds = [kind.lower() for kind in element.get("filetypes") or ()]
    if not name or "/" in name:
        raise ClientError("A file needs a name.")
    if kinds and kind_of(file) not in kinds:
        raise ClientError(f"{name} is not of a kind that is asked for here: {', '.join(kinds)}.")
    if len(content) > most("file_input.bytes"):
        raise ClientError(f"{name} is larger than {most('file_input.bytes') // 1_000_000} MB.")
    late = ws.faults.take("files_late", "files")
    file.ready_at = ws.timers.at() + (late.seconds if late else 0)
    ws.files[file.id] = file
    return {"id": file.id, "name": file.name, "size": file.length}


def check_chosen(ws: Workspace, user: UserSeed, blocks: list[Json], raw: Json) -> None:
    """Raise ClientError unless the files that a person hands in, as ids, are theirs and not too many."""
    for block in blocks:
        given = raw.get(block["block_id"], {})
        for element in interactive_elements(block):
            if element["type"] == KIND and element["action_id"] in given:
                _check(ws, user, element, given[element["action_id"]] or [])


def _check(ws: Workspace, user: UserSeed, element: Json, ids: list[str]) -> None:
    if len(ids) > most_files(element):
        raise ClientError(f"At most {most_files(element)} files can be chosen here.")
    for one in ids:
        if one not in ws.files or ws.files[one].user != user.id:
            raise ClientError(f"There is no file {one!r} of yours.")


def with_files(ws: Workspace, values: Json) -> Json:
    """`state.values` as the app gets them: files are whole objects there."""
    return {
        block: {action: _whole(ws, state) for action, state in actions.items()} for block, actions in values.items()
    }


def _whole(ws: Workspace, state: Json) -> Json:
    if state.get("type") != KIND:
        return state
    return {"type": KIND, "files": [file_json(ws, ws.files[one]) for one in state["files"]]}
