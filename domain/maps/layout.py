"""Where the words of a picture stand: a title above the map, its legend below."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from textwrap import wrap

from domain.maps.picture import GROUPS, Picture

SIDE = 1280
BOX = (24.0, 128.0, SIDE - 48.0, 760.0)
"""Left, top, width and height of the map."""
TOP, LINE, HALF, FOOT = 908, 54, 740, 12
MOST = 1480
"""The height of a picture whose legend has all the lines that there can be."""
NOTE = 58
"""Characters of a note in a line."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the legend; `room` is how far its words may reach from `x`."""

    x: float
    y: float
    room: float
    words: str
    group: int | None = None
    size: float | None = None
    pale: bool = False
    soft: bool = False

    @property
    def marked(self) -> bool:
        return self.pale or self.group is not None or self.size is not None


def legend_rows(picture: Picture) -> Iterator[Row]:
    """Groups on the left, pale ones and sizes on the right, notes below both over the whole width."""
    groups = list(picture.groups[: GROUPS + 1])
    for line, words in enumerate(groups):
        yield Row(24, TOP + line * LINE, HALF - 36, words, group=line)
    right = list(_right(picture))
    for line, row in enumerate(right):
        yield replace(row, y=TOP + line * LINE)
    below = TOP + max(len(groups), len(right)) * LINE + 6
    for line, words in enumerate(line for note in picture.notes for line in wrap(note, NOTE)):
        if below + (line + 1) * LINE + FOOT <= MOST:
            yield Row(24, below + line * LINE, SIDE - 48, words, soft=True)


def height_of(picture: Picture) -> int:
    """So high that the last line has some room below it."""
    return max(round(row.y) for row in legend_rows(picture)) + LINE + FOOT


def _right(picture: Picture) -> Iterator[Row]:
    x, room = HALF, SIDE - HALF - 24
    if picture.size_label:
        yield Row(x, 0, room, picture.size_label, soft=True)
    yield from (Row(x, 0, room, label, size=size) for size, label in picture.sizes)
    if picture.pale_label:
        yield Row(x, 0, room, picture.pale_label, pale=True)
