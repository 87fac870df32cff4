"""What a kind of import file is made of: its columns, what they may hold and where it is stored."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property

from sqlalchemy import Table
from sqlmodel import SQLModel

from storage.tables import table_of


class Type(Enum):
    """How a cell is read, and in what form it is stored."""

    TEXT = "text"
    INTEGER = "whole number"
    NUMBER = "number"
    DATE = "date"
    MONTH = "month (2026-09)"
    PERIOD = "period (2026-09, 2026Q3 or FY2026)"
    RATE_PERIOD = "month (2026-09) or fiscal year (FY2026)"
    MONEY = "amount"
    PERCENT = "percent"
    RATE = "exchange rate"
    CURRENCY = "currency"
    COUNTRY = "country"
    ZONE = "time zone"
    CHOICE = "choice"
    REFERENCE = "reference"


WORKSPACE_CURRENCY = "(the workspace's)"
"""The default of a currency column whose blank cells are filled in, and counted."""


class Blank(Enum):
    """What an empty cell stands for, where it is not simply nothing."""

    ALWAYS = "always"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a file.

    `field` is the column of the table (empty for a shorthand, which is stored as rows of another kind). `refers` names
    the kind that a reference points to; with `refers_by` another column of the row names its singular. `currency` names the
    column that holds an amount's currency; without it the amount is in the workspace's.
    """

    name: str
    type: Type = Type.TEXT
    field: str = ""
    key: bool = False
    required: bool = False
    default: str | None = None
    blank: Blank | None = None
    choices: tuple[str, ...] = ()
    refers: str | None = None
    refers_by: str | None = None
    currency: str | None = None
    low: int | None = None
    high: int | None = None
    identity: bool = False
    shorthand: str | None = None

    @property
    def must_be_given(self) -> bool:
        """Whether an empty cell is refused."""
        return (self.required or self.key) and self.default is None and self.blank is None


@dataclass(frozen=True)
class Kind:
    """A kind of file. With an `identity` table its rows are things with an id of their own; the first column is their key."""

    name: str
    table: type[SQLModel]
    columns: tuple[Column, ...]
    identity: type[SQLModel] | None = None
    singular: str = ""
    belongs_to: str | None = None
    by_name: Mapping[str, Column] = field(init=False, repr=False, hash=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {column.name: column for column in self.columns})

    @cached_property
    def keys(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.key)

    @cached_property
    def stored(self) -> tuple[Column, ...]:
        """The columns of the versioned table."""
        return tuple(c for c in self.columns if not c.identity and not c.shorthand and not (self.identity and c.key))

    @cached_property
    def named(self) -> tuple[Column, ...]:
        """The columns of the identity row besides its key."""
        return tuple(column for column in self.columns if column.identity)

    @cached_property
    def shorthands(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.shorthand)

    @cached_property
    def references(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.type is Type.REFERENCE)

    @property
    def stored_in(self) -> Table:
        return table_of(self.table)

    @property
    def identified_in(self) -> Table | None:
        return None if self.identity is None else table_of(self.identity)


def key(name: str, of: Type = Type.TEXT, **more: object) -> Column:
    """A column of the natural key."""
    return _column(name, of, key=True, **more)


def required(name: str, of: Type = Type.TEXT, **more: object) -> Column:
    return _column(name, of, required=True, **more)


def optional(name: str, of: Type = Type.TEXT, **more: object) -> Column:
    return _column(name, of, **more)


def _column(name: str, of: Type, **more: object) -> Column:
    if more.get("choices"):
        of = Type.CHOICE
    field = name
    if more.get("refers") or more.get("refers_by"):
        of, field = Type.REFERENCE, f"{name}_id"
    return Column(name, of, **{"field": field, **more})  # type: ignore[arg-type]


def since(**more: object) -> Column:
    """The key column `from`: the first day, always if blank."""
    return key("from", Type.DATE, field="from_on", blank=Blank.ALWAYS, **more)


def until(**more: object) -> Column:
    """The column `to`: the first day no longer, open if blank."""
    return optional("to", Type.DATE, field="to_on", blank=Blank.OPEN, **more)
