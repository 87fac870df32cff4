"""What a channel sees of a card: all of it if each member may, else a total, else nothing; whoever shares it."""

import json
from collections.abc import AsyncIterator, Iterable

import pytest
from sqlalchemy import select, update

from bot.demo.company import AHEAD, BEHIND, LEADER, MANAGER, OPS, PARTNER, REP
from commands.kit.names import COMPANY, Kind, Subject
from commands.kit.outgoing import Audience, Member
from commands.targets import share_views, sharing
from commands.targets.reference import CardReference
from commands.targets.service import Sight
from commands.targets.sharing import Share
from domain.errors import NotAllowed
from domain.periods import parse_label
from storage.database import Database
from storage.store import Repositories, Store
from tests.integration.commands.test_targets_privacy import person
from tests.support.rewriting import becomes
from tests.support.sample import TODAY
from tests.support.scrambling import CREDITS, Seen, scramble

EVERYONE = Audience([Member("UNOBODY")], is_public=True)


@pytest.fixture
async def database(sample_url: str) -> AsyncIterator[Database]:
    database = Database(sample_url)
    yield database
    await database.close()


def private(repo: Repositories, *keys: str, more: Iterable[Member] = ()) -> Audience:
    people = [Member(f"U{key}", person(repo, key)) for key in keys]
    return Audience([*people, *more])


def about(repo: Repositories, key: str, period: str = "2026Q4") -> CardReference:
    return CardReference(Kind.PERSON, person(repo, key).id, period, TODAY, repo.revision)


async def chosen(repo: Repositories, reference: CardReference, by: str, audience: Audience) -> Share:
    who = person(repo, by)
    return (await sharing.choose(repo, reference, by=who, audience=audience, today=TODAY))[0]


async def shown(repo: Repositories, share: Share, audience: Audience) -> str:
    """The bytes that go into the channel."""
    card = await sharing.require(repo, share, audience=audience, today=TODAY)
    by = repo.company.people[share.by].name
    message = share_views.shared_message(card, by=by, locale="en-US", settings=repo.settings)
    return json.dumps(message.to_post())


async def test_where_each_member_may_see_the_card_it_is_shared_with_its_rows(database: Database) -> None:
    async with Store(database).read(1) as repo:
        audience = private(repo, MANAGER, OPS, LEADER)
        share = await chosen(repo, about(repo, MANAGER), MANAGER, audience)
        assert share.sight is Sight.ALL
        assert person(repo, REP).name in await shown(repo, share, audience)
        own = await chosen(repo, about(repo, REP), REP, private(repo, REP, MANAGER))
        assert (own.sight, own.subject.id) == (Sight.OWN, person(repo, REP).id)


@pytest.mark.parametrize(
    "other",
    [
        Member("UPEER", None),
        Member("UGUEST", None, is_guest=True),
        Member("USTRANGER", None, is_stranger=True),
    ],
)
async def test_with_anyone_whom_turf_does_not_know_it_is_a_total(database: Database, other: Member) -> None:
    async with Store(database).read(1) as repo:
        share = await chosen(repo, about(repo, MANAGER), MANAGER, private(repo, MANAGER, more=[other]))
        assert (share.sight, share.subject.kind) == (Sight.TOTAL, Kind.TEAM)


@pytest.mark.parametrize("peer", [AHEAD, BEHIND, PARTNER])
async def test_own_figures_are_not_for_peers(database: Database, peer: str) -> None:
    async with Store(database).read(1) as repo:
        assert (await chosen(repo, about(repo, REP), REP, private(repo, REP, peer))).sight is Sight.TOTAL


async def test_more_than_200_members_see_a_total(database: Database) -> None:
    async with Store(database).read(1) as repo:
        leader = Member("ULEADER", person(repo, LEADER))
        for count, sight in ((200, Sight.ALL), (201, Sight.TOTAL)):
            share = await chosen(repo, about(repo, MANAGER), MANAGER, Audience([leader] * count))
            assert share.sight is sight


async def test_a_total_names_no_person_account_or_deal(database: Database) -> None:
    async with Store(database).read(1) as repo:
        share = await chosen(repo, about(repo, MANAGER), MANAGER, EVERYONE)
        words = await shown(repo, share, EVERYONE)
        assert "Americas East" in words
        for one in repo.company.people.values():
            assert one.name not in words


async def test_a_month_and_what_nobody_may_share_are_refused_with_a_sentence(database: Database) -> None:
    async with Store(database).read(1) as repo:
        with pytest.raises(NotAllowed, match="by quarter or year"):
            await chosen(repo, about(repo, REP, "2026-11"), REP, EVERYONE)
        with pytest.raises(NotAllowed):
            await chosen(repo, about(repo, AHEAD), REP, EVERYONE)
        company = CardReference(COMPANY.kind, 0, "2026Q4", TODAY, repo.revision)
        with pytest.raises(NotAllowed):
            await chosen(repo, company, REP, EVERYONE)


