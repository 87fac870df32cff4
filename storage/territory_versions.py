"""What changed in a territory at which revision: its name and place, who holds it, its rules and pins."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select

from domain.company import WHOLE, AssignmentRole, PersonId, TerritoryId
from storage.store import Repositories
from storage.tables import OPEN_REV, table_of, territories

LAND, HELD = table_of(territories.TerritoryVersion), table_of(territories.Assignment)
RULES, PINS = table_of(territories.Rule), table_of(territories.Pin)


@dataclass(frozen=True, slots=True)
class HolderRow:
    person: PersonId
    role: AssignmentRole
    start: date
    end: date
    share: int


@dataclass(frozen=True, slots=True)
class Place:
    name: str
    parent: TerritoryId | None


@dataclass(slots=True)
class Step:
    """All that changed at one revision. Pins are accounts, which are counted only; rules are called by their names."""

    rev: int
    place: Place | None = None
    begun: list[HolderRow] = field(default_factory=list)
    ended: list[HolderRow] = field(default_factory=list)
    rules_begun: set[str] = field(default_factory=set)
    rules_ended: set[str] = field(default_factory=set)
    pinned: set[int] = field(default_factory=set)
    unpinned: set[int] = field(default_factory=set)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left once what only changed its key is taken out."""
        return not (
            self.place
            or self.begun
            or self.ended
            or self.rules_begun
            or self.rules_ended
            or self.pinned
            or self.unpinned
        )


async def steps(repo: Repositories, territory: TerritoryId) -> list[Step]:
    """The revisions that changed something in a territory, newest first, as far as this state knows them."""
    found: dict[int, Step] = {}
    for row, revs in await _versions(repo, LAND, LAND.c.id == territory):
        if revs[0]:
            _step(found, revs[0]).place = Place(row.name, row.parent_id)
    for row, (begun, ended) in await _versions(repo, HELD, HELD.c.territory_id == territory):
        share = WHOLE if row.share is None else row.share
        holder = HolderRow(row.person_id, AssignmentRole(row.role), row.from_on, row.to_on, share)
        _note(found, begun, "begun", holder)
        _note(found, ended, "ended", holder)
    for row, (begun, ended) in await _versions(repo, RULES, RULES.c.territory_id == territory):
        _note(found, begun, "rules_begun", row.rule)
        _note(found, ended, "rules_ended", row.rule)
    for row, (begun, ended) in await _versions(repo, PINS, PINS.c.territory_id == territory):
        _note(found, begun, "pinned", row.account_id)
        _note(found, ended, "unpinned", row.account_id)
    return [step for _, step in sorted(found.items(), reverse=True) if not _settled(step).is_empty]


def _step(found: dict[int, Step], rev: int) -> Step:
    return found.setdefault(rev, Step(rev))


def _note(found: dict[int, Step], rev: int | None, what: str, value: Any) -> None:
    if rev is None:
        return
    into = getattr(_step(found, rev), what)
    if isinstance(into, set):
        into.add(value)
    else:
        into.append(value)


def _settled(step: Step) -> Step:
    """What ended and began again unchanged is no change of this territory."""
    both = [row for row in step.begun if row in step.ended]
    step.begun = [row for row in step.begun if row not in both]
    step.ended = [row for row in step.ended if row not in both]
    again = step.pinned & step.unpinned
    step.pinned, step.unpinned = step.pinned - again, step.unpinned - again
    return step


async def _versions(repo: Repositories, table: Any, mine: Any) -> Sequence[tuple[Any, tuple[int | None, int | None]]]:
    """The rows that this state knows of, each with the revisions at which it began, and ended if it has."""
    here = table.c.workspace_id == repo.workspace_id, table.c.rev_from <= repo.revision, mine
    rows = (await repo.connection.execute(select(table).where(*here).order_by(table.c.rev_from))).all()
    ends = [row.rev_to if row.rev_to != OPEN_REV and row.rev_to <= repo.revision else None for row in rows]
    return [(row, (row.rev_from, end)) for row, end in zip(rows, ends, strict=True)]
