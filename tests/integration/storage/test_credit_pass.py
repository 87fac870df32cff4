"""The credit pass: what it writes, what it leaves alone, and that it can be done again."""

from collections.abc import AsyncIterator, Sequence
from datetime import date
from typing import Any

import pytest

from domain.company import WHOLE
from domain.exchange import MissingRate
from storage.credit import ChangedAfterClose, Difference, batches
from storage.tables import crm, people, targets, territories
from storage.tables.ledger import Credit
from tests.support.ledger import World, open_world

pytestmark = pytest.mark.slow_on_postgresql

ANA, BEN, OVE = 1, 2, 3
OHIO, IOWA = 1, 2
AUG, SEP = date(2026, 8, 14), date(2026, 9, 1)


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    async with open_world(database_url) as world:
        for person in (ANA, BEN, OVE):
            world.put(people.PersonVersion, id=person, role="rep")
        for territory in (OHIO, IOWA):
            world.put(territories.TerritoryVersion, id=territory, name=str(territory))
        world.put(territories.Assignment, territory_id=OHIO, person_id=ANA)
        world.put(territories.Assignment, territory_id=IOWA, person_id=BEN)
        yield world


@pytest.fixture(autouse=True)
def few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that even a few deals take several batches and are looked up one by one."""
    monkeypatch.setattr(batches, "BATCH", 3)
    monkeypatch.setattr(batches, "LOOKED_UP", 2)
    monkeypatch.setattr(batches, "MANY", 0)


def deal(world: World, number: int = 1, **values: object) -> None:
    row = {"id": number, "currency": "USD", "status": "won", "amount": 1_000_00, "closed_on": AUG}
    world.put(crm.DealVersion, **row | values)


def split(world: World, person: int, share: int, kind: str = "revenue", number: int = 1) -> None:
    world.put(crm.Split, deal_id=number, person_id=person, kind=kind, share=share)


async def written(world: World, *columns: str, rev: int | None = None) -> list[tuple[Any, ...]]:
    """Rows of the ledger that came with the last revision (or `rev`), in order."""
    rows = await world.all(Credit, "rev", *columns)
    return [tuple(row[1:]) for row in rows if row.rev == (rev or world.revision)]


async def nothing_more(world: World, **options: Any) -> None:
    """The pass, done again, finds everything as it should be."""
    again = await world.import_(**options)
    counts = again.credits_new, again.reversed, again.corrected, again.removed, again.open_new, again.open_ended
    assert counts == (0, 0, 0, 0, 0, 0)


class TestWhatIsWritten:
    async def test_a_won_deal(self, world: World) -> None:
        deal(world, owner_id=ANA)
        report = await world.import_()
        assert (report.deals, report.credits_new, report.corrected) == (1, 1, 0)
        (row,) = await world.all(Credit)
        assert (row.id, row.rev, row.deal_id, row.kind, row.because, row.reverses_id) == (
            1,
            2,
            1,
            "revenue",
            "owner",
            None,
        )
        assert (row.person_id, row.territory_id, row.owner_id, row.on_day) == (ANA, OHIO, ANA, AUG)
        assert (row.share, row.amount, row.currency, row.base) == (WHOLE, 1_000_00, "USD", 1_000_00)
        assert (row.rate_e12, row.rate_period) == (10**12, None)
        await nothing_more(world)

    async def test_splits_in_another_currency_sum_to_the_whole_in_both(self, world: World) -> None:
        world.put(targets.Rate, currency="EUR", period="2026-08", rate_e12=1_111_111_111_111)
        deal(world, owner_id=ANA, amount=100, currency="EUR")
        for person in (ANA, BEN, OVE):
            split(world, person, 333_333 + (person == OVE))
        split(world, OVE, 500_000, kind="overlay")
        await world.import_()
        rows = await written(world, "kind", "person_id", "share", "amount", "base", "rate_period")
        assert rows == [
            ("revenue", ANA, 333_333, 33, 37, "2026-08"),
            ("revenue", BEN, 333_333, 33, 37, "2026-08"),
            ("revenue", OVE, 333_334, 34, 37, "2026-08"),
            ("overlay", OVE, 500_000, 50, 56, "2026-08"),
        ]
        await nothing_more(world)

    async def test_a_month_without_a_rate_uses_the_latest_earlier_one(self, world: World) -> None:
        world.put(targets.Rate, currency="EUR", period="2026-03", rate_e12=2 * 10**12)
        deal(world, owner_id=ANA, currency="EUR")
        await world.import_()
        assert await written(world, "base", "rate_period") == [(2_000_00, "2026-03")]

    async def test_a_won_deal_without_any_rate_stops_the_pass(self, world: World) -> None:
        deal(world, owner_id=ANA, currency="EUR")
        with pytest.raises(MissingRate, match="EUR"):
            await world.import_()

    async def test_a_lost_deal_is_kept_for_win_rates_only(self, world: World) -> None:
        deal(world, owner_id=ANA, status="lost", currency="EUR")
        split(world, OVE, WHOLE, kind="overlay")
        await world.import_()
        assert await written(world, "kind", "person_id", "territory_id", "base") == [("lost", ANA, OHIO, 0)]

    async def test_the_account_s_territory_comes_through_its_parent_s_pin(self, world: World) -> None:
        world.put(crm.AccountVersion, id=1, name="Parent")
        world.put(crm.AccountVersion, id=2, name="Child", parent_id=1)
        world.put(territories.Pin, account_id=1, territory_id=IOWA)
        deal(world, owner_id=ANA, account_id=2)
        deal(world, 2, account_id=2)
        await world.import_()
        assert await written(world, "person_id", "territory_id") == [(ANA, IOWA), (BEN, IOWA)]

    async def test_a_deal_without_an_amount_counts_nothing_and_is_counted(self, world: World) -> None:
        deal(world, owner_id=ANA, amount=None)
        deal(world, 2, owner_id=ANA, amount=-5, type="return")
        report = await world.import_()
        assert (report.won_without_amount, report.returns_without_reverses) == (1, 1)
        assert await written(world, "share", "amount", "base") == [(WHOLE, 0, 0), (WHOLE, -5, -5)]


class TestCorrections:
    async def test_a_changed_amount_is_a_reversing_row_and_a_new_one(self, world: World) -> None:
        deal(world, owner_id=ANA)
        await world.import_()
        deal(world, owner_id=ANA, amount=3_00)
        report = await world.import_()
        assert (report.credits_new, report.reversed, report.corrected) == (1, 1, 1)
        columns = ("id", "reverses_id", "share", "amount", "base", "person_id", "on_day", "because")
        assert await written(world, *columns) == [
            (2, 1, -WHOLE, -1_000_00, -1_000_00, ANA, AUG, "owner"),
            (3, None, WHOLE, 3_00, 3_00, ANA, AUG, "owner"),
        ]
        await nothing_more(world)

    async def test_only_the_parts_that_differ_are_rewritten(self, world: World) -> None:
        deal(world, owner_id=ANA)
        split(world, ANA, 500_000)
        split(world, BEN, 500_000)
        await world.import_()
        world.drop(crm.Split, 1, BEN, "revenue")
        split(world, OVE, 500_000)
        await world.import_()
        assert await written(world, "person_id", "share") == [(BEN, -500_000), (OVE, 500_000)]

    async def test_a_new_rate_corrects(self, world: World) -> None:
        world.put(targets.Rate, currency="EUR", period="2026-08", rate_e12=10**12)
        deal(world, owner_id=ANA, currency="EUR")
        await world.import_()
        world.put(targets.Rate, currency="EUR", period="2026-08", rate_e12=2 * 10**12)
        await world.import_()
        assert await written(world, "amount", "base", "rate_e12") == [
            (-1_000_00, -1_000_00, 10**12),
            (1_000_00, 2_000_00, 2 * 10**12),
        ]

    async def test_a_removed_deal_is_reversed(self, world: World) -> None:
        deal(world, owner_id=ANA)
        deal(world, 2, owner_id=BEN)
        await world.import_()
        world.drop(crm.DealVersion, 1)
        report = await world.import_()
        assert (report.removed, report.removed_base, report.reversed, report.corrected) == (1, 1_000_00, 1, 0)
        assert await written(world, "deal_id", "base") == [(1, -1_000_00)]
        await nothing_more(world)

    async def test_a_preparation_that_is_not_merged_changes_nothing(self, world: World) -> None:
        deal(world, owner_id=ANA)
        assert (await world.import_(merge=False)).credits_new == 1
        assert await world.all(Credit) == []


class TestFrozenAtClose:
    async def test_a_later_owner_is_listed_and_applies_only_with_restate(self, world: World) -> None:
        deal(world, owner_id=ANA)
        deal(world, 2, owner_id=ANA)
        await world.import_()
        deal(world, owner_id=BEN, territory_id=IOWA)
        report = await world.import_()
        assert await written(world) == []
        listed = (Difference(deal="d1", at_close="p1", now="p2", base=1_000_00),)
        assert report.owner_changed_after_close == ChangedAfterClose(1, 1_000_00, listed)
        listed = (Difference(deal="d1", at_close="t1", now="t2", base=1_000_00),)
        assert report.territory_changed_after_close == ChangedAfterClose(1, 1_000_00, listed)
        report = await world.import_(restate=True, touch=[])
        columns = ("deal_id", "person_id", "territory_id", "owner_id", "base")
        assert await written(world, *columns) == [(1, ANA, OHIO, ANA, -1_000_00), (1, BEN, IOWA, BEN, 1_000_00)]
        assert report.owner_changed_after_close == ChangedAfterClose()
        await nothing_more(world)

    async def test_a_corrected_amount_and_date_keep_the_frozen_owner_and_territory(self, world: World) -> None:
        deal(world, owner_id=ANA)
        await world.import_()
        deal(world, owner_id=BEN, amount=5, closed_on=SEP)
        await world.import_()
        assert (await written(world, "person_id", "territory_id", "amount", "on_day"))[1:] == [(ANA, OHIO, 5, SEP)]
        deal(world, owner_id=BEN, amount=7, closed_on=SEP)
        await world.import_()
        assert (await written(world, "person_id", "territory_id", "amount"))[1:] == [(ANA, OHIO, 7)]

    async def test_the_territory_at_close_outlives_a_move_of_its_account(self, world: World) -> None:
        world.put(crm.AccountVersion, id=1, name="Acme")
        world.put(territories.Pin, account_id=1, territory_id=IOWA)
        deal(world, owner_id=ANA, account_id=1)
        await world.import_()
        world.put(territories.Pin, account_id=1, territory_id=OHIO)
        report = await world.import_()
        assert await written(world) == []
        assert report.territory_changed_after_close.count == 0

    async def test_what_was_empty_is_filled_later_as_a_correction(self, world: World) -> None:
        deal(world)
        await world.import_()
        assert await written(world, "person_id", "territory_id", "because") == [(None, None, "unassigned")]
        deal(world, owner_id=ANA)
        report = await world.import_()
        assert (await written(world, "person_id", "territory_id", "owner_id"))[1:] == [(ANA, OHIO, ANA)]
        assert report.owner_changed_after_close.count == 0
        deal(world, owner_id=BEN)
        assert (await world.import_()).owner_changed_after_close.count == 1
        assert await written(world) == []

    async def test_the_primary_who_stood_in_is_not_frozen(self, world: World) -> None:
        deal(world, territory_id=OHIO)
        await world.import_()
        world.drop(territories.Assignment, OHIO, ANA, "primary", date.min)
        world.put(territories.Assignment, territory_id=OHIO, person_id=OVE)
        await world.import_()
        assert await written(world, "person_id", "territory_id") == [(ANA, OHIO), (OVE, OHIO)]

    async def test_a_deal_that_is_won_again_is_a_new_close(self, world: World) -> None:
        deal(world, owner_id=ANA)
        await world.import_()
        deal(world, owner_id=ANA, status="lost")
        await world.import_()
        deal(world, owner_id=BEN)
        report = await world.import_()
        assert (await written(world, "kind", "person_id", "territory_id"))[1:] == [("revenue", BEN, IOWA)]
        assert report.owner_changed_after_close.count == 0

    async def test_splits_do_not_freeze(self, world: World) -> None:
        deal(world, owner_id=ANA)
        split(world, ANA, WHOLE)
        await world.import_()
        world.drop(crm.Split, 1, ANA, "revenue")
        split(world, BEN, WHOLE)
        await world.import_(touch=[1])
        assert await written(world, "person_id", "because") == [(ANA, "split"), (BEN, "split")]


class TestReturns:
    async def test_a_return_takes_people_and_shares_on_its_own_date(self, world: World) -> None:
        deal(world, owner_id=ANA)
        split(world, ANA, 250_000)
        split(world, BEN, 750_000)
        deal(world, 2, owner_id=OVE, amount=-10_00, type="return", reverses_id=1, closed_on=SEP)
        await world.import_()
        rows = await written(world, "deal_id", "person_id", "territory_id", "share", "base", "on_day", "because")
        assert rows[2:] == [
            (2, ANA, OHIO, 250_000, -2_50, SEP, "return"),
            (2, BEN, OHIO, 750_000, -7_50, SEP, "return"),
        ]
        await nothing_more(world)

    @pytest.mark.parametrize("touch", [None, [1]])
    async def test_it_follows_a_correction_of_what_it_takes_back(
        self, world: World, touch: Sequence[int] | None
    ) -> None:
        deal(world, owner_id=ANA)
        deal(world, 2, amount=-10_00, type="return", reverses_id=1, closed_on=SEP)
        await world.import_()
        split(world, BEN, WHOLE)
        await world.import_(touch=touch)
        assert await written(world, "deal_id", "person_id", "base") == [
            (1, ANA, -1_000_00),
            (1, BEN, 1_000_00),
            (2, ANA, 10_00),
            (2, BEN, -10_00),
        ]

    async def test_it_takes_the_owner_at_close_of_what_it_takes_back(self, world: World) -> None:
        deal(world, owner_id=ANA)
        await world.import_()
        deal(world, owner_id=BEN)
        deal(world, 2, amount=-10_00, type="return", reverses_id=1, closed_on=SEP)
        await world.import_()
        assert await written(world, "deal_id", "person_id", "territory_id") == [(2, ANA, OHIO)]

    async def test_without_the_deal_it_goes_to_its_own_owner(self, world: World) -> None:
        deal(world, owner_id=ANA)
        deal(world, 2, owner_id=BEN, amount=-10_00, type="return", reverses_id=1, closed_on=SEP)
        await world.import_()
        world.drop(crm.DealVersion, 1)
        await world.import_()
        assert (await written(world, "deal_id", "person_id", "because"))[1:] == [(2, ANA, "return"), (2, BEN, "owner")]


class TestTouched:
    async def test_only_touched_deals_are_looked_at(self, world: World) -> None:
        for number in range(1, 9):
            deal(world, number, owner_id=ANA)
        report = await world.import_(touch=[*range(2, 9)])
        assert (report.deals, report.credits_new) == (7, 7)
        assert (await world.import_(touch=[])).deals == 0
        report = await world.import_()
        assert (report.deals, report.credits_new) == (8, 1)
        assert sorted(row.deal_id for row in await world.all(Credit)) == [*range(1, 9)]

    async def test_a_touched_deal_that_is_gone_is_reversed(self, world: World) -> None:
        deal(world, owner_id=ANA)
        await world.import_()
        world.drop(crm.DealVersion, 1)
        assert (await world.import_(touch=[1])).removed == 1

    async def test_where_most_deals_are_touched_all_are_read(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(batches, "MANY", 10)
        for number in range(1, 9):
            deal(world, number, owner_id=ANA)
        assert (await world.import_(touch=[1])).deals == 8
