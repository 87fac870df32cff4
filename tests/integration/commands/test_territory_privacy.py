"""Nothing of a territory that someone may not see is in what they are shown of it."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from sqlalchemy import text, update

from bot.demo.company import AHEAD, BEHIND, LEFT, MANAGER, OPS, PARTNER, REP
from commands.kit.errors import error_message
from commands.kit.names import Kind, Subject
from commands.kit.outgoing import Audience, Dropped, FileToSend, Renderer, Sending
from commands.territories import card, card_views, export, map_handlers
from commands.territories.history import history
from commands.territories.history_views import history_message
from commands.territories.map_picture import picture_of
from commands.territories.named import branch, by_id, named, own
from commands.territories.potential import AreasQuery, areas_of
from commands.territories.potential_views import areas_message
from domain.company import Person
from domain.errors import NotFound, TurfError
from domain.maps.picture import Picture
from domain.periods import PeriodKind, containing
from storage.account_facts import account_facts
from storage.database import Database
from storage.division import health, health_of
from storage.store import Repositories, Store
from storage.tables import crm, table_of
from tests.support.hostile import NAMES, unseen
from tests.support.rewriting import covers
from tests.support.sample import NOW, TODAY
from tests.support.scrambling import Seen, scramble, seen

AREAS = "/territory potential"
ACCOUNTS = table_of(crm.AccountVersion)


@pytest.fixture
async def database(sample_url: str) -> AsyncIterator[Database]:
    database = Database(sample_url)
    yield database
    await database.close()


def person(repo: Repositories, key: str) -> Person:
    return next(one for one in repo.company.people.values() if one.key == key)


async def answer(database: Database, key: str, words: str) -> str:
    async with Store(database).read(1) as repo:
        by = person(repo, key)
        if words == AREAS:
            found = await areas_of(repo, AreasQuery(), by=by, today=TODAY)
            return json.dumps(areas_message(found, locale="en-US").to_json())
        try:
            found = named(repo, words, by=by, today=TODAY)
            made = await card.card(repo, found, by=by, today=TODAY, locale="en-US")
        except TurfError as error:
            return json.dumps(error_message(error, "K7Q-1", text=words).to_json())
        return json.dumps(card_views.territory_card(made, locale="en-US").to_json())


async def theirs(database: Database, key: str, words: str) -> Seen:
    """All of the territory, and what its accounts bought wherever that was credited."""
    async with Store(database).read(1) as repo:
        by = person(repo, key)
        found = own(repo, by=by, today=TODAY)[0] if words == AREAS else named(repo, words, by=by, today=TODAY)
        quarter = containing(TODAY, PeriodKind.QUARTER, 1)
        made = seen(repo, by, Subject(Kind.TERRITORY, found.id, found.name), quarter)
        accounts = await account_facts(repo, made.territories, TODAY)
        return Seen(territories=made.territories, accounts=frozenset(one.id for one in accounts))


@pytest.mark.parametrize(
    ("key", "words"),
    [
        (REP, "new england"),
        (BEHIND, "mid-atlantic"),
        (MANAGER, "americas east"),
        (OPS, "europe"),
        (REP, AREAS),
        (MANAGER, AREAS),
    ],
)
async def test_a_card_depends_on_its_own_territory_alone(database: Database, key: str, words: str) -> None:
    shown, before = await theirs(database, key, words), await answer(database, key, words)
    assert "white space" in before
    for seed in (1, 2):
        assert await scramble(database, shown, seed, names=False) > 1000
        assert await answer(database, key, words) == before
    assert await scramble(database, Seen(), 3, names=False) > 1000
    assert await answer(database, key, words) != before


@pytest.mark.parametrize(
    ("key", "words"),
    [(REP, "new york"), (REP, "americas"), (MANAGER, "europe"), (PARTNER, "new england"), (LEFT, "canada")],
)
async def test_what_others_see_has_no_figure(database: Database, key: str, words: str) -> None:
    before = await answer(database, key, words)
    assert "$" not in before
    for seed in (1, 2):
        assert await scramble(database, Seen(), seed, names=False) > 1000
        assert await answer(database, key, words) == before


async def test_who_has_left_is_offered_no_names(database: Database) -> None:
    said = await answer(database, LEFT, "new englnd")
    assert "You are marked as having left" in said
    assert "New England" not in said
    assert "New England" in await answer(database, PARTNER, "new englnd")


async def the_map(database: Database, words: str) -> str:
    async with Store(database).read(1) as repo:
        found = named(repo, words, by=person(repo, OPS), today=TODAY)
        picture = await picture_of(repo, found, today=TODAY, locale="en-US")
        assert picture
        return picture.to_json()


@pytest.mark.parametrize("words", ["new england", "americas east"])
async def test_a_map_shows_amounts_of_its_own_territory_alone(database: Database, words: str) -> None:
    shown, before = await theirs(database, OPS, words), await the_map(database, words)
    assert "$" in before
    assert '"pale": [[' in before
    assert await scramble(database, shown, 1, names=False) > 1000
    async with database.write() as connection:
        others = update(ACCOUNTS).where(ACCOUNTS.c.id.not_in(shown.accounts)).values(potential=7, employees=7)
        assert (await connection.execute(others)).rowcount > 100
    assert await the_map(database, words) == before


async def test_a_map_without_any_place_is_none_and_without_coordinates_says_so(database: Database) -> None:
    async with database.write() as connection:
        await connection.execute(update(ACCOUNTS).values(latitude=None, longitude=None))
    said = await the_map(database, "new england")
    assert "47 accounts have no coordinates: hollow, about the middle of their region." in said
    async with database.write() as connection:
        await connection.execute(update(ACCOUNTS).values(region=None))
    assert "47 accounts have no coordinates: hollow, about the middle of their country." in await the_map(
        database, "new england"
    )
    async with database.write() as connection:
        await connection.execute(update(ACCOUNTS).values(country=None))
    async with Store(database).read(1) as repo:
        found = named(repo, "new england", by=person(repo, OPS), today=TODAY)
        assert await picture_of(repo, found, today=TODAY, locale="en-US") is None


def sending(repo: Repositories, key: str, words: str) -> Sending:
    """What waits in the outbox for someone: the accounts, or the map, of a territory."""
    found = named(repo, words, by=person(repo, OPS), today=TODAY)
    nobody_else = Audience([])
    arguments = {"territory": found.id}
    return Sending("", arguments, nobody_else, today=TODAY, now=NOW, recipient=person(repo, key))


@pytest.mark.parametrize("render", [export.file, map_handlers.picture])
@pytest.mark.parametrize(("key", "words"), [(REP, "new york"), (PARTNER, "new england"), (LEFT, "canada")])
async def test_a_file_that_waited_is_not_for_who_may_not_see_it_when_it_is_sent(
    database: Database, render: Renderer, key: str, words: str
) -> None:
    async with Store(database).read(1) as repo:
        assert isinstance(await render(sending(repo, key, words), repo), Dropped)


async def test_a_map_is_drawn_once_for_all_who_see_the_same(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = []

    async def draw(picture: Picture) -> bytes:
        drawn.append(picture.title)
        return b"PNG"

    monkeypatch.setattr(map_handlers, "drawn", draw)
    async with Store(database).read(1) as repo:
        for key in (REP, MANAGER, OPS, REP):
            sent = await map_handlers.picture(sending(repo, key, "new england"), repo)
            assert isinstance(sent, FileToSend)
            assert sent.content == b"PNG"
        assert drawn == ["New England"]
        await map_handlers.picture(sending(repo, OPS, "canada"), repo)
    assert drawn == ["New England", "Canada"]


@pytest.mark.parametrize("carried", ["999999", "", "abc", "-1", "1|2", "²"])
async def test_a_forged_id_leads_to_nothing(database: Database, carried: str) -> None:
    async with Store(database).read(1) as repo:
        with pytest.raises(NotFound, match="no longer exists"):
            by_id(repo, carried, by=person(repo, OPS), today=TODAY)


@pytest.mark.parametrize("value", ["", "null", "[]", '["potential", 1, null, 0, 0]', '["x", null, null, 0, 0]', "{"])
def test_a_forged_query_of_areas_is_refused(value: str) -> None:
    with pytest.raises(NotFound, match="another version of Turf"):
        AreasQuery.decode(value)


async def test_health_on_a_card_is_that_of_the_whole_for_each_territory(database: Database) -> None:
    async with Store(database).read(1) as repo:
        whole = (await health(repo, TODAY)).findings
        counted = 0
        for territory in repo.company.territories.values():
            some = frozenset(branch(repo, territory))
            wanted = [one for one in whole if not some.isdisjoint(one.territories)]
            found = await health_of(repo, some, TODAY)
            said = [sorted((one.kind, one.territories, one.deal or 0) for one in each) for each in (found, wanted)]
            assert said[0] == said[1]
            counted += len(wanted)
        assert counted > 20


async def test_who_covers_is_named_beside_who_holds_it(database: Database) -> None:
    await covers(database, AHEAD, "mid-atlantic")
    assert "*Held by:* Ben Whitaker. Covered by Carla Romano" in await answer(database, PARTNER, "mid-atlantic")
    assert "white space" in await answer(database, AHEAD, "mid-atlantic")


def formatted(made: Any) -> Iterator[str]:
    """What Slack reads as mark-up in a piece of Block Kit."""
    if isinstance(made, list):
        for one in made:
            yield from formatted(one)
    elif isinstance(made, dict):
        if made.get("type") == "mrkdwn":
            yield made["text"]
        for one in made.values():
            yield from formatted(one)


@pytest.mark.parametrize("called", ["none", "endless, escaped", "endless, wide", "in all directions", "mark-up"])
async def test_whatever_things_are_called_they_stay_text_and_fit(database: Database, called: str) -> None:
    async with database.write() as connection:
        for table in ("territory_versions", "people", "team_versions"):
            await connection.execute(text(f"update {table} set name = :name"), {"name": NAMES[called]})
        values = {"region": NAMES[called], "industry": NAMES[called]}
        await connection.execute(update(ACCOUNTS).values(**values))
    async with Store(database).read(1) as repo:
        by = person(repo, OPS)
        for key in ("americas-east", "great-lakes", "canada"):
            found = next(one for one in repo.company.territories.values() if one.key == key)
            made = await card.card(repo, found, by=by, today=TODAY, locale="en-US")
            past = await history(repo, found, by=by, today=TODAY)
            areas = await areas_of(repo, AreasQuery(), by=by, today=TODAY)
            drawn = await picture_of(repo, found, today=TODAY, locale="en-US")
            for message in (
                card_views.territory_card(made, locale="en-US"),
                history_message(past, currency="USD", locale="en-US"),
                areas_message(areas, locale="en-US"),
            ):
                body = [message.to_json(), message.to_json(plain=True)]
                assert not list(unseen(body))
                assert "<!channel" not in json.dumps([list(formatted(body)), message.to_json()["text"]])
            assert drawn
            assert len(drawn.title) <= 300
