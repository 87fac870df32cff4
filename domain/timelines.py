"""Values that hold for stretches of days, looked up by day."""

from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from domain.company import Span

T = TypeVar("T")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Timeline(Generic[T]):
    """One value for every day; `values[i]` holds from `starts[i]` to before `starts[i + 1]`, the first from always."""

    starts: tuple[date, ...]
    values: tuple[T, ...]

    def at(self, day: date) -> T:
        """The value on `day`."""
        return self.values[bisect_right(self.starts, day) - 1]

    def stretches(self) -> list[tuple[Span, T]]:
        """All days, in order, each stretch with its value."""
        ends = (*self.starts[1:], date.max)
        return [(Span(start, end), value) for start, end, value in zip(self.starts, ends, self.values, strict=True)]


def timeline(claims: Iterable[tuple[Span, V]], settle: Callable[[list[V]], T]) -> Timeline[T]:
    """The value of each day is what `settle` makes of the claims that hold on it, in the order in which they came."""
    ordered = list(claims)
    days = {date.min, *(span.start for span, _ in ordered), *(span.end for span, _ in ordered)} - {date.max}
    starts: list[date] = []
    values: list[T] = []
    for day in sorted(days):
        value = settle([claim for span, claim in ordered if day in span])
        if not values or values[-1] != value:
            starts.append(day)
            values.append(value)
    return Timeline(tuple(starts), tuple(values))
