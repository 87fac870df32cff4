"""A total that is told each week: what changed between two of them is of as many people as a total has to be."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from commands.digests import views
from commands.digests.content import Ask, Compared, Made, compose, make
from commands.kit.names import COMPANY
from commands.kit.outgoing import Dropped
from domain.company import SubjectKind
from storage.store import Store
from storage.tables import crm, people, targets
from tests.support.digests import PUBLIC, in_channel, private, sections, store, team
from tests.support.ledger import World, open_world

OPS, MANAGER = 1, 2
REPS = range(3, 11)
OTHERS = range(11, 16)
FIRST = date(2026, 5, 4)
SECOND = FIRST + timedelta(days=7)
GROUP = 4


@dataclass
class Field:
    """Two teams: Field, where eight people sell, and Desk; each sold something by the first Monday."""

    world: World
    deals: int = 0

    def sell(self, person: int, amount: int, day: date) -> None:
        self.deals += 1
        self.world.put(
            crm.DealVersion, id=self.deals, owner_id=person, status="won", amount=amount, currency="USD", closed_on=day
        )

    async def week(self, sellers: Iterable[int], *, amount: int = 1_000_00) -> None:
        for person in sellers:
            self.sell(person, amount, SECOND - timedelta(days=2))
        await self.world.import_(today=SECOND)


@asynccontextmanager
async def company(folder: Path) -> AsyncIterator[Field]:
    async with open_world(f"sqlite:///{folder}/totals.db", small_group=GROUP, business_days=[0, 1, 2, 3, 4]) as world:
        roles = {OPS: "ops", MANAGER: "manager"}
        for one in (OPS, MANAGER, *REPS, *OTHERS):
            world.put(people.PersonVersion, id=one, role=roles.get(one, "rep"))
        for number, name in ((1, "Field"), (2, "Desk")):
            world.put(people.TeamVersion, id=number, name=name, lead_id=MANAGER if number == 1 else None)
        for one in (*REPS, *OTHERS):
            where = {"team_id": 1, "manager_id": MANAGER} if one in REPS else {"team_id": 2, "manager_id": None}
            world.put(people.Reporting, person_id=one, **where)
            goal = {"subject_kind": SubjectKind.PERSON.value, "subject_id": one, "period": "2026Q2"}
            world.put(targets.Target, amount=50_000_00, currency="USD", **goal)
        field = Field(world)
        for one in (*REPS, *OTHERS):
            field.sell(one, 10_000_00 + one, date(2026, 4, 20))
        await world.import_(today=FIRST)
        yield field


async def first_digest(field: Field) -> Compared:
    """That of the first Monday, told and kept."""
    async with Store(field.world.database).read(1) as repo:
        ask = in_channel(team(repo, "Field"), FIRST)
        made = await make(repo, ask, sections())
    assert made.figures["told"] is not None
    assert made.figures["untold"] is None
    await store(field.world.database, ask, made)
    return Compared(made.revision, FIRST, made.figures)


async def second(field: Field, **more: object) -> tuple[Ask, Made]:
    async with Store(field.world.database).read(1) as repo:
        ask = replace(in_channel(team(repo, "Field"), SECOND), **more)  # type: ignore[arg-type]
        return ask, await make(repo, ask, sections())


async def posted(field: Field, ask: Ask, made: Made, *, readers: tuple[int, ...] = ()) -> str:
    """The bytes of both messages, in a public channel or for the readers."""
    async with Store(field.world.database).read(1) as repo:
        audience = private(*(repo.company.people[one] for one in readers)) if readers else PUBLIC
        found = await compose(repo, ask, made, audience, sections())
        if isinstance(found, Dropped):
            return f"dropped: {found.reason}"
        below = views.thread(found)
        return json.dumps([views.head(found).to_post(), below and below.to_post()])


async def test_what_four_people_booked_is_told(tmp_path: Path) -> None:
    async with company(tmp_path) as field:
        await first_digest(field)
        await field.week(list(REPS)[:4])
        ask, made = await second(field)
        assert made.figures["untold"] is None
        assert "Field booked $4,000 this week" in await posted(field, ask, made)


@pytest.mark.parametrize("sellers", [1, 3])
async def test_what_fewer_booked_is_held_back_until_more_have(tmp_path: Path, sellers: int) -> None:
    async with company(tmp_path) as field:
        compared = await first_digest(field)
        await field.week(list(REPS)[:sellers])
        ask, made = await second(field)
        words = await posted(field, ask, made)
        assert "Field was at $80k" in words
        assert "May 4" in words
        assert "booked" not in words
        assert "parts sum" not in words
        assert "compared with" not in words
        # Who may see each of them reads it all.
        whole = replace(ask, compared=compared)
        assert f"Field booked ${sellers},000 this week" in await posted(field, whole, made, readers=(MANAGER, OPS))
        assert "booked" not in await posted(field, whole, made, readers=(MANAGER, next(iter(REPS))))


async def test_a_week_in_which_nobody_sold_looks_like_one_in_which_one_did(tmp_path: Path) -> None:
    seen = set()
    for sellers in (0, 1, 3):
        folder = tmp_path / str(sellers)
        folder.mkdir()
        async with company(folder) as field:
            await first_digest(field)
            await field.week(list(REPS)[:sellers], amount=1_000_00 + sellers)
            seen.add(await posted(field, *await second(field)))
    assert len(seen) == 1


async def test_what_was_held_back_is_told_with_the_next_that_is_of_many(tmp_path: Path) -> None:
    async with company(tmp_path) as field:
        await first_digest(field)
        await field.week(list(REPS)[:2])
        await store(field.world.database, *await second(field))
        later = SECOND + timedelta(days=7)
        for one in list(REPS)[2:4]:
            field.sell(one, 500_00, SECOND + timedelta(days=1))
        await field.world.import_(today=later)
        ask, made = await second(field, today=later, slot=later)
        assert "Field booked $3,000 since May 4" in await posted(field, ask, made)


async def test_one_changed_target_is_held_back_too(tmp_path: Path) -> None:
    async with company(tmp_path) as field:
        await first_digest(field)
        goal = {"subject_kind": SubjectKind.PERSON.value, "subject_id": REPS[0], "period": "2026Q2"}
        field.world.put(targets.Target, amount=49_000_00, currency="USD", **goal)
        await field.week(REPS)
        ask, made = await second(field)
        assert "Field was at" in await posted(field, ask, made)


async def test_a_channel_that_wants_no_empty_digests_gets_none_that_is_held_back(tmp_path: Path) -> None:
    async with company(tmp_path) as field:
        await first_digest(field)
        await field.week([])
        ask, made = await second(field, skip_when_empty=True)
        assert (await posted(field, ask, made)).startswith("dropped: ")


@pytest.mark.parametrize("skips", [False, True])
async def test_two_channels_are_told_the_same_total_on_the_same_day(tmp_path: Path, skips: bool) -> None:
    async with company(tmp_path) as field:
        first = await first_digest(field)
        async with Store(field.world.database).read(1) as repo:
            ask = replace(in_channel(team(repo, "Field"), FIRST), skip_when_empty=skips)
            made = await make(repo, ask, sections())
        assert (made.figures["told"], made.figures["untold"]) == (first.figures["told"], None)
        words = await posted(field, ask, made)
        assert "is at" in words or "needs" in words or "so far" in words, words
        assert "too few" not in words.lower()


async def test_a_team_of_few_is_told_nothing_and_why(tmp_path: Path) -> None:
    async with company(tmp_path) as field:
        for one in list(REPS)[3:]:
            field.world.drop(people.Reporting, one, date.min)
        await field.week([])
        ask, made = await second(field)
        assert made.figures["told"] is None
        assert (await posted(field, ask, made)).startswith("dropped: Too few people")


@pytest.mark.parametrize(("sellers", "told"), [(1, False), (4, True), (0, True)])
async def test_a_total_that_overlaps_with_one_told_on_another_day_cuts_no_few_people_out(
    tmp_path: Path, sellers: int, told: bool
) -> None:
    """Field's on Monday, the company's on Wednesday: with next week's they tell what Field booked in between."""
    async with company(tmp_path) as field:
        await first_digest(field)
        await field.week([*list(REPS)[:sellers], *list(OTHERS)[:4]])
        async with Store(field.world.database).read(1) as repo:
            made = await make(repo, in_channel(COMPANY, SECOND), sections())
        assert (made.figures["told"] is not None) is told


