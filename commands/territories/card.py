"""What `/territory` shows of one territory: where it is, who holds it, and its figures to who may see them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from commands.targets.service_for_territories import Standing, standing_of
from commands.territories.health import findings_about
from commands.territories.named import as_listed, branch, in_order
from domain import policies
from domain.company import AssignmentRole, Person, PersonId, Territory, TerritoryId
from domain.lines import Tenure
from domain.potential import Potential, potential_of
from domain.territories.health import FindingKind
from storage.account_facts import account_facts
from storage.store import Known, Repositories

TENURES = 4
"""So many of the last tenures stand on a card; History has all of them."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a territory today: a name, as what, and of a shared one the share in millionths."""

    name: str
    role: AssignmentRole
    share: int
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Worth:
    """The figures of a territory with everything below it.

    `stated` is the potential that was given for it as a whole, in `stated_currency`, where that is another.
    """

    potential: Potential
    standing: Standing
    stated: int | None
    stated_currency: str
    health: Mapping[FindingKind, int]
    """How many findings of each kind are about it or what is below it."""


@dataclass(frozen=True, slots=True)
class TerritoryCard:
    """`above` are the territories that it is in, the highest first. `worth` is None for who may not see its figures."""

    territory: Territory
    above: tuple[Territory, ...]
    below: tuple[Territory, ...]
    team: str
    holders: tuple[Holder, ...]
    vacant_since: date | None
    tenures: tuple[Tenure, ...]
    names: dict[PersonId, str]
    worth: Worth | None
    currency: str
    today: date

    @property
    def is_vacant(self) -> bool:
        return not any(holder.role is AssignmentRole.PRIMARY for holder in self.holders)

    @property
    def is_frame(self) -> bool:
        """Nobody ever held it, only what is below it: then nobody is missing."""
        return self.is_vacant and bool(self.below) and not self.names


async def card(repo: Repositories, territory: Territory, *, by: Person, today: date, locale: str) -> TerritoryCard:
    """What `by` may see of a territory. Raises NotAllowed for who may not even see names."""
    by = as_listed(repo, by)
    policies.require(policies.may_see_names(by, today))
    lines, people = repo.model.lines, repo.company.people
    sees = policies.may_see_territory_figures(by, territory.id, lines, today)
    team = lines.team_of_territory(territory.id)
    tenures = [tenure for tenure in reversed(lines.primaries(territory.id)) if tenure.span.start <= today]
    return TerritoryCard(
        territory=territory,
        above=tuple(above(repo, territory)),
        below=tuple(in_order(repo, set(lines.child_territories(territory.id)))),
        team=repo.company.teams[team].name if team is not None else "",
        holders=tuple(holders(repo, territory.id, today)),
        vacant_since=_vacant_since(tenures),
        tenures=tuple(tenures[:TENURES]),
        names={one: people[one].name for tenure in tenures for one, _ in tenure.holders},
        worth=await _worth(repo, territory, by=by, today=today, locale=locale) if sees else None,
        currency=repo.settings.currency,
        today=today,
    )


async def _worth(repo: Repositories, territory: Territory, *, by: Person, today: date, locale: str) -> Worth:
    facts = await account_facts(repo, branch(repo, territory), today)
    standing = await standing_of(repo, territory, by=by, today=today, locale=locale)
    currency = territory.currency or repo.settings.currency
    found = potential_of(facts)
    same = (territory.potential, currency) == (found.potential, repo.settings.currency)
    wrong = await findings_about(repo, branch(repo, territory), by=by, today=today)
    return Worth(found, standing, None if same else territory.potential, currency, wrong)


def above(repo: Known, territory: Territory) -> list[Territory]:
    """The territories that one is in, the highest first."""
    found: list[Territory] = []
    at = territory.parent
    while at is not None and at in repo.company.territories and repo.company.territories[at] not in found:
        found.append(repo.company.territories[at])
        at = found[-1].parent
    return found[::-1]


def holders(repo: Known, territory: TerritoryId, today: date) -> list[Holder]:
    """Primaries first, then who covers, then overlays; each by name."""
    lines, people = repo.model.lines, repo.company.people
    [now] = [tenure for tenure in lines.primaries(territory) if today in tenure.span]
    primaries = [Holder(people[one].name, AssignmentRole.PRIMARY, share) for one, share in now.holders]
    others = [
        Holder(people[row.person].name, row.role, row.share, None if row.span.end == date.max else row.span.end)
        for row in repo.company.assignments
        if row.territory == territory
        and row.role is not AssignmentRole.PRIMARY
        and today in row.span
        and row.person in lines.holders_on(territory, today, row.role)
    ]
    order = [*AssignmentRole]
    others.sort(key=lambda one: (-order.index(one.role), one.name.casefold()))
    return [*sorted(primaries, key=lambda one: (-one.share, one.name.casefold())), *others]


def _vacant_since(newest_first: list[Tenure]) -> date | None:
    """Since when nobody holds it; None if somebody does, or nobody ever did."""
    if not newest_first or newest_first[0].holders or newest_first[0].span.start == date.min:
        return None
    return newest_first[0].span.start
