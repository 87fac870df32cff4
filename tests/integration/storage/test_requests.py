"""Requests as they are kept: one wins where two are at it, one at a time holds a thing, and they are found again."""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from domain.errors import NotFound
from domain.requests.model import ChangeRep, MoveAccounts, RequestKind, Reversal, State
from storage import request_lists, requests
from storage.audit import Occasion
from storage.database import Database
from storage.outbox import OUTBOX
from storage.request_lists import Wanted
from storage.requests import AlreadyAsked, Request
from storage.store import Store
from storage.tables import people
from storage.writing import Writing, write
from tests.integration.storage.changing.test_rows import EVERYTHING
from tests.support import rivals
from tests.support.ledger import START, World, open_world
from tests.support.rivals import LATER, PAIRS
from tools.files import ROOT

ANA, BEN, MONA = 1, 2, 3
OHIO, IOWA = 1, 2
DAY = date(2026, 8, 1)
MOVE = MoveAccounts((1, 2), OHIO, IOWA)
HOUR = timedelta(hours=1)


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    async with open_world(database_url) as world:
        for person in (ANA, BEN, MONA):
            world.put(people.PersonVersion, id=person, role="manager")
        await world.import_()
        yield world


def writing(world: World) -> Any:
    return write(Store(world.database), 1, Occasion(ANA, "button", START))


async def asked(repo: Writing, change: Any = MOVE, **more: Any) -> Request:
    options = {"requester": ANA, "effective_on": DAY, "now": START} | more
    return await requests.read(repo.connection, 1, await requests.add(repo.connection, 1, change, **options))


async def to(repo: Writing, seen: Request, state: State, **more: Any) -> Request:
    assert await requests.transit(repo.connection, 1, seen, state, now=START + HOUR, **more)
    return await requests.read(repo.connection, 1, seen.id)


async def test_a_request_is_kept_as_it_was_asked_for(world: World) -> None:
    async with writing(world) as repo:
        seen = await asked(repo, policy_version=4)
        assert (seen.id, seen.kind, seen.state, seen.version, seen.turn) == (1, RequestKind.MOVE, State.SUBMITTED, 1, 1)
        assert (seen.requester, seen.effective_on, seen.change, seen.policy_version) == (ANA, DAY, MOVE, 4)
        assert (seen.created_at, seen.submitted_at, seen.changed_at) == (START, START, START)
        with pytest.raises(NotFound, match="no request 9"):
            await requests.read(repo.connection, 1, 9)


async def test_who_saw_an_older_one_changes_nothing(world: World) -> None:
    async with writing(world) as repo:
        seen, here = await asked(repo), (repo.connection, 1)
        approved = await to(repo, seen, State.APPROVED)
        assert (approved.version, approved.changed_at) == (2, START + HOUR)
        assert not await requests.transit(*here, seen, State.REJECTED, now=START)
        assert not await requests.decide(*here, seen, ["releasing"], "approve", State.APPROVED, by=BEN, now=START)
        assert not await requests.amend(*here, seen, replace(MOVE, accounts=(5,)), effective_on=DAY)
        assert not await requests.show(*here, seen, rev=7, digest="x")
        assert not await requests.transit(*here, replace(approved, state=State.SUBMITTED), State.REJECTED, now=START)
        assert await requests.read(*here, seen.id) == approved
        assert await requests.verdicts(*here, seen.id) == []


async def test_each_turn_has_verdicts_of_its_own(world: World) -> None:
    async with writing(world) as repo:
        here, seen = (repo.connection, 1), await asked(repo)
        assert await requests.show(*here, seen, rev=7, digest="abc")
        seen = await requests.read(*here, seen.id)
        assert (seen.basis_rev, seen.basis_digest, seen.version) == (7, "abc", 2)
        again = State.CHANGES_REQUESTED
        assert await requests.decide(*here, seen, ["releasing"], "changes", again, by=BEN, on_behalf_of=MONA, now=START)
        seen = await to(repo, await requests.read(*here, seen.id), State.SUBMITTED)
        assert (seen.turn, seen.submitted_at) == (2, START + HOUR)
        sides = ["releasing", "receiving"]
        assert await requests.decide(*here, seen, sides, "approve", State.APPROVED, by=MONA, now=START)
        found = [
            (one.turn, one.side, one.by, one.on_behalf_of, one.verdict, one.rev)
            for one in await requests.verdicts(*here, 1)
        ]
    assert found == [
        (1, "releasing", BEN, MONA, "changes", 7),
        (2, "receiving", MONA, None, "approve", 7),
        (2, "releasing", MONA, None, "approve", 7),
    ]


