"""`/turf roles`: who may do what. A role that was given here stands against imports until they agree or it is let go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from commands.targets.service import as_listed
from domain import policies
from domain.company import Person, PersonId, Role
from domain.errors import NotAllowed, NotFound
from storage.decisions import What, decide, decided, release
from storage.people import set_role
from storage.store import Known, Repositories
from storage.writing import Writing

OFFERED = 100


@dataclass(frozen=True, slots=True)
class Roles:
    """Who has which role, those who may do most first; of reps and partners only the number is told."""

    named: tuple[tuple[Role, tuple[str, ...]], ...]
    counted: tuple[tuple[Role, int], ...]
    differing: tuple[tuple[str, Role, str], ...] = ()
    """Name, the role that was given here, and what the last import said."""


@dataclass(frozen=True, slots=True)
class Given:
    """The role that a person has now, and the one before; `released` if it is up to imports again."""

    person: Person
    role: Role
    before: Role
    released: bool = False


async def roles(repo: Repositories, *, by: Person, today: date) -> Roles:
    """Raises NotAllowed for who may not give roles."""
    policies.require(policies.may_set_roles(as_listed(repo, by), today))
    present = _present(repo, today)
    named = (Role.OPS, Role.LEADER, Role.MANAGER)
    return Roles(
        tuple((role, tuple(sorted(one.name for one in present if one.role is role))) for role in named),
        tuple((role, sum(1 for one in present if one.role is role)) for role in (Role.REP, Role.PARTNER)),
        tuple(await _differing(repo, present)),
    )


async def _differing(repo: Repositories, present: Sequence[Person]) -> list[tuple[str, Role, str]]:
    said = {one.key: one.said for one in await decided(repo.connection, repo.workspace_id, What.ROLE) if one.said}
    return sorted((one.name, one.role, said[str(one.id)] or "") for one in present if str(one.id) in said)


def found(repo: Known, typed: str, *, by: Person, today: date) -> list[Person]:
    """The people whose names hold what was typed. Raises NotAllowed."""
    policies.require(policies.may_set_roles(as_listed(repo, by), today))
    wanted = typed.casefold().strip()
    near = [one for one in _present(repo, today) if wanted in one.name.casefold() or wanted in one.key.casefold()]
    return sorted(near, key=lambda one: (not one.name.casefold().startswith(wanted), one.name))[:OFFERED]


async def follow_imports(repo: Writing, person: PersonId, *, by: Person, today: date) -> Given:
    """The next import sets the role as its file says. Raises NotAllowed; NotFound if the person is gone."""
    known = _known(repo, person, by, today)
    if await release(repo.connection, repo.workspace_id, What.ROLE, str(person)):
        await repo.audit("role.release", "person", person, after={"role": known.role})
    return Given(known, known.role, known.role, released=True)


async def give(repo: Writing, person: PersonId, role: Role, *, by: Person, today: date) -> Given:
    """Raises NotAllowed, also where nobody would be left in operations; NotFound if the person is gone."""
    known = _known(repo, person, by, today)
    others = [one for one in _present(repo, today) if one.role is Role.OPS and one.id != person]
    if known.role is Role.OPS and role is not Role.OPS and not others:
        raise NotAllowed("Nobody would be left in operations. Give somebody else that role first.")
    if known.role is not role:
        at = repo.connection, repo.workspace_id
        await set_role(*at, await repo.revise("roles"), person, role)
        await decide(*at, What.ROLE, str(person), by=by.id, at=repo.occasion.now)
        await repo.audit("role", "person", person, before={"role": known.role}, after={"role": role})
    return Given(known, role, known.role)


def _known(repo: Known, person: PersonId, by: Person, today: date) -> Person:
    policies.require(policies.may_set_roles(as_listed(repo, by), today))
    known = repo.company.people.get(person)
    if known is None:
        raise NotFound("This person is no longer in Turf's list of people. Choose somebody else.")
    return known


def _present(repo: Known, today: date) -> Sequence[Person]:
    return [one for one in repo.company.people.values() if one.left_on is None or one.left_on >= today]
