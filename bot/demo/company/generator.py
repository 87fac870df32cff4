"""Puts the sample company together and writes its import files."""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import chain
from pathlib import Path
from random import Random

from bot.demo.company import accounts, activity, deals, extras, holding, people, plan
from bot.demo.company.dates import CLOSED_DAYS, Dates, month_start
from bot.demo.company.deal import Deal, World
from bot.demo.company.files import write_kind
from bot.demo.company.personas import HOLIDAY_CALENDAR

DEALS = 9_000
_OPEN, _HOUSE, _STRAY, _RETURNS = 900, 260, 70, 72
_CLOSED = DEALS - _OPEN - _HOUSE - _STRAY - _RETURNS


def _random(seed: int, part: str) -> Random:
    """A source of chance of its own for each part, so that one part can grow without changing the others."""
    return Random(f"{seed} {part}")


def make_world(today: date, seed: int) -> World:
    """People, land, accounts and targets of the company, without its deals."""
    dates = Dates(today)
    org = people.make_org(dates, _random(seed, "people"))
    assignments = holding.make_assignments(org, dates)
    everyone = accounts.make_accounts(_random(seed, "accounts"))
    return World(dates, org, assignments, everyone, plan.make_plan(dates, _random(seed, "plan")))


def make_deals(world: World, seed: int) -> list[Deal]:
    """All 9,000 deals, the returns last."""
    rng = _random(seed, "deals")
    made = deals.patch_deals(world, _CLOSED, _OPEN, rng)
    made += deals.house_deals(world, len(made) + 1, _HOUSE, rng)
    made += deals.stray_deals(world, len(made) + 1, _STRAY, rng)
    made = extras.blank_amounts(made, world)
    return made + extras.returns(made, world, len(made) + 1, _RETURNS, _random(seed, "returns"))


def rate_rows(dates: Dates, rng: Random) -> Iterator[tuple[object, ...]]:
    """Rows of `rates`: a random walk by month since the first year with targets, and a plan rate for each year."""
    rate, month = 1.07, date(dates.start.year, 1, 1)
    while month <= dates.today:
        yield "EUR", f"{month:%Y-%m}", f"{rate:.4f}"
        rate = min(1.22, max(0.98, rate + rng.gauss(0.002, 0.012)))
        month = month_start(month, 1)
    for year in dates.years:
        yield "EUR", f"FY{year}", f"{rng.uniform(1.05, 1.12):.2f}"


def holiday_rows(dates: Dates) -> Iterator[tuple[object, ...]]:
    """Rows of `holidays`, the next year's included."""
    for year in (*dates.years, dates.today.year + 1):
        for month, day, name in CLOSED_DAYS:
            yield HOLIDAY_CALENDAR, date(year, month, day), name


def _small_tables(world: World, seed: int) -> Iterator[tuple[str, Iterable[tuple[object, ...]]]]:
    dates, org = world.dates, world.org
    yield "teams", people.team_rows(org)
    yield "people", people.people_rows(org, dates)
    yield "reporting", people.reporting_rows(org, dates)
    yield "absences", people.absence_rows(org, dates)
    yield "ramps", people.ramp_rows()
    yield "territories", holding.territory_rows(accounts.potentials(world.accounts))
    yield "assignments", holding.assignment_rows(world.assignments)
    yield "accounts", accounts.account_rows(world.accounts)
    yield "pins", accounts.pin_rows(world.accounts, dates)
    yield "targets", chain(plan.target_rows(world.plan, org, dates), activity.count_targets(world.plan, dates))
    yield "seasonality", plan.seasonality_rows()
    yield "pipeline", extras.pipeline_rows()
    yield "rates", rate_rows(dates, _random(seed, "rates"))
    yield "holidays", holiday_rows(dates)


def generate(folder: Path, today: date, seed: int = 7) -> None:
    """Writes the sample company as import files (`people.csv` and so on) into `folder`, which is made if need be.

    The same `today` and `seed` give the same bytes; another `today` moves the same company's story to that day.
    """
    folder.mkdir(parents=True, exist_ok=True)
    world = make_world(today, seed)
    made = make_deals(world, seed)
    for kind, rows in _small_tables(world, seed):
        write_kind(folder, kind, rows)
    write_kind(folder, "deals", (deal.row() for deal in made))
    write_kind(folder, "splits", extras.splits(made, world, _random(seed, "splits")))
    write_kind(folder, "stages", extras.stage_rows(made, world, _random(seed, "stages")))
    write_kind(folder, "activities", activity.activity_rows(world, _random(seed, "activities")))
