"""Why? of open deals: each line in the workspace's currency, all of them together the figure."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from commands.kit.names import COMPANY, Kind, Subject
from commands.kit.reply import Message
from commands.targets import service, views, why, why_views
from commands.targets.reference import CardReference
from commands.targets.service import TargetsCard
from commands.targets.take_away import kept_message
from commands.targets.why import Part, Why, WhyPage
from domain.company import Role
from domain.periods import parse_label
from storage.database import Database
from storage.store import Repositories, Store
from tests.support.explaining import assert_explained, someone, subjects
from tests.support.imports import open_at, take, write
from tests.support.small_company import NOW, Q4, TODAY, deal, files

pytestmark = pytest.mark.slow_on_postgresql

OPS = {"person": "olga", "name": "Olga", "role": "ops"}


@pytest.fixture
async def database(database_url: str, tmp_path: Path) -> AsyncIterator[Database]:
    async with open_at(database_url) as database:
        await take(database, files(tmp_path / "first"), now=NOW)
        await take(database, write(tmp_path / "ops", "people", OPS), now=NOW)
        yield database


def person(repo: Repositories, key: str) -> Subject:
    found = next(one for one in repo.company.people.values() if one.key == key)
    return Subject(Kind.PERSON, found.id, found.name)


async def card(repo: Repositories, subject: Subject) -> TargetsCard:
    return await service.build(repo, subject=subject, period=Q4, today=TODAY)


async def explained(repo: Repositories, made: TargetsCard) -> Why:
    page = WhyPage(CardReference.of(made), Part.OPEN)
    return await why.explain(repo, page=page, by=someone(repo, Role.OPS), today=TODAY)


def words(repo: Repositories, answer: Why) -> list[str]:
    """The lines as the modal shows them."""
    shown: list[Any] = why_views.why_modal(answer, locale="en-US", settings=repo.settings).to_json()["blocks"]
    return [block["text"]["text"] for block in shown if block["type"] == "section"]


async def test_each_line_has_its_value_in_the_workspace_s_currency(database: Database) -> None:
    async with Store(database).read(1) as repo:
        summary, *lines = words(repo, await explained(repo, await card(repo, person(repo, "ben"))))
    assert "Open $82.31 that closes in the rest of the period." in summary
    assert lines == [
        "*$41.16*  second, expected Nov 30, 2026\n€33.34 at 1.2345 (2026-10)",
        "*$41.15*  first, expected Dec 1, 2026\n€33.33 at 1.2345 (2026-10)",
    ]


async def test_the_lines_sum_to_the_cent_even_where_each_alone_would_not(database: Database, tmp_path: Path) -> None:
    cents = [deal(f"cent{number}", "ben", "iowa", "0.03", "2026-12-24") for number in range(5)]
    await take(database, write(tmp_path / "cents", "deals", *cents), now=NOW)
    async with Store(database).read(1) as repo:
        answer = await explained(repo, await card(repo, person(repo, "ben")))
        # 3 cents are 3.7 in dollars: rounded alone five of them would be 20, as a part of December they are 18.
        small = [part.base for part in answer.open if part.line.deal.startswith("cent")]
        assert sum(small) == 18
        for subject in subjects(repo):
            await assert_explained(repo, await card(repo, subject), someone(repo, Role.OPS))


async def test_a_deal_without_a_rate_is_listed_and_not_counted(database: Database, tmp_path: Path) -> None:
    pounds = deal("pounds", "ana", "ohio", "9.00", "2026-12-24") | {"currency": "GBP"}
    await take(database, write(tmp_path / "pounds", "deals", pounds), now=NOW)
    async with Store(database).read(1) as repo:
        made = await card(repo, person(repo, "ana"))
        _, *lines = words(repo, await explained(repo, made))
        await assert_explained(repo, made, someone(repo, Role.OPS))
    expected = "*not counted*  pounds, expected Dec 24, 2026\n£9.00; no exchange rate is known for GBP"
    assert lines[-1] == expected


async def test_a_share_says_of_what(database: Database, tmp_path: Path) -> None:
    split = [{"deal": "own", "person": one, "percent": n} for one, n in (("ana", 75), ("ben", 25))]
    await take(database, write(tmp_path / "splits", "splits", *split), now=NOW)
    async with Store(database).read(1) as repo:
        _, *lines = words(repo, await explained(repo, await card(repo, person(repo, "ben"))))
    assert "*$30.00*  own, expected Dec 10, 2026\n$30.00 is 25\u00a0% of the deal" in lines


async def test_an_old_card_still_sums_when_someone_left_the_line_and_someone_came(
    database: Database, tmp_path: Path
) -> None:
    alone = {"person": "cy", "name": "Cy", "role": "rep", "manager": ""}
    await take(database, write(tmp_path / "cy", "people", alone), now=NOW)
    await take(database, write(tmp_path / "more", "deals", deal("new", "cy", "ohio", "7.00", "2026-12-02")), now=NOW)
    async with Store(database).read(1) as repo:
        old = await card(repo, person(repo, "mona"))
    left = {"person": "ben", "name": "Ben", "role": "rep", "manager": ""}
    came = alone | {"manager": "mona"}
    later = NOW + timedelta(hours=1)
    await take(database, write(tmp_path / "moved", "people", left, came), now=later)
    async with Store(database).read(1) as repo:
        await assert_explained(repo, old, someone(repo, Role.OPS))
        answer = await explained(repo, old)
        now = await explained(repo, await card(repo, person(repo, "mona")))
    assert answer.open_elsewhere == 82_31
    assert {part.line.deal for part in answer.open} == {"held", "own", "parent"}
    assert {part.line.deal for part in now.open} == {"held", "new", "own", "parent"}
    assert words(repo, answer)[-1].startswith("*$82.31*  moved elsewhere")


async def test_a_card_with_nothing_but_open_deals_can_be_asked_why(database: Database, tmp_path: Path) -> None:
    early = deal("early", "ana", "ohio", "8.00", "2027-01-05")
    await take(database, write(tmp_path / "early", "deals", early), now=NOW)
    async with Store(database).read(1) as repo:
        for subject, asked in ((person(repo, "ana"), True), (COMPANY, True), (person(repo, "ben"), False)):
            later = parse_label("2027Q1", 1)
            made = await service.build(repo, subject=subject, period=later, today=TODAY)
            assert made.score.is_empty
            shown = views.targets_card(made, locale="en-US", settings=repo.settings)
            kept = kept_message(made, subject.id, at=NOW, locale="en-US", settings=repo.settings)
            assert ["Why?" in buttons(shown), "Why?" in buttons(kept)] == [asked, asked]


def buttons(message: Message) -> list[str]:
    controls = [one for block in message.to_json()["blocks"] if block["type"] == "actions" for one in block["elements"]]
    return [element["text"]["text"] for element in controls if element["type"] == "button"]
