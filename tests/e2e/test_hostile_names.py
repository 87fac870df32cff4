"""Names that an export may bring, through the real bot: every card is taken, and its words stay where they are."""

import json
from pathlib import Path

import pytest

from bot.demo.company import AHEAD, MANAGER, REP
from storage.database import Database
from tests.support.hostile import NAMES, unseen
from tests.support.rewriting import is_called
from tests.support.slack import SlackClient
from tests.support.turf import running_turf

KINDS = ("nothing to see", "endless, escaped", "endless, wide", "in all directions", "mark-up")


@pytest.mark.parametrize("name", [NAMES[kind] for kind in KINDS], ids=KINDS)
async def test_cards_are_taken_whatever_people_are_called(sample_url: str, tmp_path: Path, name: str) -> None:
    database = Database(sample_url)
    for key in (REP, AHEAD, MANAGER):
        await is_called(database, key, name)
    await database.close()
    async with running_turf(sample_url, tmp_path) as turf:
        await look_around(turf.slack)
        await turf.slack.faults(newer_blocks=False)
        await look_around(turf.slack, refused=1)


async def look_around(slack: SlackClient, *, refused: int = 0) -> None:
    before = len(await slack.refusals())
    card = await slack.as_(MANAGER).types("/targets")
    mine = await slack.as_(REP).types("/targets")
    why = await card.press("Why?")
    pieces = await why.select("parts", "Target, piece by piece")
    unknown = await slack.as_(REP).types("/targets New Englnd")
    for shown in (card, mine, why, pieces, unknown):
        assert not unseen(json.loads(shown.json))
        for mark in ("<!channel", "<@U1", "*Ana*"):
            assert mark not in shown.text
    # The first card after a workspace has stopped taking newer blocks is refused once.
    assert len(await slack.refusals()) == before + refused
