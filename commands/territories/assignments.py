"""`turf report assignments`: who held what on a day."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from domain.company import Assignment
from storage.store import Repositories


@dataclass(frozen=True, slots=True)
class AssignmentRow:
    """`from_on` is the first day, `to_on` the first day no longer; empty: always, open."""

    territory: str
    name: str
    parent: str | None
    person: str
    person_name: str
    role: str
    split_percent: Decimal
    from_on: date | None
    to_on: date | None


def assignments_report(repo: Repositories, day: date) -> list[AssignmentRow]:
    """Everyone who held a territory on the day, by territory and role; who had left by then held nothing."""
    lines = repo.model.lines
    held = [
        one
        for one in repo.company.assignments
        if day in one.span and one.person in lines.holders_on(one.territory, day, one.role)
    ]
    rows = [_row(repo, one) for one in held]
    return sorted(rows, key=lambda row: (row.territory, row.role != "primary", row.role, row.person))


def _row(repo: Repositories, held: Assignment) -> AssignmentRow:
    territory, person = repo.company.territories[held.territory], repo.company.people[held.person]
    above = repo.company.territories.get(territory.parent) if territory.parent is not None else None
    return AssignmentRow(
        territory=territory.key,
        name=territory.name,
        parent=above.key if above else None,
        person=person.key,
        person_name=person.name,
        role=held.role.value,
        split_percent=Decimal(held.share) / 10_000,
        from_on=None if held.span.start == date.min else held.span.start,
        to_on=None if held.span.end == date.max else held.span.end,
    )
