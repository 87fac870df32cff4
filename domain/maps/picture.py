"""What a map shows, in words and places: everything that the drawing needs, and nothing of where it came from."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from domain.maps.projection import Place

GROUPS = 6
"""So many groups have a colour and a shape of their own; the rest share one."""


@dataclass(frozen=True, slots=True)
class Point:
    """An account: `size` is its amount relative to the greatest (0 to 1), `group` its place in the legend.

    One that is not `exact` stands about the middle of its region or country, and is drawn hollow.
    """

    place: Place
    size: float
    group: int
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Picture:
    """`groups` are the lines of the legend; `sizes` are examples of what a size means: of 0 to 1, and its label."""

    title: str
    subtitle: str
    points: tuple[Point, ...]
    pale: tuple[Place, ...] = ()
    groups: tuple[str, ...] = ()
    pale_label: str = ""
    size_label: str = ""
    sizes: tuple[tuple[float, str], ...] = ()
    notes: tuple[str, ...] = ()

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Picture":
        made: Mapping[str, Any] = json.loads(text)
        points = tuple(Point(tuple(one["place"]), one["size"], one["group"], one["exact"]) for one in made["points"])
        rest = {name: made[name] for name in ("title", "subtitle", "pale_label", "size_label")}
        return cls(
            **rest,
            points=points,
            pale=tuple((latitude, longitude) for latitude, longitude in made["pale"]),
            groups=tuple(made["groups"]),
            sizes=tuple((size, label) for size, label in made["sizes"]),
            notes=tuple(made["notes"]),
        )
