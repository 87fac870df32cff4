"""Rows that hold for spans of days: cut at a day, and compared with what they shall be."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar

from domain.company import Assignment, Span
from domain.holdings import Condition, Pin
from domain.requests.writes import OpenDeal, Row, Rows

R = TypeVar("R")
S = TypeVar("S", Pin, Condition, Assignment)


def until(row: S, day: date) -> list[S]:
    """The row on its days before `day`; nothing if it has none."""
    return _clipped(row, Span(date.min, day))


def since(row: S, day: date) -> list[S]:
    """The row on its days from `day` on; nothing if it has none."""
    return _clipped(row, Span(day, date.max))


def _clipped(row: S, span: Span) -> list[S]:
    days = row.span.clip(span)
    if days == row.span:
        return [row]
    return [] if days is None else [replace(row, span=days)]


def changes(before: Iterable[R], after: Iterable[R], key: Callable[[R], Any]) -> Rows[R]:
    """What has to be written to make of the rows before those after; rows of one key are one row."""
    old = {key(row): row for row in before}
    new = {key(row): row for row in after}
    keys = sorted(old.keys() | new.keys())
    return tuple(Row(old.get(one), new.get(one)) for one in keys if old.get(one) != new.get(one))


def pin_key(pin: Pin) -> tuple[Any, ...]:
    return pin.account, pin.span.start


def condition_key(condition: Condition) -> tuple[Any, ...]:
    """A rule has one row for each dimension, whatever its days."""
    return condition.territory, condition.rule, condition.dimension


def deal_key(deal: OpenDeal) -> tuple[Any, ...]:
    return (deal.deal,)
