"""Potential and white space of accounts, territories and areas.

An account's potential is the expected yearly spend; its white space is the potential less what it bought in the last
12 months, and never below zero: an account that bought more than its potential has none, and is counted apart.
Amounts are minor units of the workspace's currency.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from datetime import date, timedelta
from enum import StrEnum

from domain.company import Span, TerritoryId
from domain.forecast import trailing_year
from domain.holdings import AccountId

NOWHERE = ""


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """An account as cards, maps and exports show it; `bought` is the revenue credited in the last 12 months.

    What an account bought is part of the figures of the territory that it is in now, whoever was credited for it.
    """

    id: AccountId
    key: str
    name: str
    territory: TerritoryId | None
    country: str | None = None
    region: str | None = None
    postal_code: str | None = None
    industry: str | None = None
    employees: int | None = None
    latitude: float | None = None
    longitude: float | None = None
    potential: int | None = None
    bought: int = 0
    service_minutes: int | None = None
    visits_per_year: int | None = None

    @property
    def white_space(self) -> int | None:
        """None without a potential."""
        return None if self.potential is None else max(0, self.potential - self.bought)

    @property
    def exceeds(self) -> bool:
        """Whether it bought more than its potential, which is then too low."""
        return self.potential is not None and self.bought > self.potential

    @property
    def workload(self) -> int | None:
        """Minutes of service a year, without the way there; None where either factor is unknown."""
        if self.service_minutes is None or self.visits_per_year is None:
            return None
        return self.service_minutes * self.visits_per_year


def last_12_months(today: date) -> Span:
    """A year of days, of which today is the last."""
    return trailing_year(today + timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Potential:
    """Sums over accounts. `known` have a potential; `bought` is over all of them, `white_space` over the known ones.

    `exceeding` bought more than their potential: they count 0 in the white space.
    """

    accounts: int = 0
    known: int = 0
    exceeding: int = 0
    potential: int = 0
    bought: int = 0
    white_space: int = 0

    @property
    def unknown(self) -> int:
        return self.accounts - self.known


def potential_of(accounts: Iterable[AccountFacts]) -> Potential:
    """The sums over accounts; all zero for none."""
    found = list(accounts)
    return Potential(
        accounts=len(found),
        known=sum(one.potential is not None for one in found),
        exceeding=sum(one.exceeds for one in found),
        potential=sum(one.potential or 0 for one in found),
        bought=sum(one.bought for one in found),
        white_space=sum(one.white_space or 0 for one in found),
    )


def added(parts: Iterable[Potential]) -> Potential:
    """The sums of parts that share no account."""
    found = [astuple(part) for part in parts]
    return Potential(*map(sum, zip(*found, strict=True))) if found else Potential()


class Rank(StrEnum):
    POTENTIAL = "potential"
    WHITE_SPACE = "white_space"


@dataclass(frozen=True, slots=True)
class Area:
    """All accounts of one industry in one region; `unassigned` are those of them that are in no territory.

    Without a region it is the country; `region` and `industry` are empty where the accounts have none.
    """

    region: str
    industry: str
    all: Potential
    unassigned: Potential


def areas(accounts: Iterable[AccountFacts], rank: Rank = Rank.POTENTIAL) -> list[Area]:
    """Region by industry, the greatest potential or white space first; every account is in exactly one."""
    groups: defaultdict[tuple[str, str], list[AccountFacts]] = defaultdict(list)
    for one in accounts:
        groups[_named(one.region or one.country), _named(one.industry)].append(one)
    found = [Area(*key, potential_of(some), _unassigned(some)) for key, some in groups.items()]
    return sorted(found, key=lambda area: (-_rank(area, rank), area.region, area.industry))


def _unassigned(accounts: Iterable[AccountFacts]) -> Potential:
    return potential_of(one for one in accounts if one.territory is None)


def _rank(area: Area, rank: Rank) -> int:
    return area.all.potential if rank is Rank.POTENTIAL else area.all.white_space


def _named(value: str | None) -> str:
    return value.strip() if value else NOWHERE
