"""`/territory potential`: where the potential is, region by industry, in what someone may see."""

import json
from dataclasses import dataclass, replace
from datetime import date

from commands.territories.named import as_listed
from domain import policies
from domain.company import Person
from domain.errors import NotFound
from domain.potential import Area, Potential, Rank, added, areas
from storage.account_facts import account_facts
from storage.store import Repositories

SIZE = 20
"""Areas a page."""


@dataclass(frozen=True, slots=True)
class AreasQuery:
    """What is asked for; None: any region, any industry. Empty ones are those of accounts without."""

    rank: Rank = Rank.POTENTIAL
    region: str | None = None
    industry: str | None = None
    unassigned: bool = False
    page: int = 0

    @property
    def encoded(self) -> str:
        return json.dumps([self.rank.value, self.region, self.industry, int(self.unassigned), self.page])

    @classmethod
    def decode(cls, value: str) -> "AreasQuery":
        """Raises NotFound for a value that none of our controls carries."""
        try:
            rank, region, industry, unassigned, page = json.loads(value)
            if not all(one is None or isinstance(one, str) for one in (region, industry)):
                raise ValueError(value)
            return cls(Rank(rank), region, industry, bool(unassigned), max(0, int(page)))
        except (TypeError, ValueError) as error:
            raise NotFound(
                "This control is from another version of Turf. Ask again with /territory potential."
            ) from error

    def anew(self, **changed: object) -> "AreasQuery":
        """With something changed, from the first page."""
        return replace(self, page=0, **changed)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class AreasFound:
    """A page of areas. `whole` sums what is filtered; `regions` and `industries` are all that there are to choose from.

    `all_accounts`: the reader sees every account, also those in no territory.
    """

    query: AreasQuery
    areas: tuple[Area, ...]
    total: int
    whole: Potential
    unassigned: Potential
    regions: tuple[str, ...]
    industries: tuple[str, ...]
    all_accounts: bool
    has_accounts: bool
    currency: str

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // SIZE))


async def areas_of(repo: Repositories, query: AreasQuery, *, by: Person, today: date) -> AreasFound:
    """The areas in the territories whose figures `by` may see; of who sees all, in every account. Raises NotAllowed."""
    by = as_listed(repo, by)
    policies.require(policies.may_see_figures(by, today))
    if query.unassigned:
        policies.require(policies.may_see_unassigned(by, today))
    sees_all = bool(policies.may_see_company(by, today))
    facts = await account_facts(repo, None if sees_all else _mine(repo, by, today), today)
    every = areas(facts, query.rank)
    chosen = [one for one in facts if not query.unassigned or one.territory is None]
    found = [one for one in areas(chosen, query.rank) if _fits(one, query)]
    page = min(query.page, max(0, (len(found) - 1) // SIZE))
    return AreasFound(
        query=replace(query, page=page),
        areas=tuple(found[page * SIZE : (page + 1) * SIZE]),
        total=len(found),
        whole=added(one.all for one in found),
        unassigned=added(one.unassigned for one in found),
        regions=tuple(sorted({one.region for one in every})),
        industries=tuple(sorted({one.industry for one in every})),
        all_accounts=sees_all,
        has_accounts=bool(facts),
        currency=repo.settings.currency,
    )


def _mine(repo: Repositories, by: Person, today: date) -> set[int]:
    lines = repo.model.lines
    return {one for one in repo.company.territories if policies.may_see_territory_figures(by, one, lines, today)}


def _fits(area: Area, query: AreasQuery) -> bool:
    return query.region in (None, area.region) and query.industry in (None, area.industry)
