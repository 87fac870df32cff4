"""What makes deals hard: splits, overlay, returns, wins without an amount; and their way through the stages."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from bot.demo.company import personas
from bot.demo.company.dates import business_days
from bot.demo.company.deal import STAGES, Deal, World
from bot.demo.company.holding import OVERLAY_PATCHES
from bot.demo.company.land import PATCH

_SHARES = (("60", "40"), ("60", "40"), ("60", "40"), ("70", "30"), ("50", "30", "20"), ("33.34", "33.33", "33.33"))


def blank_amounts(deals: list[Deal], world: World) -> list[Deal]:
    """Takes the amount from three won deals of a year ago."""
    day = world.dates.quarter - timedelta(days=300)
    old = [i for i, d in enumerate(deals) if d.status == "won" and d.closed_on and d.closed_on < day][:3]
    return [replace(deal, cents=None) if index in old else deal for index, deal in enumerate(deals)]


def returns(deals: list[Deal], world: World, first: int, count: int, rng: Random) -> list[Deal]:
    """Deals of type return, up to today; the rep's own comes first, the last two do not name what they reverse."""
    end = world.dates.today
    pool = [d for d in deals if d.status == "won" and d.cents and d.closed_on and d.closed_on < end]
    mine = _rep_return(pool, world)
    others = ((deal, _return_day(deal, world, rng)) for deal in rng.sample(pool, count * 2) if deal is not mine[0])
    kept = [mine, *((deal, day) for deal, day in others if not world.is_told(deal.patch, day))][:count]
    made = [_return(deal, f"D-{number:05d}", day, rng) for number, (deal, day) in enumerate(kept, first)]
    return made[:-2] + [replace(deal, reverses="") for deal in made[-2:]]


def _rep_return(pool: list[Deal], world: World) -> tuple[Deal, date]:
    """A small deal of an earlier quarter comes back in this one, once the quarter is old enough to bear it."""
    mine = [d for d in pool if d.owner == personas.REP and d.closed_on and d.closed_on < world.dates.quarter]
    days = business_days(world.dates.quarter, world.dates.today)
    before = business_days(world.dates.quarter - timedelta(days=10), world.dates.quarter)
    day = days[-4] if len(days) > 10 else before[-1]
    return min(mine[-20:], key=lambda deal: deal.cents or 0), day


def _return_day(deal: Deal, world: World, rng: Random) -> date:
    closed = deal.closed_on or world.dates.start
    return min(closed + timedelta(days=rng.randint(8, 100)), world.dates.today)


def _return(deal: Deal, key: str, day: date, rng: Random) -> Deal:
    part = 25 if deal.owner == personas.REP else rng.choice((100, 100, 50, 25))
    cents = (deal.cents or 0) * part // 100
    signed = cents if rng.random() < 0.05 else -cents
    return replace(
        deal,
        key=key,
        name=f"Return: {deal.name}",
        cents=signed,
        type="return",
        created_on=day,
        expected_close_on=day,
        closed_on=day,
        reverses=deal.key,
        term_months=None,
    )


def splits(deals: list[Deal], world: World, rng: Random) -> Iterator[tuple[str, str, str, str]]:
    """Rows of `splits`: revenue ones that sum to 100, and overlay ones beside them."""
    told = _told_splits(deals, world)
    for deal in deals:
        if _may_split(deal):
            if deal.key in told or (rng.random() < 0.04 and not _is_fixed(deal, world)):
                yield from _revenue(deal, world, rng)
            yield from _overlay(deal, rng)


def _may_split(deal: Deal) -> bool:
    return bool(deal.patch and deal.owner) and deal.status != "lost" and deal.type != "return"


def _is_fixed(deal: Deal, world: World) -> bool:
    return world.is_told(deal.patch, deal.closed_on or world.dates.today)


def _told_splits(deals: list[Deal], world: World) -> set[str]:
    """The rep's smallest win of this quarter, and a deal that is returned later."""
    mine = [d for d in deals if d.owner == personas.REP and d.closed_on and d.closed_on >= world.dates.quarter]
    wins = sorted((d.cents or 0, d.key) for d in mine if d.status == "won" and d.type != "return" and d.patch)
    reversed_keys = {deal.reverses for deal in deals if deal.type == "return" and deal.owner != personas.REP}
    returned = [d.key for d in deals if d.key in reversed_keys and _may_split(d) and not _is_fixed(d, world)]
    return {*(key for _, key in wins[:1]), *returned[:1]}


def _revenue(deal: Deal, world: World, rng: Random) -> Iterator[tuple[str, str, str, str]]:
    away = (deal.owner, personas.REP, personas.AHEAD, personas.BEHIND)
    day = deal.closed_on or world.dates.today
    team = [rep for rep in world.org.reps(PATCH[deal.patch].area.key, day) if rep not in away]
    shares = rng.choice(_SHARES)
    for person, share in zip((deal.owner, *rng.sample(team, 2)), shares, strict=False):
        yield deal.key, person, "revenue", share


def _overlay(deal: Deal, rng: Random) -> Iterator[tuple[str, str, str, str]]:
    if deal.patch in OVERLAY_PATCHES and rng.random() < 0.02:
        yield deal.key, personas.OVERLAY, "overlay", "50"
    elif PATCH[deal.patch].currency == "USD" and rng.random() < 0.025:
        yield deal.key, personas.SPLIT_OVERLAY, "overlay", rng.choice(("100", "50"))


def pipeline_rows() -> Iterator[tuple[object, ...]]:
    """Rows of `pipeline`: the stages of an open deal; probability in percent."""
    for position, (stage, probability) in enumerate(STAGES, 1):
        yield stage, position, probability


def stage_rows(deals: list[Deal], world: World, rng: Random) -> Iterator[tuple[object, ...]]:
    """Rows of `stages`: when each deal entered the stages that it reached; some skip one."""
    for deal in deals:
        if deal.type != "return":
            yield from _way(deal, deal.closed_on or world.dates.today, rng)


def _way(deal: Deal, end: date, rng: Random) -> Iterator[tuple[object, ...]]:
    span = (end - deal.created_on).days
    days = sorted(rng.randint(0, max(0, span)) for _ in range(deal.reached))
    yield deal.key, STAGES[0][0], deal.created_on
    for position, after in enumerate(days, 1):
        if position == deal.reached or rng.random() > 0.08:
            yield deal.key, STAGES[position][0], deal.created_on + timedelta(days=after)
