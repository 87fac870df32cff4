"""Outlines of countries and of the states of the US, from the TopoJSON files in `assets` (see the README there)."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import accumulate
from typing import Any

from domain.maps.projection import Place, Ring, wrapped

COUNTRIES, STATES = "countries-50m.json", "states-10m.json"
US = "840"


@dataclass(frozen=True, slots=True)
class Outline:
    """A country or a state; `id` is ISO 3166's number of a country, the census' of a state. Each ring is closed."""

    id: str
    name: str
    rings: tuple[Ring, ...]

    @property
    def middle(self) -> Place:
        """The middle of its largest part: its centre of area in degrees, which is close enough for a label or a point."""
        return _centre(max(map(_unrolled, self.rings), key=lambda ring: abs(_area(ring))))


@cache
def countries() -> tuple[Outline, ...]:
    return _read(COUNTRIES, "countries")


@cache
def states() -> tuple[Outline, ...]:
    return _read(STATES, "states")


def _read(file: str, collection: str) -> tuple[Outline, ...]:
    topology = json.loads(files("domain.maps").joinpath("assets", file).read_text("utf-8"))
    arcs = [_unpacked(arc, topology["transform"]) for arc in topology["arcs"]]
    shapes = topology["objects"][collection]["geometries"]
    return tuple(_outline(shape, arcs) for shape in shapes if shape["type"] is not None)


def _unpacked(arc: Sequence[Sequence[int]], transform: Mapping[str, Any]) -> list[Place]:
    """Each point is given by its difference from the one before."""
    (wide, high), (left, low) = transform["scale"], transform["translate"]
    eastings, northings = accumulate(step[0] for step in arc), accumulate(step[1] for step in arc)
    return [(y * high + low, x * wide + left) for x, y in zip(eastings, northings, strict=True)]


def _outline(shape: Mapping[str, Any], arcs: Sequence[list[Place]]) -> Outline:
    """Holes are left out: what lies in them is land of another country, or a lake smaller than a point."""
    polygons = [shape["arcs"]] if shape["type"] == "Polygon" else shape["arcs"]
    rings = tuple(tuple(_joined(polygon[0], arcs)) for polygon in polygons)
    return Outline(str(shape.get("id", "")), str(shape["properties"]["name"]), rings)


def _joined(numbers: Sequence[int], arcs: Sequence[list[Place]]) -> Iterator[Place]:
    """A negative number is an arc backwards; each begins where the one before ends."""
    for place, number in enumerate(numbers):
        points = arcs[number] if number >= 0 else arcs[~number][::-1]
        yield from points[1:] if place else points


def _unrolled(ring: Ring) -> Ring:
    """A ring across the date line without the leap in its longitudes."""
    found = [ring[0]]
    for latitude, longitude in ring[1:]:
        before = found[-1][1]
        found.append((latitude, before + wrapped(longitude - before)))
    return found


def _area(ring: Ring) -> float:
    return sum(a[1] * b[0] - b[1] * a[0] for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)) / 2


def _centre(ring: Ring) -> Place:
    area = _area(ring)
    if not area:
        return ring[0]
    pairs = [(a, b, a[1] * b[0] - b[1] * a[0]) for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)]
    latitude = sum((a[0] + b[0]) * cross for a, b, cross in pairs) / (6 * area)
    longitude = sum((a[1] + b[1]) * cross for a, b, cross in pairs) / (6 * area)
    return latitude, wrapped(longitude)
