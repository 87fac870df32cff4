"""Pictures of one account, of many, of points about a middle, around the world, with words too long for a line."""

import subprocess
import sys
from io import BytesIO
from random import Random

import pytest
from PIL import Image

from domain.maps.drawing import COLOURS, draw
from domain.maps.layout import MOST, SIDE, height_of, legend_rows
from domain.maps.picture import GROUPS, Picture, Point

BLUE = tuple(int(COLOURS[0][n : n + 2], 16) for n in (1, 3, 5))
CHANCE = Random(7)
MANY = [Point((CHANCE.uniform(30, 48), CHANCE.uniform(-120, -75)), CHANCE.random(), n % 9) for n in range(500)]
LONG = "A name that is far too long for any line of a legend, " * 4


def picture(*points: Point, **more: object) -> Picture:
    return Picture(**{"title": "Ohio", "subtitle": "1 account", "points": points, **more})  # type: ignore[arg-type]


def is_blue(pixel: tuple[int, int, int]) -> bool:
    return all(abs(one - other) < 60 for one, other in zip(pixel, BLUE, strict=True))


def seen(made: bytes) -> Image.Image:
    return Image.open(BytesIO(made)).convert("RGB")


def test_one_account_is_a_mark_in_the_middle_of_the_map() -> None:
    image = seen(draw(picture(Point((40.0, -83.0), 1.0, 0), groups=("Ana Silva: 1",))))
    assert image.width == SIDE
    assert is_blue(image.getpixel((640, 508)))  # type: ignore[arg-type]
    assert not is_blue(image.getpixel((640, 300)))  # type: ignore[arg-type]


def test_a_place_that_is_not_exact_is_hollow() -> None:
    image = seen(draw(picture(Point((40.0, -83.0), 1.0, 0, exact=False), groups=("Ana Silva: 1",))))
    assert not is_blue(image.getpixel((640, 508)))  # type: ignore[arg-type]
    assert any(is_blue(image.getpixel((x, 508))) for x in range(640, 700))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "points",
    [
        [Point((40.0, -83.0), 0.0, 0)] * 30,
        [Point((40.0, -83.0), 0.5, 0, exact=False)] * 30,
        [Point((-17.0, 178.0), 1.0, 0), Point((-18.0, -178.0), 1.0, 1)],
        [Point((0.0, -120.0), 1.0, 0), Point((50.0, 0.0), 1.0, 1), Point((-30.0, 130.0), 1.0, 2)],
        [Point((89.9, 0.0), 1.0, 0)],
        MANY,
    ],
)
def test_every_extent_makes_a_picture_that_fits(points: list[Point]) -> None:
    groups = tuple(f"{LONG}{n}" for n in range(GROUPS + 1))
    made = picture(
        *points, title=LONG, subtitle=LONG, pale=((1.0, 1.0),), groups=groups, pale_label=LONG, size_label="Size",
        sizes=((1.0, "$1M"), (0.2, "$200k")), notes=(LONG, LONG),
    )  # fmt: skip
    image = seen(draw(made))
    assert (image.width, image.height) == (SIDE, height_of(made))
    assert SIDE * 0.7 < image.height <= MOST
    # Nothing stands out to the right.
    [margin] = {image.getpixel((SIDE - 4, y)) for y in range(0, image.height, 7)}
    assert min(margin) > 250  # type: ignore[type-var]


def test_the_legend_s_lines_do_not_cover_each_other() -> None:
    rows = list(legend_rows(picture(*MANY, groups=("a", "b"), pale_label="p", size_label="s", notes=("n", "m"))))
    assert len({(row.x, row.y) for row in rows}) == len(rows) == 6


def test_a_picture_is_drawn_the_same_in_a_process_of_its_own() -> None:
    made = picture(*MANY[:40], groups=("Zoë Łukasz: 1",), notes=("<b>&amp;",))
    assert Picture.from_json(made.to_json()) == made
    done = subprocess.run([sys.executable, "-m", "domain.maps"], input=made.to_json().encode(), capture_output=True)
    assert done.stderr == b""
    assert done.stdout == draw(made)
