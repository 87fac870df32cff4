"""Deals of the patches: won and lost ones along the season, open ones for the coming weeks."""

from bisect import bisect_left
from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from itertools import accumulate
from random import Random

from bot.demo.company import personas
from bot.demo.company.accounts import Account
from bot.demo.company.dates import business_days, quarter_start
from bot.demo.company.deal import Deal, World, amount, tidy
from bot.demo.company.land import AREA, PATCH, PATCHES, Patch
from bot.demo.company.names import LOSS_REASONS, PRODUCTS, SOURCES
from bot.demo.company.plan import month_share

_WIN_RATE = 0.38
_CATEGORIES = (("omitted", "pipeline"), ("pipeline",), ("pipeline", "best_case"), ("best_case", "commit"))
_THIS_QUARTER = {
    personas.REP_PATCH: 0.95,
    personas.AHEAD_PATCH: 1.42,
    personas.BEHIND_PATCH: 0.55,
    personas.NEW_HIRE_PATCH: 0.58,
    personas.VACANT_PATCH: 0.45,
    personas.COVERED_PATCH: 0.74,
}


class Draw:
    """Draws closing days along the season of a patch, later years a little more often."""

    def __init__(self, world: World) -> None:
        self._days = business_days(world.dates.start, world.dates.today + timedelta(days=1))
        self._weights: dict[str, list[float]] = {}

    def day(self, patch: Patch, rng: Random) -> date:
        """A business day up to today."""
        if patch.key not in self._weights:
            self._weights[patch.key] = self._cumulated(patch)
        weights = self._weights[patch.key]
        return self._days[bisect_left(weights, rng.random() * weights[-1])]

    def _cumulated(self, patch: Patch) -> list[float]:
        first = self._days[0].year
        return list(accumulate(month_share(patch, d.month) * (1 + 0.06 * (d.year - first)) for d in self._days))


def owner_of(world: World, patch: Patch, day: date, rng: Random) -> str:
    """Mostly the patch's holder; now and then a colleague, the manager, or nobody."""
    chance = rng.random()
    holders = world.holders(patch.key, day)
    if not holders:
        return world.lead(patch.area.key) if chance < 0.25 else ""
    if chance > 0.93 and not world.is_told(patch.key, day):
        others = [world.lead(patch.area.key), *world.colleagues(patch.area.key), ""]
        return rng.choice(others)
    return rng.choice(holders)


def _open_owner(world: World, patch: Patch, rng: Random) -> str:
    """As for closed deals, save that the rep who left still has some in the CRM."""
    if patch.key == personas.VACANT_PATCH and rng.random() < 0.2:
        return personas.LEFT
    return owner_of(world, patch, world.dates.today, rng)


def _place(patch: Patch, account: Account, rng: Random) -> tuple[str, str]:
    """Account and territory columns: mostly the account only, sometimes both, rarely only one or none of them."""
    chance = rng.random()
    if chance < 0.02:
        return "", patch.key if chance < 0.013 else ""
    return account.key, patch.key if chance > 0.88 else ""


def _currency(world: World, patch: Patch, day: date, rng: Random) -> str:
    other = "USD" if patch.currency == "EUR" else "EUR"
    return other if rng.random() < 0.02 and not world.is_told(patch.key, day) else patch.currency


def _kind(rng: Random) -> tuple[str, int | None]:
    kind = rng.choices(("new", "expansion", "renewal"), (5, 3, 2))[0]
    return kind, rng.choice((12, 12, 24, 36)) if kind != "new" else None


def _title(account: Account, product: str) -> str:
    return f"{account.name}: {product}"


def closed_deal(world: World, key: str, patch: Patch, day: date, rng: Random) -> Deal:
    """A won or lost deal that closes on `day`."""
    account = rng.choice(world.accounts_in(patch.key))
    won = rng.random() < _WIN_RATE
    created = day - timedelta(days=round(rng.lognormvariate(3.9 if won else 4.1, 0.6)))
    product, (kind, term), place = rng.choice(PRODUCTS), _kind(rng), _place(patch, account, rng)
    return Deal(
        key=key,
        name=_title(account, product),
        owner=owner_of(world, patch, day, rng),
        cents=amount(account.employees, rng),
        currency=_currency(world, patch, day, rng),
        status="won" if won else "lost",
        created_on=created,
        expected_close_on=day + timedelta(days=rng.randint(-12, 6)),
        patch=patch.key,
        account=place[0],
        territory=place[1],
        reached=3 if won else rng.choice((0, 1, 1, 2, 2, 3)),
        type=kind,
        closed_on=day,
        product=product,
        source=rng.choice(SOURCES),
        loss_reason="" if won else rng.choice(LOSS_REASONS),
        term_months=term,
    )


def _open_days(world: World, rng: Random) -> tuple[date, date]:
    today = world.dates.today
    created = today - timedelta(days=min(240, round(rng.expovariate(1 / 55))))
    overdue = rng.random() < 0.12
    ahead = -rng.randint(1, 45) if overdue else min(150, round(rng.expovariate(1 / 35)))
    return min(created, today + timedelta(days=ahead)), today + timedelta(days=ahead)


