"""Who may hold a territory as primary at the same time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from domain.company import WHOLE


@dataclass(frozen=True, slots=True)
class Held:
    """Days from `start` up to `end` as primary. `share` (millionths) if it is shared; `seq` is 0 for a row that stood before."""

    start: date
    end: date
    share: int | None
    seq: int


def clashes(rows: Iterable[Held]) -> Iterator[Held]:
    """The new rows that can't stand beside those that stood before, or came earlier in the file."""
    accepted: list[Held] = []
    for row in sorted(rows, key=lambda held: held.seq):
        beside = [other for other in accepted if row.start < other.end and other.start < row.end]
        if row.seq and beside and not _may_share(row, beside):
            yield row
        else:
            accepted.append(row)


def _may_share(row: Held, beside: list[Held]) -> bool:
    if row.share is None or any(other.share is None for other in beside):
        return False
    starts = [max(row.start, other.start) for other in beside]
    return all(
        row.share + sum(other.share or 0 for other in beside if other.start <= day < other.end) <= WHOLE
        for day in starts
    )
