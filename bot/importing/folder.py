"""The watched folder: which files lie in it, taking them away to be imported, and putting them where they can be found."""

import hashlib
import os
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from commands.imports.reconciliation import Reconciliation
from domain.errors import DataError
from storage.import_orders import Ordered, Outcome, WantedFile
from storage.importing.readers import SUFFIXES

MAPPING = "mapping.yaml"
WORK = ".importing"
DONE, REFUSED, LEFT_OUT = "done", "refused", "left-out"
REPLACED = f"{REFUSED}/replaced"
"""Where a file waits that was never imported, because a newer one of its name came meanwhile."""
PIECE = 1 << 20
Seen = Mapping[str, tuple[int, int]]
"""Each file by its name: its size, and when it was changed last (ns)."""


class Folder:
    """All functions touch the disk: call them on a thread."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def problem(self) -> str | None:
        """What keeps files from being imported from here, and what to do."""
        if not self.path.is_dir():
            return f"{self.path} is missing: make it, or mount it where the worker runs."
        if not os.access(self.path, os.R_OK | os.W_OK | os.X_OK):
            return f"{self.path} can't be read and written by the worker: change its permissions."
        return None

    def seen(self) -> Seen:
        """The files that can be imported; hidden ones and those that are being written under another name are not. Raises OSError."""
        found = {}
        for file in sorted(self.path.iterdir()):
            if file.suffix.lower() in SUFFIXES and not file.name.startswith(".") and file.is_file():
                state = file.stat()
                found[file.name] = (state.st_size, state.st_mtime_ns)
        return found

    def mapping(self) -> str | None:
        """The mapping that lies there, if there is one."""
        path = self.path / MAPPING
        return str(path) if path.is_file() else None

    def wanted(self, names: Sequence[str]) -> list[WantedFile]:
        """Files with what stands for their content, read as the mapping reads them. Raises OSError."""
        return [self._wanted(self.path / name) for name in names]

    def _wanted(self, path: Path) -> WantedFile:
        mapping = self.mapping()
        found = hashlib.sha256(Path(mapping).read_bytes() if mapping else b"")
        with path.open("rb") as file:
            while piece := file.read(PIECE):
                found.update(piece)
        return WantedFile(path.name, path.stat().st_size, content=found.hexdigest())

    def take(self, order: Ordered) -> Path | None:
        """Move the files of an order away, so that nobody writes to them; None if they are not what they were.

        Done twice it is the same. Raises DataError.
        """
        work = self._work(order.id)
        try:
            work.mkdir(parents=True, exist_ok=True)
            for file in order.files:
                if not (work / file.name).exists() and (self.path / file.name).exists():
                    (self.path / file.name).rename(work / file.name)
            if all((work / file.name).exists() and self._wanted(work / file.name) == file for file in order.files):
                return work
            self._put_back(work)
        except OSError as error:
            raise DataError(f"{self.path}: the files can't be moved: {error.strerror or error}.") from error
        return None

    def _work(self, number: int) -> Path:
        return self.path / WORK / str(number)

    def _put_back(self, work: Path) -> None:
        """What is not what was wanted waits for the next look; or in REPLACED if a newer file has its name."""
        older = [file for file in work.iterdir() if (self.path / file.name).exists()]
        if older:
            (replaced := self.path / REPLACED).mkdir(parents=True, exist_ok=True)
            _move(older, replaced)
        for file in work.iterdir():
            file.rename(self.path / file.name)
        work.rmdir()

    def put_away(self, order: Ordered, today: date) -> None:
        """Move the files to where one sees what became of them, with a report and the refused rows. Done twice it is the same."""
        where = DONE if order.outcome is Outcome.IMPORTED else REFUSED
        into, work = self.path / where / today.isoformat(), self._work(order.id)
        left_out = order.left_out if order.outcome is Outcome.IMPORTED else frozenset[str]()
        try:
            _report(order, into)
            if order.rejects is not None:
                (into / f"import-{order.id}-rejects.csv").write_text(order.rejects, encoding="utf-8")
            _move([work / file.name for file in order.files if file.name not in left_out], into)
            if left_out:
                into = self.path / LEFT_OUT / today.isoformat()
                _report(order, into)
                _move([work / name for name in sorted(left_out)], into)
            if work.is_dir():
                work.rmdir()
        except OSError as error:
            raise DataError(f"{into}: the files can't be moved there: {error.strerror or error}.") from error

    def put_away_again(self, names: Sequence[str], before: Ordered, today: date) -> bool:
        """Move files whose content was imported before; False if they are gone."""
        into = self.path / DONE / today.isoformat()
        into.mkdir(parents=True, exist_ok=True)
        moved = _move([self.path / name for name in names], into)
        if moved:
            said = f"The same content was imported before (import {before.id}, {before.created_at:%Y-%m-%d %H:%M} UTC): not imported again.\n"
            (into / f"{moved[0]}-again.txt").write_text(f"{', '.join(moved)}\n{said}", encoding="utf-8")
        return bool(moved)


def _report(order: Ordered, into: Path) -> None:
    into.mkdir(parents=True, exist_ok=True)
    (into / f"import-{order.id}.txt").write_text(report_of(order), encoding="utf-8")


def _move(files: Sequence[Path], into: Path) -> list[str]:
    """Move those that are still there, under names that are free; the new names."""
    moved = []
    for file in files:
        if file.exists():
            name = _free(into, file)
            file.rename(into / name)
            moved.append(name)
    return moved


def _free(into: Path, file: Path) -> str:
    names = [file.name, *(f"{file.stem}-{number}{file.suffix}" for number in range(2, 10_000))]
    return next(name for name in names if not (into / name).exists())


def report_of(order: Ordered) -> str:
    """What became of an import, as text."""
    files = ", ".join(file.name for file in order.files if file.name not in order.left_out)
    if order.told is None:
        return f"{files}\n\nNothing was imported: {order.error}\n"
    return f"{files}\n\n{Reconciliation.from_json(order.told).as_text()}"


def content_of(files: Sequence[WantedFile]) -> str:
    """Stands for what all files hold together."""
    found = hashlib.sha256()
    for file in sorted(files, key=lambda one: one.name):
        found.update(f"{file.name}\0{file.content}\0".encode())
    return found.hexdigest()
