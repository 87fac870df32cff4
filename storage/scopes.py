"""Whose credit and which days: the conditions that every question to the ledger shares."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import ColumnElement, FromClause, and_, exists, false, or_

from domain.company import PersonId, Span, TerritoryId
from storage.snapshot import Snapshot
from storage.tables import ledger, table_of

CREDITS = table_of(ledger.Credit)


class Owners(Protocol):
    """People and territories whose rows are meant; without any restriction all are."""

    @property
    def people(self) -> Collection[PersonId] | None: ...
    @property
    def unassigned(self) -> bool: ...
    @property
    def territories(self) -> Collection[TerritoryId] | None: ...
    @property
    def no_territory(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Whose:
    """Rows of these people and territories; None: of anyone and nobody.

    `unassigned` are the rows without a person: alone if `people` is None, else in addition. `no_territory` likewise.
    """

    people: Collection[PersonId] | None = None
    unassigned: bool = False
    territories: Collection[TerritoryId] | None = None
    no_territory: bool = False


@dataclass(frozen=True, slots=True)
class Scope:
    """Rows of some days; whose, as `Whose` says."""

    span: Span
    people: Collection[PersonId] | None = None
    unassigned: bool = False
    territories: Collection[TerritoryId] | None = None
    no_territory: bool = False


EVERYONE = Whose()


def owned(table: FromClause, whose: Owners) -> Iterator[ColumnElement[bool]]:
    """The conditions on a table with `person_id` and `territory_id`."""
    yield from _one_of(table.c.person_id, whose.people, whose.unassigned)
    yield from _one_of(table.c.territory_id, whose.territories, whose.no_territory)


def within(table: FromClause, scope: Scope) -> Iterator[ColumnElement[bool]]:
    """The conditions on a table that has `on_day`, too."""
    yield from owned(table, scope)
    yield table.c.on_day >= scope.span.start
    yield table.c.on_day < scope.span.end


def known(snapshot: Snapshot) -> tuple[ColumnElement[bool], ...]:
    """The rows of the ledger that a snapshot knows."""
    return CREDITS.c.workspace_id == snapshot.workspace_id, CREDITS.c.rev <= snapshot.revision


def stands(snapshot: Snapshot) -> ColumnElement[bool]:
    """A row of the ledger reverses none and was not reversed by any that the snapshot knows."""
    other = CREDITS.alias("reversal")
    reversed_by = exists().where(
        other.c.workspace_id == CREDITS.c.workspace_id,
        other.c.deal_id == CREDITS.c.deal_id,
        other.c.reverses_id == CREDITS.c.id,
        other.c.rev <= snapshot.revision,
    )
    return and_(CREDITS.c.reverses_id.is_(None), ~reversed_by)


def _one_of(column: ColumnElement[Any], ids: Collection[int] | None, none_too: bool) -> Iterator[ColumnElement[bool]]:
    if ids is None:
        if none_too:
            yield column.is_(None)
        return
    # Sorted, so that the same question is the same statement, whatever set it came from.
    named = column.in_(sorted(ids)) if ids else false()
    yield or_(named, column.is_(None)) if none_too else named
