"""A bigger, plainer company for benchmarks: as many deals as asked for, streamed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from random import Random

from bot.demo.company.dates import Dates, business_days
from bot.demo.company.deal import STAGES
from bot.demo.company.extras import pipeline_rows
from bot.demo.company.files import COLUMNS, write_kind
from bot.demo.company.generator import holiday_rows, rate_rows
from bot.demo.company.names import INDUSTRIES, LOSS_REASONS, PRODUCTS, SOURCES
from bot.demo.company.plan import seasonality_rows

BULK_REP = "rep.0001"
BULK_MANAGER = "manager.001"
_TEAM = 10
_BATCH = 5_000
_STAGES = tuple(stage for stage, _ in STAGES)
_CYCLE = 120


@dataclass(frozen=True)
class Size:
    """How big the company is: one rep and one patch for 2,500 deals (at least 60), a team for ten reps."""

    deals: int

    @property
    def reps(self) -> int:
        """Reps, and as many patches."""
        return max(60, self.deals // 2_500)

    @property
    def managers(self) -> int:
        """Managers, and as many teams and areas."""
        return -(-self.reps // _TEAM)

    @property
    def accounts(self) -> int:
        """Accounts, spread evenly over the patches."""
        return max(1_200, self.deals // 20)


def _rep(number: int) -> str:
    return f"rep.{number + 1:04d}"


def _manager(number: int) -> str:
    return f"manager.{number + 1:03d}"


def _area(number: int) -> str:
    return f"area-{number + 1:03d}"


def _patch(number: int) -> str:
    return f"patch-{number + 1:04d}"


def _currency(number: int) -> str:
    return "EUR" if number % 3 == 2 else "USD"


def _people(size: Size, hired: date) -> Iterator[tuple[object, ...]]:
    blank = (None,) * 4
    boss = ("leader.1", "Leader 1", "leader.1@bulk.example", "U1", "leader", None, "company", "UTC", hired)
    yield (*boss, *blank)
    for n in range(size.managers):
        key, slack = _manager(n), f"UM{n + 1:04d}"
        address = f"{key}@bulk.example"
        yield (key, f"Manager {n + 1}", address, slack, "manager", "leader.1", _area(n), "UTC", hired, *blank)
    for n in range(size.reps):
        team, boss_key, slack = _area(n // _TEAM), _manager(n // _TEAM), f"UR{n + 1:05d}"
        key = _rep(n)
        yield (key, f"Rep {n + 1}", f"{key}@bulk.example", slack, "rep", boss_key, team, "UTC", hired, *blank)


def _teams(size: Size) -> Iterator[tuple[object, ...]]:
    yield "company", "Company", None, "leader.1", None
    for n in range(size.managers):
        yield _area(n), f"Team {n + 1}", "company", _manager(n), None


def _territories(size: Size) -> Iterator[tuple[object, ...]]:
    for n in range(size.managers):
        yield _area(n), f"Area {n + 1}", None, _area(n), None, None, "USD"
    for n in range(size.reps):
        area = _area(n // _TEAM)
        yield _patch(n), f"Patch {n + 1}", area, area, None, 5_000_000, _currency(n)


def _targets(size: Size, years: Iterable[int]) -> Iterator[tuple[object, ...]]:
    for year in years:
        for n in range(size.reps):
            amount = 1_000_000 + n % 17 * 50_000
            yield "territory", _patch(n), f"FY{year}", "revenue", amount, _currency(n), "enterprise", "published"


def _accounts(size: Size) -> Iterator[tuple[object, ...]]:
    for n in range(size.accounts):
        place = (INDUSTRIES[n % len(INDUSTRIES)], "US", None, f"{n % 100_000:05d}", None, None)
        yield f"A{n + 1}", f"Account {n + 1}", None, _patch(n % size.reps), *place, 50 + n % 900, None, None, None, None


def _tables(size: Size, dates: Dates, seed: int) -> Iterator[tuple[str, Iterable[tuple[object, ...]]]]:
    yield "teams", _teams(size)
    yield "people", _people(size, dates.start - timedelta(days=400))
    yield "territories", _territories(size)
    yield "assignments", ((_patch(n), _rep(n), "primary", None, None, None) for n in range(size.reps))
    yield "accounts", _accounts(size)
    yield "targets", _targets(size, dates.years)
    yield "seasonality", seasonality_rows()
    yield "pipeline", pipeline_rows()
    yield "rates", rate_rows(dates, Random(f"{seed} rates"))
    yield "holidays", holiday_rows(dates)


@dataclass(frozen=True)
class Pools:
    """Ready pieces of text: making them anew for each row would take most of the time."""

    closing: list[tuple[str, int]]
    calendar: list[str]
    coming: list[str]
    owners: list[tuple[str, str]]
    amounts: list[str]
    tails: list[str]


def _pools(size: Size, dates: Dates, rng: Random) -> Pools:
    before = dates.start - timedelta(days=_CYCLE)
    days = business_days(dates.start, dates.today + timedelta(days=1))
    return Pools(
        closing=[(day.isoformat(), (day - before).days) for day in days],
        calendar=[(before + timedelta(days=n)).isoformat() for n in range((dates.today - before).days + 1)],
        coming=[(dates.today + timedelta(days=n)).isoformat() for n in range(-20, 100)],
        owners=[(_rep(n), _currency(n)) for n in range(size.reps)],
        amounts=[f"{5_000 / (0.08 + rng.random()):.2f}" for _ in range(9_973)],
        tails=[f"{product},{source}" for product in PRODUCTS for source in SOURCES],
    )


def _lines(size: Size, pools: Pools, rng: Random) -> Iterator[str]:
    """The rows of `deals`: a tenth open, a third of the others won, a hundredth of those a return."""
    chance, closing, calendar, owners = rng.random, pools.closing, pools.calendar, pools.owners
    accounts, reps, amounts, tails = size.accounts, size.reps, pools.amounts, pools.tails
    for number in range(1, size.deals + 1):
        account, pick, luck = int(chance() * accounts), int(chance() * 1e9), chance()
        owner, currency = owners[account % reps]
        head = f"D{number},Deal {number},{owner},A{account + 1},,{amounts[pick % 9_973]},{currency}"
        stage, tail = _STAGES[pick % 4], tails[pick % 36]
        if luck < 0.1:
            start, due = calendar[-1 - pick % 90], pools.coming[pick % 120]
            yield f"{head},open,{stage},new,pipeline,{start},{due},,{tail},,{pick % 20 * 5},,,\n"
            continue
        closed, index = closing[int(chance() * len(closing))]
        days = f"{calendar[index - pick % _CYCLE]},{closed},{closed}"
        if luck < 0.4:
            kind = "return" if luck < 0.103 else "new"
            yield f"{head},won,,{kind},,{days},{tail},,,,,\n"
        else:
            yield f"{head},lost,{stage},new,,{days},{tail},{LOSS_REASONS[pick % 5]},,,,\n"


def deals_only(folder: Path, count: int, today: date, seed: int = 7) -> None:
    """Writes `deals.csv` with `count` rows, and the smaller files that it refers to, into `folder`.

    Deals are streamed, so memory does not grow with `count`. `BULK_REP` and `BULK_MANAGER` are in each company.
    """
    folder.mkdir(parents=True, exist_ok=True)
    size, dates = Size(count), Dates(today)
    for kind, rows in _tables(size, dates, seed):
        write_kind(folder, kind, rows)
    rng = Random(f"{seed} bulk")
    lines = _lines(size, _pools(size, dates, rng), rng)
    with (folder / "deals.csv").open("w", encoding="utf-8", newline="") as file:
        file.write(",".join(COLUMNS["deals"]) + "\n")
        while batch := list(islice(lines, _BATCH)):
            file.write("".join(batch))
