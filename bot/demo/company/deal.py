"""What a deal is, and what its making needs to know."""

import math
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from random import Random

from bot.demo.company import personas
from bot.demo.company.accounts import Account
from bot.demo.company.dates import Dates
from bot.demo.company.files import money
from bot.demo.company.holding import Assignment, primaries
from bot.demo.company.land import AREA
from bot.demo.company.people import Org
from bot.demo.company.plan import Plan

STAGES = (("Qualification", 10), ("Discovery", 25), ("Proposal", 50), ("Negotiation", 75))


@dataclass(frozen=True, slots=True)
class Deal:
    """One row of `deals`; `cents` in minor units, `patch` is where it was made (empty: nowhere)."""

    key: str
    name: str
    owner: str
    cents: int | None
    currency: str
    status: str
    created_on: date
    expected_close_on: date
    patch: str = ""
    account: str = ""
    territory: str = ""
    reached: int = 0
    type: str = "new"
    forecast_category: str = ""
    closed_on: date | None = None
    product: str = ""
    source: str = ""
    loss_reason: str = ""
    probability: int | None = None
    term_months: int | None = None
    reverses: str = ""

    def row(self) -> tuple[object, ...]:
        """The columns of the import format."""
        stage = "" if self.type == "return" else STAGES[self.reached][0]
        amount = None if self.cents is None else money(self.cents)
        recurring = money(self.cents * 12 // self.term_months) if self.cents and self.term_months else None
        what = (self.key, self.name, self.owner, self.account, self.territory, amount, self.currency)
        state = (self.status, stage, self.type, self.forecast_category)
        days = (self.created_on, self.expected_close_on, self.closed_on)
        why = (self.product, self.source, self.loss_reason, self.probability)
        return (*what, *state, *days, *why, recurring, self.term_months, self.reverses)


@dataclass(frozen=True)
class World:
    """The company in which deals are made."""

    dates: Dates
    org: Org
    assignments: tuple[Assignment, ...]
    accounts: tuple[Account, ...]
    plan: Plan

    @cached_property
    def _by_territory(self) -> dict[str, list[Account]]:
        accounts: defaultdict[str, list[Account]] = defaultdict(list)
        for account in self.accounts:
            if not account.moved_from:
                accounts[account.territory].append(account)
        return accounts

    def accounts_in(self, territory: str) -> list[Account]:
        """The accounts of a territory that never moved; of nobody when empty."""
        return self._by_territory.get(territory, [])

    def holders(self, patch: str, day: date) -> list[str]:
        """Who holds a patch as primary on a day."""
        return primaries(self.assignments, patch, day)

    def is_told(self, patch: str, day: date) -> bool:
        """Whether the patch's current quarter is part of a persona's story, which chance must leave alone."""
        told = (personas.REP_PATCH, personas.AHEAD_PATCH, personas.BEHIND_PATCH, personas.NEW_HIRE_PATCH)
        return patch in told and day >= self.dates.quarter

    def colleagues(self, area: str) -> list[str]:
        """Reps of an area's team who hold no patch."""
        return self.org.inside(area)

    def lead(self, area: str) -> str:
        """The key of the manager of an area or region."""
        return self.org.at(f"lead-{area}" if area in AREA else f"vp-{area}").key


def amount(employees: int, rng: Random) -> int:
    """A lognormal amount in minor units whose median grows with the customer; a quarter of them have cents."""
    median = 12_000 if employees < 200 else 30_000 if employees < 2_000 else 85_000
    value = median * math.exp(rng.gauss(0, 0.6))
    return tidy(value * 100, rng.random() < 0.25)


def tidy(cents: float, exact: bool) -> int:
    """Minor units, at least one whole unit; to the next 50 units unless `exact`."""
    return max(100, round(cents)) if exact else max(5_000, round(cents / 5_000) * 5_000)
