"""What is counted rather than added up: meetings and calls of the last two quarters, and targets for such counts."""

from collections.abc import Iterator
from random import Random

from bot.demo.company import personas
from bot.demo.company.dates import Dates, business_days, month_start, quarter_start
from bot.demo.company.deal import World
from bot.demo.company.land import PATCHES
from bot.demo.company.plan import Plan

_MEETINGS = 30
"""A quarter."""
_A_CUSTOMER = 190_000
"""So much of a patch's yearly target stands for one new customer."""


def activity_rows(world: World, rng: Random) -> Iterator[tuple[object, ...]]:
    """Rows of `activities`, by who held the patch on the day."""
    dates, number = world.dates, 0
    for patch in PATCHES:
        accounts = world.accounts_in(patch.key)
        for day in business_days(quarter_start(dates.today, -1), dates.today):
            holders = world.holders(patch.key, day)
            if accounts and holders and rng.random() < 0.6:
                number += 1
                kind = rng.choice(("meeting", "meeting", "meeting", "call"))
                account, minutes = rng.choice(accounts).key, rng.choice((30, 45, 60))
                yield f"A-{number:05d}", rng.choice(holders), account, "", kind, day, minutes


def count_targets(plan: Plan, dates: Dates) -> Iterator[tuple[object, ...]]:
    """Rows of `targets`: new customers and meetings of each patch by quarter, and meetings of someone who holds none."""
    year = dates.today.year
    for patch in PATCHES:
        customers = max(1, round(plan.yearly[patch.key, year] / 4 / _A_CUSTOMER))
        for quarter in range(1, 5):
            for metric, amount in (("new_customers", customers), ("meetings", _MEETINGS)):
                yield "territory", patch.key, f"{year}Q{quarter}", metric, amount, None, None, None
    month = month_start(dates.today)
    yield "person", personas.OVERLAY, f"{month:%Y-%m}", "meetings", 12, None, None, None
