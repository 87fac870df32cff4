"""Which territory each of 100,000 accounts is in, by 500 rules and some pins, beside a loop that looks words up in dicts.

The peer answers an easier question: of each account the territory that stands in a dict under its country and region,
else under its country. It knows no days, no bands, no postal prefixes and no overlaps, and says no why. So the ratio
tells what those cost; the budgets are absolute. Times are of the processor: nothing here waits.
"""

import random
import statistics
import time
from collections.abc import Callable
from datetime import date

from bench.rows import Row
from domain.holdings import Account, Condition, Facts, Pin, Rules, by_account, compile_rules, resolve
from domain.territories.survey import survey
from domain.territories.why import explain

ACCOUNTS, RULES, PINS, TERRITORIES = 100_000, 500, 2_000, 250
ROUNDS = 5
DAY = date(2026, 11, 23)
SECONDS = 2.0
"""The budget for all accounts."""
EXPLAINED = 0.001
"""The budget for one account with its explanation, in seconds."""
COUNTRIES = [f"C{one}" for one in range(40)]
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


def run() -> list[Row]:
    """All accounts on all days, all accounts on one day with what is wrong, and the explanation of one."""
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
