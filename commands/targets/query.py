"""What `/targets` was asked: who, and in which period."""

from dataclasses import dataclass
from datetime import date

from commands.kit.periods import split_query
from domain.periods import Period


@dataclass(frozen=True, slots=True)
class TargetsQuery:
    """`who` is as it was typed, empty for the person who asks."""

    who: str
    period: Period

    @classmethod
    def parse(cls, text: str, *, today: date, fiscal_start: int) -> "TargetsQuery":
        """Words in any order; without a period it is this quarter. Raises UsageError with the accepted forms."""
        who, period = split_query(text, today, fiscal_start)
        return cls(who.strip(), period)