async def test_where_a_team_s_total_may_not_be_told_it_is_that_of_the_next_level_up(database: Database) -> None:
    async with Store(database).read(1) as repo:
        team = next(one for one in repo.company.teams.values() if one.name == "Americas West")
        reference = CardReference(Kind.TEAM, team.id, "2026Q4", TODAY, repo.revision)
        share = await chosen(repo, reference, LEADER, EVERYONE)
        assert share.sight is Sight.TOTAL
        assert repo.company.teams[share.subject.id].name == "Sales"


async def test_what_was_previewed_is_held_back_when_someone_else_has_joined(database: Database) -> None:
    async with Store(database).read(1) as repo:
        share = await chosen(repo, about(repo, MANAGER), MANAGER, private(repo, MANAGER, LEADER))
        with pytest.raises(NotAllowed, match="any more"):
            await shown(repo, share, private(repo, MANAGER, LEADER, AHEAD))
        with pytest.raises(NotAllowed):
            await shown(repo, share, EVERYONE)


async def test_who_is_no_manager_any_more_shares_nothing_of_the_team(database: Database) -> None:
    async with Store(database).read(1) as repo:
        share = await chosen(repo, about(repo, MANAGER), MANAGER, private(repo, MANAGER, LEADER))
    await becomes(database, MANAGER, "rep")
    async with Store(database).read(1) as repo:
        with pytest.raises(NotAllowed):
            await shown(repo, share, private(repo, MANAGER, LEADER))


@pytest.mark.parametrize("seed", [1, 2])
async def test_a_total_does_not_depend_on_who_contributed_what(database: Database, seed: int) -> None:
    """Whatever is outside of the team is scrambled; inside, amounts move from one to another of its people."""
    async with Store(database).read(1) as repo:
        share = await chosen(repo, about(repo, MANAGER), MANAGER, EVERYONE)
        before = await shown(repo, share, EVERYONE)
        lines, period = repo.model.lines, parse_label("2026Q4", 1)
        team, ahead, behind = share.subject.id, person(repo, AHEAD).id, person(repo, BEHIND).id
        inside = {one for some in (team, *lines.teams_below(team)) for one in lines.spans_in_team(some, period.span)}
        territories = {one for one in repo.company.territories if set(lines.holders_on(one, TODAY)) & inside}
    # The team's own target is part of its total.
    theirs = Seen(people=frozenset(inside), held=frozenset(territories), teams=frozenset({team}))
    assert await scramble(database, theirs, seed) > 1000
    await _move(database, person_id=ahead, to=behind, amount=1_000 * seed)
    async with Store(database).read(1) as repo:
        assert await shown(repo, share, EVERYONE) == before


async def _move(database: Database, *, person_id: int, to: int, amount: int) -> None:
    """Take from one won deal of the quarter of one person, and give to one of another."""
    async with database.write() as connection:
        for who, change in ((person_id, -amount), (to, amount)):
            mine = (CREDITS.c.person_id == who) & (CREDITS.c.kind == "revenue") & (CREDITS.c.on_day >= "2026-10-01")
            number = (await connection.execute(select(CREDITS.c.id, CREDITS.c.deal_id).where(mine).limit(1))).first()
            assert number is not None
            row = (CREDITS.c.id == number.id) & (CREDITS.c.deal_id == number.deal_id)
            await connection.execute(update(CREDITS).where(row).values(base=CREDITS.c.base + change))


async def test_a_share_with_rows_does_not_depend_on_what_its_readers_may_not_see(database: Database) -> None:
    async with Store(database).read(1) as repo:
        audience = private(repo, MANAGER, REP)
        share = await chosen(repo, about(repo, REP), MANAGER, audience)
        assert share.sight is Sight.OWN
        before = await shown(repo, share, audience)
        me = person(repo, REP).id
        held = frozenset(one.territory for one in repo.model.lines.held_by(me))
    assert await scramble(database, Seen(people=frozenset({me, share.by}), held=held), 3) > 1000
    async with Store(database).read(1) as repo:
        assert await shown(repo, share, audience) == before


def test_a_share_waits_as_ids() -> None:
    share = Share(CardReference(Kind.TEAM, 3, "2026Q4", TODAY, 7), Sight.TOTAL, 5)
    assert Share.of(json.loads(json.dumps(share.arguments))) == share
    assert Subject(Kind.TEAM, 3, "x").name not in share.arguments
