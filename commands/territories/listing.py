"""`/territory list`: the tree of territories with who holds each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from commands.kit.names import begins, comparable
from commands.territories.card import Holder, holders
from commands.territories.named import as_listed, in_order
from domain import policies
from domain.company import AssignmentRole, Person, Territory, TerritoryId
from storage.store import Known

SIZE = 25
"""So many territories stand on a page."""
FILTER = 200
"""So many characters of what was typed are kept."""


@dataclass(frozen=True, slots=True)
class Row:
    """A territory in the tree, `depth` levels below the top; `fits` is False for one that only leads to others."""

    territory: Territory
    depth: int
    holders: tuple[Holder, ...]
    below: int
    fits: bool
    closed_on: date | None = None

    @property
    def is_vacant(self) -> bool:
        """Nobody holds it who should: an area that is held through those below it misses nobody."""
        return (
            self.closed_on is None
            and not self.below
            and not any(one.role is AssignmentRole.PRIMARY for one in self.holders)
        )


@dataclass(frozen=True, slots=True)
class TerritoryList:
    """A page of the tree. `fitting` counts the territories that fit, `vacant` those of them that nobody
    holds; `closed_into`: where everything went of what is no more."""

    rows: tuple[Row, ...]
    number: int
    pages: int
    fitting: int
    vacant: int
    filter: str
    known: int
    closed_into: Mapping[TerritoryId, Territory]


def territory_list(repo: Known, words: str, *, by: Person, today: date, number: int = 0) -> TerritoryList:
    """The territories whose name, key or holder fits `words`, each below those that it is in. Raises NotAllowed.

    `vacant` fits those that nobody holds.
    """
    policies.require(policies.may_see_names(as_listed(repo, by), today))
    words = " ".join(words.split())[:FILTER]
    every = repo.company.territories
    rows = _fitting(list(_tree(repo, today)), words)
    fitting = [row for row in rows if row.fits]
    pages = max(1, -(-len(rows) // SIZE))
    number = min(number, pages - 1)
    return TerritoryList(
        rows=(*_leading_to(rows, number * SIZE), *rows[number * SIZE : (number + 1) * SIZE]),
        number=number,
        pages=pages,
        fitting=len(fitting),
        vacant=sum(row.is_vacant for row in fitting),
        filter=words,
        known=len(repo.company.territories),
        closed_into={
            one.id: every[one.merged_into] for one in every.values() if one.merged_into and one.merged_into in every
        },
    )


def _leading_to(rows: list[Row], at: int) -> list[Row]:
    """What the row at a place is in, the highest first: a page says again where it goes on."""
    found: list[Row] = []
    depth = rows[at].depth if at < len(rows) else 0
    for row in reversed(rows[:at]):
        if row.depth < depth:
            found.append(replace(row, fits=False))
            depth = row.depth
    return found[::-1]


def _tree(repo: Known, today: date) -> Iterator[Row]:
    """All territories, each followed by those below it; those in a circle come at the end."""
    lines, every = repo.model.lines, repo.company.territories
    top = in_order(repo, {one for one, territory in every.items() if territory.parent not in every})
    waiting = [(territory, 0) for territory in reversed(top)]
    seen = set[TerritoryId]()
    while waiting:
        territory, depth = waiting.pop()
        seen.add(territory.id)
        below = in_order(repo, set(lines.child_territories(territory.id)))
        yield _row(repo, territory, today, depth, len(below))
        waiting += [(one, depth + 1) for one in reversed(below) if one.id not in seen]
    for territory in in_order(repo, set(every) - seen):
        yield _row(repo, territory, today, 0, 0)


def _row(repo: Known, territory: Territory, today: date, depth: int, below: int) -> Row:
    closed_on = territory.closed_on if territory.closed_on and territory.closed_on <= today else None
    return Row(territory, depth, tuple(holders(repo, territory.id, today)), below, fits=True, closed_on=closed_on)


def _fitting(rows: list[Row], words: str) -> list[Row]:
    """Those that fit, and what leads to them; what is no more fits only words that name it."""
    asked = comparable(words).split()
    found: list[Row] = []
    depth = -1
    for row in reversed(rows):
        fits = _fits(row, asked)
        if fits or row.depth < depth:
            found.append(replace(row, fits=fits))
            depth = row.depth
        elif row.depth == 0:
            depth = -1
    return found[::-1]


def _fits(row: Row, asked: list[str]) -> bool:
    if not asked:
        return row.closed_on is None
    if asked == ["vacant"]:
        return row.is_vacant
    names = [row.territory.name, row.territory.key, *(one.name for one in row.holders)]
    return any(begins(asked, comparable(one).split()) for one in names)
