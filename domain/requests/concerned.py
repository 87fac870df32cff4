"""Whom and what a change is about."""

from datetime import date

from domain.company import PersonId, SubjectKind, TerritoryId
from domain.lines import Lines
from domain.requests.model import (
    CONFIDENTIAL,
    KIND_OF,
    Change,
    ChangeBoundary,
    ChangeRep,
    ChangeTarget,
    Cover,
    Merge,
    MoveAccounts,
    Reversal,
    Split,
    State,
)


def territories_of(change: Change) -> tuple[TerritoryId, ...]:
    """The territories that a change names: the one that gives first. A reversal names none: ask for what it gives back."""
    match change:
        case MoveAccounts(source=source, target=target):
            return source, target
        case Merge(territory=territory, into=into):
            return territory, into
        case ChangeRep(territory=territory) | Cover(territory=territory) | Split(territory=territory):
            return (territory,)
        case ChangeBoundary(territory=territory):
            return (territory,)
        case ChangeTarget(subject_kind=kind, subject=subject):
            return (subject,) if kind is SubjectKind.TERRITORY else ()
        case Reversal():
            return ()


def people_of(change: Change, lines: Lines, day: date) -> frozenset[PersonId]:
    """Whose figures change: who holds the territories on that day, and whom the change names."""
    holders = (one for territory in territories_of(change) for one in lines.holders_on(territory, day))
    return frozenset(holders).union(named_by(change))


def named_by(change: Change) -> frozenset[PersonId]:
    """The people whom a change names itself."""
    match change:
        case ChangeRep(person=person, previous=previous):
            named = (person, previous)
        case Cover(person=person) | Split(person=person):
            named = (person, None)
        case ChangeTarget(subject_kind=SubjectKind.PERSON, subject=subject):
            named = (subject, None)
        case _:
            return frozenset()
    return frozenset(one for one in named if one is not None)


def is_confidential(change: Change, state: State) -> bool:
    """Whether a channel may see no more than the kind and the state. `change` of a reversal is what it gives back."""
    return KIND_OF[type(change)] in CONFIDENTIAL and state not in (State.EFFECTIVE, State.REVERSED)