OPENED = date(2026, 7, 6)
"""A Monday on which the quarter before has ended."""


async def opening(field: Field, compared: Compared, day: date, *, corrected: Iterable[int] = ()) -> tuple[Ask, Made]:
    """The first digest of the next quarter, in which everybody has sold; after so many deals of the last one were found."""
    for one in corrected:
        field.sell(one, 500_00, date(2026, 6, 30))
    for one in (*REPS, *OTHERS):
        field.sell(one, 700_00, day)
    await field.world.import_(today=day)
    return await second(field, today=day, slot=day, compared=compared)


@pytest.mark.parametrize(("sellers", "told"), [(0, False), (1, False), (4, True)])
async def test_a_result_that_was_told_is_told_corrected_only_if_many_were_corrected(
    tmp_path: Path, sellers: int, told: bool
) -> None:
    """In one channel on Monday, in another one on Wednesday: who reads both has what was corrected in between."""
    async with company(tmp_path) as field:
        compared = await first_digest(field)
        await field.week(list(REPS)[:4])
        monday = await opening(field, compared, OPENED)
        assert "Field closed Q2" in await posted(field, *monday)
        await store(field.world.database, *monday)
        # Another channel's of the same day says the same again.
        ask, made = await second(field, today=OPENED, slot=OPENED, compared=compared)
        assert "Field closed Q2" in await posted(field, ask, made)
        corrected = list(REPS)[:sellers]
        ask, made = await opening(field, compared, OPENED + timedelta(days=2), corrected=corrected)
        assert made.figures["untold"] is None
        assert ("Field closed Q2" in await posted(field, ask, made)) is told
