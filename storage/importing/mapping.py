"""Mappings: YAML files that say how an export of another system becomes the kinds that Turf imports."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from string import Formatter
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from domain.errors import DataError, NotFound
from storage.importing.convert import is_in_memory
from storage.kinds import KINDS

SHIPPED = Path(__file__).parent.parent / "mappings"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


Condition = dict[str, list[str]]
"""Column to the values that it may have; "" stands for a blank cell."""


class Lookup(_Strict):
    """Another file: the row whose column `match` has the cell's value gives its column `take`."""

    file: str
    match: str
    take: str = ""
    found: str | None = None
    missing: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """The file, the column that is searched and the one that is taken."""
        return self.file, self.match, self.take or self.match


class Rule(_Strict):
    """`then` if all columns in `when` have one of their values; without `when` it always applies.

    A rule with `has` counts only for a file with these columns.
    """

    has: list[str] = Field(default_factory=list)
    when: Condition = Field(default_factory=dict)
    then: str


class ColumnRule(_Strict):
    """Where a column's cells come from, and what is done to them, in this order."""

    column: str | None = None
    value: str | None = None
    text: str | None = None
    derive: list[Rule] | None = None
    lookup: Lookup | None = None
    normalise: dict[str, str] = Field(default_factory=dict)
    values: dict[str, str] = Field(default_factory=dict)
    otherwise: Literal["keep", "blank", "refuse"] = "keep"
    strip: list[str] = Field(default_factory=list)
    decimal: Literal[","] | None = None
    scale: float | None = Field(default=None, allow_inf_nan=False)
    dates: list[str] = Field(default_factory=list)
    when: Condition = Field(default_factory=dict)
    when_result: Condition = Field(default_factory=dict)

    @field_validator("text")
    @classmethod
    def _a_template(cls, value: str) -> str:
        try:
            names = [name for _, name, _, _ in Formatter().parse(value) if name is not None]
        except ValueError as error:
            raise ValueError("has a brace without its partner: write {Column}") from error
        if not all(names):
            raise ValueError("has braces without the name of a column between them: write {Column}")
        return value

    @field_validator("dates")
    @classmethod
    def _forms_of_dates(cls, value: list[str]) -> list[str]:
        for form in value:
            try:
                # No date is looked for: only a form that Python does not know is told.
                datetime.strptime("", form)  # noqa: DTZ007
            except ValueError as error:
                if "does not match" not in str(error):
                    raise ValueError(f"'{form}' is no form of a date such as %d.%m.%Y") from error
        return value

    @model_validator(mode="after")
    def _one_origin(self) -> "ColumnRule":
        if sum(origin is not None for origin in (self.column, self.value, self.text, self.derive)) != 1:
            raise ValueError("needs exactly one of column, value, text, derive")
        if self.lookup is not None and self.lookup.found is None and not self.lookup.take:
            raise ValueError("lookup needs take, or found")
        return self


class TableRule(_Strict):
    """How rows of one file become rows of one kind."""

    kind: str
    file: str | None = None
    has: list[str] = Field(default_factory=list)
    rows: list[dict[str, str]] | None = None
    where: Condition = Field(default_factory=dict)
    unless: Condition = Field(default_factory=dict)
    distinct: bool = False
    missing_only: bool = False
    footer: bool = False
    columns: dict[str, ColumnRule] = Field(default_factory=dict)

    @field_validator("columns", mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        """`owner: sales_agent` is short for `owner: {column: sales_agent}`."""
        if not isinstance(value, dict):
            return value
        return {name: {"column": rule} if isinstance(rule, str) else rule for name, rule in value.items()}

    @field_validator("kind")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in KINDS:
            raise ValueError(f"'{value}' is not a kind; the kinds are {', '.join(KINDS)}")
        return value

    @model_validator(mode="after")
    def _fits(self) -> "TableRule":
        if (self.file is None) == (self.rows is None):
            raise ValueError("needs either file and columns, or rows")
        kind = KINDS[self.kind]
        known = kind.by_name
        if self.missing_only and not is_in_memory(kind):
            raise ValueError("missing_only works for people, teams, territories, accounts and courses")
        given = list(self.columns) if self.rows is None else [name for row in self.rows for name in row]
        for name in given:
            if name not in known:
                raise ValueError(f"'{name}' is not a column of {self.kind}; its columns are {', '.join(known)}")
        return self

    @model_validator(mode="after")
    def _results_are_above(self) -> "TableRule":
        above: set[str] = set()
        for name, rule in self.columns.items():
            for result in rule.when_result:
                if result not in above:
                    raise ValueError(f"{name} goes by the result of '{result}', which is no column above it")
            above.add(name)
        return self


class Mapping(_Strict):
    description: str = ""
    tables: list[TableRule]
    ignore: list[str] = Field(default_factory=list)


def shipped_mappings() -> list[str]:
    """The names of the mappings that come with Turf."""
    return sorted(file.stem for file in SHIPPED.glob("*.yaml"))


def load_mapping(name: str) -> Mapping:
    """A shipped mapping by its name, or one from a YAML file. Raises NotFound, or DataError with each fault and its place."""
    path = _path(name)
    try:
        source = path.read_text(encoding="utf-8")
        # All of it stays text, as cells are: to YAML itself `No` would be a truth value, and 10.50 the number 10.5.
        raw = yaml.load(source, Loader=yaml.BaseLoader)  # noqa: S506
        node = yaml.compose(source, Loader=yaml.BaseLoader)
    except (OSError, UnicodeError) as error:
        raise DataError(f"{path}: the mapping can't be read: {error}.") from error
    except yaml.YAMLError as error:
        raise DataError(f"{path.name}: this is no YAML: {_one_line(error)}.") from error
    if not isinstance(raw, dict):
        raise DataError(f"{path.name}: a mapping needs the key tables; see docs/mappings.md.")
    try:
        return Mapping.model_validate(raw)
    except ValidationError as error:
        raise DataError("\n".join(_faults(path.name, node, error))) from error


def _path(name: str) -> Path:
    shipped = shipped_mappings()
    if name in shipped:
        return SHIPPED / f"{name}.yaml"
    path = Path(name)
    if path.is_file():
        return path
    raise NotFound(
        f"I don't know a mapping '{name}': it is neither a file nor one of {', '.join(shipped)}.", shipped, asked=name
    )


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())


def _faults(file: str, node: Any, error: ValidationError) -> Iterator[str]:
    for problem in error.errors():
        where = [part for part in problem["loc"] if part != "[key]"]
        line = _line(node, where)
        message = problem["msg"].removeprefix("Value error, ")
        yield f"{file} line {line}: {'.'.join(map(str, where)) or 'the mapping'}: {_plain(message, problem)}."


def _plain(message: str, problem: Any) -> str:
    if problem["type"] == "extra_forbidden":
        return "there is no such key; the keys are in docs/mappings.md"
    if problem["type"] == "missing":
        return "this key is missing"
    return message[:1].lower() + message[1:]


def _line(node: Any, where: list[Any]) -> int:
    """The line of the innermost part of the file that the fault's place leads to."""
    line = 1
    for part in where:
        if node is None:
            break
        line = node.start_mark.line + 1
        node = _child(node, part)
    return line if node is None else int(node.start_mark.line) + 1


def _child(node: Any, part: Any) -> Any:
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part]
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == str(part)), None)
    return None
