"""Which territory each of 100,000 accounts is in, by 500 rules and some pins, beside a loop that looks words up in dicts.

The peer answers an easier question: of each account the territory that stands in a dict under its country and region,
else under its country. It knows no days, no bands, no postal prefixes and no overlaps, and says no why. So the ratio
tells what those cost; the budgets are absolute. Times are of the processor: nothing here waits.
"""

import asyncio
import csv
import random
import shutil
import statistics
import time
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

from sqlalchemy import text

from bench.data import database, imported
from bench.rows import Row
from commands.territories.health import health_page
from commands.territories.health_views import health_message
from domain.company import Role
from domain.holdings import Account, Condition, Facts, Pin, Rules, by_account, compile_rules, resolve
from domain.territories.survey import survey
from domain.territories.why import explain
from storage.database import Database
from storage.division import all_accounts
from storage.store import Store

ACCOUNTS, RULES, PINS, TERRITORIES = 100_000, 500, 2_000, 250
ROUNDS = 5
DAY = date(2026, 11, 23)
SECONDS = 2.0
"""The budget for all accounts."""
EXPLAINED = 0.001
"""The budget for one account with its explanation, in seconds."""
FIRST = 4.0
"""How much more than reading the rows the first who asks may cost; it is done beside the loop that answers others."""
BARE = (
    text("SELECT id, parent_id, country, region, postal_code, industry, employees FROM account_versions"),
    text(
        "SELECT account_id, s.person_id, s.territory_id, SUM(s.amount), COUNT(*) FROM open_shares s"
        " JOIN deal_versions d ON d.workspace_id = 1 AND d.id = s.deal_id AND d.rev_to = 2147483647"
        " WHERE s.workspace_id = 1 AND s.rev_to = 2147483647 GROUP BY account_id, s.person_id, s.territory_id"
    ),
)
COUNTRIES = [
    "US",
    "DE",
    "FR",
    "GB",
    "JP",
    "KR",
    "ES",
    "IT",
    "SE",
    "NO",
    "DK",
    "NL",
    "BE",
    "CH",
    "AT",
    "PL",
    "PT",
    "IE",
    "FI",
    "CA",
    "MX",
    "BR",
    "AR",
    "CL",
    "PE",
    "AU",
    "NZ",
    "IN",
    "CN",
    "SG",
    "TH",
    "VN",
    "ID",
    "MY",
    "PH",
    "ZA",
    "EG",
    "TR",
    "GR",
    "CZ",
]
REGIONS = [f"R{one}" for one in range(25)]
INDUSTRIES = [f"I{one}" for one in range(12)]


def _accounts(draw: random.Random) -> list[Account]:
    return [
        Account(
            id=one,
            parent=draw.randrange(1, one) if one > 1 and draw.random() < 0.1 else None,
            country=draw.choice(COUNTRIES),
            region=draw.choice(REGIONS),
            postal_code=f"{draw.randrange(100_000):05}",
            industry=draw.choice(INDUSTRIES),
            employees=draw.randrange(1, 50_000),
            annual_revenue=draw.randrange(10**10),
        )
        for one in range(1, ACCOUNTS + 1)
    ]


def _conditions(draw: random.Random) -> list[Condition]:
    """Half the rules are a country and a region; the others add an industry, a band or a postal prefix, or are a country alone."""
    rows: list[Condition] = []
    for one in range(RULES):
        asked = {"country": draw.choice(COUNTRIES)}
        if one % 10:
            asked["region"] = ";".join(draw.sample(REGIONS, 2))
        if one % 2:
            asked |= draw.choice(
                [{"industry": draw.choice(INDUSTRIES)}, {"employees_min": "500"}, {"postal_prefix": f"{one % 100:02}"}]
            )
        rows += [Condition(one % TERRITORIES + 1, f"rule {one}", name, value) for name, value in asked.items()]
    return rows


def _lookups(accounts: list[Account], conditions: list[Condition]) -> dict[int, int | None]:
    """The peer: what a script would do with a table of territories by country and region."""
    by_rule: dict[tuple[int, str], dict[str, str]] = {}
    for row in conditions:
        by_rule.setdefault((row.territory, row.rule), {})[row.dimension] = row.value
    table: dict[tuple[str, str], int] = {}
    for (territory, _), asked in by_rule.items():
        for region in asked.get("region", "").split(";"):
            table[asked["country"].casefold(), region.casefold()] = territory
    found: dict[int, int | None] = {}
    for account in accounts:
        country, region = (account.country or "").casefold(), (account.region or "").casefold()
        found[account.id] = table.get((country, region), table.get((country, "")))
    return found


def _seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def run(folder: Path, deals: int) -> list[Row]:
    """All accounts on all days, all on one day, the explanation of one; and `/territory health` of a company of that size."""
    draw = random.Random(1)
    accounts, conditions = _accounts(draw), _conditions(draw)
    pins = [Pin(draw.randrange(1, ACCOUNTS + 1), draw.randrange(1, TERRITORIES + 1)) for _ in range(PINS)]
    works = (
        lambda: resolve(accounts, pins, conditions, "USD"),
        lambda: survey(accounts, pins, conditions, "USD", DAY),
        lambda: _lookups(accounts, conditions),
    )
    measured = [[_seconds(work) for work in works] for _ in range(ROUNDS)]
    all_days, one_day, peer = (statistics.median(times) for times in zip(*measured, strict=True))
    size = f"{ACCOUNTS:,} accounts, {RULES} rules"
    return [
        _row(f"territories of {size}, all days", all_days, peer, SECONDS),
        _row("the same on one day, and what is wrong", one_day, peer, SECONDS),
        _explained(accounts, pins, conditions),
        *asyncio.run(_health(_company(folder, deals, accounts, conditions), deals)),
    ]


