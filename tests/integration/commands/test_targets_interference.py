"""Nothing that someone may not see is in what they are shown: cards and Why?, refusals, names that are offered."""

import json
import random
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import and_, or_, select, update

from bot.demo.company import (
    AHEAD,
    BEHIND,
    LEADER,
    LEFT,
    MANAGER,
    NEW_HIRE,
    OPS,
    OVERLAY,
    PARTNER,
    REP,
)
from commands.kit.errors import error_message
from commands.targets import service, views, why, why_views
from commands.targets.query import TargetsQuery
from commands.targets.reference import CardReference
from commands.targets.why import Part, WhyPage
from domain.company import Person
from domain.errors import TurfError
from storage.database import Database
from storage.store import Repositories, Store
from tests.support.rewriting import covers, leads, reports_to
from tests.support.sample import TODAY
from tests.support.scrambling import CREDITS, Seen, rename, scramble, seen

FREYA = "freya.eklund"
"""Manages a team that someone has left for another in mid-quarter."""


@pytest.fixture
async def database(sample_url: str) -> AsyncIterator[Database]:
    """The sample company with a rep who has reports, one who covers a territory, and one who leads a team."""
    database = Database(sample_url)
    await reports_to(database, NEW_HIRE, BEHIND)
    await covers(database, AHEAD, "mid-atlantic")
    await leads(database, OVERLAY, "europe-south")
    yield database
    await database.close()


def person(repo: Repositories, key: str) -> Person:
    return next(one for one in repo.company.people.values() if one.key == key)


def asked(words: str) -> TargetsQuery:
    return TargetsQuery.parse(words, today=TODAY, fiscal_start=1)


async def answer(database: Database, key: str, words: str) -> str:
    """All that `/targets` says to someone, as the bytes that Slack would get: a card with each page of its Why?, or why not."""
    # A fresh store: nothing is kept from another answer.
    async with Store(database).read(1) as repo:
        by = person(repo, key)
        try:
            card = await service.card(repo, ask=asked(words), by=by, today=TODAY)
        except TurfError as error:
            return json.dumps(error_message(error, "K7Q-1", text=words).to_json())
        message = views.targets_card(card, locale="en-US", settings=repo.settings)
        pages = [message.to_json(), message.to_json(plain=True), *await explained(repo, CardReference.of(card), by)]
    return json.dumps(pages)


async def explained(repo: Repositories, reference: CardReference, by: Person) -> list[object]:
    pages: list[object] = []
    for part in Part:
        number, of = 0, 1
        while number < of:
            try:
                found = await why.explain(repo, page=WhyPage(reference, part, number), by=by, today=TODAY)
            except TurfError as error:
                return [*pages, error.message]
            pages.append(why_views.why_modal(found, locale="en-US", settings=repo.settings).to_json())
            number, of = number + 1, found.pages
    return pages


async def seen_in(database: Database, key: str, words: str) -> Seen:
    async with Store(database).read(1) as repo:
        by = person(repo, key)
        return seen(repo, by, service.asked_about(repo, asked(words), by, TODAY), asked(words).period)


ANSWERS = [
    *((REP, words) for words in ("", "last quarter", "FY2026", "2026-10", "new england", "new england FY2026")),
    *((BEHIND, words) for words in ("", "last quarter", "mid-atlantic", "meetings")),
    *((key, "new customers") for key in (REP, BEHIND, MANAGER)),
    *((AHEAD, words) for words in ("", "new york", "mid-atlantic", "mid-atlantic last quarter")),
    *((MANAGER, words) for words in ("", "last quarter", "FY2026", "ana silva", "ben whitaker", "territory americas-east")),
    *((FREYA, words) for words in ("", "2026-11", "FY2026", "team europe-north", "team europe-north FY2026")),
    *((OVERLAY, words) for words in ("", "FY2026")),
]  # fmt: skip


@pytest.mark.parametrize(("key", "words"), ANSWERS)
async def test_an_answer_does_not_depend_on_what_its_viewer_may_not_see(
    database: Database, key: str, words: str
) -> None:
    theirs = await seen_in(database, key, words)
    before = await answer(database, key, words)
    assert any(words in before for words in ("Where it stands", "*Won:*", "*Held:*"))
    for seed in (1, 2):
        assert await scramble(database, theirs, seed) > 1000
        assert await answer(database, key, words) == before


