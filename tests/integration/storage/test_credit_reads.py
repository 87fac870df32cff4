"""What cards and reports read from the ledger: parts and totals agree, now and at every old revision."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from itertools import accumulate
from random import Random
from typing import Any, TypeAlias

import pytest

from domain.company import WHOLE, Span
from domain.credit import Kind
from storage import ledger
from storage.ledger import CreditSum, MonthSum, OpenLine, OpenSum, Scope, WinRate
from storage.snapshot import AtRevision
from storage.tables import crm, people, targets, territories
from storage.tables.ledger import Credit, OpenShare
from tests.support.ledger import World, open_world

pytestmark = pytest.mark.slow_on_postgresql

PEOPLE, TERRITORIES, ACCOUNTS = range(1, 8), range(1, 6), range(1, 11)
YEAR = Span(date(2026, 1, 1), date(2027, 1, 1))
TODAY = date(2026, 6, 15)
OPEN = {"today": TODAY, "since": date(2026, 3, 1), "until": date(2026, 12, 1)}


def random_day(rng: Random) -> date:
    return YEAR.start + timedelta(rng.randrange(365))


def reshuffle_deals(world: World, rng: Random, deals: range) -> None:
    """New or changed deals, splits and returns."""
    chosen = rng.sample(deals, k=len(deals) // 2)
    known = [*chosen, *(row["id"] for row in world.rows(crm.DealVersion))]
    for number in chosen:
        status = rng.choice(["won", "won", "won", "open", "lost"])
        sold = rng.choice([None, None, None, None, rng.choice(known)])
        taken_back = sold if status == "won" and sold != number else None
        amount = rng.choice([None, *[rng.randrange(1, 10_000_000)] * 6])
        world.put(
            crm.DealVersion,
            id=number,
            owner_id=rng.choice([None, *PEOPLE]),
            account_id=rng.choice([None, *ACCOUNTS]),
            territory_id=rng.choice([None, None, *TERRITORIES]),
            amount=-amount if taken_back and amount else amount,
            currency=rng.choice(["USD", "EUR", "JPY"]),
            status=status,
            stage="Proposal",
            type="return" if taken_back else "new",
            expected_close_on=rng.choice([None, random_day(rng)]),
            closed_on=None if status == "open" else random_day(rng),
            reverses_id=taken_back,
        )
        for key in [row for row in world.rows(crm.Split) if row["deal_id"] == number]:
            world.drop(crm.Split, number, key["person_id"], key["kind"])
        if rng.random() < 0.3:
            first, second, third = rng.sample(PEOPLE, 3)
            share = rng.randrange(1, WHOLE)
            world.put(crm.Split, deal_id=number, person_id=first, kind="revenue", share=share)
            world.put(crm.Split, deal_id=number, person_id=second, kind="revenue", share=WHOLE - share)
            world.put(crm.Split, deal_id=number, person_id=third, kind="overlay", share=rng.randrange(1, WHOLE))


def reshuffle_reference(world: World, rng: Random) -> None:
    """Who holds what, which account is where, and what a euro is worth."""
    for row in world.rows(territories.Assignment):
        world.drop(territories.Assignment, row["territory_id"], row["person_id"], row["role"], row["from_on"])
    for territory in TERRITORIES:
        middle = random_day(rng)
        first, second, overlay = rng.sample(PEOPLE, 3)
        world.put(territories.Assignment, territory_id=territory, person_id=first, to_on=middle)
        world.put(territories.Assignment, territory_id=territory, person_id=second, from_on=middle, share=600_000)
        if rng.random() < 0.4:
            world.put(territories.Assignment, territory_id=territory, person_id=overlay, role="overlay")
    for account in rng.sample(ACCOUNTS, 4):
        world.put(territories.Pin, account_id=account, territory_id=rng.choice(TERRITORIES))
    for month in range(1, 13):
        world.put(targets.Rate, currency="EUR", period=f"2026-{month:02}", rate_e12=rng.randrange(10**12, 12 * 10**11))
    world.put(targets.Rate, currency="JPY", period="2025-12", rate_e12=7_000_000_000)


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    async with open_world(database_url) as world:
        for person in PEOPLE:
            world.put(people.PersonVersion, id=person, role="rep")
        for territory in TERRITORIES:
            parent = None if territory == 1 else territory // 2
            world.put(territories.TerritoryVersion, id=territory, name=f"T{territory}", parent_id=parent)
        for account in ACCOUNTS:
            world.put(crm.AccountVersion, id=account, name=f"A{account}", country="US")
        world.put(territories.Rule, territory_id=5, rule="r", dimension="country", value="US")
        yield world


def scopes(rng: Random) -> list[Scope]:
    start = random_day(rng)
    some = Span(start, start + timedelta(rng.randrange(1, 150)))
    return [
        Scope(YEAR),
        Scope(some),
        Scope(YEAR, people=rng.sample(PEOPLE, 2)),
        Scope(YEAR, people=[], unassigned=True),
        Scope(YEAR, people=rng.sample(PEOPLE, 2), unassigned=True),
        Scope(some, territories=rng.sample(TERRITORIES, 2)),
        Scope(YEAR, territories=rng.sample(TERRITORIES, 2), no_territory=True),
        Scope(YEAR, no_territory=True, people=rng.sample(PEOPLE, 3)),
        Scope(YEAR, people=[]),
    ]


async def everything(world: World, at: AtRevision, rng: Random) -> dict[str, Any]:
    """All that can be read, as known at a revision."""
    found: dict[str, Any] = {}
    async with world.database.read() as connection:
        here = connection, at
        for number, scope in enumerate(scopes(rng)):
            found[f"credited {number}"] = await ledger.credited(*here, scope, [date(2026, 4, 1), date(2026, 7, 1)])
            found[f"months {number}"] = await ledger.credited_by_month(*here, scope)
            found[f"lines {number}"] = await ledger.credit_lines(*here, [scope])
            found[f"total {number}"] = await ledger.credit_total(*here, [scope])
            found[f"open {number}"] = await ledger.open_sums(*here, scope, **OPEN)
            found[f"open lines {number}"] = await ledger.open_lines(*here, scope, **OPEN)
            found[f"win rate {number}"] = await ledger.win_rate(*here, scope)
        found["summary"] = await ledger.deals_summary(*here)
        found["stages"] = await ledger.stage_history(*here, YEAR.start, YEAR.end)
    return found


def of(found: dict[str, Any], question: str, number: int) -> Any:
    return found[f"{question} {number}"]


@pytest.mark.parametrize("seed", range(3))
async def test_parts_and_totals_agree_and_a_revision_never_changes(world: World, seed: int) -> None:
    rng = Random(seed)
    deals = range(1, 61)
    remembered: dict[int, dict[str, Any]] = {}
    for step in range(4):
        if step != 2:
            reshuffle_deals(world, rng, deals)
        if step % 2 == 0:
            reshuffle_reference(world, rng)
        await world.import_(today=TODAY, restate=step == 3)
        found = await everything(world, world.at, Random(seed))
        check_agreement(found, len(scopes(Random(seed))))
        remembered[world.revision] = found
    await check_deals_are_whole(world)
    for revision, found in remembered.items():
        assert await everything(world, AtRevision(world.workspace_id, revision), Random(seed)) == found
    assert len({repr(found) for found in remembered.values()}) == len(remembered)
    assert any(of(found, "open lines", 0) for found in remembered.values())


Group: TypeAlias = tuple[Any, ...]


def open_groups(lines: list[OpenLine]) -> dict[Group, list[OpenLine]]:
    """The lines that are converted together, in the order in which they came."""
    found: dict[Group, list[OpenLine]] = {}
    for line in lines:
        assert line.expected_close_on is not None
        month = line.expected_close_on.year * 12 + line.expected_close_on.month
        found.setdefault((line.person, line.territory, line.currency, line.stage, month), []).append(line)
    return found


def check_open(sums: list[OpenSum], lines: list[OpenLine]) -> None:
    groups = open_groups(lines)
    in_period = [row for row in sums if row.in_period]
    assert {(row.person, row.territory, row.currency, row.stage, row.month): row.count for row in in_period} == {
        group: len(some) for group, some in groups.items()
    }
    for row in in_period:
        amounts = [line.amount or 0 for line in groups[row.person, row.territory, row.currency, row.stage, row.month]]
        assert row.amount == sum(amounts)
    for some in groups.values():
        assert [line.before for line in some] == list(accumulate((line.amount or 0 for line in some), initial=0))[:-1]


def check_agreement(found: dict[str, Any], questions: int) -> None:
    for number in range(questions):
        sums, lines = of(found, "credited", number), of(found, "lines", number)
        for kind in (Kind.REVENUE, Kind.OVERLAY):
            total = sum(row.base for row in sums if row.kind is kind)
            assert sum(row.base for row in of(found, "months", number) if row.kind is kind) == total
            assert sum(row.base for row in lines if row.kind is kind) == total
            totals = [(row.base, row.lines) for row in of(found, "total", number) if row.kind is kind]
            assert totals in ([(total, len([row for row in lines if row.kind is kind]))], [])
            assert totals or not [row for row in lines if row.kind is kind]
        check_open(of(found, "open", number), of(found, "open lines", number))
    assert of(found, "credited", 0)
    assert of(found, "credited", questions - 1) == []


async def check_deals_are_whole(world: World) -> None:
    """Net of corrections, each won deal's revenue is 100 % and its amount; every other deal has none."""
    shares: dict[tuple[int, str], int] = {}
    amounts: dict[tuple[int, str], int] = {}
    for row in await world.all(Credit):
        key = row.deal_id, row.kind
        shares[key] = shares.get(key, 0) + row.share
        amounts[key] = amounts.get(key, 0) + row.amount
    for row in world.rows(crm.DealVersion):
        key = row["id"], "revenue"
        won = row["status"] == "won"
        assert (shares.get(key, 0), amounts.get(key, 0)) == ((WHOLE, row["amount"] or 0) if won else (0, 0))
        lost = row["status"] == "lost"
        assert shares.get((row["id"], "lost"), 0) == (WHOLE if lost else 0)


