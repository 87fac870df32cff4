"""What a digest says, to whom, and what it leaves out."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.demo.company import LEADER, MANAGER, REP
from commands.digests import views
from commands.digests.content import compose, make
from commands.digests.subscribing.preview import preview
from commands.digests.subscribing.views import preview_message
from commands.kit.outgoing import Audience, Dropped, Member
from commands.kit.sections import DigestKind
from storage.database import Database
from storage.store import Store
from storage.subscriptions import Wish
from tests.support.digests import PUBLIC, in_channel, made_then, of, person, private, said, sections, team, to
from tests.support.sample import TODAY
from tests.support.subscribing import mondays


@pytest.fixture
async def database(sample_url: str) -> AsyncIterator[Database]:
    database = Database(sample_url)
    yield database
    await database.close()


async def test_a_headline_says_actual_needed_and_consequence(database: Database) -> None:
    async with Store(database).read(1) as repo:
        manager = person(repo, MANAGER)
        ask = in_channel(team(repo, "Americas East"), TODAY)
        ask = in_channel(ask.subject, TODAY, compared=await made_then(repo, ask))
        digest = await said(repo, ask, private(manager, person(repo, LEADER)))
        assert digest.headline.startswith("*Americas East booked")
        assert "needed $" in digest.headline
        assert "pace for Q4" in digest.headline
        message = views.head(digest)
        assert "*" not in message.text
        assert len(message.to_post()["blocks"][0]["text"]["text"].splitlines()) <= 8


async def test_the_first_one_says_that_there_is_nothing_to_compare_with(database: Database) -> None:
    async with Store(database).read(1) as repo:
        rep = person(repo, REP)
        digest = await said(repo, to(rep, DigestKind.REP, of(rep), TODAY), private(rep))
        assert digest.headline.startswith("*You are ")
        assert "no comparison available" in digest.about


async def test_a_sum_says_which_target_it_is_measured_against(database: Database) -> None:
    async with Store(database).read(1) as repo:
        manager, rep = person(repo, MANAGER), person(repo, REP)
        for ask, audience, against in (
            (to(manager, DigestKind.MANAGER, of(manager), TODAY), private(manager), "; target: everyone's together."),
            (in_channel(team(repo, "Americas East"), TODAY), PUBLIC, "; target: the team's own."),
            (to(rep, DigestKind.REP, of(rep), TODAY), private(rep), ""),
        ):
            digest = await said(repo, ask, audience)
            standing = next(str(one.words) for one in digest.lines if one.key == "standing")
            assert standing.endswith(against or ".")
            assert ("target:" in standing) == bool(against)


async def test_a_preview_says_why_it_is_a_total_and_what_it_can_t_have(database: Database) -> None:
    async with Store(database).read(1) as repo:
        manager, rep = person(repo, MANAGER), person(repo, REP)
        east = team(repo, "Americas East")
        wish = Wish("C1", None, manager.id, "team", east.id, mondays(), hidden=frozenset({"trend"}))
        for audience, why in (
            (PUBLIC, "anyone can join this channel"),
            (private(rep), "not everyone in this channel may see each person's figures"),
            (Audience([Member("UNOBODY")]), "somebody in this channel is not in Turf's list of people"),
            (Audience([Member("UGUEST")], is_shared=True), "people of another organisation"),
            (private(manager), None),
        ):
            shown = await preview(repo, wish, audience, sections(), subscription=None, today=TODAY)
            about = preview_message(shown, "C1").to_post()["blocks"][0]["text"]["text"]
            assert ("_A total:_" in about) == (why is not None)
            assert (why or "") in about
            without = "It can't have: Why it moved, Won and lost, Forecast, Coverage, Do this week, Where"
            assert (without in about) == (why is not None)
            assert "Trend" not in about


async def test_nothing_is_told_to_who_may_see_nothing(database: Database) -> None:
    async with Store(database).read(1) as repo:
        ask = in_channel(of(person(repo, REP)), TODAY)
        found = await compose(repo, ask, await make(repo, ask, sections()), PUBLIC, sections())
        assert isinstance(found, Dropped)


async def test_nothing_is_compared_with_a_digest_about_something_else(database: Database) -> None:
    async with Store(database).read(1) as repo:
        leader = person(repo, LEADER)
        other = await made_then(repo, in_channel(team(repo, "Americas West"), TODAY))
        ask = in_channel(team(repo, "Americas East"), TODAY, compared=other)
        digest = await said(repo, ask, private(leader))
        assert "booked" not in digest.headline
        assert "no comparison available" in digest.about


async def test_who_could_see_all_of_it_when_it_was_made_gets_no_stale_total(database: Database) -> None:
    async with Store(database).read(1) as repo:
        manager, rep = person(repo, MANAGER), person(repo, REP)
        ask = to(manager, DigestKind.MANAGER, team(repo, "Americas East"), TODAY)
        made = await make(repo, ask, sections())
        found = await compose(repo, replace(ask, reader=rep), made, private(rep), sections())
        assert isinstance(found, Dropped)
        assert "may not any more" in found.reason
