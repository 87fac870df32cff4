"""The company as it is once rows are written, without reading it again."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar

from domain.company import Assignment, Company, Target
from domain.requests.writes import Row, Rows, Writes

R = TypeVar("R")


def company_after(company: Company, writes: Writes, revision: int) -> Company:
    """The company at `revision`, which wrote the rows; equal to what is read from the database then."""
    territories = _with(company.territories.values(), writes.territories, lambda one: one.id)
    return replace(
        company,
        revision=revision,
        territories={one.id: one for one in sorted(territories, key=lambda one: one.key)},
        assignments=tuple(sorted(_with(company.assignments, writes.assignments, assignment_key), key=_by_holding)),
        targets=tuple(sorted(_with(company.targets, writes.targets, target_key), key=target_key)),
    )


def assignment_key(held: Assignment) -> tuple[Any, ...]:
    return held.territory, held.person, held.role, held.span.start


def target_key(target: Target) -> tuple[Any, ...]:
    return target.kind, target.subject, target.period, target.metric


def _by_holding(held: Assignment) -> tuple[int, date, str, int]:
    return held.territory, held.span.start, held.role, held.person


def _with(present: Iterable[R], rows: Rows[R], key: Callable[[R], Hashable]) -> list[R]:
    """The rows that hold, less those that end, and those that begin."""
    found = {key(row): row for row in present}
    for row in rows:
        if row.before is not None:
            found.pop(key(row.before), None)
    found.update((key(row.after), row.after) for row in rows if row.after is not None)
    return list(found.values())


def changed(rows: Rows[R]) -> Iterable[Row[R]]:
    """The rows that are otherwise afterwards."""
    return (row for row in rows if row.before != row.after)
