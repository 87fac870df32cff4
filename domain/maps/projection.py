"""From places on the globe to a flat picture on which areas keep their proportions.

What fits into less than a hemisphere is projected about its own middle (Lambert's azimuthal equal-area projection), so
that the date line and the poles are places like others; the whole world by Equal Earth, cut opposite its middle.
Latitudes and longitudes are degrees, distances kilometres, y grows to the north.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import acos, asin, cos, degrees, radians, sin, sqrt
from typing import Protocol, TypeAlias

Place: TypeAlias = tuple[float, float]
"""Latitude and longitude."""
Flat: TypeAlias = tuple[float, float]
Ring: TypeAlias = Sequence[Place]

EARTH = 6371.0088
WIDE = 50.0
"""Degrees from the middle to the farthest place, beyond which the picture is one of the world."""
BEYOND = 8.0
"""So many degrees of land are kept around what is shown."""
_A1, _A2, _A3, _A4 = 1.340264, -0.081106, 0.000893, 0.003796


class Projection(Protocol):
    def flat(self, place: Place) -> Flat: ...

    def outlines(self, ring: Ring) -> Iterator[list[Flat]]:
        """The parts of a closed ring that can be shown."""
        ...


def projection_of(places: Sequence[Place]) -> Projection:
    """The projection for a picture of these places (at least one)."""
    middle = middle_of(places)
    reach = max(distance(middle, place) for place in places)
    return EqualEarth(middle[1]) if reach > WIDE else Azimuthal(middle, reach * 2.6 + BEYOND)


def middle_of(places: Sequence[Place]) -> Place:
    """The middle of the smallest range of longitudes, which may cross the date line, and of the latitudes."""
    latitudes = [latitude for latitude, _ in places]
    ordered = sorted({longitude % 360 for _, longitude in places})
    gaps = [(after - before, before) for before, after in pairwise([*ordered, ordered[0] + 360])]
    gap, before = max(gaps)
    middle = before + gap + (360 - gap) / 2
    return (min(latitudes) + max(latitudes)) / 2, wrapped(middle)


def wrapped(longitude: float) -> float:
    """The same longitude from -180 up to, not including, 180."""
    return (longitude + 180) % 360 - 180


def distance(one: Place, other: Place) -> float:
    """Degrees of a great circle."""
    return degrees(acos(max(-1.0, min(1.0, _dot(_vector(one), _vector(other))))))


Vector: TypeAlias = tuple[float, float, float]


def _vector(place: Place) -> Vector:
    latitude, longitude = radians(place[0]), radians(place[1])
    return cos(latitude) * cos(longitude), cos(latitude) * sin(longitude), sin(latitude)


def _dot(one: Vector, other: Vector) -> float:
    return one[0] * other[0] + one[1] * other[1] + one[2] * other[2]


@dataclass(frozen=True, slots=True)
class Azimuthal:
    """About `middle`; of land what is within `reach` degrees of it, at most a good hemisphere."""

    middle: Place
    reach: float

    def flat(self, place: Place) -> Flat:
        return self._flat(_vector(place))

    def _flat(self, at: Vector) -> Flat:
        latitude, longitude = radians(self.middle[0]), radians(self.middle[1])
        ahead = at[0] * cos(longitude) + at[1] * sin(longitude)
        east = at[1] * cos(longitude) - at[0] * sin(longitude)
        north = cos(latitude) * at[2] - sin(latitude) * ahead
        near = sin(latitude) * at[2] + cos(latitude) * ahead
        scale = EARTH * sqrt(2 / max(1e-9, 1 + near))
        return scale * east, scale * north

    def outlines(self, ring: Ring) -> Iterator[list[Flat]]:
        middle, least = _vector(self.middle), cos(radians(min(self.reach, 110.0)))
        ways = [_vector(place) for place in ring]
        kept = list(_cut(ways, lambda at: _dot(middle, at) - least))
        if len(kept) > 2:
            yield [self._flat(_unit(at)) for at in kept]


def _unit(at: Vector) -> Vector:
    length = sqrt(_dot(at, at)) or 1.0
    return at[0] / length, at[1] / length, at[2] / length


def _cut(ring: Sequence[Vector], inside: Callable[[Vector], float]) -> Iterator[Vector]:
    """What is left of a ring where `inside` is not negative (Sutherland and Hodgman)."""
    for before, after in zip([ring[-1], *ring], ring, strict=False):
        was, now = inside(before), inside(after)
        if (was < 0) != (now < 0):
            share = was / (was - now)
            yield (
                before[0] + share * (after[0] - before[0]),
                before[1] + share * (after[1] - before[1]),
                before[2] + share * (after[2] - before[2]),
            )
        if now >= 0:
            yield after


@dataclass(frozen=True, slots=True)
class EqualEarth:
    """The world, with the meridian `longitude` in the middle."""

    longitude: float

    def flat(self, place: Place) -> Flat:
        return self._flat(place[0], wrapped(place[1] - self.longitude))

    def _flat(self, latitude: float, east: float) -> Flat:
        theta = asin(sqrt(3) / 2 * sin(radians(latitude)))
        square = theta * theta
        sixth = square**3
        wide = 9 * _A4 * sixth * square + 7 * _A3 * sixth + 3 * _A2 * square + _A1
        x = 2 * sqrt(3) * radians(east) * cos(theta) / (3 * wide)
        y = theta * (_A4 * sixth * square + _A3 * sixth + _A2 * square + _A1)
        return EARTH * x, EARTH * y

    def outlines(self, ring: Ring) -> Iterator[list[Flat]]:
        """A ring that crosses the cut is shown on both sides. One around a pole (Antarctica's) is not closed: not shown."""
        unrolled = self._unrolled(ring)
        if abs(unrolled[0][0] - unrolled[-1][0]) > 180:
            return
        for turn in (-360.0, 0.0, 360.0):
            moved = [(east + turn, latitude, 0.0) for east, latitude in unrolled]
            if all(east < -180 for east, *_ in moved) or all(east > 180 for east, *_ in moved):
                continue
            kept = list(_cut(list(_cut(moved, lambda at: at[0] + 180)) or moved[:1], lambda at: 180 - at[0]))
            if len(kept) > 2:
                yield [self._flat(latitude, east) for east, latitude, _ in kept]

    def _unrolled(self, ring: Ring) -> list[tuple[float, float]]:
        found: list[tuple[float, float]] = []
        for latitude, longitude in ring:
            before = found[-1][0] if found else wrapped(longitude - self.longitude)
            found.append((before + wrapped(longitude - self.longitude - before), latitude))
        return found
