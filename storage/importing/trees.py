"""Circles in what should be trees."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

Line = tuple[int, date, date, int]
"""A person, the first day, the first day no longer, and the manager."""


def cycles(parents: Mapping[int, int]) -> set[int]:
    """Everything that is above itself."""
    found: set[int] = set()
    done: set[int] = set()
    for start in parents:
        path: list[int] = []
        on_path: set[int] = set()
        at: int | None = start
        while at is not None and at not in done and at not in on_path:
            path.append(at)
            on_path.add(at)
            at = parents.get(at)
        if at is not None and at in on_path:
            found.update(path[path.index(at) :])
        done.update(path)
    return found


def reporting_cycles(lines: Iterable[Line]) -> set[tuple[int, date]]:
    """(person, first day) of each line by which someone reports to themself on some day."""
    rows = list(lines)
    by_person: defaultdict[int, list[Line]] = defaultdict(list)
    for row in rows:
        by_person[row[0]].append(row)
    suspects = cycles_of_any_day(by_person)
    return {(row[0], row[1]) for row in rows if row[0] in suspects and _returns(row, by_person)}


def cycles_of_any_day(by_person: Mapping[int, list[Line]]) -> set[int]:
    """People who are above themselves if all days are taken as one: the only ones to look at day by day."""
    above = {person: {row[3] for row in rows} for person, rows in by_person.items()}
    return {person for person in above if _reaches(person, above)}


def _reaches(start: int, above: Mapping[int, set[int]]) -> bool:
    seen: set[int] = set()
    waiting = list(above[start])
    while waiting:
        at = waiting.pop()
        if at == start:
            return True
        if at not in seen:
            seen.add(at)
            waiting.extend(above.get(at, ()))
    return False


def _returns(first: Line, by_person: Mapping[int, list[Line]]) -> bool:
    """Whether the line leads back to its own person on a day that all lines on the way share."""
    seen: set[tuple[int, date, date]] = set()
    waiting = [(first[3], first[1], first[2])]
    while waiting:
        person, start, end = waiting.pop()
        if person == first[0]:
            return True
        for _, since, until, manager in by_person.get(person, ()):
            step = (manager, max(start, since), min(end, until))
            if step[1] < step[2] and step not in seen:
                seen.add(step)
                waiting.append(step)
    return False
