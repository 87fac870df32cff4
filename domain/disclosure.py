"""What totals say about few people, once someone adds and subtracts them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from fractions import Fraction
from typing import NamedTuple, TypeAlias

from domain.company import PersonId, TerritoryId


class Portion(NamedTuple):
    """The smallest thing that totals are sums of: what one person has in one territory in one stretch of days.

    Portions of different `figure`s (credit, target) are never added up. `stretch` counts the stretches before it.
    """

    person: PersonId
    figure: str = ""
    territory: TerritoryId | None = None
    stretch: int = 0


GROUPS = 5_000
"""So many groups of few people are looked at."""
Total: TypeAlias = frozenset[Portion]
Row: TypeAlias = list[Fraction]


def tells_of_few(totals: Iterable[Collection[Portion]], fewer_than: int) -> bool:
    """Whether some sum or difference of the totals, with any weights, consists of fewer than so many people's portions.

    What consists of nobody's portions says nothing, and does not count. Where more groups of people than can be looked at
    may be told of, the answer is yes.
    """
    known = [frozenset(total) for total in totals]
    columns = _columns(known)
    rows = _reduced([[Fraction(number in column) for column, _ in columns] for number in range(len(known))])
    people = [some for _, some in columns]
    # The larger columns come first, so a row that begins in a small one is made of small ones only; and a combination
    # begins where one of its rows does. So those rows are all that combinations of few people are made of.
    suspect = [row for row in rows if len(people[_first(row)]) < fewer_than]
    few = {people[at] for row in suspect for at, value in enumerate(row) if value}
    groups = _unions(few, fewer_than)
    return len(groups) > GROUPS or any(_tells_of(group, suspect, people) for group in groups)


def _columns(totals: Sequence[Total]) -> list[tuple[frozenset[int], frozenset[PersonId]]]:
    """The portions that are in the same totals cannot be told apart: in which those are, and whose."""
    found: defaultdict[frozenset[int], set[PersonId]] = defaultdict(set)
    for portion in frozenset[Portion]().union(*totals):
        found[frozenset(number for number, total in enumerate(totals) if portion in total)].add(portion.person)
    columns = [(column, frozenset(some)) for column, some in found.items()]
    return sorted(columns, key=lambda column: (-len(column[1]), sorted(column[0])))


def _unions(groups: Collection[frozenset[PersonId]], fewer_than: int) -> set[frozenset[PersonId]]:
    """The groups and all of their unions that are small enough; not all of them if they are too many."""
    found: set[frozenset[PersonId]] = set()
    new = set(groups)
    while new and len(found) <= GROUPS:
        found |= new
        new = {one | other for one in new for other in groups if len(one | other) < fewer_than} - found
    return found


def _tells_of(group: frozenset[PersonId], rows: Sequence[Row], people: Sequence[frozenset[PersonId]]) -> bool:
    """Whether some combination of the rows vanishes outside of the columns that are of nobody but the group."""
    inside = {at for at, some in enumerate(people) if some <= group}
    parts = [row for row in rows if _first(row) in inside]
    outside = [[value for at, value in enumerate(row) if at not in inside] for row in parts]
    return len(_reduced(outside)) < len(parts)


def _first(row: Row) -> int:
    return next(at for at, value in enumerate(row) if value)


def _reduced(rows: list[Row]) -> list[Row]:
    """The reduced row echelon form without its empty rows."""
    done = 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((at for at in range(done, len(rows)) if rows[at][column]), None)
        if pivot is None:
            continue
        rows[done], rows[pivot] = rows[pivot], rows[done]
        lead = rows[done][column]
        rows[done] = [value / lead for value in rows[done]]
        for at, row in enumerate(rows):
            factor = row[column]
            if at != done and factor:
                rows[at] = [value - factor * base for value, base in zip(row, rows[done], strict=True)]
        done += 1
    return rows[:done]
