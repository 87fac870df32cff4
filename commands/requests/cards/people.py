"""Whom a request concerns, and how."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from commands.requests.cards.about import About
from domain.company import AssignmentRole, PersonId, Role
from domain.model import CompanyModel
from domain.periods import parse_label
from domain.requests.concerned import territories_of
from domain.requests.model import ChangeBoundary, ChangeRep, ChangeTarget, Cover, Merge, MoveAccounts, Reversal, Split
from domain.target_setting import owners


class Part(StrEnum):
    """What a request means for somebody."""

    GAINS = "gains"
    LOSES = "loses"
    STANDS_IN = "stands_in"
    IS_COVERED = "is_covered"
    HOLDS = "holds"
    """A rule of their territory changes."""
    CARRIES = "carries"
    """Their target changes."""
    MANAGES = "manages"
    """It is about somebody who reports to them."""


def concerned(about: About, model: CompanyModel, today: date) -> Mapping[PersonId, Part]:
    """Everyone whose accounts or figures change, and their managers; each once."""
    parts = dict(_parts(about, model))
    for person in list(parts):
        manager = model.lines.manager_of(person, today)
        if manager is not None:
            parts.setdefault(manager, Part.MANAGES)
    return parts


def _parts(about: About, model: CompanyModel) -> Mapping[PersonId, Part]:
    change, day = about.change, about.request.effective_on
    match change:
        case Cover(territory=territory, person=person):
            return dict.fromkeys(_holders(model, territory, day), Part.IS_COVERED) | {person: Part.STANDS_IN}
        case ChangeBoundary(territory=territory):
            return dict.fromkeys(_holders(model, territory, day), Part.HOLDS)
        case ChangeTarget():
            period = parse_label(change.period, model.settings.fiscal_start)
            carriers = owners(model, change.subject_kind, change.subject, period, day)
            return dict.fromkeys(carriers, Part.CARRIES)
    loses, gains = _both(about, model)
    if about.reverses is not None:
        loses, gains = gains, loses
    return dict.fromkeys(loses - gains, Part.LOSES) | dict.fromkeys(gains - loses, Part.GAINS)


def _both(about: About, model: CompanyModel) -> tuple[frozenset[PersonId], frozenset[PersonId]]:
    """Who gives and who takes, as it was asked for."""
    change, day = about.change, about.request.effective_on
    match change:
        case ChangeRep(previous=previous, person=person):
            return _known(previous), _known(person)
        case Split(territory=territory, person=person):
            return _holders(model, territory, day), _known(person)
        case MoveAccounts() | Merge():
            source, target = territories_of(change)
            return _holders(model, source, day), _holders(model, target, day)
        case Cover() | ChangeBoundary() | ChangeTarget() | Reversal():
            return frozenset(), frozenset()


def _holders(model: CompanyModel, territory: int, day: date) -> frozenset[PersonId]:
    return frozenset(model.lines.holders_on(territory, day, AssignmentRole.PRIMARY))


def _known(person: PersonId | None) -> frozenset[PersonId]:
    return frozenset() if person is None else frozenset({person})


def is_there(model: CompanyModel, person: PersonId, today: date) -> bool:
    """Whether Turf can write to somebody."""
    known = model.company.people.get(person)
    if known is None or known.slack_user_id is None:
        return False
    return known.left_on is None or known.left_on >= today


def operations(model: CompanyModel, today: date) -> list[PersonId]:
    """Sales operations, as far as Turf can write to them."""
    people = sorted(model.company.people.values(), key=lambda one: one.key)
    return [one.id for one in people if one.role is Role.OPS and is_there(model, one.id, today)]
