"""Amounts, months and menus in words, shared by the form, the messages and the history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from babel.numbers import format_decimal

from domain.company import Metric
from domain.target_setting import Sum
from domain.targets import MonthPiece
from templates.numbers import Numbers, locale_of

METRICS: Mapping[str, str] = {
    Metric.REVENUE.value: "Revenue",
    Metric.NEW_CUSTOMERS.value: "New customers",
    Metric.MEETINGS.value: "Meetings",
}


def amount(n: Numbers, number: int, currency: str | None, metric: str) -> str:
    """An exact amount of money, or a count with what is counted."""
    if metric == Metric.REVENUE:
        return n.exact(number, currency)
    return f"{format_decimal(number, locale=locale_of(n.locale))} {METRICS[metric].lower()}"


def rounded(n: Numbers, number: int, metric: str) -> str:
    """Money as cards round it; a count as it is."""
    return n.short(number) if metric == Metric.REVENUE else amount(n, number, None, metric)


@dataclass(frozen=True, slots=True)
class MonthLine:
    """A month of a target; `note` says what it is in the workspace's currency, or that a finer target rules."""

    label: str
    amount: str
    note: str


def month_lines(n: Numbers, pieces: Sequence[MonthPiece], period: str) -> list[MonthLine]:
    """The months as cards count them; one month alone says no more than the whole."""
    if len(pieces) == 1 and pieces[0].source.period == period and pieces[0].original is None:
        return []
    return [_line(n, piece, period) for piece in pieces]


def _line(n: Numbers, piece: MonthPiece, period: str) -> MonthLine:
    metric, notes = piece.source.metric.value, []
    shown = amount(n, piece.amount, n.currency, metric)
    if piece.original is not None:
        notes.append(shown)
        shown = n.exact(piece.original.minor, piece.original.currency)
    if piece.source.period != period:
        notes.append("finer target")
    return MonthLine(n.period(piece.month), shown, ", ".join(notes))


@dataclass(frozen=True, slots=True)
class Compared:
    """A `Sum` in words."""

    above: str
    below: str
    over: Fraction | None
    percent: str
    name: str


def compared(n: Numbers, found: Sum | None, metric: str, name: str = "") -> Compared | None:
    """What is above and below, and by how much they differ."""
    if found is None:
        return None
    over = found.over
    above, below = (amount(n, number, n.currency, metric) for number in (found.above, found.below))
    return Compared(above, below, over, "" if over is None else n.percent(abs(over)), name)


@dataclass(frozen=True, slots=True)
class Growth:
    """How much more or less than something else."""

    percent: str
    more: bool


def growth(n: Numbers, now: int, then: int) -> Growth | None:
    """None where there is nothing to compare with."""
    if then <= 0:
        return None
    ratio = Fraction(now, then) - 1
    return Growth(n.percent(abs(ratio)), ratio > 0)
