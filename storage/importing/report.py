"""The reconciliation: what was read and what became of it, row by row accounted for."""

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

from storage.credit.report import CreditReport


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that was not taken. `column` and `value` are as the file has them."""

    file: str
    kind: str
    line: int
    column: str
    value: str
    reason: str

    def __str__(self) -> str:
        where = f"{self.file} line {self.line}"
        return f"{where}, {self.column}: '{self.value}' {self.reason}" if self.column else f"{where}: {self.reason}"


@dataclass(slots=True)
class KindReport:
    """The rows of one kind. Read = inserted + updated + unchanged + duplicates + refused."""

    kind: str
    read: int = 0
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    duplicates: int = 0
    refused: int = 0
    removed: int = 0
    kept: int = 0
    """Rows that say something else than what was decided in Turf."""
    present: int = 0
    """Rows of this kind after the import."""
    rounded: int = 0
    """Amounts that were finer than the minor unit of their currency."""
    ignored: list[str] = field(default_factory=list)
    """Columns that this kind does not have."""
    normalised: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """(column, from, to): how often."""
    assumed: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(column, value): how many empty cells were filled in."""
    notes: list[str] = field(default_factory=list)

    @property
    def changed(self) -> int:
        return self.inserted + self.updated + self.removed

    def as_json(self) -> dict[str, Any]:
        plain = {name: value for name, value in asdict(self).items() if name not in ("normalised", "assumed")}
        plain["normalised"] = [
            {"column": column, "from": old, "to": new, "count": count}
            for (column, old, new), count in sorted(self.normalised.items())
        ]
        plain["assumed"] = [
            {"column": column, "value": value, "count": count}
            for (column, value), count in sorted(self.assumed.items())
        ]
        return plain


@dataclass(slots=True)
class Removal:
    """A thing that an import with --full ended, and what it was worth."""

    kind: str
    key: str
    value: str = ""


@dataclass(slots=True)
class Kept:
    """Something that was decided in Turf, and what the file says instead."""

    kind: str
    key: str
    turf: str
    file: str

    def __str__(self) -> str:
        return f"{self.kind} {self.key}: {self.turf}; the file: {self.file}"


SHOWN = 1000
"""How many refusals and removals a report lists; the counts are of all, the rejects file has all."""


@dataclass(slots=True)
class Report:
    """What an import did, or would do."""

    workspace: str
    files: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    """Files beside them of which nothing was read; `notes` say why."""
    mapping: str | None = None
    assumed_settings: dict[str, Any] = field(default_factory=dict)
    """The settings of a workspace that this import made."""
    kinds: dict[str, KindReport] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)
    removals: list[Removal] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    reconciliation: dict[str, Any] = field(default_factory=dict)
    """Deals by status and stage, amounts by currency and status, people with deals."""
    credit: CreditReport | None = None
    """What the ledger and the open pipeline needed to follow; None if they needed nothing."""
    currency: str = ""
    """The workspace's."""
    notes: list[str] = field(default_factory=list)
    dry_run: bool = False
    rolled_back: str | None = None
    """Why nothing was written, if a limit was exceeded."""
    revision: int | None = None
    run: int | None = None

    def kind(self, name: str) -> KindReport:
        return self.kinds.setdefault(name, KindReport(name))

    @property
    def read(self) -> int:
        return sum(kind.read for kind in self.kinds.values())

    @property
    def refused(self) -> int:
        return sum(kind.refused for kind in self.kinds.values())

    @property
    def is_written(self) -> bool:
        """Whether what is found is kept: not of a dry run, and not of what was rolled back."""
        return not self.dry_run and self.rolled_back is None

    @property
    def changed(self) -> int:
        return sum(kind.changed for kind in self.kinds.values())

    def as_json(self) -> dict[str, Any]:
        """For import_runs.report; refusals have a table of their own."""
        return {
            "workspace": self.workspace,
            "files": self.files,
            "mapping": self.mapping,
            "assumed_settings": self.assumed_settings,
            "kinds": [kind.as_json() for kind in self.kinds.values()],
            "removals": [asdict(removal) for removal in self.removals],
            "kept": [asdict(kept) for kept in self.kept],
            "reconciliation": self.reconciliation,
            "credit": asdict(self.credit) if self.credit else None,
            "notes": self.notes,
            "revision": self.revision,
        }
