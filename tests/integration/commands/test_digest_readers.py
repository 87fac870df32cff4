"""Who reads a digest decides what it says: every mix of a channel's members, at the moment of posting."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from bot.demo.company import AHEAD, LEADER, MANAGER, OPS, PARTNER, REP
from commands.digests import views
from commands.digests.content import Ask, Made, compose, make
from commands.digests.content.story import Teller
from commands.digests.content.teller import tell
from commands.kit.names import Kind, Subject
from commands.kit.outgoing import Audience, Dropped, Member
from commands.kit.sections import DigestKind
from commands.targets import service
from commands.targets.service import Sight
from domain.company import Person, Role
from domain.errors import NotAllowed
from storage.database import Database
from storage.store import Repositories, Store
from tests.integration.commands.random_company import settings
from tests.integration.commands.test_nothing_else_shows import copied, filled, right
from tests.integration.commands.test_targets_privacy import person
from tests.support.digests import PUBLIC, in_channel, made_then, of, private, sections, team, to
from tests.support.explaining import subjects
from tests.support.ledger import open_world
from tests.support.sample import TODAY
from tests.support.scrambling import scramble
from tests.support.stories import rich

GUEST = Member("UGUEST", None, is_guest=True)
STRANGER = Member("USTRANGER", None, is_stranger=True)
UNKNOWN = Member("UUNKNOWN")
TELLING = 15
"""A company in which the change since a digest about a team would tell of that team, once its manager has become a rep."""


@pytest.fixture
async def database(sample_url: str) -> AsyncIterator[Database]:
    database = Database(sample_url)
    yield database
    await database.close()


async def bytes_of(repo: Repositories, ask: Ask, made: Made, audience: Audience, *, story: bool = False) -> str:
    """Both messages, with newer blocks and without, as they would be posted; or why not."""
    teller: Teller = rich(person(repo, REP).id) if story else tell
    found = await compose(repo, ask, made, audience, sections(), teller=teller)
    if isinstance(found, Dropped):
        return f"dropped: {found.reason}"
    below = views.thread(found)
    messages = [views.head(found), *([below] if below else [])]
    return json.dumps([one.to_post(plain=plain) for one in messages for plain in (False, True)])


def mixes(repo: Repositories) -> Mapping[str, tuple[Audience, bool]]:
    """Audiences of a team's digest, and whether they may see all of it."""

    def of_keys(*keys: str, more: tuple[Member, ...] = ()) -> Audience:
        people = [Member(f"U{key}", person(repo, key)) for key in keys]
        return Audience([*people, *more])

    leaders = of_keys(MANAGER, LEADER, OPS)
    return {
        "who may see each of them": (leaders, True),
        "a rep of the team": (of_keys(MANAGER, REP), False),
        "reps alone": (of_keys(REP, AHEAD), False),
        "a partner": (of_keys(MANAGER, PARTNER), False),
        "a guest": (of_keys(MANAGER, more=(GUEST,)), False),
        "a stranger": (of_keys(MANAGER, more=(STRANGER,)), False),
        "somebody unknown": (of_keys(MANAGER, more=(UNKNOWN,)), False),
        "a public channel": (replace(leaders, is_public=True), False),
        "a shared channel": (replace(leaders, is_shared=True), False),
        "a large channel": (Audience([*leaders.members] * 67), False),
        "nobody": (Audience([]), False),
    }


async def test_each_mix_of_members_sees_all_or_a_total(database: Database) -> None:
    async with Store(database).read(1) as repo:
        ask = in_channel(team(repo, "Americas East"), TODAY)
        ask = replace(ask, compared=await made_then(repo, ask))
        made = await make(repo, ask, sections())
        said = {}
        for what, (audience, whole) in mixes(repo).items():
            words = await bytes_of(repo, ask, made, audience, story=True)
            assert ("Hooli" in words) is whole, what
            if not whole:
                assert "a total" in words, what
                assert not any(one.name in words for one in repo.company.people.values()), what
                said[what] = words
        assert len(set(said.values())) == 1


async def test_a_person_s_digest_is_for_them_and_those_above(database: Database) -> None:
    async with Store(database).read(1) as repo:
        ask = in_channel(of(person(repo, REP)), TODAY)
        made = await make(repo, ask, sections())
        for audience, told in (
            (private(person(repo, REP), person(repo, MANAGER)), True),
            (private(person(repo, REP), person(repo, AHEAD)), False),
            (PUBLIC, False),
        ):
            words = await bytes_of(repo, ask, made, audience)
            assert words.startswith("dropped: ") is not told