def _row(what: str, ours: float, peer: float, budget: float) -> Row:
    """Held against a time, not against the peer, which does less."""
    return Row(what, f"{ours:.2f} s", f"{peer:.2f} s", ours / peer, budget / peer)


def _explained(accounts: list[Account], pins: list[Pin], conditions: list[Condition]) -> Row:
    """The slowest of 1,000 accounts, beside finding nothing but the territory by looking at every rule."""
    rules, pinned = Rules(compile_rules(conditions, "USD")), by_account(pins)
    parents = {account.id: account.parent for account in accounts}
    every = compile_rules(conditions, "USD")
    some = accounts[:: ACCOUNTS // 1000]
    ours = sorted(_seconds(lambda one=one: explain(one, parents, pinned, rules, DAY)) for one in some)  # type: ignore[misc]
    plain = [_seconds(lambda one=one: [rule.claims(Facts.of(one)) for rule in every]) for one in some]  # type: ignore[misc]
    worst, peer = ours[int(len(ours) * 0.99)], statistics.median(plain)
    what = "one account and why, p99 of 1,000 (peer: ask every rule)"
    return Row(what, f"{worst * 1000:.3f} ms", f"{peer * 1000:.3f} ms", worst / peer, EXPLAINED / peer)


def _company(folder: Path, deals: int, accounts: list[Account], conditions: list[Condition]) -> str:
    """The URL of a company with so many deals, to which these accounts and rules are added; kept in `folder`."""
    made = folder / f"territories-{deals}.db"
    if made.exists():
        return f"sqlite:///{made}"
    more, unfinished = folder / f"territories-{deals}", folder / f"unfinished-territories-{deals}.db"
    more.mkdir(exist_ok=True)
    shutil.copyfile(database(folder, deals).removeprefix("sqlite:///"), unfinished)
    asyncio.run(_write(f"sqlite:///{unfinished}", more, accounts, conditions))
    report = asyncio.run(imported(f"sqlite:///{unfinished}", more, new=False))
    if report.rolled_back:
        raise RuntimeError(report.rolled_back)
    unfinished.rename(made)
    return f"sqlite:///{made}"


async def _write(url: str, folder: Path, accounts: list[Account], conditions: list[Condition]) -> None:
    """The files: the company's own accounts get these facts, the others are new; rules are those of its territories."""
    store = Database(url)
    async with Store(store).read(1) as repo:
        keys = [one.key for one in (await all_accounts(repo)).values()]
        land = sorted(one.key for one in repo.company.territories.values())
    await store.close()
    keys += [f"more-{one}" for one in range(len(keys), len(accounts))]
    named = ("country", "region", "postal_code", "industry", "employees")
    _csv(
        folder / "accounts.csv",
        ("account", "name", "parent", *named),
        ((keys[at], f"Account {at}", keys[one.parent - 1] if one.parent else "", *(getattr(one, name) for name in named))
         for at, one in enumerate(accounts)),
    )  # fmt: skip
    rows = (
        (land[row.territory % len(land)], f"{row.rule} {row.territory}", row.dimension, row.value) for row in conditions
    )
    _csv(folder / "rules.csv", ("territory", "rule", "dimension", "value"), rows)


def _csv(path: Path, header: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)


async def _health(url: str, deals: int) -> list[Row]:
    """What is wrong, for the first who asks after an import and for the next, beside reading accounts and open deals bare."""
    store = Database(url)
    try:
        measured = [await _asked(store) for _ in range(ROUNDS)]
    finally:
        await store.close()
    cold, warm, peer, findings = map(statistics.median, zip(*measured, strict=True))
    return [
        Row(
            f"/territory health, first, {deals:,} deals (peer: bare SQL)",
            f"{cold:.2f} s",
            f"{peer:.2f} s",
            cold / peer,
            FIRST,
        ),
        Row(f"the same again, {int(findings):,} findings (of 300 ms)", f"{warm * 1000:.0f} ms", "", warm / 0.3, 1.0),
    ]


async def _asked(database: Database) -> tuple[float, float, float, int]:
    """Seconds of the first answer, of the same again, and of the bare reading; and how many findings there are."""
    times: list[float] = []
    async with Store(database).read(1) as repo:
        leader = next(one for one in repo.company.people.values() if one.role is Role.LEADER)
        page = None
        for _ in range(2):
            started = time.process_time()
            page = await health_page(repo, None, by=leader, today=DAY)
            health_message(page, currency="USD", locale="en-US")
            times.append(time.process_time() - started)
        started = time.process_time()
        for query in BARE:
            (await repo.connection.execute(query)).all()
    return times[0], times[1], time.process_time() - started, page.total if page else 0
