"""Which part of the world a picture shows, and at what scale."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.maps.projection import Flat, Place, Projection, distance, projection_of

LEAST = 60.0
"""Kilometres that a picture shows at least from side to side, however close together the places are."""
FEW, NEAR, FAR = 20, 0.95, 3.0
SAMPLE = 60
"""Of so many places each is tried as the middle."""
MARGIN = 0.12
"""Of the width and height, on each side."""


@dataclass(frozen=True, slots=True)
class View:
    """Places to pixels: `left`, `top` is the corner of the box, `scale` pixels a kilometre about `middle`."""

    projection: Projection
    middle: Flat
    scale: float
    left: float
    top: float
    width: float
    height: float

    def pixel(self, place: Place) -> Flat:
        return self.at(self.projection.flat(place))

    def at(self, flat: Flat) -> Flat:
        x = self.left + self.width / 2 + (flat[0] - self.middle[0]) * self.scale
        return x, self.top + self.height / 2 - (flat[1] - self.middle[1]) * self.scale

    def shows(self, pixel: Flat) -> bool:
        return self.left <= pixel[0] <= self.left + self.width and self.top <= pixel[1] <= self.top + self.height


def framed(places: Sequence[Place]) -> list[bool]:
    """Which places a picture is about: all, but for a few that are so far from the rest that they would make it small.

    Of at least 20 places those may be left out that are more than three times as far from the middle as 19 in 20 are.
    """
    middle = min(places[:: max(1, len(places) // SAMPLE)], key=lambda one: _reach(one, places))
    away = [distance(middle, place) for place in places]
    most = sorted(away)[int(len(away) * NEAR)] if len(away) >= FEW else max(away)
    return [one <= max(FAR * most, 1.0) for one in away]


def _reach(place: Place, places: Sequence[Place]) -> float:
    return sum(distance(place, one) for one in places[:: max(1, len(places) // SAMPLE)])


def view_of(places: Sequence[Place], box: tuple[float, float, float, float]) -> View:
    """The view of a box (left, top, width, height) in which the places (at least one) that it is about are, with a margin."""
    places = [place for place, shown in zip(places, framed(places), strict=True) if shown]
    projection = projection_of(places)
    left, top, width, height = box
    flat = [projection.flat(place) for place in places]
    xs, ys = [x for x, _ in flat], [y for _, y in flat]
    wide = max(max(xs) - min(xs), LEAST) / (1 - 2 * MARGIN)
    high = max(max(ys) - min(ys), LEAST) / (1 - 2 * MARGIN)
    middle = (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
    return View(projection, middle, min(width / wide, height / high), left, top, width, height)


def bar_of(kilometres: float) -> float:
    """The greatest round length (1, 2 or 5 times a power of ten) that is no longer."""
    power = 0.001
    while power * 10 <= kilometres:
        power *= 10
    return max(step * power for step in (1, 2, 5) if step * power <= kilometres)
