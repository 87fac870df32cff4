"""From how many refused or removed rows on an import is rolled back as a whole."""

from dataclasses import dataclass
from typing import Self

from domain.errors import UsageError
from storage.importing.report import Report


@dataclass(frozen=True, slots=True)
class Limit:
    """How many rows: a number, or a share (per cent) of all."""

    count: float
    percent: bool = True
    field: str = ""
    """What the form says beside it, where it was given in one; the command line has options."""

    @classmethod
    def parse(cls, text: str, field: str = "") -> Self:
        """`100` rows or `5%` of them. Raises UsageError."""
        number = text.strip().removesuffix("%")
        try:
            count = float(number)
        except ValueError:
            count = -1
        if not 0 <= count < float("inf"):
            raise UsageError(f"'{text}' is no limit. Write a number of rows such as 100, or a share such as 5%.")
        return cls(count, percent=text.strip().endswith("%"), field=field)

    def exceeded(self, found: int, whole: int) -> bool:
        return found > (whole * self.count / 100 if self.percent else self.count)

    def called(self, option: str) -> str:
        """The limit, as whoever set it knows it."""
        return f"the {self} that the form allows under “{self.field}”" if self.field else f"{option} {self}"

    def __str__(self) -> str:
        return f"{self.count:g}%" if self.percent else f"{self.count:g}"


FIVE_PERCENT = Limit(5)


def over_limits(report: Report, rejects: Limit, removed: Limit) -> str | None:
    """Why the import must be rolled back, and what to do; None if it need not."""
    if rejects.exceeded(report.refused, report.read):
        return (
            f"{report.refused:,} of {report.read:,} rows were refused, "
            f"more than {rejects.called('--max-rejects')}. Correct them, or allow more."
        )
    for kind in report.kinds.values():
        if kind.removed and removed.exceeded(kind.removed, kind.present):
            return (
                f"{kind.removed:,} of {kind.present:,} {kind.kind} would be removed, "
                f"more than {removed.called('--max-removed')}. Check that the file is whole, or allow more."
            )
    return None
