"""/targets of a team as someone who reads most of its members' figures, but not all."""

from pathlib import Path

import pytest

from bot.demo.company import AHEAD, BEHIND, MANAGER, OVERLAY, REP
from storage.database import Database
from tests.support.rewriting import leads, reports_to
from tests.support.slack import Card
from tests.support.turf import running_turf

ABOVE = "karin.almeida"


async def answer(url: str, folder: Path, who: str) -> Card:
    async with running_turf(url, folder) as turf:
        return await turf.slack.as_(who).types("/targets team Americas East")


@pytest.mark.parametrize("others", [(REP,), (REP, AHEAD)])
async def test_the_last_one_s_figure_does_not_follow(sample_url: str, tmp_path: Path, others: tuple[str, ...]) -> None:
    database = Database(sample_url)
    for key in others:
        await reports_to(database, key, ABOVE)
    await database.close()
    card = await answer(sample_url, tmp_path, MANAGER)
    assert "would give someone's own figure away" in card.text
    assert "$" not in card.words


async def test_with_three_others_the_total_is_shown(sample_url: str, tmp_path: Path) -> None:
    database = Database(sample_url)
    for key in (REP, AHEAD, BEHIND):
        await reports_to(database, key, ABOVE)
    await database.close()
    card = await answer(sample_url, tmp_path, MANAGER)
    assert card.text.startswith("Americas East: ")
    assert "$" in card.words
    assert (card.rows, card.buttons) == ([], ["Share…", "← Q3", "Q1 →"])


async def test_who_leads_a_team_sees_its_total(sample_url: str, tmp_path: Path) -> None:
    database = Database(sample_url)
    await leads(database, OVERLAY, "americas-east")
    await database.close()
    card = await answer(sample_url, tmp_path, OVERLAY)
    assert card.text.startswith("Americas East: ")
    assert (card.rows, card.buttons) == ([], ["Share…", "← Q3", "Q1 →"])
