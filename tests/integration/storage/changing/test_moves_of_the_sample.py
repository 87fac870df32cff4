"""Moves of accounts in the sample company: nothing is lost or won by them, and what is given back is as it was."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import func, select

from domain.company import Metric, SubjectKind
from domain.periods import month
from domain.potential import AccountFacts
from domain.requests.model import Basis, MoveAccounts, Reversal, Terms
from domain.requests.planning.facts import Done, Impossible, Plan
from domain.requests.planning.planner import plan
from storage.account_facts import account_facts
from storage.audit import Occasion
from storage.changing import apply
from storage.request_facts import request_facts
from storage.scopes import CREDITS
from storage.store import Repositories, Store
from storage.tables import ledger
from storage.writing import write
from tests.support.imports import open_at
from tests.support.sample import NOW, TODAY

OPS = Occasion(None, "worker", NOW)
MONTHS = [month(2026 + at // 12, at % 12 + 1) for at in range(10, 26)]


@dataclass(frozen=True)
class Figures:
    """Targets by territory and month, by person and month; credit and open pipeline by person and territory."""

    territories: dict[Any, int]
    people: dict[Any, int]
    credited: dict[Any, int]
    open: dict[Any, int]


async def figures(repo: Repositories) -> Figures:
    targets, company = repo.model.targets, repo.company
    pieces = {
        (number, one.label): sum(
            piece.amount for piece in targets.pieces(SubjectKind.TERRITORY, number, one, Metric.REVENUE)
        )
        for number in company.territories
        for one in MONTHS
    }
    parts = {
        (number, one.label): sum(part.amounts.effective for part in targets.person_parts(number, one))
        for number in company.people
        for one in MONTHS
    }
    credit = (CREDITS.c.person_id, CREDITS.c.territory_id, CREDITS.c.kind)
    here = CREDITS.c.workspace_id == 1, CREDITS.c.rev <= repo.revision
    credited = await repo.connection.execute(select(*credit, func.sum(CREDITS.c.base)).where(*here).group_by(*credit))
    share = repo.snapshot.source(ledger.OpenShare)
    held = (share.c.person_id, share.c.territory_id, share.c.from_on, share.c.to_on, share.c.currency)
    opened = await repo.connection.execute(select(*held, func.sum(share.c.amount)).group_by(*held))
    return Figures(pieces, parts, _sums(credited), _sums(opened))


def _sums(rows: Any) -> dict[Any, int]:
    return {tuple(key): amount for *key, amount in rows if amount}


def _total(found: dict[Any, int], place: int) -> dict[Any, int]:
    """By one part of the key."""
    sums: defaultdict[Any, int] = defaultdict(int)
    for key, amount in found.items():
        sums[key[place]] += amount
    return dict(sums)


async def some_move(repo: Repositories, dice: Random) -> tuple[MoveAccounts, date]:
    leaves = sorted(set(repo.company.territories) - {one.parent for one in repo.company.territories.values()})
    while True:
        source, target = dice.sample(leaves, 2)
        day = TODAY + timedelta(days=dice.randrange(120))
        known: list[AccountFacts] = await account_facts(repo, [source], day)
        if known:
            some = dice.sample([one.id for one in known], min(len(known), dice.randint(1, 6)))
            basis = dice.choice([Basis.CREDIT, Basis.POTENTIAL, Basis.OPEN, Basis.EQUAL])
            return MoveAccounts(tuple(sorted(some)), source, target, Terms(basis=basis)), day


async def moves_hold(url: str, seed: int, count: int) -> None:
    dice, done, changed = Random(seed), 0, 0
    async with open_at(url) as database:
        store = Store(database)
        while done < count:
            async with store.read(1) as repo:
                before, (change, day) = await figures(repo), await some_move(repo, dice)
                try:
                    planned = plan(change, await request_facts(repo, change, effective_on=day, today=TODAY))
                except Impossible:
                    continue
            after = await carried_out(store, planned)
            assert _total(after.territories, 1) == _total(before.territories, 1), "targets sum to the same each month"
            assert sum(after.credited.values()) == sum(before.credited.values())
            assert day > TODAY or _total(after.open, 4) == _total(before.open, 4), "open deals change hands, no more"
            async with store.read(1, revision=repo.revision) as earlier:
                assert await figures(earlier) == before, "an earlier revision never changes"
            async with store.read(1) as repo:
                what = Done(change, day, planned.writes)
                facts = await request_facts(repo, Reversal(1), effective_on=day, today=TODAY, done=what)
                back = plan(Reversal(1), facts, what)
            again = await carried_out(store, back)
            assert again == before
            done, changed = done + 1, changed + (after != before)
    assert changed > count / 2


async def carried_out(store: Store, planned: Plan) -> Figures:
    async with write(store, 1, OPS) as repo:
        await apply(repo, planned.writes, cause="request")
    async with store.read(1) as repo:
        return await figures(repo)


async def test_some_moves_and_their_reversals(sample_url: str) -> None:
    await moves_hold(sample_url, seed=6, count=8)


@pytest.mark.slow
async def test_five_hundred_moves_and_their_reversals(sample_url: str) -> None:
    await moves_hold(sample_url, seed=7, count=500)
