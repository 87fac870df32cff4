"""A picture as PNG: 1280 pixels square, drawn twice as large and made smaller, so that edges are smooth.

It is read on a phone at a third of its size, so nothing that must be read is smaller than 34 pixels.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO
from math import cos, log10, pi, sin, sqrt

from PIL import Image, ImageDraw, ImageFont

from domain.maps.layout import BOX, MOST, SIDE, Row, height_of, legend_rows
from domain.maps.outlines import US, Outline, countries, states
from domain.maps.picture import GROUPS, Picture, Point
from domain.maps.projection import Flat
from domain.maps.view import View, bar_of, view_of

FINE = 2
SEA, LAND, BORDER, INK, SOFT = "#dbe7ee", "#f6f4ee", "#b4b0a4", "#1d1c1d", "#616061"
STATE, PALE, LABEL = "#c8c3b4", "#a9a3b8", "#8d897d"
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#6b6b6b")
"""Told apart by the colour-blind, too; the last one is for the rest."""
SHAPES = (0, 4, 3, 5, 6, 8, 0)
"""Corners of each group's mark; 0 is a circle."""
GOLDEN = pi * (3 - sqrt(5))
LABELS = 14


def draw(picture: Picture) -> bytes:
    """The PNG of a picture with at least one point."""
    image = Image.new("RGB", (SIDE * FINE, MOST * FINE), "white")
    pen = _Pen(ImageDraw.Draw(image, "RGBA"))
    view = view_of([point.place for point in picture.points], BOX)
    _land(pen, view)
    _accounts(pen, view, picture)
    _bar(pen, view)
    _frame(pen)
    _words(pen, picture)
    made = BytesIO()
    below = height_of(picture)
    smooth = (
        image.crop((0, 0, SIDE * FINE, below * FINE))
        .reduce(FINE)
        .quantize(160, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    )
    smooth.save(made, "PNG")
    return made.getvalue()


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(BytesIO(files("domain.maps").joinpath("assets", "DejaVuSans.ttf").read_bytes()), size)


@dataclass(frozen=True, slots=True)
class _Pen:
    """Draws in pixels of the finished picture."""

    on: ImageDraw.ImageDraw

    def area(self, corners: Sequence[Flat], fill: str | None, edge: str | None = None, width: float = 1) -> None:
        fine = [(x * FINE, y * FINE) for x, y in corners]
        if fill:
            self.on.polygon(fine, fill=fill)
        if edge:
            self.on.line([*fine, fine[0]], fill=edge, width=round(width * FINE), joint="curve")

    def box(self, left: float, top: float, right: float, bottom: float, fill: str) -> None:
        self.on.rectangle([left * FINE, top * FINE, right * FINE, bottom * FINE], fill=fill)

    def text(
        self, x: float, y: float, words: str, size: int, fill: str = INK, *, anchor: str = "la", bold: bool = False
    ) -> None:
        stroke = 1 if bold else 0
        self.on.text((x * FINE, y * FINE), words, fill, _font(size * FINE), anchor, stroke_width=stroke)

    def width(self, words: str, size: int) -> float:
        return _font(size * FINE).getlength(words) / FINE

    def fitted(self, words: str, size: int, room: float) -> str:
        """As much of some words as fits, with an ellipsis."""
        if self.width(words, size) <= room:
            return words
        while words and self.width(f"{words}…", size) > room:
            words = words[:-1]
        return f"{words.rstrip()}…"


# The land


def _land(pen: _Pen, view: View) -> None:
    left, top, width, height = BOX
    pen.box(left, top, left + width, top + height, SEA)
    near = [(one, list(_corners(one, view))) for one in countries()]
    fine = [(one, list(_corners(one, view))) for one in states()]
    for country, parts in near:
        # The states of the US are finer: two coasts side by side would look like an error.
        for corners in parts:
            pen.area(corners, LAND, None if country.id == US else BORDER, 1.6)
    for _, parts in fine:
        for corners in parts:
            pen.area(corners, LAND, STATE, 1.2)
    _names(pen, view, [*(one for one in near if one[0].id != US), *fine])


def _corners(outline: Outline, view: View) -> Iterator[list[Flat]]:
    """The parts of an outline that touch the box, in pixels."""
    left, top, width, height = BOX
    for ring in outline.rings:
        for part in view.projection.outlines(ring):
            made = [view.at(flat) for flat in part]
            xs, ys = [x for x, _ in made], [y for _, y in made]
            if max(xs) >= left and min(xs) <= left + width and max(ys) >= top and min(ys) <= top + height:
                yield made


def _names(pen: _Pen, view: View, shown: Sequence[tuple[Outline, list[list[Flat]]]]) -> None:
    """The largest countries or states that are shown, as far as their names fit into them."""
    named: list[tuple[float, str, Flat]] = []
    for outline, parts in shown:
        room = max((_spread(corners) for corners in parts), default=0.0)
        if room > pen.width(outline.name, 28) * 1.1 and view.shows(at := view.pixel(outline.middle)):
            named.append((room, outline.name, at))
    for _, words, at in sorted(named, reverse=True)[:LABELS]:
        pen.text(*at, words, 28, LABEL, anchor="mm")


def _spread(corners: Sequence[Flat]) -> float:
    return max(x for x, _ in corners) - min(x for x, _ in corners)


# The accounts


def _accounts(pen: _Pen, view: View, picture: Picture) -> None:
    """The small ones over the large ones: none is hidden."""
    for place in picture.pale:
        at = view.pixel(place)
        if view.shows(at):
            pen.area(_mark(at, 5, 0), PALE)
    most = _most(len(picture.points))
    spots = _spots(view, picture.points)
    for at, point in sorted(zip(spots, picture.points, strict=True), key=lambda one: -one[1].size):
        _dot(pen, at, _radius(point.size, most), point.group, exact=point.exact)


def _spots(view: View, points: Sequence[Point]) -> Iterator[Flat]:
    """Those that stand about a middle are spread around it like a sunflower's seeds; the others are where they are."""
    around: dict[Flat, int] = {}
    for point in points:
        x, y = view.pixel(point.place)
        if not point.exact:
            number = around[point.place] = around.get(point.place, -1) + 1
            away = 15 * sqrt(number)
            x, y = x + away * cos(number * GOLDEN), y + away * sin(number * GOLDEN)
        yield x, y


def _most(count: int) -> float:
    """The greatest radius: of many accounts each gets less room."""
    return max(9.0, 40 - 8 * log10(count))


def _radius(size: float, most: float) -> float:
    return max(most / 6, 3.5, most * sqrt(size))


def _dot(pen: _Pen, at: Flat, radius: float, group: int, *, exact: bool) -> None:
    number = min(group, GROUPS)
    corners, colour = _mark(at, radius, SHAPES[number]), COLOURS[number]
    if exact:
        pen.area(corners, f"{colour}d0", "#ffffff" if radius > 7 else None, 1)
    else:
        pen.area(corners, "#ffffffa0", colour, 2.5)


def _mark(at: Flat, radius: float, corners: int) -> list[Flat]:
    """A regular shape with the area of a circle of this radius."""
    count = corners or max(12, min(40, round(radius * 2)))
    reach = radius * sqrt(2 * pi / (count * sin(2 * pi / count)))
    turn = -pi / 2 + (pi / 4 if corners == 4 else 0)
    return [
        (at[0] + reach * cos(turn + 2 * pi * k / count), at[1] + reach * sin(turn + 2 * pi * k / count))
        for k in range(count)
    ]


def _bar(pen: _Pen, view: View) -> None:
    """A round number of kilometres, as long as they are in the middle of the picture."""
    left, top, _, height = BOX
    length = bar_of(300 / view.scale)
    pixels, y, x = length * view.scale, top + height - 26, left + 24
    words = f"{length:,.0f} km" if length >= 1 else f"{length * 1000:,.0f} m"
    pen.box(x - 12, y - 56, x + max(pixels, pen.width(words, 34)) + 12, y + 14, "#ffffffc8")
    pen.box(x, y - 4, x + pixels, y, INK)
    for end in (x, x + pixels):
        pen.box(end - 1.5, y - 14, end + 1.5, y, INK)
    pen.text(x, y - 14, words, 34, anchor="ld")


# The words


def _frame(pen: _Pen) -> None:
    """What stands out of the box is covered."""
    left, top, width, height = BOX
    pen.box(0, 0, SIDE, top, "#ffffff")
    pen.box(0, top + height, SIDE, MOST, "#ffffff")
    pen.box(0, 0, left, MOST, "#ffffff")
    pen.box(left + width, 0, SIDE, MOST, "#ffffff")
    pen.on.rectangle(
        [left * FINE, top * FINE, (left + width) * FINE, (top + height) * FINE], outline=BORDER, width=FINE
    )


def _words(pen: _Pen, picture: Picture) -> None:
    room = SIDE - 48
    pen.text(24, 12, pen.fitted(picture.title, 50, room), 50, bold=True)
    pen.text(24, 76, pen.fitted(picture.subtitle, 34, room), 34, SOFT)
    most = _most(len(picture.points))
    for row in legend_rows(picture):
        _row(pen, row, most)


def _row(pen: _Pen, row: Row, most: float) -> None:
    middle, room = row.y + 22, most if row.size is not None or row.pale else 18.0
    x = row.x + room
    if row.group is not None:
        _dot(pen, (x, middle), 14, row.group, exact=True)
    elif row.pale:
        pen.area(_mark((x, middle), 6, 0), PALE)
    elif row.size is not None:
        pen.area(_mark((x, middle), _radius(row.size, most), 0), "#ffffff", SOFT, 2)
    indent = 2 * room + 12 if row.marked else 0
    pen.text(
        row.x + indent, middle, pen.fitted(row.words, 36, row.room - indent), 36, SOFT if row.soft else INK, anchor="lm"
    )