async def test_people_and_territories_add_up_to_the_company(world: World) -> None:
    rng = Random(7)
    reshuffle_reference(world, rng)
    reshuffle_deals(world, rng, range(1, 121))
    await world.import_(today=TODAY)
    async with world.database.read() as connection:

        async def revenue(**whose: Any) -> int:
            sums = await ledger.credited(connection, world.at, Scope(YEAR, **whose))
            return sum(row.base for row in sums if row.kind is Kind.REVENUE)

        company = await revenue()
        by_person = [await revenue(people=[person]) for person in PEOPLE]
        by_territory = [await revenue(territories=[territory]) for territory in TERRITORIES]
        assert sum(by_person) + await revenue(unassigned=True) == company
        assert sum(by_territory) + await revenue(no_territory=True) == company
        for territory, total in zip(TERRITORIES, by_territory, strict=True):
            people_in_it = [await revenue(people=[person], territories=[territory]) for person in PEOPLE]
            assert sum(people_in_it) + await revenue(unassigned=True, territories=[territory]) == total
        cuts = [date(2026, 3, 1), date(2026, 3, 2), date(2026, 10, 1)]
        for bucket, (start, end) in enumerate(zip([YEAR.start, *cuts], [*cuts, YEAR.end], strict=True)):
            whole = await ledger.credited(connection, world.at, Scope(YEAR), cuts)
            stretch = await ledger.credited(connection, world.at, Scope(Span(start, end)))
            assert [row for row in whole if row.bucket == bucket] == [
                CreditSum(r.person, r.territory, bucket, r.kind, r.base) for r in stretch
            ]


