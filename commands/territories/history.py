"""`/territory history`: who held a territory, by which rules accounts come into it, and what changed when."""

from dataclasses import dataclass
from datetime import date, datetime

from commands.territories.named import as_listed
from domain import policies
from domain.company import Person, PersonId, Territory
from domain.lines import Tenure
from storage.store import Repositories
from storage.target_versions import Made, revisions
from storage.territory_versions import Step, steps

SIZE = 6
"""Changes a page."""
TENURES = 12


@dataclass(frozen=True, slots=True)
class Change:
    """What changed at one revision, when, and by whom it was written; by nobody in Slack: an import."""

    at: datetime
    by: str
    cause: str
    step: Step


@dataclass(frozen=True, slots=True)
class TerritoryHistory:
    """A page of it, newest first. `pins` says whether the reader is told of accounts that came and went."""

    territory: Territory
    tenures: tuple[Tenure, ...]
    names: dict[PersonId, str]
    changes: tuple[Change, ...]
    number: int
    total: int
    pins: bool
    today: date
    timezone: str

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // SIZE))


async def history(
    repo: Repositories, territory: Territory, *, by: Person, today: date, number: int = 0
) -> TerritoryHistory:
    """Holders and changes for who may see names; rules and accounts that came and went for who may see the figures."""
    by = as_listed(repo, by)
    policies.require(policies.may_see_names(by, today))
    sees = bool(policies.may_see_territory_figures(by, territory.id, repo.model.lines, today))
    found = await steps(repo, territory.id)
    if not sees:
        found = [one for one in found if one.place or one.begun or one.ended]
    page = found[number * SIZE : (number + 1) * SIZE]
    made = await revisions(repo.connection, repo.workspace_id, [one.rev for one in page])
    tenures = tuple(reversed(repo.model.lines.primaries(territory.id)))[:TENURES]
    people = repo.company.people
    return TerritoryHistory(
        territory=territory,
        tenures=tenures,
        names={one.id: one.name for one in people.values()},
        changes=tuple(_change(repo, one, made[one.rev]) for one in page),
        number=number,
        total=len(found),
        pins=sees,
        today=today,
        timezone=repo.settings.timezone,
    )


def _change(repo: Repositories, step: Step, made: Made) -> Change:
    who = repo.company.people.get(made.by) if made.by else None
    return Change(made.at, who.name if who else "", made.cause, step)
