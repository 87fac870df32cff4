"""The modal of `/turf import`: what is asked, and what is wrong with the answers."""

from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

from commands.kit.blocks import context, section
from commands.kit.call import View
from commands.kit.inputs import Filled, checkboxes, field, files, menu, text
from commands.kit.reply import Modal
from domain.errors import UsageError
from storage.import_orders import WantedFile, Wish
from storage.importing.limits import Limit
from storage.importing.mapping import shipped_mappings
from storage.importing.readers import SUFFIXES
from storage.kinds import KINDS
from templates import render, visible

SEND = "imports.send"
FILES, MAPPING, KIND, HOW = "files", "mapping", "kind", "how"
MAX_REJECTS, MAX_REMOVED = "max_rejects", "max_removed"
REJECTS_LABEL, REMOVED_LABEL = "Roll back if more rows are refused", "Roll back if more would be removed"
DRY, FULL, NONE = "dry_run", "full", "none"
MOST_BYTES = 10 * 1024 * 1024
"""Of one file: more Slack does not take in a modal."""
NAME = 100
"""So many characters of a file's name are kept."""


def import_modal() -> Modal:
    kinds = [suffix.removeprefix(".") for suffix in SUFFIXES]
    mappings = {NONE: "None: the columns are named as Turf names them", **{one: one for one in shipped_mappings()}}
    choices = {DRY: "Dry run", FULL: "The files are complete"}
    more = {DRY: "Tells what would happen, and writes nothing", FULL: "What they no longer have is removed from Turf"}
    blocks = [
        section(render("imports/about.mrkdwn.j2"), id="about"),
        field(FILES, "Files", files(kinds), hint="CSV, Excel or Parquet, up to 10 files of 10 MB."),
        field(MAPPING, "Mapping", menu(mappings, chosen=NONE)),
        field(
            KIND,
            "Kind",
            menu({kind: kind for kind in KINDS}, placeholder="As the file's name says"),
            hint="Only where a file is not named after what it holds, as deals.csv is.",
            optional=True,
        ),
        field(HOW, "How", checkboxes(choices, described=more), optional=True),
        field(
            MAX_REJECTS,
            REJECTS_LABEL,
            text(initial="5%", most=12),
            hint="A number of rows, or a share of all.",
        ),
        field(
            MAX_REMOVED,
            REMOVED_LABEL,
            text(initial="5%", most=12),
            hint="Of one kind; counts if the files are complete.",
        ),
        context(render("imports/note.mrkdwn.j2"), id="note"),
    ]
    return Modal("Import", blocks, submit="Import", close="Cancel", callback=SEND)


def filled(view: View | None) -> tuple[Wish, list[WantedFile], dict[str, str]]:
    """What is wanted, and what is wrong, by the field at which it stands."""
    found = Filled.of(view)
    given = found.uploaded(FILES)
    wanted = [WantedFile(safe_name(one.get("name")), _size(one), str(one.get("id") or "")) for one in given]
    mapping, kind = found.one(MAPPING), found.one(KIND)
    wish = Wish(
        mapping=None if mapping in ("", NONE) else mapping,
        kind=kind or None,
        full=FULL in found.several(HOW),
        dry_run=DRY in found.several(HOW),
        max_rejects=found.one(MAX_REJECTS),
        max_removed=found.one(MAX_REMOVED),
    )
    return wish, wanted, _wrong(wish, wanted)


def _size(file: Mapping[str, Any]) -> int:
    size = file.get("size")
    return size if isinstance(size, int) else 0


def safe_name(given: object) -> str:
    """A file's name as it is kept: its last part, of characters that can be seen, and of a sensible length."""
    name = visible(str(given or "")).replace("\\", "/").rpartition("/")[2].strip().lstrip(".")
    path = PurePath(name or "file")
    return path.stem[: NAME - len(path.suffix[:NAME])] + path.suffix[:NAME]


def _wrong(wish: Wish, wanted: Sequence[WantedFile]) -> dict[str, str]:
    wrong = {}
    if why := _wrong_files(wanted):
        wrong[FILES] = why
    elif why := _wrong_kind(wish, wanted):
        wrong[KIND] = why
    if wish.mapping is not None and wish.mapping not in shipped_mappings():
        wrong[MAPPING] = "There is no such mapping. Choose one of the list."
    for name, given in ((MAX_REJECTS, wish.max_rejects), (MAX_REMOVED, wish.max_removed)):
        try:
            Limit.parse(given)
        except UsageError as error:
            wrong[name] = error.message
    return wrong


def _wrong_files(wanted: Sequence[WantedFile]) -> str:
    if not wanted or not all(file.slack_id for file in wanted):
        return "Upload at least one file."
    for file in wanted:
        if not file.name.lower().endswith(SUFFIXES):
            return f"{file.name}: Turf reads {', '.join(SUFFIXES)}. Save it as one of these."
        if file.size > MOST_BYTES:
            return f"{file.name} is larger than 10 MB. Put it into the watched folder, or use turf import."
        if file.size == 0:
            return f"{file.name} is empty."
    names = [file.name.lower() for file in wanted]
    twice = next((name for name in names if names.count(name) > 1), None)
    return f"Two files are named {twice}. Rename one, or leave it out." if twice else ""


def _wrong_kind(wish: Wish, wanted: Sequence[WantedFile]) -> str:
    """A mapping finds out on its own what a file holds."""
    if wish.kind is not None and wish.kind not in KINDS:
        return "There is no such kind. Choose one of the list."
    if wish.mapping is not None:
        return ""
    named = {file.name: PurePath(file.name.lower()).stem for file in wanted}
    if wish.kind is None:
        unclear = [name for name, stem in named.items() if stem not in KINDS]
        return (
            f"Which kind is {unclear[0]}? Choose it here, or name the file after it, as deals.csv." if unclear else ""
        )
    other = [name for name, stem in named.items() if stem in KINDS and stem != wish.kind]
    return f"{other[0]} is named after another kind. Leave this empty, or import it on its own." if other else ""
