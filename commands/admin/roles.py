"""`/turf roles`: who may do what. The next import of people sets roles as its file says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from commands.targets.service import as_listed
from domain import policies
from domain.company import Person, PersonId, Role
from domain.errors import NotAllowed, NotFound
from storage.people import set_role
from storage.store import Known
from storage.writing import Writing

OFFERED = 100


@dataclass(frozen=True, slots=True)
class Roles:
    """Who has which role, those who may do most first; of reps and partners only the number is told."""

    named: tuple[tuple[Role, tuple[str, ...]], ...]
    counted: tuple[tuple[Role, int], ...]


@dataclass(frozen=True, slots=True)
class Given:
    """The role that a person has now, and the one before."""

    person: Person
    role: Role
    before: Role


def roles(repo: Known, *, by: Person, today: date) -> Roles:
    """Raises NotAllowed for who may not give roles."""
    policies.require(policies.may_set_roles(as_listed(repo, by), today))
    present = _present(repo, today)
    named = (Role.OPS, Role.LEADER, Role.MANAGER)
    return Roles(
        tuple((role, tuple(sorted(one.name for one in present if one.role is role))) for role in named),
        tuple((role, sum(1 for one in present if one.role is role)) for role in (Role.REP, Role.PARTNER)),
    )


def found(repo: Known, typed: str, *, by: Person, today: date) -> list[Person]:
    """The people whose names hold what was typed. Raises NotAllowed."""
    policies.require(policies.may_set_roles(as_listed(repo, by), today))
    wanted = typed.casefold().strip()
    near = [one for one in _present(repo, today) if wanted in one.name.casefold() or wanted in one.key.casefold()]
    return sorted(near, key=lambda one: (not one.name.casefold().startswith(wanted), one.name))[:OFFERED]


async def give(repo: Writing, person: PersonId, role: Role, *, by: Person, today: date) -> Given:
    """Raises NotAllowed, also where nobody would be left in operations; NotFound if the person is gone."""
    policies.require(policies.may_set_roles(as_listed(repo, by), today))
    known = repo.company.people.get(person)
    if known is None:
        raise NotFound("This person is no longer in Turf's list of people. Choose somebody else.")
    others = [one for one in _present(repo, today) if one.role is Role.OPS and one.id != person]
    if known.role is Role.OPS and role is not Role.OPS and not others:
        raise NotAllowed("Nobody would be left in operations. Give somebody else that role first.")
    if known.role is not role:
        await set_role(repo.connection, repo.workspace_id, await repo.revise("roles"), person, role)
        await repo.audit("role", "person", person, before={"role": known.role}, after={"role": role})
    return Given(known, role, known.role)


def _present(repo: Known, today: date) -> Sequence[Person]:
    return [one for one in repo.company.people.values() if one.left_on is None or one.left_on >= today]