def open_deal(world: World, key: str, patch: Patch, rng: Random) -> Deal:
    """An open deal that should close in the coming weeks, or should have."""
    account, reached = rng.choice(world.accounts_in(patch.key)), rng.choices(range(4), (3, 4, 3, 2))[0]
    product, (kind, term), place = rng.choice(PRODUCTS), _kind(rng), _place(patch, account, rng)
    created, expected = _open_days(world, rng)
    return Deal(
        key=key,
        name=_title(account, product),
        owner=_open_owner(world, patch, rng),
        cents=amount(account.employees, rng) if rng.random() > 0.04 else None,
        currency=_currency(world, patch, world.dates.today, rng),
        status="open",
        created_on=created,
        expected_close_on=expected,
        patch=patch.key,
        account=place[0],
        territory=place[1],
        reached=reached,
        type=kind,
        forecast_category=rng.choice(_CATEGORIES[reached]),
        product=product,
        source=rng.choice(SOURCES),
        probability=min(95, max(5, (10, 25, 50, 75)[reached] + rng.randint(-2, 2) * 5)) if rng.random() > 0.1 else None,
        term_months=term,
    )


def _weights(world: World) -> list[int]:
    year = world.dates.today.year
    return [world.plan.yearly[patch.key, year] for patch in PATCHES]


def patch_deals(world: World, closed: int, still_open: int, rng: Random) -> list[Deal]:
    """`closed` won and lost deals fitted to the targets, then `still_open` open ones."""
    draw, weights = Draw(world), _weights(world)
    chosen = rng.choices(PATCHES, weights, k=closed)
    deals = [closed_deal(world, f"D-{n:05d}", p, draw.day(p, rng), rng) for n, p in enumerate(chosen, 1)]
    fitted = _fit(world, _refill(world, deals, rng), rng)
    current = rng.choices(PATCHES, weights, k=still_open)
    opened = [open_deal(world, f"D-{n:05d}", p, rng) for n, p in enumerate(current, closed + 1)]
    return fitted + opened


def _refill(world: World, deals: list[Deal], rng: Random) -> list[Deal]:
    """Dates some wins of the last quarter into the current one where a patch has too few to tell a story."""
    days = business_days(world.dates.quarter, world.dates.today)
    refilled = list(deals)
    for patch in PATCHES if days else ():
        won = [i for i, d in enumerate(deals) if d.patch == patch.key and d.status == "won"]
        won.sort(key=lambda i: (deals[i].closed_on or world.dates.start, i))
        recent = won[-2 - world.dates.elapsed // 15 :]
        for index in (i for i in recent if (deals[i].closed_on or world.dates.start) < world.dates.quarter):
            refilled[index] = _redated(world, deals[index], rng.choice(days), rng)
    return refilled


def _redated(world: World, deal: Deal, day: date, rng: Random) -> Deal:
    patch = PATCH[deal.patch]
    owner = owner_of(world, patch, day, rng)
    return replace(deal, closed_on=day, expected_close_on=day, owner=owner, currency=patch.currency)


def _fit(world: World, deals: list[Deal], rng: Random) -> list[Deal]:
    """Scales the wins of each patch and quarter to a plausible part of what was expected there by then."""
    groups: defaultdict[tuple[str, date], list[int]] = defaultdict(list)
    for index, deal in enumerate(deals):
        if deal.status == "won" and deal.closed_on:
            groups[deal.patch, quarter_start(deal.closed_on)].append(index)
    fitted = list(deals)
    for (patch, quarter), indexes in sorted(groups.items()):
        factor = _factor(world, patch, quarter, sum(deals[i].cents or 0 for i in indexes), rng)
        for index in indexes:
            cents = deals[index].cents or 0
            fitted[index] = replace(deals[index], cents=tidy(cents * factor, cents % 5_000 != 0))
    return fitted


def _factor(world: World, patch: str, quarter: date, raw: int, rng: Random) -> float:
    first, end = max(quarter, world.dates.start), min(quarter_start(quarter, 1), world.dates.today)
    part = max(0.6, rng.gauss(0.97, 0.13))
    told = _THIS_QUARTER.get(patch) if quarter == world.dates.quarter else None
    goal = world.plan.expected(PATCH[patch], first, end) * 100 * (told or part)
    return goal / raw if goal else 1.0


def house_deals(world: World, first: int, count: int, rng: Random) -> list[Deal]:
    """Closed deals of accounts that belong to an area, or of a whole region: a parent's own credit.

    Strategic reps and managers own them.
    """
    areas = [area for area in AREA if world.accounts_in(area)]
    patches = {area: next(patch for patch in PATCHES if patch.area.key == area) for area in areas}
    draw, deals = Draw(world), []
    for number in range(first, first + count):
        area = rng.choice(areas)
        account, patch = rng.choice(world.accounts_in(area)), patches[area]
        base = closed_deal(world, f"D-{number:05d}", patch, draw.day(patch, rng), rng)
        regional = rng.random() < 0.15
        strategic = world.org.at(f"strategic-{area}").key
        owner = world.lead(patch.area.region.key) if regional else rng.choice((strategic, strategic, world.lead(area)))
        territory = patch.area.region.key if regional else ""
        name = _title(account, base.product)
        deals.append(replace(base, patch="", owner=owner, account=account.key, territory=territory, name=name))
    return deals


def stray_deals(world: World, first: int, count: int, rng: Random) -> list[Deal]:
    """Closed deals that end in no territory: no account or one of nobody, and an owner without a patch or none."""
    homeless = [account for account in world.accounts_in("") if not account.parent]
    draw, deals = Draw(world), []
    for number in range(first, first + count):
        patch = rng.choice(PATCHES)
        base = closed_deal(world, f"D-{number:05d}", patch, draw.day(patch, rng), rng)
        owner = rng.choice(("", world.lead(patch.area.key)))
        account = rng.choice(homeless) if number % 2 else None
        name = _title(account, base.product) if account else f"Walk-in: {base.product}"
        key = account.key if account else ""
        deals.append(replace(base, patch="", owner=owner, account=key, territory="", name=name))
    return deals
