"""/targets of a rep whom others name as their manager: the role decides, so they see their own figures alone."""

import shutil
from pathlib import Path

import pytest

from bot.demo.company import AHEAD, MANAGER, NEW_HIRE, REP
from storage.database import Database
from tests.support.rewriting import becomes, reports_to
from tests.support.slack import SlackClient
from tests.support.turf import running_turf

PARTS = ("Target, piece by piece", "Open deals", "How each figure is computed")


@pytest.fixture
async def with_reports(sample_url: str) -> str:
    """The sample company, in which two people report to a rep."""
    database = Database(sample_url)
    for key in (AHEAD, NEW_HIRE):
        await reports_to(database, key, REP)
    await database.close()
    return sample_url


async def everything(slack: SlackClient) -> list[str]:
    """A rep's card, of other periods too, and each part of its Why?."""
    card = await slack.as_(REP).types("/targets")
    quarter, year = await slack.as_(REP).types("/targets last quarter"), await slack.as_(REP).types("/targets FY2026")
    why = await card.press("Why?")
    parts = [(await why.select("parts", part)).json for part in PARTS]
    return [card.json, quarter.json, year.json, why.json, *parts]


async def test_the_card_is_the_same_with_and_without_reports(
    sample_file: Path, with_reports: str, tmp_path: Path
) -> None:
    copy = shutil.copyfile(sample_file, tmp_path / "without.db")
    async with running_turf(f"sqlite:///{copy}", tmp_path) as turf:
        without = await everything(turf.slack)
    async with running_turf(with_reports, tmp_path) as turf:
        assert await everything(turf.slack) == without


async def test_they_are_refused_the_card_of_who_reports_to_them(with_reports: str, tmp_path: Path) -> None:
    async with running_turf(with_reports, tmp_path) as turf:
        card = await turf.slack.as_(REP).types("/targets Carla Romano")
        assert "$" not in card.words


async def test_whoever_manages_them_sees_them_with_their_team(with_reports: str, tmp_path: Path) -> None:
    async with running_turf(with_reports, tmp_path) as turf:
        card = await turf.slack.as_(MANAGER).types("/targets Ana Silva")
        assert card.text.startswith("Ana Silva and team: ")
        assert {row[0] for row in card.table} == {"Ana Silva", "Carla Romano", "Dev Kapoor"}
        # The rep's card is not the one that was just made for someone else.
        assert (await turf.slack.as_(REP).types("/targets")).rows == []


async def test_as_a_manager_they_see_their_team(with_reports: str, tmp_path: Path) -> None:
    database = Database(with_reports)
    await becomes(database, REP, "manager")
    await database.close()
    async with running_turf(with_reports, tmp_path) as turf:
        card = await turf.slack.as_(REP).types("/targets")
        assert {row[0] for row in card.table} == {"Ana Silva", "Carla Romano", "Dev Kapoor"}