async def test_overlay_never_enters_revenue(world: World) -> None:
    rng = Random(3)
    reshuffle_reference(world, rng)
    reshuffle_deals(world, rng, range(1, 61))
    await world.import_(today=TODAY)
    async with world.database.read() as connection:
        before = [row for row in await ledger.credited(connection, world.at, Scope(YEAR)) if row.kind is Kind.REVENUE]
    for row in world.rows(territories.Assignment):
        if row["role"] == "overlay":
            world.drop(territories.Assignment, row["territory_id"], row["person_id"], "overlay", row["from_on"])
    for row in world.rows(crm.Split):
        if row["kind"] == "overlay":
            world.drop(crm.Split, row["deal_id"], row["person_id"], "overlay")
    await world.import_(today=TODAY)
    async with world.database.read() as connection:
        assert await ledger.credited(connection, world.at, Scope(YEAR)) == before


async def test_pages_and_the_union_of_scopes(world: World) -> None:
    rng = Random(5)
    reshuffle_reference(world, rng)
    reshuffle_deals(world, rng, range(1, 121))
    await world.import_(today=TODAY)
    middle = date(2026, 7, 1)
    parts = [Scope(Span(YEAR.start, middle), people=[1, 2]), Scope(Span(middle, YEAR.end), people=[2, 3])]
    async with world.database.read() as connection:
        union = await ledger.credit_lines(connection, world.at, parts)
        apart = [line for part in parts for line in await ledger.credit_lines(connection, world.at, [part])]
        twice = await ledger.credit_lines(connection, world.at, [*parts, parts[0]])
        pages = [
            line
            for offset in range(0, len(union) + 7, 7)
            for line in await ledger.credit_lines(connection, world.at, parts, limit=7, offset=offset)
        ]
        none = await ledger.credit_lines(connection, world.at, [])
    assert len(union) > 10
    assert union == twice == pages
    assert sorted(map(repr, union)) == sorted(map(repr, apart))
    assert [line.on_day for line in union] == sorted((line.on_day for line in union), reverse=True)
    assert none == []


