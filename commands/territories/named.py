"""Which territory someone means: the one that they name, or their own."""

from collections.abc import Sequence
from datetime import date

from commands.kit.names import OFFERED, find_territory
from domain import policies
from domain.company import AssignmentRole, Person, Territory, TerritoryId
from domain.errors import Ambiguous, NotAllowed, NotFound
from storage.store import Known


def as_listed(repo: Known, by: Person) -> Person:
    """The person as the list of people has them now. Raises NotAllowed for someone who is no longer in it."""
    found = repo.company.people.get(by.id)
    if found is None:
        raise NotAllowed("You are no longer in Turf's list of people. Ask sales operations if that is wrong.")
    return found


def require_figures(repo: Known, territory: Territory, *, by: Person, today: date) -> None:
    """Single accounts are for who may see the territory's figures. Raises NotAllowed."""
    policies.require(policies.may_see_territory_figures(as_listed(repo, by), territory.id, repo.model.lines, today))


def branch(repo: Known, territory: Territory) -> set[TerritoryId]:
    """A territory and everything below it."""
    return {territory.id, *repo.model.lines.territories_below(territory.id)}


def named(repo: Known, words: str, *, by: Person, today: date) -> Territory:
    """The territory of that name. Raises NotAllowed for who may not see names, NotFound or Ambiguous with better ones."""
    by = as_listed(repo, by)
    policies.require(policies.may_see_names(by, today))
    found = find_territory(words, repo.company)
    return repo.company.territories[found.id]


def by_id(repo: Known, carried: str, *, by: Person, today: date) -> Territory:
    """The territory that a button carries. Raises NotAllowed for who may not see names, NotFound."""
    policies.require(policies.may_see_names(as_listed(repo, by), today))
    found = repo.company.territories.get(int(carried)) if carried.isdecimal() else None
    if found is None:
        raise NotFound("This territory no longer exists. Ask again with /territory.")
    return found


def asked_about(repo: Known, words: str, *, by: Person, today: date) -> Territory:
    """The one that is named, or one's own. Raises Ambiguous for who has several, NotFound for who has none."""
    if words.strip():
        return named(repo, words, by=by, today=today)
    found = own(repo, by=by, today=today)
    if len(found) == 1:
        return found[0]
    if not found:
        raise NotFound("You hold no territory today. Type the name of one after the command.")
    raise Ambiguous(
        f"{len(found)} territories are yours. Which one do you mean?", [one.name for one in found[:OFFERED]]
    )


def own(repo: Known, *, by: Person, today: date) -> list[Territory]:
    """The territories that someone holds today; of who holds none, the highest of those whose figures they may see."""
    by = as_listed(repo, by)
    policies.require(policies.may_see_names(by, today))
    lines = repo.model.lines
    held = {
        one
        for one in repo.company.territories
        if any(by.id in lines.holders_on(one, today, role) for role in AssignmentRole)
    }
    if not held:
        seen = {one for one in repo.company.territories if policies.may_see_territory_figures(by, one, lines, today)}
        held = {one for one in seen if repo.company.territories[one].parent not in seen}
    return in_order(repo, held)


def in_order(repo: Known, territories: Sequence[TerritoryId] | set[TerritoryId]) -> list[Territory]:
    return sorted(
        (repo.company.territories[one] for one in territories), key=lambda one: (one.name.casefold(), one.key)
    )
