"""What the steps of one import share."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Column as SqlColumn
from sqlalchemy import ColumnClause, ColumnElement, Integer, String, Table, insert, literal, select

from domain.company import Settings
from storage.decisions import What
from storage.importing.convert import is_in_memory, staged_field
from storage.importing.identities import IN_SQL, Identities
from storage.importing.report import Kept, KindReport, Report
from storage.importing.staging import SEQ, Prepared, Staging
from storage.kinds import KINDS, Column, Kind
from storage.snapshot import Latest


@dataclass(frozen=True, slots=True)
class Source:
    """One file read as one kind: `given` are the kind's columns that it has, `origins` what they are called in it."""

    number: int
    file: str
    given: frozenset[str]
    origins: Mapping[str, str] = field(default_factory=dict)
    stands_in: bool = False
    """Its rows only stand in for what no other file brings."""


@dataclass(slots=True)
class StagedKind:
    """A kind that this import brings rows of."""

    kind: Kind
    table: Table
    report: KindReport
    sources: list[Source] = field(default_factory=list)
    rows: int = 0
    without_key: int = 0
    """Refused rows whose keys could not be read: any of what seems absent may be theirs."""

    def lacking(self, column: Column) -> list[int]:
        """The numbers of the sources that do not have a column."""
        return [source.number for source in self.sources if column.name not in source.given]

    def has(self, column: Column) -> bool:
        """Whether any source has it."""
        return any(column.name in source.given for source in self.sources)


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision that a staged row is about (`seq`; None where no file has the thing any more)."""

    staged: StagedKind
    seq: int | None
    what: What
    key: str
    against: Kept | None = None
    """How the decision stands against the file; None if the file agrees."""


@dataclass
class Import:
    """One import in the making: where it stages, what it changes and what it has found so far."""

    staging: Staging
    workspace_id: int
    base: int
    settings: Settings
    today: date
    report: Report
    identities: dict[str, Identities]
    full: bool = False
    kinds: dict[str, StagedKind] = field(default_factory=dict)
    sources: list[Source] = field(default_factory=list)
    ended_by: dict[tuple[str, int], tuple[int, date]] = field(default_factory=dict)
    """(kind, seq) of a row whose shorthand ends a row of another kind, to that row's key."""
    gone: dict[str, dict[int, bool]] = field(default_factory=dict)
    """Kind to ids whose rows were refused; True if nothing else stands for the id."""
    decided: list[Decided] = field(default_factory=list)
    """The decisions that this import says something about."""
    refused: Table = field(init=False)
    refused_keys: Table = field(init=False)

    @property
    def revision(self) -> int:
        return self.base + 1

    @property
    def before(self) -> Latest:
        return Latest(self.workspace_id, self.base)

    @property
    def after(self) -> Prepared:
        return Prepared(self.staging, self.workspace_id, self.revision)

    def in_order(self) -> list[StagedKind]:
        """The staged kinds, what is referred to first."""
        return [self.kinds[name] for name in KINDS if name in self.kinds]

    async def prepare(self) -> None:
        """Make the tables that every import has."""
        self.refused = await self.staging.create(
            "refused",
            [
                SqlColumn("kind", String),
                SqlColumn("src", Integer),
                SqlColumn("line", Integer),
                SqlColumn("column", String),
                SqlColumn("value", String),
                SqlColumn("reason", String),
            ],
        )
        self.refused_keys = await self.staging.create(
            "refused_keys", [SqlColumn("kind", String), SqlColumn("key", String)]
        )

    async def staged(self, kind: Kind) -> StagedKind:
        """The staging table of a kind, made on first use."""
        found = self.kinds.get(kind.name)
        if found is None:
            table = await self.staging.create(f"st_{kind.name}", _columns(kind))
            if self.full:
                await self.staging.create(f"held_{kind.name}", [table.c[name] for name in key_fields(kind)])
            found = self.kinds[kind.name] = StagedKind(kind, table, self.report.kind(kind.name))
        return found

    async def unread(self, kind: Kind) -> Table:
        """The keys and places of rows of a kind that could not be read as a whole, made on first use."""
        found = self.staging.get(f"unread_{kind.name}")
        if found is not None:
            return found
        keys = [self.kinds[kind.name].table.c[name] for name in key_fields(kind)]
        places = [SqlColumn("src", Integer), SqlColumn("line", Integer)]
        return await self.staging.create(f"unread_{kind.name}", [*keys, *places])

    def add_source(
        self,
        staged: StagedKind,
        file: str,
        given: frozenset[str],
        origins: Mapping[str, str],
        *,
        stands_in: bool = False,
    ) -> Source:
        source = Source(len(self.sources), file, given, origins, stands_in)
        self.sources.append(source)
        staged.sources.append(source)
        return source

    async def source_names(self) -> Table:
        """A staging table from the number of a source to its file."""
        table = await self.staging.create(
            "sources", [SqlColumn("number", Integer), SqlColumn("file", String)], ["number"]
        )
        await self.staging.bulk_insert(
            table, ["number", "file"], [(source.number, source.file) for source in self.sources]
        )
        return table

    async def refuse(self, kind: str, rows: Any) -> int:
        """Note refusals that a SELECT of (src, line, column, value, reason) names; returns how many."""
        names = ["kind", "src", "line", "column", "value", "reason"]
        parts = rows.subquery()
        query = select(literal(kind), *parts.c)
        count = (await self.staging.execute(insert(self.refused).from_select(names, query))).rowcount
        self.report.kind(kind).refused += count
        return count


def key_fields(kind: Kind) -> list[str]:
    """The columns of the staging table that make a row's key."""
    return ["id" if is_in_memory(kind) else "key"] if kind.identity else [staged_field(column) for column in kind.keys]


def key_in_file(run: Import, column: Column, stored: ColumnClause[Any]) -> ColumnElement[Any]:
    """A column of a key as staged rows hold it: the text of what is looked up in the database, else what is stored."""
    return key_text(run, KINDS[column.refers], stored) if column.refers in IN_SQL and column.refers else stored


def key_text(run: Import, kind: Kind, number: ColumnClause[Any]) -> ColumnElement[Any]:
    """The key of an id, as files have it."""
    identity = kind.identified_in
    assert identity is not None
    query = select(identity.c.key).where(identity.c.workspace_id == run.workspace_id, identity.c.id == number)
    # Inside two subqueries SQLAlchemy would otherwise select from the table of the id anew.
    return query.correlate(number.table).scalar_subquery()


def _columns(kind: Kind) -> list[SqlColumn[Any]]:
    columns: list[SqlColumn[Any]] = [SqlColumn(SEQ, Integer), SqlColumn("src", Integer), SqlColumn("line", Integer)]
    if is_in_memory(kind):
        columns.append(SqlColumn("id", Integer))
    for column in kind.columns:
        if column.refers in IN_SQL:
            columns.append(SqlColumn(staged_field(column), String))
        columns.append(SqlColumn(_field(column), _type(kind, column)))
    return columns


def _field(column: Column) -> str:
    return column.field or f"{column.name}_id"


def _type(kind: Kind, column: Column) -> Any:
    for table in (kind.stored_in, kind.identified_in):
        if table is not None and column.field in table.c:
            return table.c[column.field].type
    return Integer()
