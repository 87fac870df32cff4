"""How someone came by a target: which days of the period they held, which are nobody's, in which currency it was set."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from domain.company import PersonId, Span, SubjectKind
from domain.money import Money, divide
from domain.periods import Period
from domain.targets import MonthPiece, TargetPart


def held(parts: Iterable[TargetPart], person: PersonId, period: Period) -> Span | None:
    """From the first to the last day on which a person carried a part of a territory; None if that is all of them."""
    spans = [part.span for part in parts if part.person == person and part.kind is SubjectKind.TERRITORY]
    if not spans:
        return None
    span = Span(min(one.start for one in spans), max(one.end for one in spans))
    return None if span == period.span else span


def vacant_since(parts: Iterable[TargetPart], today: date) -> date | None:
    """Since when nobody has held a territory whose parts these are; None if someone does today, or shares it."""
    in_order = sorted(parts, key=lambda part: part.span.start)
    reached = [part for part in in_order if part.span.start <= today]
    if not reached or any(part.person is not None and today in part.span for part in reached):
        return None
    after = max((part.span.end for part in reached if part.person is not None), default=None)
    return after or reached[0].span.start


def as_set(parts: Iterable[TargetPart]) -> list[tuple[Money, int]]:
    """What the parts were set as in other currencies, by currency: in that one, and in the workspace's.

    A piece that is carried in part counts in part, half-even.
    """
    carried: defaultdict[MonthPiece, int] = defaultdict(int)
    for part in parts:
        if part.piece.original:
            carried[part.piece] += part.amounts.effective
    sums: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for piece, effective in carried.items():
        if piece.original and piece.amount:
            sums[piece.original.currency][0] += divide(piece.original.minor * effective, piece.amount)
            sums[piece.original.currency][1] += effective
    return [(Money(minor, currency), base) for currency, (minor, base) in sorted(sums.items())]
