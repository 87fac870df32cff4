"""The rows of versioned tables as they stood at one revision.

A loader that takes a `Snapshot` works the same for today, for `--as-of`, and for the state that an import is about to make.
"""

from typing import Any, Protocol

from sqlalchemy import ColumnElement, FromClause, Select, Table, and_, select
from sqlmodel import SQLModel

from storage.tables import OPEN_REV, table_of


class Snapshot(Protocol):
    """Where rows come from: the rows of a model that hold in this state, in this workspace."""

    workspace_id: int
    revision: int

    def source(self, model: type[SQLModel]) -> FromClause:
        """A FROM element with the model's columns, holding exactly the rows of this state (identity tables: all)."""
        ...


class AtRevision:
    """The state as known at `revision`."""

    def __init__(self, workspace_id: int, revision: int) -> None:
        self.workspace_id = workspace_id
        self.revision = revision

    def at(self, revision: int) -> "AtRevision":
        """The state of the same workspace as known at another revision."""
        return AtRevision(self.workspace_id, revision)

    def holds(self, table: Table | FromClause) -> ColumnElement[bool]:
        """The condition that a row of `table` belongs to this state."""
        here = table.c.workspace_id == self.workspace_id
        if "rev_from" not in table.c:
            return here
        return and_(here, table.c.rev_from <= self.revision, table.c.rev_to > self.revision)

    def source(self, model: type[SQLModel]) -> FromClause:
        table = table_of(model)
        return select(table).where(self.holds(table)).subquery(table.name)


class Latest(AtRevision):
    """The state that holds now. Asking for rows that have no end is what partial reads of an index like best."""

    def holds(self, table: Table | FromClause) -> ColumnElement[bool]:
        here = table.c.workspace_id == self.workspace_id
        return here if "rev_from" not in table.c else and_(here, table.c.rev_to == OPEN_REV)


def rows_of(snapshot: Snapshot, model: type[SQLModel], *columns: str) -> Select[Any]:
    """SELECT the named columns (all of them without names) of a model's rows in `snapshot`."""
    source = snapshot.source(model)
    return select(*(source.c[name] for name in columns)) if columns else select(source)
