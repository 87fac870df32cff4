"""Twelve hundred accounts: most below one patch, some of an area, some of nobody, some that moved."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

from bot.demo.company.dates import Dates, quarter_start
from bot.demo.company.land import AMERICAS_EAST, EUROPE_NORTH, PATCH, PATCHES, Patch
from bot.demo.company.names import INDUSTRIES, ODD, company_name

COUNT = 1_200
_UNCLAIMED = 40
_MOVED = (("texas", "california"), ("france", "iberia"), ("new-york", "new-england"), ("india", "singapore"))


@dataclass(frozen=True, slots=True)
class Account:
    """One row of `accounts`; `patch` is where it lies, `territory` whose it is by shorthand."""

    key: str
    name: str
    patch: Patch
    territory: str
    industry: str
    employees: int
    revenue: int
    postal_code: str
    latitude: float
    longitude: float
    visits: int
    parent: str = ""
    moved_from: str = ""

    @property
    def potential(self) -> int:
        """What the account could spend in a year, in the workspace's currency."""
        return max(4_000, round(math.pow(self.employees, 0.7) * 400 / 500) * 500)


def _postal(pattern: str, rng: Random) -> str:
    return "".join(str(rng.randint(0, 9)) if c == "#" else c for c in pattern)


def _account(number: int, patch: Patch, rng: Random) -> Account:
    employees = max(3, round(math.exp(rng.gauss(5.6, 1.4))))
    return Account(
        key=f"A-{number:05d}",
        name=company_name(rng, patch.country),
        patch=patch,
        territory=patch.key,
        industry=rng.choice(INDUSTRIES),
        employees=employees,
        revenue=round(employees * rng.uniform(90_000, 320_000) / 1_000) * 1_000,
        postal_code=_postal(patch.postal, rng),
        latitude=patch.latitude + rng.gauss(0, 0.4),
        longitude=patch.longitude + rng.gauss(0, 0.5),
        visits=min(24, 1 + employees // 150),
    )


def _families(accounts: list[Account], rng: Random) -> None:
    heads = [account.key for account in accounts[: COUNT // 5]]
    for index in range(COUNT // 5, COUNT):
        if rng.random() < 0.12:
            accounts[index] = replace(accounts[index], parent=rng.choice(heads))


def _exceptions(accounts: list[Account]) -> None:
    for index, name in enumerate(ODD):
        accounts[index] = replace(accounts[index], name=name)
    for index in range(COUNT - _UNCLAIMED, COUNT):
        accounts[index] = replace(accounts[index], territory="")
    for area in (AMERICAS_EAST, EUROPE_NORTH):
        house = [i for i, a in enumerate(accounts) if a.patch.area is area and a.territory and i > len(ODD)]
        for index in house[:6]:
            accounts[index] = replace(accounts[index], territory=area.key)
    for before, after in _MOVED:
        index = [i for i, a in enumerate(accounts) if a.territory == after][-1]
        accounts[index] = replace(accounts[index], moved_from=before)


def make_accounts(rng: Random) -> tuple[Account, ...]:
    """All accounts; the first in the list have odd names and lie in the first patches."""
    accounts = [_account(n + 1, PATCHES[n % len(PATCHES)], rng) for n in range(COUNT)]
    _families(accounts, rng)
    _exceptions(accounts)
    return tuple(accounts)


def account_rows(accounts: tuple[Account, ...]) -> Iterator[tuple[object, ...]]:
    """Rows of `accounts`; one that moved gets its territories from `pins` instead."""
    for a in accounts:
        territory = None if a.moved_from else a.territory
        size = (a.employees, a.revenue, a.potential, 45 + 15 * (a.visits % 4), a.visits)
        place = (a.patch.country, a.patch.province, a.postal_code, f"{a.latitude:.5f}", f"{a.longitude:.5f}")
        yield a.key, a.name, a.parent, territory, a.industry, *place, *size


def pin_rows(accounts: tuple[Account, ...], dates: Dates) -> Iterator[tuple[object, ...]]:
    """Rows of `pins`: accounts that moved to another patch at the start of the last quarter."""
    day = quarter_start(dates.today, -1)
    for account in accounts:
        if account.moved_from:
            yield account.key, account.moved_from, None, day
            yield account.key, account.territory, day, None


def potentials(accounts: tuple[Account, ...]) -> dict[str, int]:
    """The potential of each patch: that of its accounts."""
    sums = dict.fromkeys(PATCH, 0)
    for account in accounts:
        if account.territory in sums:
            sums[account.territory] += account.potential
    return sums
