"""Whose targets someone may set, found by what they type."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from domain import policies
from domain.company import Company, Person, SubjectKind, Team, Territory
from domain.target_setting import subject_of
from storage.store import Known

MOST = 100
"""Slack shows no more."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Somebody or something in the menu."""

    kind: SubjectKind
    id: int
    name: str
    key: str

    @property
    def value(self) -> str:
        return f"{self.kind}:{self.id}"

    def matches(self, words: Iterable[str]) -> bool:
        """Each of the words is somewhere in the name, the key or the kind."""
        text = f"{self.name} {self.key} {self.kind}".casefold()
        return all(word in text for word in words)


def label(company: Company, kind: SubjectKind, subject: int) -> str:
    """What the menu says of a subject."""
    found = subject_of(company, kind, subject)
    return f"{found.name} ({kind})" if found else ""


def search(repo: Known, typed: str, *, by: Person, today: date) -> dict[str, str]:
    """Value and label of those that `by` may set, best matches first; names that several have are told apart by key."""
    wanted = typed.casefold()
    found = [choice for choice in settable(repo, by=by, today=today) if choice.matches(wanted.split())]
    found.sort(key=lambda choice: (not choice.name.casefold().startswith(wanted), choice.name.casefold(), choice.key))
    shown = found[:MOST]
    labels = [f"{choice.name} ({choice.kind})" for choice in shown]
    return {
        choice.value: text if labels.count(text) == 1 else f"{choice.key}: {text}"
        for choice, text in zip(shown, labels, strict=True)
    }


def settable(repo: Known, *, by: Person, today: date) -> list[Choice]:
    """Everyone and everything whose target `by` may set today."""
    key = "settable", by.id, by.role, by.left_on, today
    if key not in repo.kept:
        lines = repo.model.lines
        allowed = (
            choice
            for choice in _everything(repo.company, today)
            if policies.may_set_target(by, choice.kind, choice.id, lines, today)
        )
        repo.remember(key, list(allowed) if policies.may_set_targets(by, today) else [])
    found: list[Choice] = repo.kept[key]
    return found


def _everything(company: Company, today: date) -> Iterator[Choice]:
    groups: tuple[tuple[SubjectKind, Iterable[Person | Team | Territory]], ...] = (
        (SubjectKind.PERSON, (one for one in company.people.values() if one.left_on is None or one.left_on >= today)),
        (SubjectKind.TERRITORY, company.territories.values()),
        (SubjectKind.TEAM, company.teams.values()),
    )
    for kind, group in groups:
        for one in group:
            yield Choice(kind, one.id, one.name, one.key)
