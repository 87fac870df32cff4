"""What a workbook's XML says and its reader does not: errors in cells, and formulas that were never calculated."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO
from xml.etree import ElementTree
from zipfile import ZipFile

_CHUNK = 1 << 20
_LONGEST_TAG = 200
_WORTH_A_LOOK = re.compile(rb"""\bt=["']e["']|<(?:\w+:)?f[\s/>]""")
_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*)(?<!/)>(.*?)</(?:\w+:)?c>", re.DOTALL)
_TYPE = re.compile(rb"""\bt=["'](\w+)["']""")
_PLACE = re.compile(rb"""\br=["']([A-Z]+)(\d+)["']""")
_VALUE = re.compile(rb"<(?:\w+:)?v\b[^>]*>([^<]+)</")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_LATER = re.compile(rb"""\bfullCalcOnLoad=["'](?:1|true)["']""")


@dataclass(slots=True)
class Oddities:
    """Of a sheet: the texts of its errors by (line, column from 0), and the first cell whose formula has no value."""

    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    uncalculated: str = ""


def oddities(path: Path, sheet: str) -> Oddities:
    """Raises KeyError, BadZipFile or ParseError for a workbook whose parts are not where they should be."""
    found = Oddities()
    with ZipFile(path) as book:
        main = _main_part(book)
        part = _sheet_part(book, main, sheet)
        with book.open(part) as stream:
            if not _is_worth_a_look(stream):
                return found
        is_later = _LATER.search(book.read(main)) is not None
        for kind, place, inside in _cells(book.read(part)):
            value = _VALUE.search(inside)
            if kind == b"e" and value is not None:
                found.errors[_position(*place)] = value[1].decode(errors="replace")
            elif (
                not found.uncalculated and _FORMULA.search(inside) and (is_later or (value is None and kind != b"str"))
            ):
                found.uncalculated = b"".join(place).decode()
    return found


def _is_worth_a_look(stream: IO[bytes]) -> bool:
    before = b""
    while chunk := stream.read(_CHUNK):
        if _WORTH_A_LOOK.search(before + chunk):
            return True
        before = chunk[-_LONGEST_TAG:]
    return False


def _cells(sheet: bytes) -> Iterator[tuple[bytes, tuple[bytes, bytes], bytes]]:
    """The type, the place (letters and number) and the inside of each cell that says where it is."""
    for cell in _CELL.finditer(sheet):
        kind, place = _TYPE.search(cell[1]), _PLACE.search(cell[1])
        if place is not None:
            yield kind[1] if kind else b"", (place[1], place[2]), cell[2]


def _position(letters: bytes, line: bytes) -> tuple[int, int]:
    column = 0
    for letter in letters:
        column = column * 26 + letter - ord("A") + 1
    return int(line), column - 1


def _main_part(book: ZipFile) -> str:
    for relation in ElementTree.fromstring(book.read("_rels/.rels")):
        if relation.get("Type", "").endswith("/officeDocument"):
            return relation.get("Target", "").removeprefix("/")
    raise KeyError("officeDocument")


def _sheet_part(book: ZipFile, main: str, name: str) -> str:
    folder = PurePosixPath(main).parent
    targets = {
        relation.get("Id"): relation.get("Target", "")
        for relation in ElementTree.fromstring(book.read(str(folder / "_rels" / f"{PurePosixPath(main).name}.rels")))
    }
    for element in ElementTree.fromstring(book.read(main)).iter():
        if element.tag.rpartition("}")[2] == "sheet" and element.get("name") == name:
            key = next(value for attribute, value in element.attrib.items() if attribute.endswith("}id"))
            target = targets[key]
            return target.removeprefix("/") if target.startswith("/") else str(folder / target)
    raise KeyError(name)
