"""What is planned can be written, and given back."""

import pytest
from sqlalchemy import select

from domain.company import Metric, SubjectKind
from domain.requests.model import (
    Basis,
    Change,
    ChangeBoundary,
    ChangeRep,
    ChangeTarget,
    Cover,
    Merge,
    MoveAccounts,
    Reversal,
    Split,
    Terms,
)
from domain.requests.planning.facts import NOWHERE, AccountFacts, DealFacts, Done, Facts
from domain.requests.planning.planner import plan
from storage.audit import Occasion
from storage.changing import apply
from storage.credit.accounts import load_deciding, load_holdings
from storage.store import Repositories, Store
from storage.tables import crm
from storage.writing import write
from tests.integration.storage.changing.test_rows import ACME, ACME_LABS, ANA, BEN, DAY, IOWA, OHIO, world
from tests.support.ledger import START, World
from tests.unit.domain.requests.plans import after, conditions_after, pins_after

__all__ = ["world"]

EQUAL = Terms(basis=Basis.EQUAL)
CHANGES: list[Change] = [
    MoveAccounts((ACME,), OHIO, IOWA, EQUAL),
    ChangeRep(OHIO, BEN, ANA),
    Cover(OHIO, BEN, DAY.replace(day=20), credited=True),
    ChangeBoundary(OHIO, "north", {"region": "south"}),
    Split(OHIO, "labs", "Labs", (ACME_LABS,), BEN, EQUAL),
    Merge(OHIO, IOWA),
    ChangeTarget(SubjectKind.TERRITORY, OHIO, "2026Q3", Metric.REVENUE, 1200, "USD"),
]
"""In this order, each given back before the next."""


async def facts(repo: Repositories) -> Facts:
    """Everything there is: the company of these tests is small."""
    lines, deciding = await load_holdings(*repo.at, repo.settings.currency), await load_deciding(*repo.at)
    account, deal = repo.snapshot.source(crm.AccountVersion), repo.snapshot.source(crm.DealVersion)
    accounts = {
        row.id: AccountFacts(row.id, row.name, row.parent_id, lines.get(row.id, NOWHERE))
        for row in await repo.connection.execute(select(account))
    }
    deals = tuple(
        DealFacts(row.id, row.owner_id, row.territory_id, row.account_id, lines[row.account_id].at(DAY).territory)
        for row in await repo.connection.execute(select(deal).where(deal.c.status == "open"))
    )
    return Facts(repo.model, DAY, DAY, accounts, tuple(deciding.pins), tuple(deciding.conditions), deals, fresh=77)


@pytest.mark.slow_on_postgresql
async def test_what_is_planned_is_written_and_given_back(world: World) -> None:
    store = Store(world.database)
    for change in CHANGES:
        async with write(store, 1, Occasion(ANA, "button", START)) as repo:
            before = await facts(repo)
            planned = plan(change, before)
            await apply(repo, planned.writes, cause="request")
        async with write(store, 1, Occasion(ANA, "button", START)) as repo:
            there = await facts(repo)
            assert set(there.pins) == set(pins_after(before.pins, planned.writes))
            assert set(there.conditions) == set(conditions_after(before.conditions, planned.writes))
            assert set(there.model.company.targets) == set(after(before.model, planned.writes).company.targets)
            assert set(there.model.company.assignments) == set(after(before.model, planned.writes).company.assignments)
            assert {one.row for one in there.deals} >= {row.after for row in planned.writes.deals}
            back = plan(Reversal(1), there, Done(change, DAY, planned.writes))
            await apply(repo, back.writes, cause="request")
        async with store.read(1) as repo:
            again = await facts(repo)
        assert (set(again.pins), set(again.conditions)) == (set(before.pins), set(before.conditions))
        assert {one.row for one in again.deals} == {one.row for one in before.deals}
        assert set(again.model.company.targets) == set(before.model.company.targets)
        assert set(again.model.company.assignments) == set(before.model.company.assignments)