async def test_a_thing_is_held_until_its_request_is_open_no_more(world: World) -> None:
    other = replace(MOVE, accounts=(2, 3), target=5)
    async with writing(world) as repo:
        first, draft = await asked(repo), await asked(repo, other, state=State.DRAFT)
        with pytest.raises(AlreadyAsked, match="Request 1 is open and about the same") as refused:
            await asked(repo, other)
        assert (refused.value.request, refused.value.objects) == (1, {"account:2"})
        with pytest.raises(AlreadyAsked):
            await to(repo, draft, State.SUBMITTED)
    async with writing(world) as repo:
        here, free = (repo.connection, 1), await asked(repo, replace(MOVE, accounts=(7,)))
        with pytest.raises(AlreadyAsked):
            await requests.amend(*here, free, other, effective_on=DAY)
    async with writing(world) as repo:
        here = repo.connection, 1
        wanted = ["account:1", "account:2", "account:9"]
        assert await requests.holders(*here, wanted) == {"account:1": 1, "account:2": 1}
        assert await requests.holders(*here, wanted, but=1) == {}
        failed = await to(repo, await to(repo, first, State.SCHEDULED), State.FAILED, failure="a cycle")
        assert failed.failure == "a cycle"
        assert await requests.holders(*here, wanted), "it may be tried again"
        await to(repo, await to(repo, failed, State.SCHEDULED), State.EFFECTIVE)
        assert await requests.holders(*here, wanted) == {}
        again = await asked(repo, other)
        assert await requests.amend(*here, again, MOVE, effective_on=DAY + timedelta(days=1))
        assert await requests.holders(*here, ["account:1", "account:3"]) == {"account:1": again.id}
        assert (await requests.read(*here, again.id)).effective_on == DAY + timedelta(days=1)
        with pytest.raises(ValueError, match="keeps its kind"):
            await requests.amend(*here, again, Reversal(1), effective_on=DAY)


async def test_the_rows_that_it_wrote_are_kept_to_be_given_back(world: World) -> None:
    async with writing(world) as repo:
        here, seen = (repo.connection, 1), await asked(repo)
        assert await requests.written_by(*here, seen.id) is None
        await requests.record_written(*here, seen.id, EVERYTHING, 9)
        assert await requests.written_by(*here, seen.id) == EVERYTHING
        assert (await requests.read(*here, seen.id)).written_rev == 9


async def test_pages_by_state_kind_person_and_territory(world: World) -> None:
    async with writing(world) as repo:
        here = repo.connection, 1
        moves = [await asked(repo, replace(MOVE, accounts=(10 + n,)), requester=(ANA, BEN)[n % 2]) for n in range(5)]
        rep = await asked(repo, ChangeRep(7, BEN, None), requester=MONA)
        await requests.decide(*here, moves[0], ["releasing"], "approve", State.APPROVED, by=MONA, now=START)

        async def numbers(**wanted: Any) -> list[int]:
            page = await request_lists.page(*here, Wanted(**wanted))
            assert page.count == len(page.requests)
            return [one.id for one in page.requests]

        assert await numbers() == [6, 5, 4, 3, 2, 1]
        assert await numbers(states=frozenset({State.APPROVED})) == [1]
        assert await numbers(kinds=frozenset({RequestKind.REP})) == [rep.id]
        assert await numbers(requester=BEN) == [4, 2]
        assert await numbers(person=BEN) == [6, 4, 2], "asked for, or named by"
        assert await numbers(person=MONA) == [6, 1], "asked for, or decided"
        assert await numbers(territories=frozenset({7, 9})) == [6]
        assert await numbers(territories=frozenset({IOWA}), requester=ANA) == [5, 3, 1]
        first = await request_lists.page(*here, Wanted(), size=4)
        assert ([one.id for one in first.requests], first.count, first.before) == ([6, 5, 4, 3], 6, 3)
        last = await request_lists.page(*here, Wanted(), size=4, before=first.before)
        assert ([one.id for one in last.requests], last.count, last.before) == ([2, 1], 6, None)
        for seen in moves[1:3]:
            await to(repo, seen, State.SCHEDULED)
        assert [one.id for one in await request_lists.due(*here, DAY)] == [2, 3]
        assert not await request_lists.due(*here, DAY - timedelta(days=1))