async def test_a_line_says_where_it_comes_from(world: World) -> None:
    world.put(targets.Rate, currency="EUR", period="2026-03", rate_e12=1_100_000_000_000)
    world.put(
        crm.DealVersion, id=9, name="Globex", owner_id=2, account_id=3, currency="EUR", amount=1_000_00, status="won",
        type="expansion", closed_on=date(2026, 4, 2),
    )  # fmt: skip
    await world.import_()
    world.put(crm.DealVersion, **{**world.rows(crm.DealVersion)[0], "amount": 2_000_00})
    await world.import_()
    async with world.database.read() as connection:
        (line,) = await ledger.credit_lines(connection, world.at, [Scope(YEAR)])
        months = await ledger.credited_by_month(connection, world.at, Scope(YEAR))
    assert (line.deal, line.name, line.account, line.type) == ("d9", "Globex", "A3", "expansion")
    assert (line.person, line.territory, line.owner_at_close, line.because) == (2, 5, 2, "owner")
    assert (line.share, line.amount, line.currency, line.base) == (WHOLE, 2_000_00, "EUR", 2_200_00)
    assert (line.rate_e12, line.rate_period) == (1_100_000_000_000, "2026-03")
    assert (line.rev, line.corrections) == (3, 1)
    assert months == [MonthSum(date(2026, 4, 1), Kind.REVENUE, 2_200_00)]


async def test_win_rate_leaves_returns_out_and_follows_a_deal_that_is_lost_after_all(world: World) -> None:
    def close(number: int, status: str, amount: int, **more: Any) -> None:
        day = date(2026, 3, number)
        world.put(
            crm.DealVersion, id=number, owner_id=1, currency="USD", status=status, amount=amount, closed_on=day, **more
        )

    close(1, "won", 100)
    close(2, "won", 300)
    close(3, "lost", 50)
    close(4, "lost", 0)
    close(5, "won", -100, type="return", reverses_id=1)
    close(6, "won", 0, type="return", reverses_id=2)
    world.put(crm.Split, deal_id=2, person_id=1, kind="revenue", share=WHOLE // 4)
    world.put(crm.Split, deal_id=2, person_id=2, kind="revenue", share=WHOLE * 3 // 4)
    await world.import_()
    first = world.at
    close(2, "lost", 300)
    await world.import_()
    async with world.database.read() as connection:
        assert await ledger.win_rate(connection, first, Scope(YEAR)) == WinRate(2, 400, 2, 50)
        assert await ledger.win_rate(connection, first, Scope(YEAR, people=[2])) == WinRate(1, 225, 0, 0)
        assert await ledger.win_rate(connection, world.at, Scope(YEAR)) == WinRate(1, 100, 3, 350)
        assert await ledger.win_rate(connection, world.at, Scope(YEAR, people=[2])) == WinRate(0, 0, 1, 225)


async def test_stages_count_a_deal_once(world: World) -> None:
    for number, status in enumerate(["won", "lost", "open", "won"], start=1):
        closed = None if status == "open" else TODAY
        world.put(
            crm.DealVersion,
            id=number,
            owner_id=1,
            currency="USD",
            amount=-5 if number == 4 else 5,
            status=status,
            closed_on=closed,
        )
        for day in (date(2025, 12, 31), date(2026, 1, 1), date(2026, 2, 1)):
            world.put(crm.StageEntry, deal_id=number, stage="Proposal", entered_on=day)
    world.put(crm.StageEntry, deal_id=1, stage="Lead", entered_on=date(2025, 12, 31))
    await world.import_()
    async with world.database.read() as connection:
        found = await ledger.stage_history(connection, world.at, YEAR.start, YEAR.end)
    assert [(row.stage, row.entered, row.closed, row.won) for row in found] == [("Proposal", 3, 2, 1)]


async def test_an_empty_company_has_nothing_to_show(world: World) -> None:
    await world.import_()
    async with world.database.read() as connection:
        summary = await ledger.deals_summary(connection, world.at)
        assert (summary.deals, summary.open, summary.first_credit_on, summary.last_credit_on) == (
            False,
            False,
            None,
            None,
        )
        assert await ledger.freshness(connection, world.at) is None
    assert await world.all(OpenShare) == []