@pytest.mark.parametrize("key", [AHEAD, PARTNER])
async def test_a_direct_message_about_others_says_nothing(database: Database, key: str) -> None:
    async with Store(database).read(1) as repo:
        reader = person(repo, key)
        ask = to(reader, DigestKind.MANAGER, of(person(repo, REP)), TODAY)
        words = await bytes_of(repo, ask, await make(repo, ask, sections()), private(reader))
        assert words.startswith("dropped: ")
        ask = to(reader, DigestKind.LEADERSHIP, None, TODAY)
        words = await bytes_of(repo, ask, await make(repo, ask, sections()), private(reader))
        assert words.startswith("dropped: ")


# Non-interference


def asks(repo: Repositories, by: Person) -> list[Ask]:
    """Every digest of which someone may see all, by direct message."""
    found = [to(by, DigestKind.REP, of(by), TODAY)]
    kinds = {Kind.PERSON: DigestKind.MANAGER, Kind.COMPANY: DigestKind.LEADERSHIP}
    for subject in subjects(repo):
        if _sight(repo, subject, by) in (Sight.ALL, Sight.OWN):
            found.append(to(by, kinds.get(subject.kind, DigestKind.CHANNEL), subject, TODAY))
    return found


def _sight(repo: Repositories, subject: Subject, by: Person) -> Sight | None:
    try:
        return service.allow(repo, subject, by=by, today=TODAY)
    except NotAllowed:
        return None


async def everything(repo: Repositories, by: Person, before: int) -> list[str]:
    then, said = await repo.earlier(before), []
    for ask in asks(repo, by):
        ask = replace(ask, compared=await made_then(then, ask))  # noqa: PLW2901
        said.append(await bytes_of(repo, ask, await make(repo, ask, sections()), private(by)))
    return said


async def assert_nothing_else_in_digests(folder: Path, seed: int) -> int:
    """How many digests there were."""
    async with open_world(f"sqlite:///{folder}/{seed}.db", **settings(seed)) as world:
        before = await filled(world, seed)
        async with Store(world.database).read(1) as repo:
            viewers = [one for one in repo.company.people.values() if one.role is not Role.OPS]
            first = {one.id: await everything(repo, one, before) for one in viewers}
            rights = {one.id: right(repo, await repo.earlier(before), one) for one in viewers}
        for by in viewers:
            async with copied(world, folder / f"{seed}-{by.id}.db") as database:
                await scramble(database, rights[by.id], seed + by.id)
                async with Store(database).read(1) as repo:
                    assert await everything(repo, by, before) == first[by.id], f"seed {seed}: {by.key} ({by.role})"
    return sum(not one.startswith("dropped") for said in first.values() for one in said)


async def test_a_digest_does_not_depend_on_what_its_reader_may_not_see(tmp_path: Path) -> None:
    assert await assert_nothing_else_in_digests(tmp_path, TELLING) > 3


@pytest.mark.slow
@pytest.mark.parametrize("seeds", [range(start, start + 5) for start in (10, 15, 20, 25)], ids=str)
async def test_nor_in_twenty_other_companies(tmp_path: Path, seeds: range) -> None:
    for seed in seeds:
        await assert_nothing_else_in_digests(tmp_path, seed)


async def test_a_total_does_not_depend_on_who_contributed_what(tmp_path: Path) -> None:
    from tests.integration.commands.test_digest_totals import REPS, company, first_digest, posted, second

    told, held = set(), set()
    for seed in range(3):
        rng = Random(seed)
        (folder := tmp_path / str(seed)).mkdir()
        async with company(folder) as field:
            await first_digest(field)
            sellers, left = rng.sample(REPS, 5), 9_000_00
            for one in sellers[1:]:
                part = rng.randrange(1, 2_000_00)
                field.sell(one, part, TODAY.replace(month=5, day=8))
                left -= part
            field.sell(sellers[0], left, TODAY.replace(month=5, day=8))
            await field.week([])
            told.add(await posted(field, *await second(field)))
        (folder := tmp_path / f"held {seed}").mkdir()
        async with company(folder) as field:
            await first_digest(field)
            for one in rng.sample(REPS, rng.randrange(4)):
                field.sell(one, rng.randrange(1, 9_000_00), TODAY.replace(month=5, day=8))
            await field.week([])
            held.add(await posted(field, *await second(field)))
    assert len(told) == len(held) == 1
    assert "booked $9,000 this week" in told.pop()
    assert "too few people" in held.pop()
