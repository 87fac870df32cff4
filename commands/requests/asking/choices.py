"""What the menus of the form offer for what is typed: territories, people, and whom a target may be for."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from commands.kit.names import begins, comparable
from commands.requests.asking.form import NOBODY
from domain.company import Person, PersonId, Role, SubjectKind, Team, Territory, TerritoryId
from domain.target_setting import subject_of
from storage.store import Known
from templates import visible

MOST = 100
"""Slack shows no more."""
OPTION = 75
VACANT = "Nobody (vacant)"


class Choice(NamedTuple):
    """One line of a menu."""

    value: str
    name: str
    key: str


def fitting(choices: Iterable[Choice], typed: str) -> dict[str, str]:
    """Value and label of those whose name or key fits, the best first; names that several have are told apart by key."""
    wanted = comparable(typed)
    found = [one for one in choices if _fits(one, wanted)]
    found.sort(key=lambda one: (comparable(one.key) != wanted, not comparable(one.name).startswith(wanted), one.name))
    shown = found[:MOST]
    alike = Counter(comparable(one.name) for one in shown)
    return {one.value: label(one.name, one.key if alike[comparable(one.name)] > 1 else "") for one in shown}


def _fits(choice: Choice, wanted: str) -> bool:
    name = comparable(choice.name)
    return not wanted or wanted in name or wanted in comparable(choice.key) or begins(wanted.split(), name.split())


def label(name: str, key: str = "") -> str:
    """A name as a menu shows it; a key behind it is always whole."""
    end = f" ({visible(key)})" if key else ""
    shown = " ".join(visible(name).split()) or visible(key)
    room = OPTION - len(end)
    return (shown if len(shown) <= room else f"{shown[: room - 1].rstrip()}…") + end


def territories(repo: Known, typed: str, today: date) -> dict[str, str]:
    """Those that are there today, or later."""
    there = (one for one in repo.company.territories.values() if one.closed_on is None or one.closed_on > today)
    return fitting((Choice(str(one.id), one.name, one.key) for one in there), typed)


def people(repo: Known, typed: str, today: date, *, or_nobody: bool) -> dict[str, str]:
    """Those who may hold a territory, and nobody."""
    found = fitting((Choice(str(one.id), one.name, one.key) for one in _holding(repo, today)), typed)
    nobody = {NOBODY: VACANT} if or_nobody and comparable(typed) in comparable(VACANT) else {}
    return nobody | dict(list(found.items())[: MOST - len(nobody)])


def subjects(repo: Known, typed: str, today: date) -> dict[str, str]:
    """People, territories and teams that may have a target."""
    company = repo.company
    groups: tuple[tuple[SubjectKind, Iterable[Person | Territory | Team]], ...] = (
        (SubjectKind.PERSON, _holding(repo, today)),
        (SubjectKind.TERRITORY, company.territories.values()),
        (SubjectKind.TEAM, company.teams.values()),
    )
    every = (Choice(f"{kind}:{one.id}", f"{one.name} ({kind})", one.key) for kind, group in groups for one in group)
    return fitting(every, typed)


def _holding(repo: Known, today: date) -> Iterable[Person]:
    there = (one for one in repo.company.people.values() if one.left_on is None or one.left_on >= today)
    return (one for one in there if one.role is not Role.PARTNER)


def chosen_territory(repo: Known, value: str) -> tuple[str, str] | None:
    """What a menu shows as chosen; None for what is not there (any more)."""
    known = repo.company.territories.get(_number(value))
    return (value, label(known.name)) if known else None


def chosen_person(repo: Known, value: str) -> tuple[str, str] | None:
    if value == NOBODY:
        return NOBODY, VACANT
    known = repo.company.people.get(_number(value))
    return (value, label(known.name)) if known else None


def chosen_subject(repo: Known, value: str) -> tuple[str, str] | None:
    kind, _, number = value.partition(":")
    found = subject_of(repo.company, SubjectKind(kind), _number(number)) if kind in list(SubjectKind) else None
    return (value, label(f"{found.name} ({kind})")) if found else None


def names(known: Mapping[PersonId, Person] | Mapping[TerritoryId, Territory], ids: Iterable[int]) -> list[str]:
    """Names of people or territories, as they stand."""
    return [known[one].name if one in known else "-" for one in ids]


def _number(value: str) -> int:
    return int(value) if value.isdecimal() else 0