@pytest.mark.parametrize(
    ("key", "words"),
    [
        (REP, ""),
        (REP, "new england"),
        (BEHIND, ""),
        (AHEAD, "mid-atlantic"),
        (MANAGER, ""),
        (OPS, "all"),
        (LEADER, "all"),
    ],
)
async def test_an_answer_does_depend_on_what_is_in_it(database: Database, key: str, words: str) -> None:
    before = await answer(database, key, words)
    assert await scramble(database, Seen(), 1) > 1000
    assert await answer(database, key, words) != before


REFUSED = {
    REP: ["carla romano", "marcus chen", "new york", "americas-east", "all", "team europe", "team americas-east 2026-11",
          "new englnd", "romano", "ana silva 2026Q9", "two periods Q1 Q2"],
    BEHIND: ["dev kapoor", "person dev.kapoor"],
    AHEAD: ["ben whitaker", "new england", "territory americas-east"],
    MANAGER: ["jonas weber", "karin almeida", "germany", "territory americas", "team europe-north", "all", "canada"],
    OVERLAY: ["farah vidal", "team europe-south 2026-11", "spain-portugal", "team americas-west"],
    PARTNER: ["", "ana silva", "new england", "team marketing", "all", "new englnd"],
    LEFT: ["", "canada", "team americas-west", "ana silva", "frank doyle", "new englnd"],
    OPS: ["nobody at all", "anna sliva", "americas east"],
}  # fmt: skip


@pytest.mark.parametrize("key", REFUSED)
async def test_a_refusal_does_not_depend_on_any_figure(database: Database, key: str) -> None:
    before = {words: await answer(database, key, words) for words in REFUSED[key]}
    for said in before.values():
        assert "Why?" not in said
        assert "$" not in said
    for seed in (1, 2):
        assert await scramble(database, Seen(), seed, names=False) > 1000
        assert {words: await answer(database, key, words) for words in REFUSED[key]} == before


async def test_who_has_left_is_offered_no_names(database: Database) -> None:
    said = await answer(database, LEFT, "new englnd")
    assert "You are marked as having left" in said
    assert "New England" not in said
    assert "New England" not in await answer(database, PARTNER, "new englnd")
    assert "New England" in await answer(database, REP, "new englnd")


TOTALS = [
    *((REP, words) for words in ("team americas-east", "team americas-east FY2026", "team sales", "team sales 2026Q3")),
    (BEHIND, "team americas-east"),
    (OVERLAY, "team europe-south"),
    (MANAGER, "team sales"),
]


@pytest.mark.parametrize(("key", "words"), TOTALS)
async def test_a_total_does_not_depend_on_who_has_which_part_of_it(database: Database, key: str, words: str) -> None:
    before = await answer(database, key, words)
    assert "Where it stands" in before
    assert "A total has no Why?" in before
    for seed in (1, 2):
        assert await exchange(database, key, words, seed) > 5
        assert await rename(database, Seen(), seed) > 1000
        assert await answer(database, key, words) == before


async def exchange(database: Database, key: str, words: str, seed: int) -> int:
    """Those in a team, the viewer aside, give each other some of the credit that they have of it: how many did."""
    chance = random.Random(seed)
    async with Store(database).read(1) as repo:
        by, period = person(repo, key), asked(words).period
        subject, lines = service.asked_about(repo, asked(words), by, TODAY), repo.model.lines
        teams = (subject.id, *lines.teams_below(subject.id))
        days = {team: lines.spans_in_team(team, period.span) for team in teams}
    theirs = [
        and_(CREDITS.c.person_id == one, CREDITS.c.on_day >= span.start, CREDITS.c.on_day < span.end)
        for spans in days.values()
        for one, stretches in spans.items()
        for span in stretches
        if one != by.id
    ]
    async with database.write() as connection:
        found = select(CREDITS.c.id).where(CREDITS.c.kind == "revenue", or_(*theirs))
        rows = list((await connection.execute(found)).scalars())
        chance.shuffle(rows)
        for giver, taker in zip(rows[::2], rows[1::2], strict=False):
            amount = chance.randint(1, 10**7)
            for row, given in ((giver, -amount), (taker, amount)):
                moved = update(CREDITS).where(CREDITS.c.id == row).values(base=CREDITS.c.base + given)
                await connection.execute(moved)
    return len(rows) // 2
