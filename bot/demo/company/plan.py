"""Targets: yearly per patch with a profile, finer rows here and there, and what is expected by a day."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from random import Random

from bot.demo.company import personas
from bot.demo.company.dates import Dates, business_days, month_start
from bot.demo.company.land import AMERICAS_EAST, EUROPE_NORTH, PATCH, PATCHES, REGIONS, Patch, patches_of
from bot.demo.company.people import Org

PROFILES = {
    "enterprise": ("6", "7", "10", "6", "7", "10", "6", "6", "10", "8", "9", "15"),
    "european": ("7", "7.5", "9.5", "8", "8", "9.5", "6", "4.5", "9.5", "9", "9.5", "12"),
}
WITHOUT_PROFILE = ("korea", "new-zealand")
_QUARTERLY = ("nordics", "texas")
_MONTHLY = "france"


def month_share(patch: Patch, month: int) -> float:
    """The part of a year's target that falls in a calendar month; about even without a profile."""
    if patch.key in WITHOUT_PROFILE:
        return 1 / 12
    return float(PROFILES[patch.area.region.profile][month - 1]) / 100


def _quarter_share(patch: Patch, first: date) -> float:
    return sum(month_share(patch, first.month + n) for n in range(3))


@dataclass(frozen=True)
class Plan:
    """Yearly amounts by (patch, year) and finer ones by (patch, first day, months), in whole units."""

    yearly: dict[tuple[str, int], int]
    finer: dict[tuple[str, date, int], int] = field(default_factory=dict)

    def month(self, patch: Patch, first: date) -> float:
        """The target of one month; a finer row replaces the year's part."""
        monthly = self.finer.get((patch.key, first, 1))
        if monthly is not None:
            return monthly
        quarter = month_start(first, -((first.month - 1) % 3))
        share = month_share(patch, first.month)
        if (amount := self.finer.get((patch.key, quarter, 3))) is not None:
            return amount * share / _quarter_share(patch, quarter)
        return self.yearly[patch.key, first.year] * share

    def expected(self, patch: Patch, first: date, end: date) -> float:
        """The target of [first, end): each month's by the share of its business days."""
        days: defaultdict[date, int] = defaultdict(int)
        for day in business_days(first, end):
            days[month_start(day)] += 1
        return sum(self.month(patch, m) * n / len(business_days(m, month_start(m, 1))) for m, n in days.items())


def make_plan(dates: Dates, rng: Random) -> Plan:
    """Amounts between 0.9 and 2.4 million a year that grow by some percent each year."""
    yearly: dict[tuple[str, int], int] = {}
    for patch in PATCHES:
        amount = rng.uniform(0.9e6, 2.2e6)
        for year in dates.years:
            yearly[patch.key, year] = round(amount / 10_000) * 10_000
            amount *= rng.uniform(1.03, 1.09)
    return Plan(yearly, _finer(Plan(yearly), dates))


def _finer(plan: Plan, dates: Dates) -> dict[tuple[str, date, int], int]:
    finer: dict[tuple[str, date, int], int] = {}
    for key in _QUARTERLY:
        amount = plan.yearly[key, dates.today.year] * _quarter_share(PATCH[key], dates.quarter) * 1.1
        finer[key, dates.quarter, 3] = round(amount / 1_000) * 1_000
    month = month_start(dates.today)
    finer[_MONTHLY, month, 1] = round(plan.month(PATCH[_MONTHLY], month) * 0.9 / 500) * 500
    return finer


def _period(first: date, months: int) -> str:
    return f"{first:%Y-%m}" if months == 1 else f"{first.year}Q{(first.month + 2) // 3}"


def _territories(plan: Plan, dates: Dates) -> Iterator[tuple[object, ...]]:
    for (key, year), amount in plan.yearly.items():
        profile = None if key in WITHOUT_PROFILE else PATCH[key].area.region.profile
        yield "territory", key, f"FY{year}", "revenue", amount, PATCH[key].currency, profile, "published"
    for (key, first, months), amount in plan.finer.items():
        profile = PATCH[key].area.region.profile if months == 3 else None
        yield "territory", key, _period(first, months), "revenue", amount, PATCH[key].currency, profile, None
    amount = round(plan.yearly[personas.REP_PATCH, dates.today.year] * 1.08 / 10_000) * 10_000
    draft = f"FY{dates.today.year + 1}"
    yield "territory", personas.REP_PATCH, draft, "revenue", amount, "USD", "enterprise", "draft"


def _roll_ups(plan: Plan, year: int) -> Iterator[tuple[object, ...]]:
    for region in REGIONS[:2]:
        children = sum(plan.yearly[patch.key, year] for patch in patches_of(region.key))
        amount = round(children / 1.05 / 100_000) * 100_000
        yield "territory", region.key, f"FY{year}", "revenue", amount, region.currency, region.profile, None
    for kind, area in (("territory", AMERICAS_EAST), ("team", AMERICAS_EAST), ("team", EUROPE_NORTH)):
        children = sum(plan.yearly[patch.key, year] for patch in patches_of(area.key))
        amount = round(children / (1.08 if kind == "territory" else 1.04) / 50_000) * 50_000
        yield kind, area.key, f"FY{year}", "revenue", amount, area.region.currency, area.region.profile, None


def _people(org: Org, year: int) -> Iterator[tuple[object, ...]]:
    own = (
        (personas.STRATEGIC, 1_200_000, "USD", "enterprise"),
        (personas.STRATEGIC_EUR, 380_000, "EUR", "european"),
        (personas.OVERLAY, 5_600_000, "USD", "enterprise"),
        (personas.SPLIT_OVERLAY, 900_000, "USD", "enterprise"),
        (personas.MANAGER, 200_000, "USD", None),
        (org.at("inside-pacific-south").key, 150_000, "USD", None),
    )
    for person, amount, currency, profile in own:
        yield "person", person, f"FY{year}", "revenue", amount, currency, profile, None


def target_rows(plan: Plan, org: Org, dates: Dates) -> Iterator[tuple[object, ...]]:
    """Rows of `targets`: patches, roll-ups that differ from their children's sum, people, one draft."""
    yield from _territories(plan, dates)
    for year in (dates.today.year - 1, dates.today.year):
        yield from _roll_ups(plan, year)
        yield from _people(org, year)


def seasonality_rows() -> Iterator[tuple[object, ...]]:
    """Rows of `seasonality`."""
    for profile, percents in PROFILES.items():
        for month, percent in enumerate(percents, 1):
            yield profile, month, percent