async def test_replies_are_kept_as_they_are_changed(world: World) -> None:
    async with writing(world) as repo:
        here, seen = (repo.connection, 1), await asked(repo)
        card = await repo.outbox.post("C1", "card", {})
        await repo.connection.execute(OUTBOX.update().values(channel="C1", ts="10.1"))
        await requests.set_card(*here, seen.id, card)
        assert await request_lists.of_thread(*here, "C1", "10.1") == seen.id
        assert await request_lists.of_thread(*here, "C2", "10.1") is None
        said = {"channel": "C1", "person": BEN, "now": START}
        assert await request_lists.keep_reply(*here, seen.id, ts="10.2", text="Why?", **said)
        assert not await request_lists.keep_reply(*here, seen.id, ts="10.2", text="Why?", **said)
        assert await request_lists.keep_reply(*here, seen.id, ts="10.3", text="No.", **said)
        assert await request_lists.change_reply(*here, "C1", "10.2", "Why now?", START + HOUR)
        assert await request_lists.change_reply(*here, "C1", "10.3", None, START + HOUR)
        assert not await request_lists.change_reply(*here, "C1", "10.4", "?", START)
        found = [(one.ts, one.person, one.text, one.changed_at) for one in await request_lists.replies(*here, seen.id)]
    assert found == [("10.2", BEN, "Why now?", START + HOUR), ("10.3", BEN, "", START + HOUR)]


@pytest.mark.parametrize("processes", [1, pytest.param(2, marks=pytest.mark.slow)])
async def test_of_two_at_the_same_moment_one_wins(world: World, processes: int) -> None:
    """Approvals of the same request, and requests about the same account."""
    count = PAIRS if processes == 2 else 4
    async with writing(world) as repo:
        for number in range(count):
            await asked(repo, replace(MOVE, accounts=(number,)))
    came = await (in_processes(world) if processes == 2 else at_once(world, count))
    for ana, ben in zip(*came, strict=True):
        assert sorted([ana[0], ben[0]]) == [False, True]
        [lost] = [one[1] for one in (ana, ben) if one[1] is not True]
        account = int(lost["objects"][0].removeprefix("account:"))
        assert (lost["objects"], account > LATER) == ([f"account:{account}"], True)
    async with Store(world.database).read(1) as repo:
        page = await request_lists.page(repo.connection, 1, Wanted(), size=100)
        assert [one.id for one in page.requests] == list(range(2 * count, 0, -1))
        for number in range(1, count + 1):
            [verdict] = await requests.verdicts(repo.connection, 1, number)
            assert (came[verdict.by - 1][number - 1][0], verdict.verdict) == (True, "approve")


async def at_once(world: World, count: int) -> list[list[list[Any]]]:
    """Two stores with connections of their own."""
    stores = [Store(Database(world.database.url)) for _ in (ANA, BEN)]
    came: list[list[list[Any]]] = [[], []]
    for number in range(1, count + 1):
        both = [
            asyncio.gather(
                *(rivals.insist(attempt, store, who, number) for who, store in zip((ANA, BEN), stores, strict=True))
            )
            for attempt in (rivals.decide, rivals.submit)
        ]
        for one, other in [await pair for pair in both]:
            came[0].append([one])
            came[1].append([other])
    for store in stores:
        await store.database.close()
    return [[[*decided, *submitted] for decided, submitted in zip(one[::2], one[1::2], strict=True)] for one in came]


async def in_processes(world: World) -> list[list[list[Any]]]:
    start = str(time.time() + 8)
    running = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.support.rivals", world.database.url, str(person), start,
            cwd=ROOT, stdout=asyncio.subprocess.PIPE,
        )
        for person in (ANA, BEN)
    ]  # fmt: skip
    said = await asyncio.wait_for(asyncio.gather(*(one.communicate() for one in running)), 120)
    return [json.loads(out) for out, _ in said]


async def test_the_database_itself_lets_one_hold_a_thing(world: World) -> None:
    """Also from whoever does not wait for the workspace's turn."""
    async with writing(world) as repo:
        await asked(repo)
    row = {"workspace_id": 1, "request_id": 1, "object": "account:1", "held": True}
    async with world.database.write() as connection:
        stored = (await connection.execute(select(requests.OBJECTS).where(requests.OBJECTS.c.held))).mappings().all()
        assert dict(stored[0]) == row
        values = {
            "id": 2,
            "kind": "move",
            "state": "submitted",
            "requester_id": ANA,
            "effective_on": DAY,
            "change": "{}",
        }
        await connection.execute(
            insert(requests.REQUESTS).values(workspace_id=1, created_at=START, changed_at=START, **values)
        )
        with pytest.raises(AlreadyAsked, match="Request 1"):
            await requests._about(connection, 1, 2, MOVE, held=True)
        assert (
            await connection.execute(select(requests.OBJECTS).where(requests.OBJECTS.c.request_id == 2))
        ).all() == []
